# SPDX-License-Identifier: Apache-2.0
"""A scoresheet as plain values: its cells, its canonical bytes, and what the engine says about it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

import rfc8785
from flask_babel import LazyString

from app import i18n
from app.diaries.models import DiaryEntry
from app.evidence.models import Evidence
from app.judging.models import Assignment, Mark
from scoring import Cell, CellState, Document, Finding, check, format_number, sheet_total

FORMAT = 1
LONGEST_COMMENT = 2000
LONGEST_NOTE = 10_000


@dataclass(frozen=True, slots=True)
class MarkText:
    """One mark as it is typed and shown; `version` 0 is a mark that nobody gave yet."""

    text: str = ""
    comment: str = ""
    version: int = 0
    saved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CitedSource:
    """What a citation points to, by public ids: a diary entry, or a file and perhaps a page of it."""

    diary_entry: str | None = None
    evidence: str | None = None
    page: int | None = None

    def value(self) -> dict[str, Any]:
        """Return the source as JSON writes it."""
        if self.diary_entry is not None:
            return {"diary_entry": self.diary_entry}
        return {"evidence": self.evidence, "page": self.page}


@dataclass(frozen=True, slots=True)
class Source:
    """What is cited: a diary entry, or a file and perhaps one page of it."""

    diary_entry: DiaryEntry | None = None
    evidence: Evidence | None = None
    page: int | None = None


def text_of(mark: Mark | None) -> str:
    """Return a mark as people type it: a number, the code of a state, or nothing."""
    if mark is None:
        return ""
    return mark.state or ("" if mark.value is None else format_number(mark.value))


def as_text(mark: Mark | None) -> MarkText:
    """Return what stands of a mark now."""
    if mark is None:
        return MarkText()
    return MarkText(text_of(mark), mark.comment, mark.version, mark.saved_at)


def cell_of(mark: Mark) -> Cell | None:
    """Return a mark as the engine takes it, or None for one that holds only a comment or citations."""
    if mark.value is not None:
        return Cell(value=mark.value, comment=mark.comment)
    if mark.state is not None:
        return Cell(state=CellState(mark.state), comment=mark.comment)
    return None


def cells_of(marks: Iterable[Mark]) -> dict[str, Cell]:
    """Return the cells of a sheet by criterion; a blank is no cell, never a zero."""
    cells = ((mark.criterion, cell_of(mark)) for mark in marks)
    return {criterion: cell for criterion, cell in cells if cell is not None}


def total_of(document: Document, cells: Mapping[str, Cell]) -> Fraction | None:
    """Return the total of a complete sheet, or None where a cell carries a state instead of a mark."""
    if any(cells.get(one.code) is None or cells[one.code].value is None for one in document.rubric.criteria):
        return None
    return sheet_total(document, cells)


def findings_of(document: Document, cells: Mapping[str, Cell]) -> tuple[Finding, ...]:
    """Return what keeps a sheet from being submitted: `scoring.check`, and nothing beside it."""
    return check(document.rubric, cells, complete=True)


def say(finding: Finding) -> LazyString:
    """Return a finding worded in the language of whoever reads it."""
    return LazyString(lambda: finding.say(i18n.language()))


def canonical(
    assignment: Assignment,
    document: Document,
    marks: Iterable[Mark],
    citations: Mapping[str, list[CitedSource]],
) -> str:
    """Return the RFC 8785 text of a whole sheet without the private note: what its digest covers."""
    given = {mark.criterion: mark for mark in marks}
    total = total_of(document, cells_of(given.values()))
    value: dict[str, Any] = {
        "v": FORMAT,
        "assignment": assignment.public_id,
        "judge": assignment.judge.public_id,
        "entry": assignment.entry.public_id,
        "stage_category": assignment.stage_category.public_id,
        "document": document.digest,
        "marks": {
            one.code: {
                "mark": text_of(given.get(one.code)) or CellState.NOT_YET.value,
                "comment": given[one.code].comment if one.code in given else "",
                "citations": [source.value() for source in citations.get(one.code, [])],
            }
            for one in document.rubric.criteria
        },
        "total": None if total is None else format_number(total),
    }
    return rfc8785.dumps(value).decode("utf-8")


def digest(text: str) -> str:
    """Return the SHA-256 of a canonical sheet."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
