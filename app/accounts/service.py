# SPDX-License-Identifier: Apache-2.0
"""What can be done to people and units. Sessions and links stand in `sign_in.py`, roles in `roles.py`.

This is the door of the feature: other features call `accounts.service` only.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from app import audit
from app.accounts import passwords
from app.accounts.models import SignInLink, Unit, User, UserSession
from app.accounts.names import clean_line, login_key, sort_key
from app.accounts.passwords import Hashed
from app.accounts.roles import grant_role, revoke_role
from app.accounts.sign_in import (
    authenticate,
    end_other_sessions,
    end_session,
    follow_link,
    make_link,
    revoke_link,
    start_session,
)
from app.audit import Event
from app.db import db
from app.errors import Conflict, Invalid, Stale
from app.i18n import LANGUAGES
from app.policy import Actor

__all__ = [
    "Hashed",
    "authenticate",
    "change_unit",
    "change_user",
    "create_first_administrator",
    "create_unit",
    "create_user",
    "end_other_sessions",
    "end_session",
    "follow_link",
    "grant_role",
    "login_key",
    "make_link",
    "resume",
    "revoke_link",
    "revoke_role",
    "set_language",
    "set_password",
    "start_session",
    "suspend",
]

ADMINISTRATOR_THERE = _l("This installation has an administrator. Ask that person, or sign in.")


# ---------------------------------------------------------------------------------------------------------------- units


def create_unit(
    *, code: str, name: str, parent: Unit | None = None, region: str = "", by: Actor, now: datetime
) -> Unit:
    """Add a unit below `parent`, or a new root of the tree."""
    unit = Unit(
        code=_code(code),
        name=clean_line(name, field="name", limit=120),
        region=clean_line(region, field="region", limit=60, required=False),
        parent_id=parent.id if parent else None,
    )
    unit.sort_key = sort_key(unit.name, person=False)
    session = db.session()
    session.add(unit)
    session.flush()
    unit.path = _path(parent, unit)
    audit.record(Event.UNIT_CREATED, unit, by=by, now=now, data={"code": unit.code, "parent": _id(parent)})
    return unit


def change_unit(
    unit: Unit,
    *,
    expected_version: int,
    code: str,
    name: str,
    parent: Unit | None,
    region: str,
    by: Actor,
    now: datetime,
) -> Unit:
    """Change a unit; moving it takes everything below it along."""
    if unit.version != expected_version:
        raise _stale(yours=name, theirs=unit.name)
    if parent is not None and parent.path.startswith(unit.path):
        fault = _l("A unit cannot stand below itself.")
        raise Invalid(fault, fields={"parent": fault})
    unit.code = _code(code)
    unit.name = clean_line(name, field="name", limit=120)
    unit.region = clean_line(region, field="region", limit=60, required=False)
    unit.sort_key = sort_key(unit.name, person=False)
    before = unit.path
    unit.parent_id = parent.id if parent else None
    unit.path = _path(parent, unit)
    if unit.path != before:
        for below in db.session().scalars(select(Unit).where(Unit.path.startswith(before, autoescape=True))):
            if below.id != unit.id:
                below.path = _within(unit.path + below.path.removeprefix(before))
    audit.record(Event.UNIT_CHANGED, unit, by=by, now=now, data={"code": unit.code, "parent": _id(parent)})
    return unit


def _code(text: str) -> str:
    code = clean_line(text, field="code", limit=40)
    if " " in code:
        fault = _l("A code has no spaces inside.")
        raise Invalid(fault, fields={"code": fault})
    return code


def _path(parent: Unit | None, unit: Unit) -> str:
    return _within(f"{parent.path if parent else '/'}{unit.id}/")


def _within(path: str) -> str:
    if len(path) > 200:
        fault = _l("The tree of units is too deep here.")
        raise Invalid(fault, fields={"parent": fault})
    return path


# --------------------------------------------------------------------------------------------------------------- people


def create_user(
    *,
    login: str,
    name: str,
    unit: Unit | None = None,
    email: str | None = None,
    language: str | None = None,
    password: str | Hashed | None = None,
    is_administrator: bool = False,
    by: Actor,
    now: datetime,
) -> User:
    """Add a person. Without a password the way in is a personal link."""
    user = User(
        login=login.strip(),
        login_key=login_key(login),
        name=clean_line(name, field="name", limit=80),
        unit_id=unit.id if unit else None,
        email=_email(email),
        language=_language(language),
        password_hash=_hash(password, login) if password else None,
        is_administrator=is_administrator,
        created_at=now,
    )
    user.sort_key = sort_key(user.name)
    session = db.session()
    session.add(user)
    session.flush()
    audit.record(Event.USER_CREATED, user, by=by, now=now, data=_facts(user, unit))
    return user


def change_user(
    user: User,
    *,
    expected_version: int,
    login: str,
    name: str,
    unit: Unit | None,
    email: str | None,
    language: str | None,
    is_administrator: bool,
    by: Actor,
    now: datetime,
) -> User:
    """Change who a person is; the last administrator stays one."""
    if user.version != expected_version:
        raise _stale(yours=name, theirs=user.name)
    if user.is_administrator and not is_administrator:
        _keep_an_administrator(user)
    user.login, user.login_key = login.strip(), login_key(login)
    user.name = clean_line(name, field="name", limit=80)
    user.sort_key = sort_key(user.name)
    user.unit_id = unit.id if unit else None
    user.email = _email(email)
    user.language = _language(language)
    user.is_administrator = is_administrator
    audit.record(Event.USER_CHANGED, user, by=by, now=now, data=_facts(user, unit))
    return user


def create_first_administrator(*, login: str, name: str, password: Hashed, by: Actor, now: datetime) -> User:
    """Add the administrator of a new installation; refuse when there is one."""
    user = create_user(login=login, name=name, password=password, is_administrator=True, by=by, now=now)
    # Asked after the audit head is locked: of two who come at the same moment the second one sees the first.
    if _administrators(besides=user):
        raise Conflict(ADMINISTRATOR_THERE)
    return user


def set_language(user: User, language: str, *, by: Actor, now: datetime) -> None:
    """Keep the language that a person reads in."""
    user.language = _language(language)
    audit.record(Event.USER_CHANGED, user, by=by, now=now, data={"language": user.language or ""})


def set_password(user: User, password: str | Hashed, *, by: Actor, now: datetime) -> None:
    """Give a person a new password and end every other session of that person."""
    user.password_hash = _hash(password, user.login)
    audit.record(Event.PASSWORD_SET, user, by=by, now=now)
    end_other_sessions(user, keep=by.session_id if by.user_id == user.id else None, by=by, now=now)


def suspend(user: User, *, by: Actor, now: datetime) -> None:
    """Keep a person out: sessions and links end at once, what was done stays."""
    if user.suspended_at is not None:
        raise Conflict(_l("This person is suspended already."))
    if user.id == by.user_id:
        raise Conflict(_l("Nobody suspends himself. Ask another administrator."))
    if user.is_administrator:
        _keep_an_administrator(user)
    user.suspended_at = now
    session = db.session()
    for model, column in ((UserSession, UserSession.ended_at), (SignInLink, SignInLink.revoked_at)):
        session.execute(update(model).where(model.user_id == user.id, column.is_(None)).values({column: now}))
    audit.record(Event.USER_SUSPENDED, user, by=by, now=now)


def resume(user: User, *, by: Actor, now: datetime) -> None:
    """Let a suspended person in again; links that ended stay ended."""
    if user.suspended_at is None:
        raise Conflict(_l("This person is not suspended."))
    user.suspended_at = None
    audit.record(Event.USER_RESUMED, user, by=by, now=now)


def _administrators(*, besides: User) -> bool:
    query = select(User.id).where(User.is_administrator, User.suspended_at.is_(None), User.id != besides.id)
    return db.session().scalar(query.limit(1)) is not None


def _keep_an_administrator(user: User) -> None:
    if not _administrators(besides=user):
        fault = _l("This is the only administrator. Make another person administrator first.")
        raise Conflict(fault, fields={"is_administrator": fault})


def _facts(user: User, unit: Unit | None) -> dict[str, str]:
    """Return what the trail keeps of a person: commitments instead of names."""
    return {
        "login": audit.commitment(user.login_key, user_id=user.id),
        "name": audit.commitment(user.name, user_id=user.id),
        "unit": _id(unit),
        "administrator": "yes" if user.is_administrator else "no",
    }


def _hash(password: str | Hashed, login: str) -> str:
    return (password if isinstance(password, Hashed) else passwords.prepare(password, login=login)).text


def _email(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    address = clean_line(text, field="email", limit=200)
    name, at, host = address.rpartition("@")
    if not (at and name and "." in host.strip(".") and " " not in address and "@" not in name):
        fault = _l("This is no mail address. Write it as name@example.com.")
        raise Invalid(fault, fields={"email": fault})
    return address


def _language(text: str | None) -> str | None:
    if not text:
        return None
    if text not in LANGUAGES:
        fault = _l("There is no such language here.")
        raise Invalid(fault, fields={"language": fault})
    return text


def _id(unit: Unit | None) -> str:
    return unit.public_id if unit is not None else ""


def _stale(*, yours: str, theirs: str) -> Stale:
    return Stale(
        _l("Somebody else changed this meanwhile. What stands there now is shown beside your text."),
        yours=yours,
        theirs=theirs,
    )
