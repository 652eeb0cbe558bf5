# SPDX-License-Identifier: Apache-2.0
"""Everything the verifier says, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.words_container import CONTAINER
from verifier.words_content import CONTENT

# code → (Chinese, English)
_TOLD = {
    "contest": ("赛事：{title}", "Contest: {title}"),
    "rehearsal": ("这是一次演练，不是真实赛事。", "This is a rehearsal, not a real contest."),
    "checked": (
        "参赛项目 {entries} 个，文件 {files} 个，审计记录 {events} 条；所有摘要一致。",
        "{entries} entries, {files} files, {events} events of the trail; every digest is right.",
    ),
    "sheets": (
        "评分表应收 {expected} = 已收 {submitted} + 免评 {excused} + 未收 {outstanding}；单项得分 {marks} 个，均合规。",
        "Sheets: {expected} expected = {submitted} in + {excused} excused + {outstanding} open; {marks} legal marks.",
    ),
    "recomputed": (
        "排名计算 {runs} 次、名次 {rows} 行，独立重算，逐字节一致。",
        "{runs} ranking runs with {rows} rows, recomputed independently: equal to the byte.",
    ),
    "followed": (
        "晋级 {promotions} 个、奖项 {awards} 个、证书 {certificates} 张，与规则一致。",
        "{promotions} promotions, {awards} awards, {certificates} certificates: as the rules say.",
    ),
    "sound": ("归档完好。", "The archive is sound."),
    "wrong": ("归档有问题：{count} 处。", "Something is wrong with the archive: {count} findings."),
    "more": (
        "……同类问题（{code}）还有 {count} 处；用 --json 查看全部。",
        "… and {count} more of the same kind ({code}); --json prints all.",
    ),
}

_SENTENCES = {**_TOLD, **CONTAINER, **CONTENT}


def sentence(code: str, params: Mapping[str, str], language: str) -> str:
    """Return the sentence of `code` with its values, in ``zh`` or ``en``."""
    chinese, english = _SENTENCES[code]
    return (chinese if language == "zh" else english).format_map(params)


def codes() -> list[str]:
    """Return every code that has a sentence."""
    return sorted(_SENTENCES)
