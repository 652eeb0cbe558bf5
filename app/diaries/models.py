# SPDX-License-Identifier: Apache-2.0
"""The progress diary 争创日记: it belongs to an entry or a studio, is public, and is evidence."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, PublicId


class ReleaseRule(StrEnum):
    """What an owner may set for one diary, beside the contest's own setting."""

    AS_CONTEST = "as_contest"
    NEVER = "never"
    FROM_DATE = "from_date"


class DiaryState(StrEnum):
    """Where a diary entry stands. Released is public, unless the diary's own rule keeps it back."""

    DRAFT = "draft"
    WAITING = "waiting"  # written, waiting for the unit to release it
    RELEASED = "released"
    HELD = "held"
    STRUCK = "struck"


class Diary(Base, PublicId):
    """One diary; its owner points here."""

    __tablename__ = "diary"
    __table_args__ = (CheckConstraint("(release_rule = 'from_date') = (release_from IS NOT NULL)", name="from_date"),)

    release_rule: Mapped[ReleaseRule] = mapped_column(String(12), default=ReleaseRule.AS_CONTEST)
    release_from: Mapped[date | None] = mapped_column(Date)
    entries: Mapped[list[DiaryEntry]] = relationship(order_by="DiaryEntry.happened_on", back_populates="diary")


class DiaryEntry(Base, PublicId):
    """One day's note 日记: what happened when and where, and when it was uploaded; both times are shown.

    `written_at` is when its author put it forward (a draft: began it), `changed_at` the last change of what it says;
    `held_reason` is the reason of the state, for struck entries too.
    """

    __tablename__ = "diary_entry"
    __table_args__ = (Index("ix_diary_entry_feed", "state", "released_at"),)

    diary_id: Mapped[int] = mapped_column(ForeignKey("diary.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text, default="")
    happened_on: Mapped[date] = mapped_column(Date, index=True)
    place: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[DiaryState] = mapped_column(String(10), default=DiaryState.DRAFT)
    written_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    held_reason: Mapped[str | None] = mapped_column(String(300))
    version: Mapped[int] = mapped_column(default=1)

    diary: Mapped[Diary] = relationship(back_populates="entries")

    __mapper_args__ = {"version_id_col": version}
