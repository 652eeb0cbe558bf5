# SPDX-License-Identifier: Apache-2.0
"""From a cookie to an actor, and back: sessions of signed-in people."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, g, session
from sqlalchemy import and_, bindparam, select, update

from app import clock
from app.accounts.models import RoleGrant, User, UserSession
from app.db import db, transaction
from app.policy import ANONYMOUS, Actor, Role

KEPT = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=10)
TOKEN = "token"  # noqa: S105 -- the name under which the cookie holds it


def token_hash(token: str) -> str:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode("ascii", "replace")).hexdigest()


def open_session(user: User, *, device: str, now: datetime) -> str:
    """Add a session to the running transaction and return the token that the browser keeps."""
    token = secrets.token_urlsafe(32)
    db.session().add(
        UserSession(
            user_id=user.id,
            token_hash=token_hash(token),
            created_at=now,
            seen_at=now,
            expires_at=now + KEPT,
            device=device[:120],
        )
    )
    return token


def actor_of(user: User, *, via: str = "web", session_id: int | None = None) -> Actor:
    """Return a person as an actor, with the roles held at this moment."""
    grants = db.session.execute(
        select(RoleGrant.competition_id, RoleGrant.role, RoleGrant.unit_id).where(
            RoleGrant.user_id == user.id, RoleGrant.revoked_at.is_(None)
        )
    ).all()
    return _actor(user, ((contest, role, unit) for contest, role, unit in grants), via=via, session_id=session_id)


def _actor(user: User, grants: Iterable[tuple[int, str, int | None]], *, via: str, session_id: int | None) -> Actor:
    held = list(grants)
    return Actor(
        user_id=user.id,
        public_id=user.public_id,
        name=user.name,
        login=user.login,
        unit_id=user.unit_id,
        is_administrator=user.is_administrator,
        grants=frozenset((contest, Role(role)) for contest, role, _ in held),
        clerk_of=frozenset((contest, unit) for contest, _, unit in held if unit is not None),
        session_id=session_id,
        via=via,
    )


# Built once: every request asks it, and building it anew takes longer than asking.
_SESSION = (
    select(UserSession.id, UserSession.seen_at, User, RoleGrant.competition_id, RoleGrant.role, RoleGrant.unit_id)
    .join(User, User.id == UserSession.user_id)
    .outerjoin(RoleGrant, and_(RoleGrant.user_id == User.id, RoleGrant.revoked_at.is_(None)))
    .where(
        UserSession.token_hash == bindparam("token"),
        UserSession.ended_at.is_(None),
        UserSession.expires_at > bindparam("now"),
        User.suspended_at.is_(None),
    )
)


def _load_actor() -> None:
    """Put the actor of this request into `g`: one query for session, user and roles."""
    g.actor = ANONYMOUS
    token = session.get(TOKEN)
    if not token:
        return
    now = clock.now()
    rows: Sequence[Any] = db.session.execute(_SESSION, {"token": token_hash(token), "now": now}).all()
    if not rows:
        session.pop(TOKEN, None)
        return
    session_id, seen_at, user, *_ = rows[0]
    grants = ((contest, role, unit) for *_, contest, role, unit in rows if contest is not None)
    g.actor = _actor(user, grants, via="web", session_id=session_id)
    g.preferred_language = user.language
    if now - seen_at > SEEN_EVERY:
        with transaction() as writing:
            writing.execute(update(UserSession).where(UserSession.id == session_id).values(seen_at=now))


def init_app(app: Flask) -> None:
    """Find out who sends each request, before anything else asks."""
    app.permanent_session_lifetime = KEPT
    # Otherwise every answer sets the cookie again, those of static files too, which caches may keep for everybody.
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False

    def load_actor() -> None:
        if not _is_static():
            _load_actor()

    app.before_request(load_actor)


def _is_static() -> bool:
    from flask import request

    return request.endpoint == "static"
