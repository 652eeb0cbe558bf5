# SPDX-License-Identifier: Apache-2.0
"""From a place down to what it rests on: sheets, marks, the wording of levels, comments, cited evidence.

Marks come from what the run read, which never changes. Comments and citations are not part of a computation; they come
from the scoresheets, and only where the sheet still carries the mark that this run counted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.db import db
from app.diaries.models import DiaryEntry
from app.entries.models import Entry
from app.evidence.models import Evidence
from app.judging.models import Assignment, AssignmentState, Citation, Mark, Scoresheet, SheetState
from app.judging.sheets import text_of
from app.policy import Action
from app.results.adapter import codes_of
from app.results.models import RankingRun
from app.results.stored import stored
from app.rubrics.queries import document_of
from scoring import CellState, Criterion, Derivation, Document, Level, parse_number

MayRead = Callable[[Action, Any], bool]


@dataclass(frozen=True, slots=True)
class Source:
    """Something a mark rests on: a diary entry, or a page of a file. Without a title it is not open to the reader."""

    title: str | None
    day: date | None = None
    page: int | None = None
    struck: bool = False
    diary_entry: str | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class MarkReason:
    """One mark of one judge."""

    criterion: Criterion
    value: Fraction | None
    state: CellState | None
    level: Level | None
    comment: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class GroupReason:
    """The marks of one group of criteria."""

    code: str
    title: str
    marks: tuple[MarkReason, ...]


@dataclass(frozen=True, slots=True)
class SheetReason:
    """One judge's sheet: what became of it, and its marks."""

    code: str
    judge: str
    total: Fraction | None
    dropped: str | None  # "high", "low"
    state: CellState | None
    groups: tuple[GroupReason, ...]

    @property
    def counts(self) -> bool:
        return self.state is None and self.dropped is None


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why an entry has its place."""

    derivation: Derivation
    sentences: tuple[str, ...]
    sheets: tuple[SheetReason, ...]


def reasons_of(
    run: RankingRun, entry: Entry, *, language: str, alias: Callable[[str], str], may_read: MayRead
) -> Reasons:
    """Return the reasons of an entry's place; `alias` names a judge by the code of the seat."""
    document = document_of(run.stage_category)
    derivation = stored(run).derivation(entry.number)
    given = _given(run, entry.number)
    names = {code: alias(code) for code in given}
    titles = {group.code: group.title for group in document.rubric.groups}
    titles |= {criterion.code: f"{criterion.code} {criterion.title}" for criterion in document.rubric.criteria}
    comments, sources = _beside(run, entry, given, may_read)
    return Reasons(
        derivation=derivation,
        sentences=tuple(derivation.sentences(language, names, titles)),
        sheets=tuple(
            _sheet(document, derivation, code, names[code], given[code], comments, sources) for code in sorted(given)
        ),
    )


def alias_number(code: str, panel: str | None) -> int | None:
    """Return the number by which a judge of this panel is called; None for somebody of another panel."""
    head, _, number = code.rpartition("-")
    return int(number) if head == panel else None


Cells = Mapping[str, str]


def _given(run: RankingRun, number: str) -> dict[str, Mapping[str, Any]]:
    """Return the sheets of an entry as the run read them, by the judge's code."""
    entries = json.loads(run.input)["entries"]
    return {sheet["judge"]: sheet for one in entries if one["entry"] == number for sheet in one["sheets"]}


def _sheet(
    document: Document,
    derivation: Derivation,
    code: str,
    judge: str,
    given: Mapping[str, Any],
    comments: Mapping[tuple[str, str], str],
    sources: Mapping[tuple[str, str], tuple[Source, ...]],
) -> SheetReason:
    use = next((one for one in derivation.sheets if one.judge == code), None)
    out = next((one for one in derivation.left_out if one.judge == code), None)
    cells: Cells = given.get("cells", {})
    dropped = "high" if code in derivation.dropped_high else "low" if code in derivation.dropped_low else None
    state = out.state if out is not None else CellState(given["state"]) if "state" in given else None
    groups = tuple(
        GroupReason(
            group.code,
            group.title,
            tuple(
                _mark(criterion, cells[criterion.code], (code, criterion.code), comments, sources)
                for criterion in group.criteria
            ),
        )
        for group in document.rubric.groups
        if cells
    )
    return SheetReason(code, judge, use.total if use is not None else None, dropped, state, groups)


