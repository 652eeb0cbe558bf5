# SPDX-License-Identifier: Apache-2.0
"""Panels and who sits in them, and what a chair sees of the panel's scoresheets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Unit, User
from app.competitions.models import Competition, Stage, StageCategory
from app.db import db
from app.judging.models import Assignment, AssignmentState, Panel, Scoresheet, Seat, SeatRole, SheetState
from app.judging.plans import Judge, Target
from app.judging.queries.coverage import CellState, Task, tasks_where
from app.judging.queries.drawing import judges_of, targets_of


@dataclass(frozen=True, slots=True)
class PanelLine:
    """A panel as the list of panels shows it."""

    panel: Panel
    chairs: tuple[str, ...]
    judges: int
    categories: tuple[StageCategory, ...]


@dataclass(frozen=True, slots=True)
class SeatLine:
    """A seat with the load and the progress of who sits there."""

    public_id: str
    name: str
    login: str
    unit: str | None
    role: SeatRole
    seated_at: datetime
    left_at: datetime | None
    assigned: int
    submitted: int


def panel_of(stage_category: StageCategory) -> Panel | None:
    """Return the panel that judges a category in a stage."""
    return db.session.get(Panel, stage_category.panel_id) if stage_category.panel_id is not None else None


_CHAIRED = (
    select(Panel)
    .join(Seat, Seat.panel_id == Panel.id)
    .join(Stage, Stage.id == Panel.stage_id)
    .where(
        Stage.competition_id == bindparam("contest"),
        Seat.user_id == bindparam("user"),
        Seat.role == SeatRole.CHAIR,
        Seat.left_at.is_(None),
    )
    .order_by(Stage.position, Panel.code)
)


def chaired(user_id: int | None, competition: Competition) -> list[Panel]:
    """Return the panels of a contest in which a person has the chair."""
    return list(db.session.scalars(_CHAIRED, {"contest": competition.id, "user": user_id}))


def panels(competition: Competition) -> list[PanelLine]:
    """Return the panels of a contest with their chairs, in the order of stages and codes."""
    rows = db.session.scalars(
        select(Panel)
        .join(Stage, Stage.id == Panel.stage_id)
        .where(Stage.competition_id == competition.id)
        .options(joinedload(Panel.stage), selectinload(Panel.seats).joinedload(Seat.user))
        .order_by(Stage.position, Panel.code)
    ).all()
    entrusted: dict[int, list[StageCategory]] = {}
    for row in db.session.scalars(
        select(StageCategory)
        .where(StageCategory.panel_id.in_([panel.id for panel in rows]))
        .options(joinedload(StageCategory.category))
        .order_by(StageCategory.id)
    ):
        entrusted.setdefault(row.panel_id or 0, []).append(row)
    return [
        PanelLine(
            panel,
            tuple(seat.user.name for seat in panel.seats if seat.left_at is None and seat.role == SeatRole.CHAIR),
            sum(1 for seat in panel.seats if seat.left_at is None),
            tuple(entrusted.get(panel.id, ())),
        )
        for panel in rows
    ]


def seats_of(panel: Panel) -> list[SeatLine]:
    """Return the seats of a panel, those who left last."""
    active = Assignment.state == AssignmentState.ACTIVE
    rows = db.session.execute(
        select(
            Seat.public_id,
            User.name,
            User.login,
            Unit.name,
            Seat.role,
            Seat.seated_at,
            Seat.left_at,
            func.coalesce(func.sum(case((active, 1), else_=0)), 0),
            func.coalesce(func.sum(case((active & (Scoresheet.state == SheetState.SUBMITTED), 1), else_=0)), 0),
        )
        .join(User, User.id == Seat.user_id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .outerjoin(StageCategory, StageCategory.panel_id == Seat.panel_id)
        .outerjoin(
            Assignment, (Assignment.stage_category_id == StageCategory.id) & (Assignment.judge_id == Seat.user_id)
        )
        .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
        .where(Seat.panel_id == panel.id)
        .group_by(
            Seat.id,
            Seat.public_id,
            User.name,
            User.login,
            User.sort_key,
            Unit.name,
            Seat.role,
            Seat.seated_at,
            Seat.left_at,
        )
        .order_by(Seat.left_at.is_not(None), User.sort_key, User.name, Seat.id)
    )
    return [SeatLine(*row) for row in rows]


@dataclass(frozen=True)
class Crew:
    """A panel's scoresheets of one category as somebody may see them: a total only where his own is in."""

    stage_category: StageCategory
    targets: tuple[Target, ...]
    judges: tuple[Judge, ...]
    tasks: Mapping[tuple[int, int], Task]
    withheld: frozenset[int]  # entries whose totals wait for the viewer's own

    def at(self, target: Target, judge: Judge) -> Task | None:
        return self.tasks.get((target.id, judge.id))

    def totals(self, target: Target) -> list[Fraction]:
        """Return the totals of an entry that may be shown, the highest first."""
        if target.id in self.withheld:
            return []
        found = [task.total for task in self.tasks.values() if task.entry_id == target.id and task.total is not None]
        return sorted(found, reverse=True)

    def spread(self, target: Target) -> Fraction | None:
        """Return how far the highest and the lowest total lie apart."""
        totals = self.totals(target)
        return totals[0] - totals[-1] if len(totals) > 1 else None


def crew(stage_category: StageCategory, viewer_id: int | None) -> Crew:
    """Return a panel's scoresheets of one category without what the viewer may not see.

    Entries that the viewer stepped back from, in any stage, are left out; where he has marks of his own to give, the
    others' totals are withheld.
    """
    recused = _recused(viewer_id)
    targets = [target for target in targets_of(stage_category) if target.id not in recused]
    tasks = {
        (task.entry_id, task.judge_id): task
        for task in tasks_where(Assignment.stage_category_id == stage_category.id)
        if task.entry_id not in recused
    }
    owed = (CellState.TODO, CellState.STARTED)
    withheld = frozenset(entry for (entry, judge), task in tasks.items() if judge == viewer_id and task.state in owed)
    judges = judges_of(stage_category)
    gone = {judge for _, judge in tasks} - {judge.id for judge in judges}
    if gone:
        judges = sorted([*judges, *judges_of(stage_category, also=gone)], key=lambda judge: judge.seat)
    return Crew(stage_category, tuple(targets), tuple(judges), tasks, withheld)


def _recused(viewer_id: int | None) -> Collection[int]:
    rows = select(Assignment.entry_id).where(
        Assignment.judge_id == viewer_id, Assignment.state == AssignmentState.RECUSED
    )
    return set(db.session.scalars(rows))
