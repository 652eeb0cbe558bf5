# SPDX-License-Identifier: Apache-2.0
"""Sentences about one sheet: marks that are not legal, marks and comments that are missing."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.wording.language import Sentences, fill

FINDINGS: Sentences = {
    "empty": ("请填写分数；0 分也要写出 0。", "Enter a mark; a mark of zero is written 0."),
    "not_a_number": (
        "“{text}”不是分数；请输入数字，例如 {example}。",
        '"{text}" is not a mark; type a number such as {example}.',
    ),
    "comma_unclear": (
        "“{text}”里的逗号含义不清；小数请用小数点。",
        'The comma in "{text}" can be read in two ways; use a point for decimals.',
    ),
    "unknown_level": (
        "没有“{text}”这个等级；可选：{allowed}。",
        'There is no level "{text}"; choose one of: {allowed}.',
    ),
    "below_minimum": ("{mark} 低于最低分 {limit}。", "{mark} is below the lowest mark, {limit}."),
    "above_maximum": ("{mark} 高于最高分 {limit}。", "{mark} is above the highest mark, {limit}."),
    "off_step": (
        "{mark} 不在步长 {step} 上；相邻的分数是 {lower} 和 {upper}。",
        "{mark} is between two marks of step {step}; the nearest are {lower} and {upper}.",
    ),
    "no_such_level": (
        "没有哪个等级是 {mark} 分；可选：{allowed}。",
        "No level gives {mark}; choose one of: {allowed}.",
    ),
    "missing": ("“{title}”还没有打分。", '"{title}" has no mark yet.'),
    "comment_missing": ("“{title}”打 {mark} 分时必须写评语。", 'A mark of {mark} for "{title}" needs a comment.'),
    "unknown_criterion": ("评分细则里没有评分项 {code}。", "The rubric has no criterion {code}."),
}


def finding_sentence(code: str, params: Mapping[str, str], language: str) -> str:
    """Return what is wrong or missing, and what to do."""
    return fill(FINDINGS, code, params, language)
