# SPDX-License-Identifier: Apache-2.0
"""Reads about people: lists for the administration, a person's own sessions and links, the people of a contest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import column, func, or_, select, table
from sqlalchemy.orm import aliased

from app.accounts.models import RoleGrant, SignInLink, Unit, User, UserSession
from app.accounts.names import login_key
from app.accounts.paging import Page, like, page_of
from app.db import db
from app.errors import Invalid
from app.policy import Role

# Tables of features to the right of this one: their classes may not be imported here.
COMPETITION = table("competition", column("id"), column("public_id"), column("slug"), column("title"))
STAGE = table("stage", column("id"), column("competition_id"))
PANEL = table("panel", column("id"), column("public_id"), column("stage_id"), column("title"))
SEAT = table("seat", column("panel_id"), column("user_id"), column("role"), column("left_at"))

PEOPLE_SORTS = {"name": User.sort_key, "login": User.login_key, "since": User.created_at}


def has_administrator() -> bool:
    """Tell whether anybody administers this installation."""
    query = select(User.id).where(User.is_administrator, User.suspended_at.is_(None)).limit(1)
    return db.session.scalar(query) is not None


def by_login(text: str) -> User | None:
    """Return the person who signs in with this name, however it is typed."""
    try:
        key = login_key(text)
    except Invalid:
        return None
    return db.session.scalar(select(User).where(User.login_key == key))


def unit_by_code(code: str) -> Unit | None:
    """Return the unit with this code."""
    return db.session.scalar(select(Unit).where(Unit.code == code.strip()))


def unit_names() -> list[tuple[str, str]]:
    """Return (code, name) of every unit for a list to choose from, the tree in order."""
    return [
        (row.code, row.name)
        for row in db.session.execute(select(Unit.code, Unit.name).order_by(Unit.sort_key, Unit.id))
    ]


# ------------------------------------------------------------------------------------------------------ administration


def people(*, search: str = "", state: str = "", sort: str | None = None, page: int = 1) -> Page:
    """Return a page of everybody: by name, login or unit; state `suspended`, `administrator` or all."""
    query = select(
        User.public_id,
        User.name,
        User.login,
        User.is_administrator,
        User.suspended_at,
        Unit.name.label("unit"),
    ).join(Unit, Unit.id == User.unit_id, isouter=True)
    text = search.strip()
    if text:
        claims = [
            User.name.ilike(like(text), escape="\\"),
            Unit.name.ilike(like(text), escape="\\"),
            User.login_key.like(like(_folded(text)), escape="\\"),
        ]
        query = query.where(or_(*claims))
    if state == "suspended":
        query = query.where(User.suspended_at.is_not(None))
    elif state == "administrator":
        query = query.where(User.is_administrator)
    key = (sort or "name").removeprefix("-")
    order = PEOPLE_SORTS.get(key, User.sort_key)
    return page_of(query.order_by(order.desc() if (sort or "").startswith("-") else order, User.id), page)


def _folded(text: str) -> str:
    try:
        return login_key(text)
    except Invalid:
        return text.casefold()


def units(*, search: str = "", page: int = 1) -> Page:
    """Return a page of the units with the unit above and how many people belong to each."""
    above = aliased(Unit)
    count = select(func.count(User.id)).where(User.unit_id == Unit.id).scalar_subquery()
    query = select(
        Unit.public_id, Unit.code, Unit.name, Unit.region, above.name.label("above"), count.label("people")
    ).join(above, above.id == Unit.parent_id, isouter=True)
    text = search.strip()
    if text:
        query = query.where(or_(*(part.ilike(like(text), escape="\\") for part in (Unit.name, Unit.code, Unit.region))))
    return page_of(query.order_by(Unit.sort_key, Unit.id), page)


def roles_of(user: User) -> Sequence[object]:
    """Return the roles a person holds: contest, role, unit."""
    query = (
        select(COMPETITION.c.slug, COMPETITION.c.title, RoleGrant.role, Unit.name.label("unit"))
        .join(COMPETITION, COMPETITION.c.id == RoleGrant.competition_id)
        .join(Unit, Unit.id == RoleGrant.unit_id, isouter=True)
        .where(RoleGrant.user_id == user.id, RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.id.desc())
    )
    return db.session.execute(query).all()


# ----------------------------------------------------------------------------------------------------------- one's own


def sessions_of(user_id: int, now: datetime) -> Sequence[UserSession]:
    """Return where a person is signed in now, the latest first."""
    query = (
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None), UserSession.expires_at > now)
        .order_by(UserSession.seen_at.desc(), UserSession.id.desc())
    )
    return db.session.scalars(query).all()


def links_of(user_id: int, now: datetime) -> Sequence[SignInLink]:
    """Return the links by which a person can sign in now, the latest first."""
    query = (
        select(SignInLink)
        .where(
            SignInLink.user_id == user_id,
            SignInLink.revoked_at.is_(None),
            SignInLink.expires_at > now,
            or_(SignInLink.single_use.is_(False), SignInLink.used_at.is_(None)),
        )
        .order_by(SignInLink.id.desc())
    )
    return db.session.scalars(query).all()


# ------------------------------------------------------------------------------------------------ people of a contest


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a part in a contest, with what a slip says of him."""

    user_id: int
    public_id: str
    name: str
    login: str
    unit: str | None
    part: str  # a role, or "judge"
    panel: str | None
    sort_key: str


