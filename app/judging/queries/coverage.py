# SPDX-License-Identifier: Apache-2.0
"""Who has which entry and how far each is: the matrix, the load, progress by judge and by entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from app.accounts.models import Unit, User
from app.competitions.models import Category, Stage, StageCategory
from app.db import db
from app.entries.models import Entry
from app.judging.models import Assignment, AssignmentState, Mark, Panel, Scoresheet, Seat, SheetState
from app.judging.plans import Bar, Judge, Target, bar_of
from app.judging.queries.drawing import judges_of, targets_of
from app.judging.queries.worklist import is_given


class CellState(StrEnum):
    """How one judge stands with one entry; the codes of the chips."""

    TODO = "todo"
    STARTED = "started"
    SUBMITTED = "submitted"
    RECUSED = "recused"
    ABSTAINED = "abstained"


@dataclass(frozen=True, slots=True)
class Task:
    """One cell of the matrix."""

    public_id: str
    entry_id: int
    judge_id: int
    state: CellState
    saved_at: datetime | None
    total: Fraction | None


@dataclass(frozen=True)
class Matrix:
    """Entries against judges of one stage and category."""

    wanted: int
    targets: tuple[Target, ...]
    judges: tuple[Judge, ...]  # the seated ones, and those who left but have given a scoresheet
    gone: frozenset[int]
    tasks: Mapping[tuple[int, int], Task]
    barred: Mapping[tuple[int, int], Bar]

    def at(self, target: Target, judge: Judge) -> Task | None:
        return self.tasks.get((target.id, judge.id))

    def has(self, target: Target) -> int:
        """How many judges an entry has who mark it."""
        return sum(1 for task in self.tasks.values() if task.entry_id == target.id and _counts(task))

    def submitted(self, target: Target) -> int:
        return sum(
            1 for task in self.tasks.values() if task.entry_id == target.id and task.state == CellState.SUBMITTED
        )

    @property
    def load(self) -> Mapping[int, int]:
        return Counter(task.judge_id for task in self.tasks.values() if _counts(task))

    @property
    def done(self) -> Mapping[int, int]:
        return Counter(task.judge_id for task in self.tasks.values() if task.state == CellState.SUBMITTED)

    @property
    def covered(self) -> int:
        """How many entries have all the judges they should have."""
        counts = Counter(task.entry_id for task in self.tasks.values() if _counts(task))
        return sum(1 for target in self.targets if counts[target.id] >= self.wanted)


def _counts(task: Task) -> bool:
    return task.state in (CellState.TODO, CellState.STARTED, CellState.SUBMITTED)


def coverage(stage_category: StageCategory) -> Matrix:
    """Return who has what in one stage and category: a fixed number of statements."""
    targets, judges = targets_of(stage_category), judges_of(stage_category)
    rows = tasks_where(Assignment.stage_category_id == stage_category.id)
    seated = {judge.id for judge in judges}
    gone = {row.judge_id for row in rows} - seated
    if gone:
        judges = sorted([*judges, *judges_of(stage_category, also=gone)], key=lambda judge: judge.seat)
    return Matrix(
        wanted=stage_category.judges_wanted,
        targets=tuple(targets),
        judges=tuple(judges),
        gone=frozenset(gone),
        tasks={(row.entry_id, row.judge_id): row for row in rows},
        barred={
            (target.id, judge.id): bar
            for target in targets
            for judge in judges
            if (bar := bar_of(target, judge)) is not None
        },
    )


def tasks_where(*conditions: ColumnElement[bool]) -> list[Task]:
    """Return assignments as cells of a matrix, those taken away left out."""
    started = select(Mark.id).where(Mark.sheet_id == Scoresheet.id, is_given()).exists()
    rows = db.session.execute(
        select(
            Assignment.public_id,
            Assignment.entry_id,
            Assignment.judge_id,
            case(
                (Assignment.state == AssignmentState.RECUSED, CellState.RECUSED),
                (Assignment.state == AssignmentState.ABSTAINED, CellState.ABSTAINED),
                (Scoresheet.state == SheetState.SUBMITTED, CellState.SUBMITTED),
                (started, CellState.STARTED),
                else_=CellState.TODO,
            ),
            Scoresheet.saved_at,
            Scoresheet.total,
        )
        .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
        .where(Assignment.state != AssignmentState.REMOVED, *conditions)
    )
    return [Task(pid, entry, judge, CellState(state), at, total) for pid, entry, judge, state, at, total in rows]


@dataclass(frozen=True, slots=True)
class JudgeProgress:
    """How far one judge is in a stage."""

    user_id: int
    public_id: str
    name: str
    unit: str | None
    panel: str
    assigned: int
    started: int
    submitted: int
    left: int
    saved_at: datetime | None

    @property
    def is_late(self) -> bool:
        return self.submitted < self.assigned


@dataclass(frozen=True, slots=True)
class EntryProgress:
    """How far the marking of one entry is in a stage."""

    public_id: str
    number: str
    title: str
    category: str
    wanted: int
    assigned: int
    started: int
    submitted: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is, by judge and by entry."""

    judges: tuple[JudgeProgress, ...]
    entries: tuple[EntryProgress, ...]

    @property
    def assigned(self) -> int:
        return sum(judge.assigned for judge in self.judges)

    @property
    def submitted(self) -> int:
        return sum(judge.submitted for judge in self.judges)


