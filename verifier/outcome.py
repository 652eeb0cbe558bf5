# SPDX-License-Identifier: Apache-2.0
"""What is written about standings: rows, derivations, cut, awards, and the digest of all places."""

from __future__ import annotations

from collections import Counter
from typing import Any

from verifier.document import Document, Line
from verifier.engine import ENGINE, Judged
from verifier.numbers import rounded, write_number


def standings_value(digest: str, judged: list[Judged]) -> dict[str, Any]:
    """Return the value of a standings file."""
    return {
        "document": digest,
        "engine": ENGINE,
        "rows": [
            {
                "blocked_by": one.blocked,
                "eligible": one.eligible,
                "entry": one.entry,
                "place": one.place,
                "score": _number(one),
                "tied": one.equal > 1,
            }
            for one in judged
        ],
    }


def derivations_value(document: Document, judged: list[Judged]) -> list[dict[str, Any]]:
    """Return the value of a derivations file."""
    rounding = None
    if document.rounding is not None:
        rounding = {"mode": document.rounding[0], "places": document.rounding[1]}
    return [
        {
            "blocked_by": one.blocked,
            "dropped_high": one.high,
            "dropped_low": one.low,
            "entry": one.entry,
            "equal": one.equal,
            "left_out": one.left_out,
            "mean": None if one.mean is None else write_number(one.mean),
            "method": document.method,
            "place": one.place,
            "rounding": rounding,
            "score": _number(one),
            "sheets": [
                {"exact": write_number(exact), "judge": judge, "total": write_number(total)}
                for judge, exact, total, _ in one.counted
            ],
            "ties": one.ties,
        }
        for one in judged
    ]


def _number(one: Judged) -> str | None:
    return None if one.score is None else write_number(one.score)


def within(candidates: list[Judged], line: Line) -> list[Judged]:
    """Return those of the candidates that a line takes; all who share a place stand or fall together."""
    before = _better(candidates)
    size = Counter(one.place for one in candidates)
    taken = []
    for one in candidates:
        through = before[one.place] + size[one.place]
        if before[one.place] < line.count and (line.include or through <= line.count):
            taken.append(one)
    return taken


def _better(candidates: list[Judged]) -> dict[int | None, int]:
    """Return for each place how many candidates have a better one."""
    size = Counter(one.place for one in candidates)
    before: dict[int | None, int] = {}
    count = 0
    for place in sorted(size, key=lambda place: place or 0):
        before[place] = count
        count += size[place]
    return before


def cut(document: Document, judged: list[Judged]) -> tuple[list[str], dict[str, int]]:
    """Return who is promoted, and the turn of each entry in reserve."""
    if document.cut is None:
        return [], {}
    candidates = [one for one in judged if one.place is not None and one.eligible]
    promoted = within(candidates, document.cut)
    names = [one.entry for one in promoted]
    known = set(names)
    reserve = within(
        [one for one in candidates if one.entry not in known], Line(document.reserve, document.cut.include)
    )
    before = _better(reserve)
    return names, {one.entry: 1 + before[one.place] for one in reserve}


def awards(document: Document, judged: list[Judged]) -> dict[str, str]:
    """Return the award code of each entry that the rule gives one."""
    left = [one for one in judged if one.place is not None and one.eligible]
    given: dict[str, str] = {}
    for award in document.awards:
        winners = within(left, award)
        given.update((one.entry, award.code) for one in winners)
        left = [one for one in left if one.entry not in given]
    return given


def sheet_total(document: Document, cells: dict[str, Any]) -> str:
    """Return the total of a submitted sheet, or nothing when a cell carries a state."""
    if any(cells.get(code) is None for code in document.criteria):
        return ""
    exact = sum(document.criteria[code].weight * cells[code] for code in document.criteria)
    return write_number(rounded(exact, document.sheet_rounding))
