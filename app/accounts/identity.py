# SPDX-License-Identifier: Apache-2.0
"""From a cookie to an actor, and back: sessions of signed-in people."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from flask import Flask, g, session
from sqlalchemy import select, update

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
    return Actor(
        user_id=user.id,
        public_id=user.public_id,
        name=user.name,
        login=user.login,
        unit_id=user.unit_id,
        is_administrator=user.is_administrator,
        grants=frozenset((competition, Role(role)) for competition, role, _ in grants),
        clerk_of=frozenset((competition, unit) for competition, _, unit in grants if unit is not None),
        session_id=session_id,
        via=via,
    )


def _load_actor() -> None:
    """Put the actor of this request into `g`: one query for session and user, one for the roles."""
    g.actor = ANONYMOUS
    token = session.get(TOKEN)
    if not token:
        return
    now = clock.now()
    row = db.session.execute(
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(
            UserSession.token_hash == token_hash(token),
            UserSession.ended_at.is_(None),
            UserSession.expires_at > now,
            User.suspended_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        session.pop(TOKEN, None)
        return
    found, user = row
    g.actor = actor_of(user, session_id=found.id)
    g.preferred_language = user.language
    if now - found.seen_at > SEEN_EVERY:
        session_id = found.id
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