_ACTIVE = Assignment.state == AssignmentState.ACTIVE
_SUBMITTED = Scoresheet.state == SheetState.SUBMITTED


def _count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    whole = conditions[0] if len(conditions) == 1 else conditions[0] & conditions[1]
    return func.coalesce(func.sum(case((whole, 1), else_=0)), 0)


def progress(stage: Stage) -> Progress:
    """Return how far a stage is: two statements."""
    judges: Iterable[Any] = db.session.execute(
        select(
            User.id,
            User.public_id,
            User.name,
            Unit.name,
            Panel.title,
            _count(_ACTIVE),
            _count(_ACTIVE, Scoresheet.id.is_not(None)),
            _count(_ACTIVE, _SUBMITTED),
            _count(Assignment.state.in_((AssignmentState.RECUSED, AssignmentState.ABSTAINED))),
            func.max(Scoresheet.saved_at),
        )
        .select_from(Seat)
        .join(Panel, Panel.id == Seat.panel_id)
        .join(User, User.id == Seat.user_id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .outerjoin(StageCategory, StageCategory.panel_id == Panel.id)
        .outerjoin(
            Assignment, (Assignment.stage_category_id == StageCategory.id) & (Assignment.judge_id == Seat.user_id)
        )
        .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
        .where(Panel.stage_id == stage.id, Seat.left_at.is_(None))
        .group_by(User.id, User.public_id, User.name, User.sort_key, Unit.name, Panel.id, Panel.title)
        .order_by(Panel.title, User.sort_key, User.name)
    )
    entries: Iterable[Any] = db.session.execute(
        select(
            Entry.public_id,
            Entry.number,
            Entry.title,
            Category.title,
            StageCategory.judges_wanted,
            _count(_ACTIVE),
            _count(_ACTIVE, Scoresheet.id.is_not(None)),
            _count(_ACTIVE, _SUBMITTED),
        )
        .select_from(Assignment)
        .join(StageCategory, StageCategory.id == Assignment.stage_category_id)
        .join(Category, Category.id == StageCategory.category_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
        .where(StageCategory.stage_id == stage.id)
        .group_by(Entry.public_id, Entry.number, Entry.title, Category.title, Category.id, StageCategory.judges_wanted)
        .order_by(Category.id, Entry.number)
    )
    return Progress(tuple(JudgeProgress(*row) for row in judges), tuple(EntryProgress(*row) for row in entries))
