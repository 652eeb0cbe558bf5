# SPDX-License-Identifier: Apache-2.0
"""A derivation as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from scoring.wording.language import Sentences, fill, joined
from scoring.wording.terms import comparator_words, rounding_words, shown, state_word

if TYPE_CHECKING:  # the derivation imports its wording; only the type checker needs the way back
    from scoring.exact.derivation import Derivation
    from scoring.exact.panel import Block
    from scoring.exact.ties import TieStep

_SENTENCES: Sentences = {
    "used": ("计入 {count} 份评分表：{sheets}。", "{count} sheets count: {sheets}."),
    "used_one": ("计入 1 份评分表：{sheets}。", "1 sheet counts: {sheets}."),
    "used_none": ("没有可计入的评分表。", "No sheet counts."),
    "sheet": ("{judge} {total}", "{judge} {total}"),
    "sheet_rounded": ("{judge} {total}（取整前 {exact}）", "{judge} {total} (before rounding {exact})"),
    "left_out": ("{judge} 的评分表不计入：{state}。", "The sheet of {judge} is left out: {state}."),
    "left_out_cell": (
        "{judge} 的评分表不计入：“{criterion}”{state}。",
        'The sheet of {judge} is left out: "{criterion}" is {state}.',
    ),
    "blocked": ("暂无得分：{judge} 的评分表{state}。", "No score: the sheet of {judge} is {state}."),
    "blocked_cell": (
        "暂无得分：{judge} 的“{criterion}”{state}。",
        'No score: "{criterion}" of {judge} is {state}.',
    ),
    "too_few": (
        "暂无得分：计入 {counted} 份评分表，规则要求至少 {minimum} 份。",
        "No score: sheets that count: {counted}; the rule asks for at least {minimum}.",
    ),
    "dropped_high": ("去掉最高分：{judges}。", "Dropped as highest: {judges}."),
    "dropped_low": ("去掉最低分：{judges}。", "Dropped as lowest: {judges}."),
    "mean": ("{count} 份的平均分为 {mean}，即得分。", "The mean of {count} is {mean}, which is the score."),
    "mean_rounded": (
        "{count} 份的平均分为 {mean}，{rounding}，得分 {score}。",
        "The mean of {count} is {mean}; {rounding}, the score is {score}.",
    ),
    "tie_apart": (
        "与另外 {others} 个参赛项目相等；比较{comparator}（本项目 {value}）后分出先后。",
        "Equal with {others} others; {comparator} ({value} here) set them apart.",
    ),
    "tie_fewer": (
        "与另外 {others} 个参赛项目相等；比较{comparator}（本项目 {value}）后仍与 {left} 个相等。",
        "Equal with {others} others; after comparing {comparator} ({value} here), still equal with {left}.",
    ),
    "tie_same": (
        "与另外 {others} 个参赛项目相等；比较{comparator}（都是 {value}）未能分出先后。",
        "Equal with {others} others; {comparator} ({value} for all) did not set them apart.",
    ),
    "place": ("名次：第 {place} 名。", "Place: {place}."),
    "place_tied": (
        "名次：第 {place} 名，与另外 {others} 个参赛项目并列。",
        "Place: {place}, tied with {others} others.",
    ),
}


def derivation_sentences(
    derivation: Derivation, language: str, names: Mapping[str, str], titles: Mapping[str, str]
) -> list[str]:
    """Return the way from an entry's sheets to its place, one sentence a step."""
    lines = [_used(derivation, language, names)]
    for out in derivation.left_out:
        code = "left_out" if out.criterion is None else "left_out_cell"
        values = _cell_values(out.judge, out.criterion, out.state, language, names, titles)
        lines.append(fill(_SENTENCES, code, values, language))
    lines.extend(_blocked(block, language, names, titles) for block in derivation.blocked_by)
    for code, judges in (("dropped_high", derivation.dropped_high), ("dropped_low", derivation.dropped_low)):
        if judges:
            called = joined([names.get(judge, judge) for judge in judges], language)
            lines.append(fill(_SENTENCES, code, {"judges": called}, language))
    if derivation.mean is not None and derivation.score is not None:
        lines.append(_mean(derivation, language))
    lines.extend(_tie(step, language, titles) for step in derivation.ties)
    if derivation.place is not None:
        code = "place" if derivation.equal == 1 else "place_tied"
        values = {"place": str(derivation.place), "others": str(derivation.equal - 1)}
        lines.append(fill(_SENTENCES, code, values, language))
    return lines


def _used(derivation: Derivation, language: str, names: Mapping[str, str]) -> str:
    parts = []
    for use in derivation.sheets:
        values = {"judge": names.get(use.judge, use.judge), "total": shown(use.total), "exact": shown(use.exact)}
        parts.append(fill(_SENTENCES, "sheet" if use.total == use.exact else "sheet_rounded", values, language))
    code = {0: "used_none", 1: "used_one"}.get(len(parts), "used")
    return fill(_SENTENCES, code, {"count": str(len(parts)), "sheets": joined(parts, language)}, language)


def _cell_values(
    judge: str | None,
    criterion: str | None,
    state: str | None,
    language: str,
    names: Mapping[str, str],
    titles: Mapping[str, str],
) -> dict[str, str]:
    return {
        "judge": names.get(judge or "", judge or ""),
        "criterion": titles.get(criterion or "", criterion or ""),
        "state": state_word(state or "not_yet", language),
    }


def _blocked(block: Block, language: str, names: Mapping[str, str], titles: Mapping[str, str]) -> str:
    if block.code == "too_few":
        values = {"counted": str(block.counted), "minimum": str(block.minimum)}
        return fill(_SENTENCES, "too_few", values, language)
    code = "blocked" if block.criterion is None else "blocked_cell"
    values = _cell_values(block.judge, block.criterion, block.state, language, names, titles)
    return fill(_SENTENCES, code, values, language)


def _mean(derivation: Derivation, language: str) -> str:
    count = len(derivation.sheets) - len(derivation.dropped_low) - len(derivation.dropped_high)
    values = {"count": str(count)}
    if derivation.mean is not None and derivation.score is not None:
        values |= {"mean": shown(derivation.mean), "score": shown(derivation.score)}
    if derivation.rounding is None:
        return fill(_SENTENCES, "mean", values, language)
    values["rounding"] = rounding_words(derivation.rounding, language)
    return fill(_SENTENCES, "mean_rounded", values, language)


def _tie(step: TieStep, language: str, titles: Mapping[str, str]) -> str:
    code = "tie_apart" if step.equal == 1 else "tie_same" if step.equal == step.among else "tie_fewer"
    title = titles.get(step.code or "", step.code or "")
    values = {
        "others": str(step.among - 1),
        "left": str(step.equal - 1),
        "value": shown(step.value),
        "comparator": comparator_words(step.by.value, title, language),
    }
    return fill(_SENTENCES, code, values, language)
