# SPDX-License-Identifier: Apache-2.0
"""What the command line says."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.wording.language import Sentences, fill

_SENTENCES: Sentences = {
    "sound": (
        "{file}：文档正确。评分项 {criteria} 个，满分 {maximum}，摘要 {digest}",
        "{file}: sound. {criteria} criteria, maximum {maximum}, digest {digest}",
    ),
    "ranked": ("共 {count} 个参赛项目，排名表摘要 {digest}", "{count} entries, standings digest {digest}"),
    "no_entry": ("没有参赛项目 {entry}。", "There is no entry {entry}."),
    "file": ("无法使用这个文件：{detail}", "This file cannot be used: {detail}"),
}


def cli_sentence(code: str, params: Mapping[str, str], language: str) -> str:
    """Return one line for the terminal."""
    return fill(_SENTENCES, code, params, language)
