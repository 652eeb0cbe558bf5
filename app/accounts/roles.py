# SPDX-License-Identifier: Apache-2.0
"""Roles of people in contests: granted, revoked, and whom an organizer may let in by a link."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import column, func, select, table

from app import audit
from app.accounts.models import RoleGrant, Unit, User
from app.audit import Event, Trail
from app.db import db
from app.errors import Conflict, Invalid
from app.policy import Actor, Role


def grant_role(
    user: User, competition: Trail, role: Role, *, unit: Unit | None = None, by: Actor, now: datetime
) -> RoleGrant:
    """Give a person a role in one contest; a unit clerk's role is for a unit and those below it."""
    if user.suspended_at is not None:
        raise Conflict(_l("This person is suspended."))
    if role == Role.UNIT_CLERK and unit is None:
        fault = _l("Say which unit this clerk works for.")
        raise Invalid(fault, fields={"unit": fault})
    if role != Role.UNIT_CLERK and unit is not None:
        fault = _l("Only a unit clerk's role is for a unit.")
        raise Invalid(fault, fields={"unit": fault})
    grant = RoleGrant(
        competition_id=competition.id,
        user_id=user.id,
        role=role,
        unit_id=unit.id if unit else None,
        granted_at=now,
        granted_by_id=by.user_id,
    )
    db.session().add(grant)
    audit.record(
        Event.ROLE_GRANTED,
        grant,
        by=by,
        now=now,
        competition=competition,
        data={"user": user.public_id, "role": role.value, "unit": unit.public_id if unit else ""},
    )
    return grant


def revoke_role(grant: RoleGrant, *, by: Actor, now: datetime) -> None:
    """Take a role away; a contest keeps at least one organizer."""
    if grant.revoked_at is not None:
        raise Conflict(_l("This role was taken away already."))
    if grant.role == Role.ORGANIZER and _organizers(grant.competition_id) < 2:
        raise Conflict(_l("This is the only organizer of the contest. Add another one first."))
    grant.revoked_at = now
    audit.record(
        Event.ROLE_REVOKED,
        grant,
        by=by,
        now=now,
        competition=_trail_of(grant),
        data={"user": grant.user.public_id, "role": grant.role},
    )


@dataclass(frozen=True, slots=True)
class _Contest:
    """What the trail needs to know of a contest."""

    id: int
    public_id: str


def _trail_of(grant: RoleGrant) -> Trail:
    contest = table("competition", column("id"), column("public_id"))  # the class stands to the right of this feature
    query = select(contest.c.public_id).where(contest.c.id == grant.competition_id)
    return _Contest(grant.competition_id, db.session().execute(query).scalar_one())


def _organizers(competition_id: int) -> int:
    query = (
        select(func.count(RoleGrant.id))
        .join(User, User.id == RoleGrant.user_id)
        .where(
            RoleGrant.competition_id == competition_id,
            RoleGrant.role == Role.ORGANIZER,
            RoleGrant.revoked_at.is_(None),
            User.suspended_at.is_(None),
        )
    )
    return db.session().scalar(query) or 0


def may_be_let_in(user: User, involved: Collection[tuple[int, Role | None]], *, by: Actor) -> bool:
    """Tell whether `by` may make a sign-in link for a person.

    Whoever holds a link can act as that person. So an organizer makes links only for people whose whole part is in
    contests of that organizer, and never for an administrator, organizer or supervisor: the second person who
    confirms must be a second person. `involved` holds the person's contests with the role there, None for a judge.
    """
    if by.is_administrator:
        return True
    if user.is_administrator or user.id == by.user_id:
        return False
    return all(
        role not in (Role.ORGANIZER, Role.SUPERVISOR) and by.has(Role.ORGANIZER, contest) for contest, role in involved
    )
