# SPDX-License-Identifier: Apache-2.0
"""A rule as sentences, for the page that says beforehand how places come about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.wording.language import Sentences, fill, joined
from scoring.wording.terms import comparator_words, rounding_words, state_word

if TYPE_CHECKING:  # the document imports its wording; only the type checker needs the way back
    from scoring.rules.document import Document
    from scoring.rules.rule import Rule

_SENTENCES: Sentences = {
    "sheet": (
        "每份评分表的总分是各评分项得分乘以权重之和。",
        "The total of a sheet is the sum of mark × weight.",
    ),
    "sheet_rounded": (
        "每份评分表的总分是各评分项得分乘以权重之和，{rounding}。",
        "The total of a sheet is the sum of mark × weight, {rounding}.",
    ),
    "mean": ("得分是各份总分的平均数。", "The score is the mean of the totals."),
    "mean_rounded": ("得分是各份总分的平均数，{rounding}。", "The score is the mean of the totals, {rounding}."),
    "trimmed_mean": (
        "得分是去掉 {high} 个最高分和 {low} 个最低分后的平均数。",
        "The score is the mean of the totals without the {high} highest and the {low} lowest.",
    ),
    "trimmed_mean_rounded": (
        "得分是去掉 {high} 个最高分和 {low} 个最低分后的平均数，{rounding}。",
        "The score is the mean of the totals without the {high} highest and the {low} lowest, {rounding}.",
    ),
    "minimum": (
        "计入的评分表少于 {minimum} 份时没有得分，绝不算作 0 分。",
        "With fewer than {minimum} sheets there is no score, and never a zero.",
    ),
    "block": (
        "评分表或评分项处于以下状态时，该参赛项目暂无得分：{states}。",
        "An entry has no score while a sheet or a mark is: {states}.",
    ),
    "leave_out": (
        "处于以下状态的评分表不计入：{states}。",
        "A sheet is left out when it, or one of its marks, is: {states}.",
    ),
    "ties": (
        "得分相等时依次比较：{chain}；高者在前。",
        "Equal scores are set apart by, in turn: {chain}; higher is better.",
    ),
    "tied": ("仍然相等的，名次并列。", "What is still equal shares a place."),
    "competition": ("并列之后的名次空出（1、2、2、4）。", "Places after a tie are skipped (1 2 2 4)."),
    "dense": ("并列之后的名次不空出（1、2、2、3）。", "Places after a tie are not skipped (1 2 2 3)."),
    "cut_include": (
        "前 {promote} 名晋级；在晋级线上并列的全部晋级。",
        "The first {promote} go on; a tie across the line goes on whole.",
    ),
    "cut_exclude": (
        "前 {promote} 名晋级；在晋级线上并列的全部不晋级。",
        "The first {promote} go on; a tie across the line stays behind whole.",
    ),
    "reserve": ("其后 {reserve} 名列入递补名单。", "The next {reserve} are on the reserve list."),
    "award_include": (
        "{title} {count} 名；在线上并列的一并授予。",
        "{title}: {count}; a tie across the line receives it whole.",
    ),
    "award_exclude": (
        "{title} {count} 名；在线上并列的都不授予，顺延到下一奖项。",
        "{title}: {count}; a tie across the line goes to the next award whole.",
    ),
}


def rule_sentences(document: Document, language: str) -> list[str]:
    """Return a document's rule, one sentence a step, in the order of the computation."""
    rule = document.rule
    lines = [_sheet(rule, language), _panel(rule, language)]
    lines.append(fill(_SENTENCES, "minimum", {"minimum": str(rule.panel.minimum)}, language))
    lines.extend(_cells(rule, language))
    if rule.ties:
        chain = [comparator_words(tie.by.value, _title(document, tie.code), language) for tie in rule.ties]
        lines.append(fill(_SENTENCES, "ties", {"chain": joined(chain, language)}, language))
    lines.append(fill(_SENTENCES, "tied", {}, language))
    lines.append(fill(_SENTENCES, rule.places.style.value, {}, language))
    lines.extend(_outcomes(rule, language))
    return lines


def _sheet(rule: Rule, language: str) -> str:
    if rule.sheet.rounding is None:
        return fill(_SENTENCES, "sheet", {}, language)
    return fill(_SENTENCES, "sheet_rounded", {"rounding": rounding_words(rule.sheet.rounding, language)}, language)


def _panel(rule: Rule, language: str) -> str:
    values = {"high": str(rule.panel.drop_high), "low": str(rule.panel.drop_low)}
    code = rule.panel.method.value
    if rule.panel.rounding is not None:
        code += "_rounded"
        values["rounding"] = rounding_words(rule.panel.rounding, language)
    return fill(_SENTENCES, code, values, language)


def _cells(rule: Rule, language: str) -> list[str]:
    lines = []
    for policy in ("block", "leave_out"):
        states = [
            state_word(state, language)
            for state in ("not_yet", "abstained", "recused", "absent", "not_applicable")
            if getattr(rule.cells, state) == policy
        ]
        if states:
            lines.append(fill(_SENTENCES, policy, {"states": joined(states, language)}, language))
    return lines


def _outcomes(rule: Rule, language: str) -> list[str]:
    lines = []
    if rule.cut is not None:
        values = {"promote": str(rule.cut.promote), "reserve": str(rule.cut.reserve)}
        lines.append(fill(_SENTENCES, f"cut_{rule.cut.ties.value}", values, language))
        if rule.cut.reserve:
            lines.append(fill(_SENTENCES, "reserve", values, language))
    for award in rule.awards:
        values = {"title": award.title, "count": str(award.count)}
        lines.append(fill(_SENTENCES, f"award_{award.ties.value}", values, language))
    return lines


def _title(document: Document, code: str | None) -> str:
    found = document.rubric.group(code or "") or document.rubric.criterion(code or "")
    return found.title if found else code or ""