def _mark(
    criterion: Criterion,
    text: str,
    key: tuple[str, str],
    comments: Mapping[tuple[str, str], str],
    sources: Mapping[tuple[str, str], tuple[Source, ...]],
) -> MarkReason:
    is_state = text in set(CellState)
    value = None if is_state else parse_number(text)
    return MarkReason(
        criterion=criterion,
        value=value,
        state=CellState(text) if is_state else None,
        level=None if value is None else criterion.level_of(value),
        comment=comments.get(key, ""),
        sources=sources.get(key, ()),
    )


def _beside(
    run: RankingRun, entry: Entry, given: Mapping[str, Mapping[str, Any]], may_read: MayRead
) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], tuple[Source, ...]]]:
    """Return comments and sources by (judge's code, criterion): three statements."""
    codes = codes_of(run.stage_category)
    rows = db.session.execute(
        select(Mark, Assignment.judge_id)
        .join(Scoresheet, Scoresheet.id == Mark.sheet_id)
        .join(Assignment, Assignment.id == Scoresheet.assignment_id)
        .where(
            Assignment.stage_category_id == run.stage_category_id,
            Assignment.entry_id == entry.id,
            Assignment.state == AssignmentState.ACTIVE,
            Scoresheet.state == SheetState.SUBMITTED,
        )
    ).all()
    comments: dict[tuple[str, str], str] = {}
    keys: dict[int, tuple[str, str]] = {}
    for mark, judge in rows:
        key = (codes[judge], mark.criterion)
        counted = given.get(key[0], {}).get("cells", {}).get(mark.criterion)
        if counted == text_of(mark):
            comments[key] = mark.comment
            keys[mark.id] = key
    found: dict[tuple[str, str], list[Source]] = {}
    for mark_id, source in _sources(keys, may_read):
        found.setdefault(keys[mark_id], []).append(source)
    return comments, {key: tuple(sources) for key, sources in found.items()}


def _sources(mark_ids: Iterable[int], may_read: MayRead) -> list[tuple[int, Source]]:
    """Return what marks cite, each with as much of it as the reader may know."""
    of_file = aliased(DiaryEntry)
    rows: Any = db.session.execute(
        select(Citation.mark_id, Citation.page, DiaryEntry, Evidence, of_file)
        .outerjoin(DiaryEntry, DiaryEntry.id == Citation.diary_entry_id)
        .outerjoin(Evidence, Evidence.id == Citation.evidence_id)
        .outerjoin(of_file, of_file.id == Evidence.diary_entry_id)  # read along: the policy asks for it
        .where(Citation.mark_id.in_(list(mark_ids)))
        .order_by(Citation.id)
    ).all()
    answers: dict[tuple[Any, ...], bool] = {}

    def readable(action: Action, part: Any, key: tuple[Any, ...]) -> bool:
        # All parts of one entry in the same state are open to the same people: the policy is asked once for each state.
        if key not in answers:
            answers[key] = may_read(action, part)
        return answers[key]

    found = []
    for mark_id, page, note, file, note_of_file in rows:
        if note is not None:
            open_ = readable(Action.DIARY_ENTRY_VIEW, note, (note.diary_id, note.state))
            source = Source(note.title, note.happened_on, diary_entry=note.public_id) if open_ else Source(None)
        else:
            state = note_of_file.state if note_of_file is not None else None
            key = (file.diary_entry_id is None, state, file.struck_at is None, _in_time(file))
            open_ = readable(Action.EVIDENCE_VIEW, file, key)
            source = (
                Source(file.caption or file.file_name, None, page, file.struck_at is not None, evidence=file.public_id)
                if open_
                else Source(None)
            )
        found.append((mark_id, source))
    return found


def _in_time(file: Evidence) -> Any:
    """Return what the policy compares with the hand-in: a file of a report that came later is not put forward."""
    return file.received_at if file.diary_entry_id is None else None
