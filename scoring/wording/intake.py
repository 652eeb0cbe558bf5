# SPDX-License-Identifier: Apache-2.0
"""Sentences about sheets that cannot be computed."""

from __future__ import annotations

from scoring.wording.language import Sentences, fill

_SENTENCES: Sentences = {
    "no_name": ("有参赛项目或评委没有代码；请补上。", "An entry or a judge has no code; give it one."),
    "entry_repeated": ("参赛项目 {entry} 出现了不止一次。", "The entry {entry} stands more than once."),
    "judge_repeated": (
        "参赛项目 {entry}：评委 {judge} 的评分表出现了不止一次。",
        "Entry {entry}: the sheet of {judge} stands more than once.",
    ),
    "finding": (
        "参赛项目 {entry}，评委 {judge}，{criterion}：{finding}",
        "Entry {entry}, judge {judge}, {criterion}: {finding}",
    ),
}


def input_sentence(code: str, entry: str, judge: str, criterion: str, finding: str, language: str) -> str:
    """Return why sheets cannot be computed."""
    values = {"entry": entry, "judge": judge, "criterion": criterion, "finding": finding}
    return fill(_SENTENCES, code, values, language)
