# SPDX-License-Identifier: Apache-2.0
"""Standings from a document and an input: an implementation of its own, written from the archive's page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median
from typing import Any

from verifier.document import Document
from verifier.layout import CELL_STATES
from verifier.numbers import read_number, rounded, write_number

ENGINE = "scoring 1"


class InputError(ValueError):
    """An input is not what its page says; the text names the entry and the judge."""


@dataclass
class Judged:
    """One entry on its way from sheets to a place."""

    entry: str
    eligible: bool
    counted: list[tuple[str, Fraction, Fraction, dict[str, Fraction]]] = field(default_factory=list)
    left_out: list[dict[str, Any]] = field(default_factory=list)
    blocked: list[dict[str, Any]] = field(default_factory=list)
    low: list[str] = field(default_factory=list)
    high: list[str] = field(default_factory=list)
    mean: Fraction | None = None
    key: tuple[Fraction, ...] = ()
    place: int | None = None
    equal: int = 0
    ties: list[dict[str, Any]] = field(default_factory=list)

    @property
    def score(self) -> Fraction | None:
        """The first part of the key that orders entries."""
        return self.key[0] if self.key else None


def compute(document: Document, given: Any) -> list[Judged]:
    """Return every entry with its place, in the order of the standings."""
    judged = [_judge(document, item) for item in _entries(given)]
    scored = [one for one in judged if not one.blocked]
    for one in scored:
        one.key = _key(document, one)
    groups: dict[tuple[Fraction, ...], list[Judged]] = {}
    for one in scored:
        groups.setdefault(one.key, []).append(one)
    # Entries whose keys agree in their first parts were still equal when the next part was compared.
    begun = [Counter(one.key[:length] for one in scored) for length in range(len(document.ties) + 2)]
    better = 0
    for number, key in enumerate(sorted(groups, reverse=True), 1):
        for one in groups[key]:
            one.place = number if document.dense else better + 1
            one.equal = len(groups[key])
            one.ties = _comparisons(document, key, begun)
        better += len(groups[key])
    scored.sort(key=lambda one: (one.place or 0, one.entry))
    return scored + sorted((one for one in judged if one.blocked), key=lambda one: one.entry)


def _comparisons(
    document: Document, key: tuple[Fraction, ...], begun: list[Counter[tuple[Fraction, ...]]]
) -> list[dict[str, Any]]:
    steps = []
    for at, (by, code) in enumerate(document.ties, 1):
        among = begun[at][key[:at]]
        if among == 1:
            break
        equal = begun[at + 1][key[: at + 1]]
        steps.append({"among": among, "by": by, "code": code, "equal": equal, "value": write_number(key[at])})
    return steps


def _judge(document: Document, item: dict[str, Any]) -> Judged:
    """Sort an entry's sheets into counted, left out and blocking ones, and reduce those that count."""
    one = Judged(item["entry"], item["eligible"])
    for sheet in item["sheets"]:
        judge = sheet["judge"]
        states = [(None, sheet["state"])] if "state" in sheet else _states(document, sheet["cells"])
        stops = [
            {"code": "state", "criterion": criterion, "judge": judge, "state": state}
            for criterion, state in states
            if document.blocks[state]
        ]
        if stops:
            one.blocked += stops
        elif states:
            one.left_out.append({"criterion": states[0][0], "judge": judge, "state": states[0][1]})
        else:
            marks = _marks(document, item["entry"], judge, sheet["cells"])
            exact = sum((document.criteria[code].weight * mark for code, mark in marks.items()), Fraction(0))
            one.counted.append((judge, exact, rounded(exact, document.sheet_rounding), marks))
    if not one.blocked and len(one.counted) < document.minimum:
        one.blocked.append({"code": "too_few", "counted": len(one.counted), "minimum": document.minimum})
    if not one.blocked:
        ordered = sorted((total, judge) for judge, _, total, _ in one.counted)
        one.low = [judge for _, judge in ordered[: document.drop_low]]
        one.high = [judge for _, judge in ordered[len(ordered) - document.drop_high :]]
        one.mean = _trimmed(document, [total for total, _ in ordered])
    return one


