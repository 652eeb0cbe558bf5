# SPDX-License-Identifier: Apache-2.0
"""What the tables of judging say about an entry: named as tables, for judging stands to the right of entries."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Integer, String, and_, column, exists, select, table

from app.competitions.models import StageCategory, Window, WindowKind
from app.db import UtcDateTime
from app.entries.models import Entry

ASSIGNMENT = table(
    "assignment",
    column("entry_id", Integer),
    column("judge_id", Integer),
    column("stage_category_id", Integer),
    column("state", String),
)
SEAT = table("seat", column("panel_id", Integer), column("user_id", Integer), column("left_at", UtcDateTime))


def has_recused(user_id: int) -> ColumnElement[bool]:
    """Say in SQL that a person stepped back from judging `Entry`, in any stage."""
    return exists(
        select(1)
        .where(ASSIGNMENT.c.entry_id == Entry.id, ASSIGNMENT.c.judge_id == user_id, ASSIGNMENT.c.state == "recused")
        .correlate(Entry)
    )


def judges(user_id: int) -> ColumnElement[bool]:
    """Say in SQL that a person judges `Entry`, or abstained from marking it only, and still has the seat."""
    return exists(
        select(1)
        .select_from(ASSIGNMENT)
        .join(StageCategory, StageCategory.id == ASSIGNMENT.c.stage_category_id)
        .join(SEAT, and_(SEAT.c.panel_id == StageCategory.panel_id, SEAT.c.user_id == ASSIGNMENT.c.judge_id))
        .where(
            ASSIGNMENT.c.entry_id == Entry.id,
            ASSIGNMENT.c.judge_id == user_id,
            ASSIGNMENT.c.state.in_(("active", "abstained")),
            SEAT.c.left_at.is_(None),
        )
        .correlate(Entry)
    )


def is_being_judged(now: datetime) -> ColumnElement[bool]:
    """Say in SQL that judges have `Entry` to mark at this moment."""
    return exists(
        select(1)
        .select_from(ASSIGNMENT)
        .join(StageCategory, StageCategory.id == ASSIGNMENT.c.stage_category_id)
        .join(Window, Window.stage_id == StageCategory.stage_id)
        .where(
            ASSIGNMENT.c.entry_id == Entry.id,
            ASSIGNMENT.c.state == "active",
            Window.kind == WindowKind.MARKING,
            Window.starts_at <= now,
            Window.ends_at > now,
        )
        .correlate(Entry)
    )
