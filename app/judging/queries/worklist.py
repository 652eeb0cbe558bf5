# SPDX-License-Identifier: Apache-2.0
"""A judge's own tasks: what is to do, started, done, skipped, left; and which entry comes next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, exists, func, not_, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import Unit
from app.competitions.models import Category, Competition, Division, Stage, StageCategory, WindowKind
from app.competitions.phases import Phase, Span, phase
from app.db import db
from app.entries import judged
from app.entries.models import Entry, EntryState
from app.judging.models import Assignment, AssignmentState, Mark, Scoresheet, Seat, SheetState
from app.rubrics.queries import document_of


class Tab(StrEnum):
    """How a task stands for its judge."""

    TODO = "todo"
    STARTED = "started"
    DONE = "done"
    SKIPPED = "skipped"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the worklist. Of an entry that the judge stepped back from, in any stage, he reads nothing secret."""

    public_id: str
    is_readable: bool
    number: str
    title: str | None
    applicant: str | None
    unit: str | None
    division: str
    category: str
    stage_id: int
    state: AssignmentState
    tab: Tab
    marked: int
    criteria: int
    total: Fraction | None
    saved_at: datetime | None
    submitted_at: datetime | None
    returned_reason: str | None
    left_reason: str | None

    @property
    def is_full(self) -> bool:
        """Every criterion is marked; the sheet waits to be submitted."""
        return 0 < self.criteria <= self.marked


@dataclass(frozen=True, slots=True)
class Brief:
    """What a judge should know of a category's rubric before the first entry."""

    public_id: str
    title: str
    criteria: int
    maximum: Fraction
    instructions: str


@dataclass(frozen=True, slots=True)
class StageWork:
    """What a judge has to do in one stage."""

    id: int
    code: str
    title: str
    span: Span | None
    tasks: tuple[Task, ...]
    briefs: tuple[Brief, ...]

    @property
    def counts(self) -> Mapping[Tab, int]:
        counted = Counter(task.tab for task in self.tasks)
        return {tab: counted[tab] for tab in Tab}

    @property
    def expected(self) -> int:
        """How many scoresheets this judge still owes or has given: all but those he left."""
        return len(self.tasks) - self.counts[Tab.CONFLICT]

    def of(self, tab: Tab | None) -> tuple[Task, ...]:
        """Return the tasks of one tab, or all."""
        return self.tasks if tab is None else tuple(task for task in self.tasks if task.tab == tab)


@dataclass(frozen=True, slots=True)
class Worklist:
    """A judge's tasks in a contest, stage by stage."""

    phase: Phase
    stages: tuple[StageWork, ...]

    def stage(self, code: str | None) -> StageWork | None:
        """Return the stage that was asked for, else the one that is being marked, else the latest."""
        asked = next((stage for stage in self.stages if stage.code == code), None)
        is_open = (stage for stage in self.stages if stage.span is not None and stage.span.is_open)
        return asked or next(is_open, None) or (self.stages[-1] if self.stages else None)


_JUDGE: Any = bindparam("judge")  # stands for a number wherever a query of this module asks for one