def _states(document: Document, cells: dict[str, str]) -> list[tuple[str | None, str]]:
    return [(code, cells[code]) for code in document.criteria if cells[code] in CELL_STATES]


def _marks(document: Document, entry: str, judge: str, cells: dict[str, str]) -> dict[str, Fraction]:
    marks = {}
    for code, criterion in document.criteria.items():
        mark = read_number(cells[code])
        if mark is None or not criterion.legal(mark):
            raise InputError(f"{entry} / {judge} / {code}: {cells[code]}")
        marks[code] = mark
    return marks


def _trimmed(document: Document, values: list[Fraction]) -> Fraction:
    """Return the mean without the dropped extremes, unrounded."""
    values = sorted(values)
    kept = values[document.drop_low : len(values) - document.drop_high]
    return sum(kept, Fraction(0)) / len(kept)


def _key(document: Document, one: Judged) -> tuple[Fraction, ...]:
    """Return what orders entries: the score, then each comparator of the chain."""
    totals = [total for _, _, total, _ in one.counted]
    parts = [rounded(_trimmed(document, totals), document.rounding)]
    for by, code in document.ties:
        if by == "median":
            parts.append(Fraction(median(totals)))
        elif by == "lowest_sheet":
            parts.append(min(totals))
        elif by == "highest_sheet":
            parts.append(max(totals))
        elif by == "criterion":
            values = [marks[str(code)] for _, _, _, marks in one.counted]
            parts.append(rounded(_trimmed(document, values), document.rounding))
        else:
            inside = document.groups[str(code)]
            values = [
                sum((document.criteria[inner].weight * marks[inner] for inner in inside), Fraction(0))
                for _, _, _, marks in one.counted
            ]
            parts.append(rounded(_trimmed(document, values), document.rounding))
    return tuple(parts)


def _entries(given: Any) -> list[dict[str, Any]]:
    """Return the entries of an input after checking its shape."""
    if not isinstance(given, dict) or set(given) != {"document", "entries"} or not isinstance(given["entries"], list):
        raise InputError("document, entries")
    names = []
    for item in given["entries"]:
        if not isinstance(item, dict) or set(item) != {"eligible", "entry", "sheets"}:
            raise InputError("entries")
        if not isinstance(item["entry"], str) or not item["entry"] or not isinstance(item["eligible"], bool):
            raise InputError("entry, eligible")
        names.append(item["entry"])
        judges = [_sheet_judge(item["entry"], sheet) for sheet in item["sheets"]]
        if judges != sorted(set(judges)):
            raise InputError(item["entry"])
    if names != sorted(set(names)):
        raise InputError("entries")
    return list(given["entries"])


def _sheet_judge(entry: str, sheet: Any) -> str:
    if not isinstance(sheet, dict) or not isinstance(sheet.get("judge"), str) or not sheet["judge"]:
        raise InputError(entry)
    if set(sheet) == {"judge", "state"} and sheet["state"] in CELL_STATES:
        return str(sheet["judge"])
    cells = sheet.get("cells")
    if set(sheet) != {"cells", "judge"} or not isinstance(cells, dict):
        raise InputError(f"{entry} / {sheet['judge']}")
    if not all(isinstance(cell, str) for cell in cells.values()):
        raise InputError(f"{entry} / {sheet['judge']}")
    return str(sheet["judge"])


def check_input(document: Document, given: Any) -> None:
    """Raise `InputError` unless every sheet names exactly the criteria of the document with legal cells."""
    for item in _entries(given):
        for sheet in item["sheets"]:
            if "cells" not in sheet:
                continue
            if set(sheet["cells"]) != set(document.criteria):
                raise InputError(f"{item['entry']} / {sheet['judge']}")
            for code, text in sheet["cells"].items():
                mark = read_number(text)
                if text not in CELL_STATES and (mark is None or not document.criteria[code].legal(mark)):
                    raise InputError(f"{item['entry']} / {sheet['judge']} / {code}: {text}")
