# SPDX-License-Identifier: Apache-2.0
"""A contest and its structure: divisions, categories, stages, windows."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, PublicId, name_conflict


class Mode(StrEnum):
    """Whether a second person must confirm; the public page says which."""

    STRICT = "strict"
    LIGHT = "light"


class DiaryRelease(StrEnum):
    """When a diary entry becomes public: at once, or when the unit releases it."""

    AT_ONCE = "at_once"
    BY_UNIT = "by_unit"


class Applicant(StrEnum):
    """Who applies in a division."""

    UNIT = "unit"
    PERSON = "person"


class WindowKind(StrEnum):
    """What may be done within a window."""

    ENTRY = "entry"
    DIARY = "diary"
    HAND_IN = "hand_in"
    MARKING = "marking"


class Competition(Base, PublicId):
    """A contest 赛事. It is a draft, seen by its organizers only, until it is opened."""

    __tablename__ = "competition"
    __table_args__ = (CheckConstraint("notice_days >= 0", name="notice_days"),)

    slug: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="zh")
    timezone: Mapped[str] = mapped_column(String(40), default="Asia/Shanghai")
    intro: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(Text, default="")
    names_rule: Mapped[str] = mapped_column(Text, default="")
    mode: Mapped[Mode] = mapped_column(String(10), default=Mode.STRICT)
    diary_release: Mapped[DiaryRelease] = mapped_column(String(10), default=DiaryRelease.BY_UNIT)
    notice_days: Mapped[int] = mapped_column(default=7)
    is_rehearsal: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    divisions: Mapped[list[Division]] = relationship(order_by="Division.position", back_populates="competition")
    stages: Mapped[list[Stage]] = relationship(order_by="Stage.position", back_populates="competition")
    windows: Mapped[list[Window]] = relationship(order_by="Window.starts_at")

    __mapper_args__ = {"version_id_col": version}


name_conflict("uq_competition_slug", _l("Another contest has this address. Choose another one."))


class Division(Base, PublicId):
    """A division 大类 with its application form: `form` holds the fields of forms/<name>.toml."""

    __tablename__ = "division"
    __table_args__ = (UniqueConstraint("competition_id", "code"),)

    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(120))
    applicant: Mapped[Applicant] = mapped_column(String(10))
    position: Mapped[int]
    form: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)

    competition: Mapped[Competition] = relationship(back_populates="divisions")
    categories: Mapped[list[Category]] = relationship(order_by="Category.position", back_populates="division")


class Category(Base, PublicId):
    """A category 赛项/小项: entries within one are ranked against each other."""

    __tablename__ = "category"
    __table_args__ = (UniqueConstraint("division_id", "code"),)

    division_id: Mapped[int] = mapped_column(ForeignKey("division.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(120))
    position: Mapped[int]

    division: Mapped[Division] = relationship(back_populates="categories")
    stage_categories: Mapped[list[StageCategory]] = relationship(back_populates="category")


class Stage(Base, PublicId):
    """A stage 阶段: initial, final, and as many as a contest wants, in order."""

    __tablename__ = "stage"
    __table_args__ = (UniqueConstraint("competition_id", "code"), UniqueConstraint("competition_id", "position"))

    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]

    competition: Mapped[Competition] = relationship(back_populates="stages")
    stage_categories: Mapped[list[StageCategory]] = relationship(back_populates="stage")


class Window(Base):
    """A half-open time [starts_at, ends_at) in which something may be done; a marking window belongs to a stage."""

    __tablename__ = "window"
    __table_args__ = (
        UniqueConstraint("competition_id", "kind", "stage_id"),
        Index(  # NULL equals no NULL, so windows without a stage need a constraint of their own
            "uq_window_contest",
            "competition_id",
            "kind",
            unique=True,
            sqlite_where=text("stage_id IS NULL"),
            postgresql_where=text("stage_id IS NULL"),
        ),
        CheckConstraint("starts_at < ends_at", name="order"),
        CheckConstraint("(kind = 'marking') = (stage_id IS NOT NULL)", name="stage"),
    )

    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    kind: Mapped[WindowKind] = mapped_column(String(10))
    stage_id: Mapped[int | None] = mapped_column(ForeignKey("stage.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    def holds(self, moment: datetime) -> bool:
        """Tell whether `moment` lies in the window."""
        return self.starts_at <= moment < self.ends_at


name_conflict("ck_window_order", _l("The window ends before it begins."))


class StageCategory(Base, PublicId):
    """What one category is in one stage: its document, its panel, how many judges each entry gets.

    `document` is canonical JSON. It is a draft until `frozen_at`; from then on it never changes.
    """

    __tablename__ = "stage_category"
    __table_args__ = (
        UniqueConstraint("stage_id", "category_id"),
        CheckConstraint("judges_wanted > 0", name="judges_wanted"),
        CheckConstraint("frozen_at IS NULL OR digest IS NOT NULL", name="frozen_has_digest"),
    )

    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"), index=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)
    panel_id: Mapped[int | None] = mapped_column(ForeignKey("panel.id"))
    judges_wanted: Mapped[int] = mapped_column(default=5)
    document: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str | None] = mapped_column(String(64))
    frozen_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    stage: Mapped[Stage] = relationship(back_populates="stage_categories")
    category: Mapped[Category] = relationship(back_populates="stage_categories")

    __mapper_args__ = {"version_id_col": version}

    @property
    def competition(self) -> Competition:
        return self.stage.competition


name_conflict("uq_division_competition_id_code", _l("Another division of this contest has this code."))
name_conflict("uq_category_division_id_code", _l("Another category of this division has this code."))
name_conflict("uq_stage_competition_id_code", _l("Another stage of this contest has this code."))
name_conflict("uq_stage_category_stage_id_category_id", _l("This category is part of this stage already."))
