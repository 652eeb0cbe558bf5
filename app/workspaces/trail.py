# SPDX-License-Identifier: Apache-2.0
"""The audit trail as a page: newest first, by event and subject, with who did it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.audit import AuditEvent
from app.competitions.models import Competition
from app.db import db
from app.errors import Message
from app.workspaces import events

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One event of the trail."""

    sequence: int
    at: datetime
    name: str
    title: Message
    who: str | None
    via: Message
    subject: Message
    subject_id: str
    data: dict[str, Any]


def lines(contest: Competition, *, name: str | None, subject: str | None, before: int | None) -> Sequence[Line]:
    """Return one page of the contest's trail, from the newest or from below `before`."""
    query = (
        select(AuditEvent, User.name)
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .where(AuditEvent.competition_id == contest.id)
        .order_by(AuditEvent.sequence.desc())
        .limit(PER_PAGE)
    )
    if name:
        query = query.where(AuditEvent.name == name)
    if subject:
        query = query.where(AuditEvent.subject_id == subject)
    if before is not None:
        query = query.where(AuditEvent.sequence < before)
    return [
        Line(
            row.sequence,
            row.at,
            row.name,
            events.event(row.name),
            who,
            events.way(row.via),
            events.subject(row.subject_type),
            row.subject_id,
            json.loads(row.canonical)["data"],
        )
        for row, who in db.session.execute(query)
    ]


def names(contest: Competition) -> list[tuple[str, Message]]:
    """Return the events that the trail holds, with what they are called, for the filter."""
    found = db.session.scalars(
        select(AuditEvent.name).where(AuditEvent.competition_id == contest.id).distinct().order_by(AuditEvent.name)
    )
    return [(name, events.event(name)) for name in found]
