# SPDX-License-Identifier: Apache-2.0
"""Sentences about faults of a marks file."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.wording.language import Sentences, fill

_PLACE: Sentences = {
    "cell": ("第 {row} 行 {column} 列：", "row {row}, column {column}: "),
    "row": ("第 {row} 行：", "row {row}: "),
}

_SENTENCES: Sentences = {
    "no_column": (
        "缺少这一列；表头应有 entry, judge, criterion, value。",
        "Missing; the header has entry, judge, criterion, value.",
    ),
    "unknown_column": (
        "不认识的列；可用 entry, judge, criterion, value, comment。",
        "Unknown column; known are entry, judge, criterion, value, comment.",
    ),
    "column_repeated": ("这一列出现了不止一次。", "This column stands more than once."),
    "width": ("有 {found} 格，表头有 {expected} 格。", "It has {found} cells, the header has {expected}."),
    "empty": ("不能为空。", "It is empty."),
    "repeated": ("与第 {row} 行重复；请留下一行。", "It repeats row {row}; keep one of them."),
    "state_and_marks": (
        "评委 {judge} 对 {entry} 的评分表既有整份状态又有单项；请只留一种。",
        "The sheet of {judge} for {entry} has a state for the whole and single marks; keep one kind.",
    ),
    "unknown_criterion": ("评分细则里没有评分项 {criterion}。", "The rubric has no criterion {criterion}."),
    "not_a_state": (
        "评分项为空的行表示整份评分表的状态；“{value}”不是状态，可用：{known}。",
        'A row without a criterion gives the state of the whole sheet; "{value}" is none of: {known}.',
    ),
    "mark": ("{detail}", "{detail}"),
    "no_such_entry": ("没有参赛项目 {entry} 的分数。", "There are no marks for the entry {entry}."),
}


def marks_sentence(code: str, row: int, column: str, params: Mapping[str, str], language: str) -> str:
    """Return what is wrong in a marks file, where, and what to do."""
    place = fill(_PLACE, "cell" if column else "row", {"row": str(row), "column": column}, language)
    return place + fill(_SENTENCES, code, params, language)
