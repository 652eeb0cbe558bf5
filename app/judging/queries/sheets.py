# SPDX-License-Identifier: Apache-2.0
"""Scoresheets as pages show them: marks, comments, citations, what is missing, total and digest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import not_, select
from sqlalchemy.orm import joinedload

from app.competitions.models import Stage, StageCategory
from app.db import db
from app.diaries.models import DiaryEntry, DiaryState
from app.entries import judged
from app.entries.models import Entry
from app.errors import NotFound
from app.evidence.models import Evidence
from app.judging.models import Assignment, AssignmentState, Citation, Mark, Scoresheet, SheetState
from app.judging.queries.worklist import is_seated
from app.judging.sheets import (
    CitedSource,
    MarkText,
    Source,
    as_text,
    canonical,
    cells_of,
    digest,
    findings_of,
    total_of,
)
from app.rubrics.queries import document_of
from scoring import Cell, Document, Finding, group_totals, partial_total


@dataclass(frozen=True, slots=True)
class Cited:
    """One citation with the words that tell what it points to."""

    id: int
    criterion: str
    source: CitedSource
    title: str
    day: date | None
    struck: bool
    diary_entry: str | None  # where a cited file belongs to a diary entry


@dataclass(frozen=True)
class SheetView:
    """A scoresheet with everything that follows from its marks."""

    assignment: Assignment
    document: Document
    sheet: Scoresheet | None
    marks: Mapping[str, Mark]
    cited: Mapping[str, tuple[Cited, ...]]

    @property
    def cells(self) -> dict[str, Cell]:
        return cells_of(self.marks.values())

    @property
    def findings(self) -> tuple[Finding, ...]:
        return findings_of(self.document, self.cells)

    @property
    def is_submitted(self) -> bool:
        return self.sheet is not None and self.sheet.state == SheetState.SUBMITTED

    @property
    def is_complete(self) -> bool:
        return not self.findings

    @property
    def marked(self) -> int:
        return len(self.cells)

    @property
    def total(self) -> Fraction | None:
        """The exact total of a complete sheet; None is shown as a dash, never as zero."""
        return total_of(self.document, self.cells)

    @property
    def running_total(self) -> Fraction | None:
        """The sum so far, for showing while judging."""
        return partial_total(self.document, self.cells) if self.cells else None

    @property
    def subtotals(self) -> dict[str, Fraction | None]:
        return group_totals(self.document, self.cells)

    @property
    def canonical(self) -> str:
        sources = {code: [one.source for one in cited] for code, cited in self.cited.items()}
        return canonical(self.assignment, self.document, self.marks.values(), sources)

    @property
    def digest(self) -> str:
        """What the sheet's digest is, or would be if it were submitted as it stands."""
        return digest(self.canonical)

    def mark(self, criterion: str) -> MarkText:
        """Return a mark as it is typed and shown."""
        return as_text(self.marks.get(criterion))


def sheet_of(assignment: Assignment) -> SheetView:
    """Return one assignment's scoresheet: two statements beside what is loaded already."""
    sheet = assignment.sheet
    marks = db.session.scalars(select(Mark).where(Mark.sheet_id == sheet.id)).all() if sheet is not None else []
    cited = cited_by([sheet.id] if sheet is not None else [])
    return _view(assignment, marks, cited.get(sheet.id, ()) if sheet is not None else ())


