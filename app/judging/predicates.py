# SPDX-License-Identifier: Apache-2.0
"""Claims about judges: seats, assignments, recusal. Recusal beats every grant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import BindParameter, bindparam, select

from app.competitions import predicates as competitions
from app.competitions.models import Stage, StageCategory, WindowKind
from app.db import db
from app.entries.predicates import entry_of
from app.judging.models import Assignment, AssignmentState, Panel, Scoresheet, Seat, SeatRole, SheetState
from app.policy import Actor, predicate

# Built once: nearly every page of a judge asks them, and building a statement takes longer than asking it.
_ACTOR: BindParameter[int] = bindparam("actor")
_SEAT_IN_CONTEST = (
    select(Seat.id)
    .join(Panel, Panel.id == Seat.panel_id)
    .join(Stage, Stage.id == Panel.stage_id)
    .where(Seat.user_id == _ACTOR, Seat.left_at.is_(None), Stage.competition_id == bindparam("contest"))
    .limit(1)
)
_RECUSED = (
    select(Assignment.id)
    .where(
        Assignment.entry_id == bindparam("entry"),
        Assignment.judge_id == _ACTOR,
        Assignment.state == AssignmentState.RECUSED,
    )
    .limit(1)
)
_JUDGED = (
    select(Assignment.id)
    .join(StageCategory, StageCategory.id == Assignment.stage_category_id)
    .join(Seat, (Seat.panel_id == StageCategory.panel_id) & (Seat.user_id == Assignment.judge_id))
    .where(
        Assignment.entry_id == bindparam("entry"),
        Assignment.judge_id == _ACTOR,
        Assignment.state.in_((AssignmentState.ACTIVE, AssignmentState.ABSTAINED)),
        Seat.left_at.is_(None),
    )
    .limit(1)
)
_ROLE = select(Seat.role).where(Seat.panel_id == bindparam("panel"), Seat.user_id == _ACTOR, Seat.left_at.is_(None))


@predicate(_l("You have no seat in a panel of this contest."))
def has_seat(actor: Actor, obj: Any, now: datetime) -> bool:
    contest = competitions.competition_id(obj)
    if contest is None or not actor.is_signed_in:
        return False
    return db.session.scalar(_SEAT_IN_CONTEST, {"actor": actor.user_id, "contest": contest}) is not None


@predicate(None)
def not_recused(actor: Actor, obj: Any, now: datetime) -> bool:
    """The actor has not stepped back from this entry as a judge, in any stage."""
    entry = entry_of(obj)
    if entry is None or not actor.is_signed_in:
        return True
    return db.session.scalar(_RECUSED, {"actor": actor.user_id, "entry": entry.id}) is None


@predicate(None)
def judges_entry(actor: Actor, obj: Any, now: datetime) -> bool:
    """The actor has this entry to judge, or had it and abstained from marking only."""
    entry = entry_of(obj)
    if entry is None or not actor.is_signed_in:
        return False
    return db.session.scalar(_JUDGED, {"actor": actor.user_id, "entry": entry.id}) is not None


@predicate(_l("This is another judge's assignment."))
def own_assignment(actor: Actor, obj: Any, now: datetime) -> bool:
    return isinstance(obj, Assignment) and actor.is_signed_in and obj.judge_id == actor.user_id


@predicate(_l("Another chair has to return your own scoresheet."))
def another_judges(actor: Actor, obj: Any, now: datetime) -> bool:
    return isinstance(obj, Assignment) and obj.judge_id != actor.user_id


@predicate(_l("You no longer judge this entry."))
def active(actor: Actor, obj: Any, now: datetime) -> bool:
    return isinstance(obj, Assignment) and obj.state == AssignmentState.ACTIVE


@predicate(_l("Your seat in the panel has ended."))
def still_seated(actor: Actor, obj: Any, now: datetime) -> bool:
    panel = _panel_id(obj)
    return panel is not None and _seat(actor, panel) is not None


@predicate(_l("Marking is not open at the moment."))
def marking_open(actor: Actor, obj: Any, now: datetime) -> bool:
    if not isinstance(obj, Assignment):
        return False
    stage = obj.stage_category.stage
    found = competitions.window(stage.competition, WindowKind.MARKING, stage.id)
    # A document that nobody froze yet is frozen by the first mark.
    return found is not None and found.holds(now) and obj.stage_category.document is not None


@predicate(_l("This scoresheet is submitted and locked."))
def not_submitted(actor: Actor, obj: Any, now: datetime) -> bool:
    return isinstance(obj, Assignment) and (obj.sheet is None or obj.sheet.state != SheetState.SUBMITTED)


@predicate(_l("The sheet is not submitted yet: marks in the making are the judge's own."))
def submitted(actor: Actor, obj: Any, now: datetime) -> bool:
    return isinstance(obj, Assignment) and obj.sheet is not None and obj.sheet.state == SheetState.SUBMITTED


@predicate(_l("Your own marks for this entry come first: hand your scoresheet in, then look at the others."))
def own_marks_in(actor: Actor, obj: Any, now: datetime) -> bool:
    """The actor has no scoresheet of his own left to submit for this entry in this stage."""
    if not isinstance(obj, Assignment) or not actor.is_signed_in:
        return False
    own = (
        select(Assignment.id)
        .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
        .where(
            Assignment.stage_category_id == obj.stage_category_id,
            Assignment.entry_id == obj.entry_id,
            Assignment.judge_id == actor.user_id,
            Assignment.state == AssignmentState.ACTIVE,
            Scoresheet.submitted_at.is_(None),
        )
        .limit(1)
    )
    return db.session.scalar(own) is None


@predicate(_l("Only the chair of the panel may do this."))
def chair(actor: Actor, obj: Any, now: datetime) -> bool:
    panel = obj.id if isinstance(obj, Panel) else _panel_id(obj)
    return panel is not None and _seat(actor, panel) == SeatRole.CHAIR


def _panel_id(obj: Any) -> int | None:
    return obj.stage_category.panel_id if isinstance(obj, Assignment) else None


def _seat(actor: Actor, panel_id: int) -> SeatRole | None:
    role = db.session.scalar(_ROLE, {"panel": panel_id, "actor": actor.user_id})
    return SeatRole(role) if role is not None else None
