# SPDX-License-Identifier: Apache-2.0
"""Panels, who sits in them, and which categories they judge."""

from __future__ import annotations

import re
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from app import audit
from app.accounts.models import User
from app.audit import Event
from app.competitions.models import Stage, StageCategory
from app.db import db
from app.errors import Conflict, Invalid
from app.judging.models import Assignment, AssignmentState, Panel, Scoresheet, Seat, SeatRole, SheetState
from app.judging.service.reasons import needed
from app.policy import Actor

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,19}\Z")


def create_panel(stage: Stage, *, code: str, title: str, by: Actor, now: datetime) -> Panel:
    """Add a panel to a stage."""
    code, title = code.strip(), " ".join(title.split())
    wrong = {}
    if not CODE.match(code):
        wrong["code"] = _l("Use 1 to 20 letters, digits, - or _.")
    if not 1 <= len(title) <= 120:
        wrong["title"] = _l("Give the panel a name of at most 120 characters.")
    if wrong:
        raise Invalid(_l("The panel could not be made. Look at the marked fields."), fields=wrong)
    panel = Panel(stage_id=stage.id, code=code, title=title)
    db.session().add(panel)
    audit.record(
        Event.PANEL_CREATED,
        panel,
        by=by,
        now=now,
        competition=stage.competition,
        data={"stage": stage.public_id, "code": code},
    )
    return panel


def seat(panel: Panel, user: User, *, role: SeatRole, by: Actor, now: datetime) -> Seat:
    """Give a person a seat in a panel."""
    if user.suspended_at is not None:
        raise Conflict(_l("This person's account is suspended."))
    session = db.session()
    taken = select(Seat.id).where(Seat.panel_id == panel.id, Seat.user_id == user.id, Seat.left_at.is_(None))
    if session.scalar(taken) is not None:
        raise Conflict(_l("This person has a seat in this panel already."))
    found = Seat(panel_id=panel.id, user_id=user.id, role=SeatRole(role), seated_at=now)
    session.add(found)
    _record(Event.JUDGE_SEATED, found, panel, by=by, now=now, user=user.public_id, role=SeatRole(role).value)
    return found


def set_role(seat: Seat, role: SeatRole, *, by: Actor, now: datetime) -> Seat:
    """Make a seated person chair or judge."""
    if seat.left_at is not None:
        raise Conflict(_l("This seat was left already."))
    if seat.role != role:
        seat.role = SeatRole(role)
        _record(
            Event.JUDGE_SEATED, seat, seat.panel, by=by, now=now, user=seat.user.public_id, role=SeatRole(role).value
        )
    return seat


def unseat(seat: Seat, *, reason: str, by: Actor, now: datetime) -> int:
    """End a seat and take its unsubmitted assignments away; return how many. Submitted scoresheets stay and count."""
    reason = needed(reason)
    if seat.left_at is not None:
        raise Conflict(_l("This seat was left already."))
    session = db.session()
    seat.left_at = now
    open_ones = (
        select(Assignment.id)
        .join(StageCategory, StageCategory.id == Assignment.stage_category_id)
        .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
        .where(
            StageCategory.panel_id == seat.panel_id,
            Assignment.judge_id == seat.user_id,
            Assignment.state == AssignmentState.ACTIVE,
            Scoresheet.id.is_(None) | (Scoresheet.state != SheetState.SUBMITTED),
        )
    )
    ids = list(session.scalars(open_ones.with_for_update(of=Assignment)))
    if ids:
        session.execute(
            update(Assignment)
            .where(Assignment.id.in_(ids))
            .values(state=AssignmentState.REMOVED, reason=reason, changed_at=now, skipped_at=None)
        )
    _record(
        Event.JUDGE_UNSEATED,
        seat,
        seat.panel,
        by=by,
        now=now,
        user=seat.user.public_id,
        removed=str(len(ids)),
        reason=audit.commitment(reason, user_id=seat.user_id),
    )
    return len(ids)


def entrust(
    panel: Panel, stage_category: StageCategory, *, judges_wanted: int | None = None, by: Actor, now: datetime
) -> StageCategory:
    """Let a panel judge a category of its stage, each entry by `judges_wanted` of its judges."""
    if stage_category.stage_id != panel.stage_id:
        raise Invalid(_l("The panel belongs to another stage."))
    if stage_category.panel_id not in (None, panel.id):
        active = select(Assignment.id).where(
            Assignment.stage_category_id == stage_category.id, Assignment.state == AssignmentState.ACTIVE
        )
        if db.session().scalar(active.limit(1)) is not None:
            raise Conflict(_l("Judges of another panel have entries of this category already. Take them back first."))
    if judges_wanted is not None:
        if not 1 <= judges_wanted <= 99:
            message = _l("Between 1 and 99 judges may mark an entry.")
            raise Invalid(message, fields={"judges_wanted": message})
        stage_category.judges_wanted = judges_wanted
    stage_category.panel_id = panel.id
    audit.record(
        Event.PANEL_ENTRUSTED,
        panel,
        by=by,
        now=now,
        competition=panel.stage.competition,
        data={"stage_category": stage_category.public_id, "judges_wanted": stage_category.judges_wanted},
    )
    return stage_category


def _record(event: Event, seat: Seat, panel: Panel, *, by: Actor, now: datetime, **data: str) -> None:
    db.session().flush()
    audit.record(
        event, seat, by=by, now=now, competition=panel.stage.competition, data={"panel": panel.public_id, **data}
    )