def sheets_of(judge_id: int, stage: Stage) -> list[SheetView]:
    """Return all scoresheets of a judge in a stage, in the order of categories and numbers."""
    assignments = db.session.scalars(
        select(Assignment)
        .join(StageCategory, StageCategory.id == Assignment.stage_category_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .where(
            Assignment.judge_id == judge_id,
            Assignment.state == AssignmentState.ACTIVE,
            StageCategory.stage_id == stage.id,
            StageCategory.digest.is_not(None),
            not_(judged.has_recused(judge_id)),
            is_seated(),
        )
        .options(
            joinedload(Assignment.sheet),
            joinedload(Assignment.entry),
            joinedload(Assignment.judge),
            joinedload(Assignment.stage_category).joinedload(StageCategory.category),
        )
    ).all()
    ids = [assignment.sheet.id for assignment in assignments if assignment.sheet is not None]
    marks: dict[int, list[Mark]] = {}
    for mark in db.session.scalars(select(Mark).where(Mark.sheet_id.in_(ids))):
        marks.setdefault(mark.sheet_id, []).append(mark)
    cited = cited_by(ids)
    views = [
        _view(one, marks.get(one.sheet.id, []), cited.get(one.sheet.id, ())) if one.sheet else _view(one, [], ())
        for one in assignments
    ]
    return sorted(
        views,
        key=lambda view: (
            view.assignment.stage_category.category.division_id,
            view.assignment.stage_category.category.position,
            view.assignment.entry.number,
        ),
    )


@dataclass(frozen=True)
class CategoryMarks:
    """A judge's own scoresheets of one category, and how his totals are spread."""

    title: str
    document: Document
    views: tuple[SheetView, ...]

    @property
    def totals(self) -> list[Fraction]:
        """The totals of complete scoresheets, the highest first."""
        return sorted((view.total for view in self.views if view.total is not None), reverse=True)

    @property
    def mean(self) -> Fraction | None:
        totals = self.totals
        return sum(totals, Fraction(0)) / len(totals) if totals else None


def by_category(views: Iterable[SheetView]) -> list[CategoryMarks]:
    """Group a judge's scoresheets by category, in their order."""
    groups: dict[int, list[SheetView]] = {}
    for view in views:
        groups.setdefault(view.assignment.stage_category_id, []).append(view)
    return [
        CategoryMarks(found[0].assignment.stage_category.category.title, found[0].document, tuple(found))
        for found in groups.values()
    ]


def source_of(key: str) -> Source:
    """Return what the key of a cite button names: `diary:<id>`, `file:<id>` or `page:<id>:<number>`."""
    kind, _, rest = key.partition(":")
    public_id, _, number = rest.partition(":")
    if kind == "diary":
        note = db.session.scalar(select(DiaryEntry).where(DiaryEntry.public_id == public_id))
        if note is not None:
            return Source(diary_entry=note)
    elif kind in ("file", "page"):
        evidence = db.session.scalar(select(Evidence).where(Evidence.public_id == public_id))
        page = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else None
        if evidence is not None and (page is not None) == (kind == "page"):
            return Source(evidence=evidence, page=page)
    raise NotFound


def _view(assignment: Assignment, marks: Iterable[Mark], cited: Iterable[Cited]) -> SheetView:
    by_criterion: dict[str, list[Cited]] = {}
    for one in cited:
        by_criterion.setdefault(one.criterion, []).append(one)
    return SheetView(
        assignment,
        document_of(assignment.stage_category),
        assignment.sheet,
        {mark.criterion: mark for mark in marks},
        {code: tuple(found) for code, found in by_criterion.items()},
    )


def cited_by(sheet_ids: Collection[int]) -> dict[int, list[Cited]]:
    """Return the citations of scoresheets by sheet, in the order in which they were made."""
    if not sheet_ids:
        return {}
    home = DiaryEntry.__table__.alias("home")
    rows = db.session.execute(
        select(
            Mark.sheet_id,
            Citation.id,
            Mark.criterion,
            Citation.page,
            DiaryEntry.public_id.label("diary_entry"),
            DiaryEntry.title,
            DiaryEntry.happened_on,
            DiaryEntry.state,
            Evidence.public_id.label("evidence"),
            Evidence.file_name,
            Evidence.caption,
            Evidence.struck_at,
            home.c.public_id.label("home"),
            home.c.happened_on.label("home_day"),
        )
        .join(Mark, Mark.id == Citation.mark_id)
        .outerjoin(DiaryEntry, DiaryEntry.id == Citation.diary_entry_id)
        .outerjoin(Evidence, Evidence.id == Citation.evidence_id)
        .outerjoin(home, home.c.id == Evidence.diary_entry_id)
        .where(Mark.sheet_id.in_(sheet_ids))
        .order_by(Citation.id)
    )
    found: dict[int, list[Cited]] = {}
    for row in rows:
        is_note = row.diary_entry is not None
        found.setdefault(row.sheet_id, []).append(
            Cited(
                id=row.id,
                criterion=row.criterion,
                source=CitedSource(row.diary_entry, row.evidence, row.page),
                title=row.title if is_note else row.caption or row.file_name,
                day=row.happened_on if is_note else row.home_day,
                struck=row.state == DiaryState.STRUCK if is_note else row.struck_at is not None,
                diary_entry=row.diary_entry if is_note else row.home,
            )
        )
    return found
