# SPDX-License-Identifier: Apache-2.0
"""Sentences about what a cut decided."""

from __future__ import annotations

from scoring.wording.language import Sentences, fill

_SENTENCES: Sentences = {
    "promoted": ("第 {place} 名，在 {promote} 个晋级名额之内。", "Place {place} is within the {promote} that go on."),
    "promoted_tied": (
        "第 {place} 名，并列跨越 {promote} 名的晋级线；按规则并列者全部晋级。",
        "Place {place} is tied across the line of {promote}; by the rule all of them go on.",
    ),
    "reserve": ("第 {place} 名，列入递补名单。", "Place {place} is on the reserve list."),
    "below_line": ("第 {place} 名，未进入前 {promote} 名。", "Place {place} is not among the {promote} that go on."),
    "tied_at_line": (
        "第 {place} 名，并列跨越 {promote} 名的晋级线；按规则并列者全部不晋级。",
        "Place {place} is tied across the line of {promote}; by the rule none of them goes on.",
    ),
    "ineligible": (
        "第 {place} 名，保留名次，但不参加晋级，也不占名额。",
        "Place {place} is kept, but the entry does not go on and takes no slot.",
    ),
    "blocked": ("没有得分，不参加晋级。", "There is no score, so the entry does not go on."),
}


def reason_sentence(code: str, place: int | None, promote: int, language: str) -> str:
    """Return what the cut decided about an entry."""
    return fill(_SENTENCES, code, {"place": str(place), "promote": str(promote)}, language)