def grants_of(competition_id: int) -> Sequence[object]:
    """Return the roles of a contest with the person and the unit of each, in the order of roles and names."""
    own = aliased(Unit)
    query = (
        select(
            RoleGrant.public_id,
            RoleGrant.role,
            RoleGrant.granted_at,
            User.name,
            User.login,
            User.suspended_at,
            Unit.name.label("unit"),
            own.name.label("own_unit"),
        )
        .join(User, User.id == RoleGrant.user_id)
        .join(Unit, Unit.id == RoleGrant.unit_id, isouter=True)
        .join(own, own.id == User.unit_id, isouter=True)
        .where(RoleGrant.competition_id == competition_id, RoleGrant.revoked_at.is_(None))
        .order_by(User.sort_key, User.id)
    )
    order = {role.value: at for at, role in enumerate(Role)}
    return sorted(db.session.execute(query).all(), key=lambda row: order[row.role])


def members_of(competition_id: int) -> list[Member]:
    """Return everybody who has a part in a contest: roles and seats, one line for each part, sorted by name."""
    columns = (User.id, User.public_id, User.name, User.login, Unit.name.label("unit"))
    granted = (
        select(*columns, RoleGrant.role, User.sort_key)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .join(Unit, Unit.id == User.unit_id, isouter=True)
        .where(RoleGrant.competition_id == competition_id, RoleGrant.revoked_at.is_(None), User.suspended_at.is_(None))
    )
    seated = (
        select(*columns, PANEL.c.title, User.sort_key)
        .join(SEAT, SEAT.c.user_id == User.id)
        .join(PANEL, PANEL.c.id == SEAT.c.panel_id)
        .join(STAGE, STAGE.c.id == PANEL.c.stage_id)
        .join(Unit, Unit.id == User.unit_id, isouter=True)
        .where(STAGE.c.competition_id == competition_id, SEAT.c.left_at.is_(None), User.suspended_at.is_(None))
    )
    found = [
        Member(row.id, row.public_id, row.name, row.login, row.unit, str(row.role), None, row.sort_key)
        for row in db.session.execute(granted)
    ]
    found += [
        Member(row.id, row.public_id, row.name, row.login, row.unit, "judge", row.title, row.sort_key)
        for row in db.session.execute(seated)
    ]
    return sorted(found, key=lambda member: (member.sort_key, member.user_id, member.part, member.panel or ""))


def involvements(user_ids: Sequence[int]) -> dict[int, set[tuple[int, Role | None]]]:
    """Return for each person the contests he has a part in, with the role there, None for a judge."""
    found: dict[int, set[tuple[int, Role | None]]] = {user_id: set() for user_id in user_ids}
    granted = select(RoleGrant.user_id, RoleGrant.competition_id, RoleGrant.role).where(
        RoleGrant.user_id.in_(user_ids), RoleGrant.revoked_at.is_(None)
    )
    for user_id, contest, role in db.session.execute(granted):
        found[user_id].add((contest, Role(role)))
    seated = (
        select(SEAT.c.user_id, STAGE.c.competition_id)
        .join(PANEL, PANEL.c.id == SEAT.c.panel_id)
        .join(STAGE, STAGE.c.id == PANEL.c.stage_id)
        .where(SEAT.c.user_id.in_(user_ids), SEAT.c.left_at.is_(None))
    )
    for user_id, contest in db.session.execute(seated):
        found[user_id].add((contest, None))
    return found
