# SPDX-License-Identifier: Apache-2.0
"""Giving judges their entries: the balanced draw, and single additions and removals."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app import audit
from app.accounts.models import User
from app.audit import Event
from app.competitions.models import StageCategory
from app.db import db
from app.entries.models import Entry
from app.errors import Conflict, Invalid, Message, Stale
from app.judging.models import Assignment, AssignmentState, SheetState
from app.judging.plans import BARS, Plan
from app.judging.queries.drawing import plan_of
from app.judging.service.opening import lock
from app.judging.service.reasons import needed
from app.notify import NoticeKind, notify
from app.policy import Actor

HIGHEST_SEED = 2**31 - 1


def draw(
    stage_category: StageCategory,
    *,
    seed: int,
    by: Actor,
    now: datetime,
    expected_digest: str | None = None,
    allow_short: bool = False,
) -> list[Assignment]:
    """Fill what entries lack to the wanted number of judges, at random and balanced; return the new assignments.

    Judges of the entry's unit, of a unit above or below it, and those who stepped back are never drawn. Without
    `allow_short` an entry with too few judges free of conflict stops the whole draw. `expected_digest` is that of the
    plan that was looked at.
    """
    if not 0 <= seed <= HIGHEST_SEED:
        message = _l("The seed is a whole number from 0 to %(most)s.", most=HIGHEST_SEED)
        raise Invalid(message, fields={"seed": message})
    if stage_category.panel_id is None:
        raise Conflict(_l("No panel judges this category in this stage yet."))
    session = db.session()
    # Two draws at once would both fill the same gap: the row of the category is what they queue at.
    session.execute(select(StageCategory.id).where(StageCategory.id == stage_category.id).with_for_update())
    plan = plan_of(stage_category, seed=seed)
    if expected_digest is not None and plan.digest != expected_digest:
        raise Stale(_l("Entries or judges changed after the preview. Look at the new preview, then save it."))
    if plan.short and not allow_short:
        raise Conflict(_too_few(plan))
    made = _store(stage_category, plan, now=now)
    audit.record(
        Event.ASSIGNMENTS_DRAWN,
        stage_category,
        by=by,
        now=now,
        competition=stage_category.competition,
        data={"seed": seed, "wanted": plan.wanted, "count": len(made), "plan": plan.digest},
    )
    stage = stage_category.stage
    for judge, count in sorted(Counter(one.judge_id for one in made).items()):
        notify(
            judge,
            NoticeKind.ASSIGNED,
            now=now,
            url=f"/contests/{stage.competition.slug}/judging",
            competition_id=stage.competition_id,
            count=count,
            stage=stage.title,
        )
    return made


def _too_few(plan: Plan) -> Message:
    names = {target.id: target.number for target in plan.targets}
    listed = ", ".join(f"{names[entry]} (−{count})" for entry, count in sorted(plan.short.items()))
    return _l(
        "Too few judges are free of conflict for these entries: %(entries)s. Seat more judges, or lower the number of "
        "judges for each entry.",
        entries=listed,
    )


def _store(stage_category: StageCategory, plan: Plan, *, now: datetime) -> list[Assignment]:
    """Add the assignments of a plan; one that was taken away before is taken up again, with its marks."""
    session = db.session()
    removed = {
        (row.entry_id, row.judge_id): row
        for row in session.scalars(
            select(Assignment).where(
                Assignment.stage_category_id == stage_category.id, Assignment.state == AssignmentState.REMOVED
            )
        )
    }
    made = []
    for entry in (target.id for target in plan.targets):
        for judge in plan.added.get(entry, ()):
            row = removed.get((entry, judge))
            if row is None:
                row = Assignment(stage_category_id=stage_category.id, entry_id=entry, judge_id=judge, assigned_at=now)
                session.add(row)
            else:
                _take_up(row, now)
            made.append(row)
    session.flush()
    return made


def _take_up(row: Assignment, now: datetime) -> None:
    row.state, row.reason, row.changed_at = AssignmentState.ACTIVE, None, now


def add_assignment(stage_category: StageCategory, entry: Entry, judge: User, *, by: Actor, now: datetime) -> Assignment:
    """Give one judge one entry; the bars of the draw hold here too."""
    session = db.session()
    session.execute(select(StageCategory.id).where(StageCategory.id == stage_category.id).with_for_update())
    plan = plan_of(stage_category, seed=0)
    if entry.id not in {target.id for target in plan.targets}:
        raise Invalid(_l("This entry is not judged in this stage."))
    if judge.id not in {one.id for one in plan.judges}:
        raise Invalid(_l("This person has no seat in the panel of this category."))
    bar = plan.barred.get((entry.id, judge.id))
    if bar is not None:
        raise Conflict(_l("This judge cannot get this entry: %(why)s.", why=BARS[bar]))
    row = session.scalar(
        select(Assignment).where(
            Assignment.stage_category_id == stage_category.id,
            Assignment.entry_id == entry.id,
            Assignment.judge_id == judge.id,
        )
    )
    if row is not None and row.state == AssignmentState.ACTIVE:
        raise Conflict(_l("This judge has this entry already."))
    if row is None:
        row = Assignment(stage_category_id=stage_category.id, entry_id=entry.id, judge_id=judge.id, assigned_at=now)
        session.add(row)
    else:
        _take_up(row, now)
    _record(Event.ASSIGNMENT_ADDED, row, stage_category, by=by, now=now, judge=judge.public_id, entry=entry.public_id)
    return row


def remove_assignment(assignment: Assignment, *, reason: str, by: Actor, now: datetime) -> Assignment:
    """Take an entry away from a judge who has not submitted; the next draw fills the gap."""
    reason = needed(reason)
    found = lock(assignment)
    if found.state != AssignmentState.ACTIVE:
        raise Conflict(_l("This judge does not judge this entry any more."))
    if found.sheet is not None and found.sheet.state == SheetState.SUBMITTED:
        raise Conflict(_l("The scoresheet is submitted. The chair of the panel can return it."))
    found.state, found.reason, found.changed_at = AssignmentState.REMOVED, reason, now
    found.skipped_at = None
    _record(
        Event.ASSIGNMENT_REMOVED,
        found,
        found.stage_category,
        by=by,
        now=now,
        entry=found.entry.public_id,
        reason=audit.commitment(reason, user_id=found.judge_id),
    )
    return found


def _record(
    event: Event, row: Assignment, stage_category: StageCategory, *, by: Actor, now: datetime, **data: str
) -> None:
    db.session().flush()
    audit.record(event, row, by=by, now=now, competition=stage_category.competition, data=data)
