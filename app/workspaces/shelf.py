# SPDX-License-Identifier: Apache-2.0
"""Public parts of pages, drawn once for each state of a contest instead of once for each visitor.

Every change of state writes an event, so the position of a contest's trail says whether a part is still true: one
small query instead of twenty. What no event announces, such as a picture that a job has just made smaller or a diary
that its owner opens from a date on, shows within `LONGEST`. Nothing that depends on the reader belongs here.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from flask import current_app, request
from flask.sansio.app import App
from markupsafe import Markup
from sqlalchemy import bindparam, select

from app import i18n
from app.audit import INSTALLATION, AuditHead
from app.competitions.models import Competition
from app.db import db

LONGEST = 20.0  # seconds
KEPT = 256
_NAME = "youyin_shelf"
_HEADS = (
    select(AuditHead.competition_id, AuditHead.last_sequence)
    .where(AuditHead.competition_id.in_((bindparam("contest"), INSTALLATION)))
    .order_by(AuditHead.competition_id)
)


class Shelf:
    """The parts that were drawn last, by name; safe for threads."""

    def __init__(self, longest: float) -> None:
        self._longest = longest
        self._parts: OrderedDict[Hashable, tuple[Hashable, float, Markup]] = OrderedDict()
        self._lock = threading.Lock()

    def part(self, name: Hashable, position: Hashable, draw: Callable[[], str]) -> Markup:
        """Return a part as it was drawn at this position, else draw it."""
        now = time.monotonic()
        with self._lock:
            known = self._parts.get(name)
            if known is not None and known[0] == position and now - known[1] < self._longest:
                self._parts.move_to_end(name)
                return known[2]
        drawn = Markup(draw())  # noqa: S704 -- a template of ours drew it
        with self._lock:
            self._parts[name] = (position, now, drawn)
            self._parts.move_to_end(name)
            while len(self._parts) > KEPT:
                self._parts.popitem(last=False)
        return drawn


class PublicParts:
    """The parts of one contest's public pages, in the language of this request."""

    def __init__(self, contest: Competition) -> None:
        self._shelf: Shelf | None = current_app.extensions.get(_NAME)
        self._name = (contest.public_id, i18n.language(), request.script_root)
        # Read before anything is drawn: what is drawn may be newer than this position, never older.
        self._position = (
            tuple(tuple(head) for head in db.session.execute(_HEADS, {"contest": contest.id})) if self._shelf else ()
        )

    def part(self, *name: Hashable, draw: Callable[[], str], keep: bool = True) -> Markup:
        """Return a part by its name and all that it depends on beside the state of the contest."""
        if self._shelf is None or not keep:
            return Markup(draw())  # noqa: S704 -- a template of ours drew it
        return self._shelf.part((*self._name, *name), self._position, draw)


def draw(template: str, **values: Any) -> str:
    """Draw a template that is told these values and nothing of the reader."""
    return current_app.jinja_env.get_template(template).render(values)


def set_up(app: App) -> None:
    """Give the application a shelf; tests store rows without events, so theirs has none."""
    if not app.testing:
        app.extensions[_NAME] = Shelf(LONGEST)
