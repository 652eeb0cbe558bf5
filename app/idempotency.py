# SPDX-License-Identifier: Apache-2.0
"""One effect for one press of a button, however often the request arrives.

A form carries a key made when its page was built. The key is stored in the transaction of the effect, so the two stand
or fall together; the answer is added right after. The same key with the same body gets the same answer again, with
another body a refusal.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from flask import Flask, Response, g, has_request_context, redirect, request
from flask_babel import lazy_gettext as _l
from sqlalchemy import String, Text, UniqueConstraint, delete, event, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import clock
from app.db import Base, db, is_writing, name_conflict, new_public_id, transaction
from app.errors import Invalid
from app.policy import actor

FIELD = "idempotency_key"
HEADER = "Idempotency-Key"
KEPT = timedelta(days=2)


class IdempotencyKey(Base):
    """A key that had its effect, and the answer that was given."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("owner", "key"),)

    owner: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    status: Mapped[int | None]
    location: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)
    media_type: Mapped[str | None] = mapped_column(String(80))


name_conflict(
    "uq_idempotency_key_owner_key",
    _l("This was sent twice at the same moment. It is done once; reload the page to see the result."),
)


def _digest() -> str:
    hasher = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    for name, values in sorted(request.form.lists()):
        if name not in (FIELD, "csrf_token") and "password" not in name:  # a fast hash is no place for a secret
            hasher.update(repr((name, values)).encode())
    for name, files in sorted(request.files.lists()):
        for file in files:
            hasher.update(repr((name, file.filename)).encode())
    if request.is_json:
        hasher.update(request.get_data(cache=True))
    return hasher.hexdigest()


def _answer_again() -> Response | None:
    """Before the view: remember the key, or answer at once when its effect is there already."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return None
    key = request.headers.get(HEADER) or request.form.get(FIELD)
    if not key:
        return None
    key, owner, digest = key[:64], actor().public_id or "anonymous", _digest()
    known = db.session.scalar(select(IdempotencyKey).where(IdempotencyKey.owner == owner, IdempotencyKey.key == key))
    if known is None:
        g.idempotency = (owner, key, digest)
        return None
    if known.digest != digest:
        raise Invalid(_l("This page was sent before with other content. Reload it and enter the change again."))
    if known.status is None:
        return redirect(request.referrer or "/", 303)  # type: ignore[return-value]  # a Werkzeug response serves as well
    answer = Response(known.body or "", status=known.status, content_type=known.media_type)
    if known.location:
        answer.headers["Location"] = known.location
    return answer


@event.listens_for(Session, "before_commit")
def _note_effect(session: Session) -> None:
    """Store the request's key in the transaction of its effect."""
    pending = g.pop("idempotency", None) if has_request_context() and is_writing() else None
    if pending is not None:
        owner, key, digest = pending
        session.add(IdempotencyKey(owner=owner, key=key, digest=digest, created_at=clock.now()))
        session.flush()
        g.idempotency_done = (owner, key)


def _keep_answer(response: Response) -> Response:
    done = g.pop("idempotency_done", None)
    if done is not None:
        owner, key = done
        keep = response.status_code < 500 and not response.is_streamed and len(response.get_data()) < 20_000
        with transaction() as session:
            session.execute(
                update(IdempotencyKey)
                .where(IdempotencyKey.owner == owner, IdempotencyKey.key == key)
                .values(
                    status=response.status_code if keep else 303,
                    location=response.headers.get("Location") or (None if keep else request.referrer),
                    body=response.get_data(as_text=True) if keep else "",
                    media_type=(response.content_type or "")[:80] or None if keep else None,
                )
            )
    return response


def forget_old(now: datetime) -> None:
    """Drop keys that no browser will send again; belongs in a transaction."""
    db.session().execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEPT))


def init_app(app: Flask) -> None:
    """Look at every unsafe request; give templates `idempotency_key()`."""
    app.before_request(_answer_again)
    app.after_request(_keep_answer)
    app.jinja_env.globals["idempotency_key"] = new_public_id
