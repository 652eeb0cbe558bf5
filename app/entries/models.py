# SPDX-License-Identifier: Apache-2.0
"""Entries 参赛项目: application form, result report, and every handed-in version."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.accounts.models import Unit, User
from app.competitions.models import Category, Competition
from app.db import Base, PublicId, name_conflict
from app.diaries.models import Diary
from app.evidence.models import Evidence


class EntryState(StrEnum):
    """Where an entry stands; withdrawn and disqualified ones keep their record."""

    DRAFT = "draft"
    HANDED_IN = "handed_in"
    WITHDRAWN = "withdrawn"
    DISQUALIFIED = "disqualified"


class Part(StrEnum):
    """What is handed in: the application form at the start, the result report at the end."""

    APPLICATION = "application"
    RESULT = "result"


class Entry(Base, PublicId):
    """One application in one category. `applicant` is the name that is published."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("competition_id", "number"),
        CheckConstraint("state <> 'handed_in' OR names_accepted_at IS NOT NULL", name="names_accepted"),
    )

    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)
    number: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    applicant: Mapped[str] = mapped_column(String(120))
    sort_key: Mapped[str] = mapped_column(String(240), default="")
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    diary_id: Mapped[int] = mapped_column(ForeignKey("diary.id"), unique=True)
    state: Mapped[EntryState] = mapped_column(String(15), default=EntryState.DRAFT, index=True)
    form: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    report: Mapped[str] = mapped_column(Text, default="")
    names_accepted_at: Mapped[datetime | None]
    result_handed_in_at: Mapped[datetime | None]
    state_reason: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    competition: Mapped[Competition] = relationship()
    category: Mapped[Category] = relationship()
    unit: Mapped[Unit] = relationship()
    owner: Mapped[User] = relationship()
    diary: Mapped[Diary] = relationship(backref=backref("entry", uselist=False))
    evidence: Mapped[list[Evidence]] = relationship(order_by="Evidence.position")
    members: Mapped[list[EntryMember]] = relationship(order_by="EntryMember.position", cascade="all, delete-orphan")
    versions: Mapped[list[EntryVersion]] = relationship(order_by="EntryVersion.id", back_populates="entry")

    __mapper_args__ = {"version_id_col": version}


name_conflict("uq_entry_competition_id_number", _l("Another entry of this contest has this number."))


class EntryMember(Base):
    """Somebody who took part in an entry, by name; with an account when he has one."""

    __tablename__ = "entry_member"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column(default=0)


class EntryVersion(Base, PublicId):
    """What was handed in, as it stood: canonical JSON and its SHA-256, which the receipt shows."""

    __tablename__ = "entry_version"
    __table_args__ = (UniqueConstraint("entry_id", "part", "number"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    part: Mapped[Part] = mapped_column(String(12))
    number: Mapped[int]
    canonical: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    handed_in_at: Mapped[datetime]
    handed_in_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))

    entry: Mapped[Entry] = relationship(back_populates="versions")
