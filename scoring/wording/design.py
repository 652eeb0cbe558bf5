# SPDX-License-Identifier: Apache-2.0
"""Sentences about assignments that cannot be made."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.wording.language import Sentences, fill, joined

_SENTENCES: Sentences = {
    "too_few_judges": (
        "以下参赛项目没有 {wanted} 位无利益冲突的评委：{entries}。请增加评委，或减少每项的评委数。",
        "These entries do not have {wanted} judges free of conflict: {entries}. Add judges or want fewer per entry.",
    ),
    "bad_request": (
        "每个参赛项目至少要 1 位评委，参赛项目和评委都不能重复。",
        "Want at least 1 judge per entry, and name every entry and judge once.",
    ),
}


def design_sentence(code: str, entries: Sequence[str], wanted: int, language: str) -> str:
    """Return why no assignment exists."""
    return fill(_SENTENCES, code, {"entries": joined(list(entries), language), "wanted": str(wanted)}, language)
