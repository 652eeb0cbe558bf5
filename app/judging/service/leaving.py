# SPDX-License-Identifier: Apache-2.0
"""Three ways not to mark an entry, and they are three things: skip for now, declare a conflict, abstain."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app import audit
from app.accounts.models import RoleGrant
from app.audit import Event
from app.db import db
from app.judging.models import Assignment, AssignmentState
from app.judging.service.opening import lock
from app.judging.service.reasons import needed
from app.notify import NoticeKind, notify
from app.policy import Action, Actor, Role, demand


def skip(assignment: Assignment, *, by: Actor, now: datetime) -> Assignment:
    """Put an entry off: it comes again at the end of the list, and saving a mark takes the skip back."""
    found = lock(assignment)
    demand(Action.SHEET_MARK, by, found, now)
    note_skip(found, by=by, now=now)
    return found


def note_skip(assignment: Assignment, *, by: Actor, now: datetime) -> None:
    """Mark a locked assignment as skipped in the running transaction."""
    if assignment.skipped_at is None:
        assignment.skipped_at = now
        _record(Event.ASSIGNMENT_SKIPPED, assignment, by=by, now=now)


def recuse(assignment: Assignment, *, reason: str, by: Actor, now: datetime) -> Assignment:
    """Step back from an entry over a conflict of interest; from the next request on the judge reads nothing of it."""
    found = _leave(assignment, AssignmentState.RECUSED, reason, Event.JUDGE_RECUSED, by=by, now=now)
    stage = found.stage_category.stage
    organizers = (
        db.session()
        .scalars(
            select(RoleGrant.user_id)
            .where(
                RoleGrant.competition_id == stage.competition_id,
                RoleGrant.role == Role.ORGANIZER,
                RoleGrant.revoked_at.is_(None),
            )
            .distinct()
            .order_by(RoleGrant.user_id)
        )
        .all()
    )
    for organizer in organizers:
        notify(
            organizer,
            NoticeKind.JUDGE_RECUSED,
            now=now,
            url=f"/stage-categories/{found.stage_category.public_id}/assignments",
            competition_id=stage.competition_id,
            number=found.entry.number,
            stage=stage.title,
        )
    return found


def abstain(assignment: Assignment, *, reason: str, by: Actor, now: datetime) -> Assignment:
    """Leave an entry unmarked for a reason that is no conflict; the judge may go on reading it."""
    return _leave(assignment, AssignmentState.ABSTAINED, reason, Event.JUDGE_ABSTAINED, by=by, now=now)


def _leave(
    assignment: Assignment, state: AssignmentState, reason: str, event: Event, *, by: Actor, now: datetime
) -> Assignment:
    found = lock(assignment)
    demand(Action.RECUSAL_DECLARE, by, found, now)
    found.reason = needed(reason)
    found.state = state
    found.changed_at = now
    found.skipped_at = None
    _record(event, found, by=by, now=now, reason=audit.commitment(found.reason, user_id=found.judge_id))
    return found


def _record(event: Event, assignment: Assignment, *, by: Actor, now: datetime, **data: str) -> None:
    audit.record(
        event,
        assignment,
        by=by,
        now=now,
        competition=assignment.stage_category.stage.competition,
        data={"entry": assignment.entry.public_id, **data},
    )