@cache
def _tasks() -> Select[*tuple[Any, ...]]:
    """Return the query of a judge's tasks in a contest, built once: building it takes longer than asking it."""
    marked = (
        select(Mark.sheet_id, func.count().label("count"))
        .join(Scoresheet, Scoresheet.id == Mark.sheet_id)
        .join(Assignment, Assignment.id == Scoresheet.assignment_id)
        .where(Assignment.judge_id == _JUDGE, is_given())
        .group_by(Mark.sheet_id)
        .subquery()
    )
    return (
        select(
            Assignment.public_id,
            Assignment.state,
            Assignment.skipped_at,
            Assignment.reason,
            Assignment.stage_category_id,
            Entry.number,
            Entry.title,
            Entry.applicant,
            (Entry.state == EntryState.HANDED_IN).label("handed_in"),
            judged.has_recused(_JUDGE).label("has_recused"),
            Unit.name.label("unit"),
            Division.title.label("division"),
            Category.title.label("category"),
            Stage.id.label("stage_id"),
            Scoresheet.state.label("sheet_state"),
            Scoresheet.saved_at,
            Scoresheet.submitted_at,
            Scoresheet.total,
            Scoresheet.returned_reason,
            func.coalesce(marked.c.count, 0).label("marked"),
        )
        .join(StageCategory, StageCategory.id == Assignment.stage_category_id)
        .join(Stage, Stage.id == StageCategory.stage_id)
        .join(Category, Category.id == StageCategory.category_id)
        .join(Division, Division.id == Category.division_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .join(Unit, Unit.id == Entry.unit_id)
        .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
        .outerjoin(marked, marked.c.sheet_id == Scoresheet.id)
        .where(
            Assignment.judge_id == _JUDGE,
            Assignment.state != AssignmentState.REMOVED,
            Stage.competition_id == bindparam("contest"),
            is_seated(),
        )
        .order_by(Stage.position, Division.position, Category.position, Entry.number)
    )


def worklist(judge_id: int, competition: Competition, *, now: datetime) -> Worklist:
    """Return a judge's tasks; a fixed number of statements, however many there are."""
    opened = competition.opened_at is not None and competition.opened_at <= now
    rows = db.session.execute(_tasks(), {"judge": judge_id, "contest": competition.id}).all()
    briefs = _briefs({row.stage_category_id: row.category for row in rows})
    phases = phase(competition, now)
    tasks: dict[int, list[Task]] = {}
    for row in rows:
        shown = (opened and row.handed_in) or not row.has_recused
        tasks.setdefault(row.stage_id, []).append(
            Task(
                public_id=row.public_id,
                is_readable=not row.has_recused,
                number=row.number,
                title=row.title if shown else None,
                applicant=row.applicant if shown else None,
                unit=row.unit if shown else None,
                division=row.division,
                category=row.category,
                stage_id=row.stage_id,
                state=AssignmentState(row.state),
                tab=_tab(row.state, row.sheet_state, row.skipped_at, row.marked),
                marked=row.marked,
                criteria=briefs[row.stage_category_id].criteria if row.stage_category_id in briefs else 0,
                total=row.total,
                saved_at=row.saved_at,
                submitted_at=row.submitted_at,
                returned_reason=row.returned_reason,
                left_reason=row.reason,
            )
        )
    used: dict[int, dict[int, Brief]] = {}
    for row in rows:
        if row.stage_category_id in briefs:
            used.setdefault(row.stage_id, {})[row.stage_category_id] = briefs[row.stage_category_id]
    stages = tuple(
        StageWork(
            stage.id,
            stage.code,
            stage.title,
            phases.span(WindowKind.MARKING, stage.id),
            tuple(tasks[stage.id]),
            tuple(used.get(stage.id, {}).values()),
        )
        for stage in competition.stages
        if stage.id in tasks
    )
    return Worklist(phases, stages)


def is_given() -> ColumnElement[bool]:
    """Say in SQL that `Mark` holds a value or a state: a comment or a citation alone is no mark."""
    return or_(Mark.value.is_not(None), Mark.state.is_not(None))


def is_seated() -> ColumnElement[bool]:
    """Say in SQL that the judge of `Assignment` still sits in the panel of `StageCategory`."""
    return exists(
        select(1).where(
            Seat.panel_id == StageCategory.panel_id, Seat.user_id == Assignment.judge_id, Seat.left_at.is_(None)
        )
    )


_WITH_DOCUMENT = select(StageCategory).where(
    StageCategory.id.in_(bindparam("ids", expanding=True)), StageCategory.digest.is_not(None)
)


def _briefs(titles: Mapping[int, str]) -> dict[int, Brief]:
    """Return what the documents of these stages and categories say in short."""
    found = db.session.scalars(_WITH_DOCUMENT, {"ids": list(titles)})
    return {row.id: _brief(row, titles[row.id]) for row in found}


def _brief(row: StageCategory, title: str) -> Brief:
    rubric = document_of(row).rubric
    return Brief(row.public_id, title, len(rubric.criteria), rubric.maximum, rubric.instructions)


def _tab(state: str, sheet: str | None, skipped_at: datetime | None, marked: int) -> Tab:
    if state in (AssignmentState.RECUSED, AssignmentState.ABSTAINED):
        return Tab.CONFLICT
    if sheet == SheetState.SUBMITTED:
        return Tab.DONE
    if skipped_at is not None:
        return Tab.SKIPPED
    return Tab.STARTED if marked else Tab.TODO


@cache
def _open_tasks() -> Select[*tuple[Any, ...]]:
    """Return the query of a judge's unfinished tasks in a stage with how far each is, built once."""
    other = aliased(Assignment)
    covered = (
        select(func.count())
        .select_from(other)
        .join(Scoresheet, Scoresheet.assignment_id == other.id)
        .where(
            other.stage_category_id == Assignment.stage_category_id,
            other.entry_id == Assignment.entry_id,
            other.state == AssignmentState.ACTIVE,
            Scoresheet.state == SheetState.SUBMITTED,
        )
        .correlate(Assignment)
        .scalar_subquery()
    )
    own = aliased(Scoresheet)
    given = select(func.count()).where(Mark.sheet_id == own.id, is_given()).correlate(own).scalar_subquery()
    return (
        select(
            Assignment.id,
            Assignment.public_id,
            Assignment.stage_category_id,
            Assignment.skipped_at,
            Entry.number,
            covered.label("covered"),
            given.label("given"),
        )
        .join(StageCategory, StageCategory.id == Assignment.stage_category_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .outerjoin(own, own.assignment_id == Assignment.id)
        .where(
            Assignment.judge_id == _JUDGE,
            Assignment.state == AssignmentState.ACTIVE,
            StageCategory.stage_id == bindparam("stage"),
            or_(own.id.is_(None), own.state != SheetState.SUBMITTED),
            not_(judged.has_recused(_JUDGE)),
            is_seated(),
        )
    )


def next_task(judge_id: int, stage: Stage, *, after: Assignment | None = None) -> str | None:
    """Return the public id of the unfinished task that a judge should take next, or None.

    The entry with the fewest submitted scoresheets comes first, then the one with the fewest started; skipped ones
    come last. The order of numbers decides among equals, going on from the entry just left.
    """
    rows = db.session.execute(_open_tasks(), {"judge": judge_id, "stage": stage.id}).all()
    briefs = _briefs({row.stage_category_id: "" for row in rows})
    here = after.entry.number if after is not None else ""
    open_ones = sorted(
        (row.skipped_at is not None, row.covered, row.number <= here, row.number, row.public_id)
        for row in rows
        if row.stage_category_id in briefs
        and row.given < briefs[row.stage_category_id].criteria
        and (after is None or row.id != after.id)
    )
    return open_ones[0][-1] if open_ones else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How many scoresheets of a stage a judge has submitted, of how many."""

    done: int
    total: int


@cache
def _standing() -> Select[*tuple[Any, ...]]:
    submitted = case((Scoresheet.state == SheetState.SUBMITTED, 1), else_=0)
    return (
        select(func.coalesce(func.sum(submitted), 0), func.count())
        .select_from(Assignment)
        .join(StageCategory, StageCategory.id == Assignment.stage_category_id)
        .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
        .where(
            Assignment.judge_id == _JUDGE,
            Assignment.state == AssignmentState.ACTIVE,
            StageCategory.stage_id == bindparam("stage"),
            is_seated(),
        )
    )


def standing(judge_id: int, stage: Stage) -> Standing:
    """Return how far a judge is in a stage."""
    row = db.session.execute(_standing(), {"judge": judge_id, "stage": stage.id}).one()
    return Standing(*row)


def own_assignments(judge_id: int, stage: Stage, public_ids: Collection[str]) -> list[Assignment]:
    """Return those of the named assignments that are a judge's own in a stage, in the order of numbers."""
    query = (
        select(Assignment)
        .join(StageCategory, StageCategory.id == Assignment.stage_category_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .where(
            Assignment.judge_id == judge_id,
            StageCategory.stage_id == stage.id,
            Assignment.public_id.in_(public_ids),
        )
        .order_by(Entry.number)
    )
    return list(db.session.scalars(query))
