# SPDX-License-Identifier: Apache-2.0
"""Claims about people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from app.policy import Actor, predicate


@predicate(None)
def anybody(actor: Actor, obj: Any, now: datetime) -> bool:
    return True


@predicate(_l("Sign in first."))
def signed_in(actor: Actor, obj: Any, now: datetime) -> bool:
    return actor.is_signed_in


@predicate(_l("Only an administrator of this installation may do this."))
def administrator(actor: Actor, obj: Any, now: datetime) -> bool:
    return actor.is_administrator


@predicate(_l("This belongs to somebody else."))
def oneself(actor: Actor, obj: Any, now: datetime) -> bool:
    """The object is the actor's own: a user, a session, a link, a job."""
    owner = getattr(obj, "user_id", None) or getattr(obj, "created_by_id", None) or getattr(obj, "id", None)
    return actor.is_signed_in and owner == actor.user_id
