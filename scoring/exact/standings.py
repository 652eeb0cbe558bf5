# SPDX-License-Identifier: Apache-2.0
"""Sheets in, places out; the order of the input never matters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from scoring.canonical import Json, canonical, sha256
from scoring.exact.derivation import Derivation, SheetUse, block_json, number_json
from scoring.exact.intake import input_problems
from scoring.exact.panel import Block, PanelReading, read_panel, reduce_panel
from scoring.exact.places import places
from scoring.exact.ties import Scored, TieStep, order
from scoring.rules.document import Document
from scoring.types import EntrySheets

ENGINE = "scoring 1"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the standings; `place` and `score` are None where `blocked_by` says why."""

    entry: str
    place: int | None
    tied: bool
    score: Fraction | None
    blocked_by: tuple[Block, ...]
    derivation: Derivation
    eligible: bool = True


@dataclass(frozen=True)
class Standings:
    """Places of all entries: placed rows first, by place then entry; rows without a score after them.

    Attributes
    ----------
    document : str
        Digest of the document that was applied.
    canonical : str
        RFC 8785 text of the rows, scores as exact text.
    derivations_canonical : str
        RFC 8785 text of every row's derivation.
    """

    document: str
    rows: tuple[Row, ...]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    @cached_property
    def _by_entry(self) -> dict[str, Row]:
        return {row.entry: row for row in self.rows}

    def row(self, entry: str) -> Row | None:
        """Return the row of an entry, or None."""
        return self._by_entry.get(entry)

    @property
    def blocked(self) -> tuple[Row, ...]:
        """The rows without a score."""
        return tuple(row for row in self.rows if row.place is None)

    def to_json(self) -> dict[str, Json]:
        """Return plain values ready for RFC 8785."""
        return {
            "document": self.document,
            "engine": ENGINE,
            "rows": [
                {
                    "blocked_by": [block_json(block) for block in row.blocked_by],
                    "eligible": row.eligible,
                    "entry": row.entry,
                    "place": row.place,
                    "score": number_json(row.score),
                    "tied": row.tied,
                }
                for row in self.rows
            ],
        }

    @cached_property
    def canonical(self) -> str:
        """The canonical JSON of the rows."""
        return canonical(self.to_json())

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the canonical text."""
        return sha256(self.canonical)

    @cached_property
    def derivations_canonical(self) -> str:
        """The canonical JSON of all derivations, in the order of the rows."""
        return canonical([row.derivation.to_json() for row in self.rows])


def standings(document: Document, entries: Iterable[EntrySheets]) -> Standings:
    """Apply a document to the sheets of its entries.

    Parameters
    ----------
    document : Document
        Rubric and rule.
    entries : iterable of EntrySheets
        Every entry once, every judge of an entry once, in any order.

    Returns
    -------
    Standings
        Each row with its derivation.

    Raises
    ------
    InputError
        With every duplicate, unknown criterion and illegal mark; nothing is computed then.
    """
    given = sorted(entries, key=lambda one: one.entry)
    input_problems(document.rubric, given)
    readings = {one.entry: read_panel(document, one.sheets) for one in given}
    derivations = {entry: _derive(document, entry, reading) for entry, reading in readings.items()}
    scored = [
        Scored(entry, derivation.score, readings[entry].counted)
        for entry, derivation in derivations.items()
        if derivation.score is not None
    ]
    groups, steps = order(document, scored)
    eligible = {one.entry: one.eligible for one in given}
    rows: list[Row] = []
    for place, group in zip(places(map(len, groups), document.rule.places.style), groups, strict=True):
        for entry in group:
            derivation = _placed(derivations[entry], steps.get(entry, []), place, len(group))
            rows.append(_row(derivation, eligible[entry]))
    rows.extend(_row(one, eligible[entry]) for entry, one in derivations.items() if one.score is None)
    return Standings(document.digest, tuple(rows))


def places_canonical(runs: Iterable[tuple[str, str, Mapping[str, Any]]]) -> str:
    """Return the canonical JSON of all places of a competition.

    Parameters
    ----------
    runs : iterable of (stage, category, standings)
        The codes of stage and category, and what `Standings.to_json` gave, one for each stage and category.
    """
    value: list[Json] = [
        {
            "category": category,
            "rows": [{key: row[key] for key in ("entry", "place", "score", "tied")} for row in found["rows"]],
            "stage": stage,
        }
        for stage, category, found in sorted(runs, key=lambda run: (run[0], run[1]))
    ]
    return canonical(value)


def _derive(document: Document, entry: str, reading: PanelReading) -> Derivation:
    """Return everything about an entry but its ties and place."""
    panel = document.rule.panel
    sheets = tuple(SheetUse(sheet.judge, sheet.exact, sheet.total) for sheet in reading.counted)
    if reading.blocks:
        return Derivation(entry, panel.method, sheets, reading.left_out, reading.blocks, rounding=panel.rounding)
    reduced = reduce_panel([(sheet.total, sheet.judge) for sheet in reading.counted], panel)
    return Derivation(
        entry,
        panel.method,
        sheets,
        reading.left_out,
        dropped_low=reduced.dropped_low,
        dropped_high=reduced.dropped_high,
        mean=reduced.mean,
        rounding=panel.rounding,
        score=reduced.score,
    )


def _placed(derivation: Derivation, steps: list[TieStep], place: int, equal: int) -> Derivation:
    return replace(derivation, ties=tuple(steps), place=place, equal=equal)


def _row(derivation: Derivation, eligible: bool) -> Row:
    return Row(
        derivation.entry,
        derivation.place,
        derivation.equal > 1,
        derivation.score,
        derivation.blocked_by,
        derivation,
        eligible,
    )
