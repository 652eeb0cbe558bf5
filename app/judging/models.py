# SPDX-License-Identifier: Apache-2.0
"""Panels, assignments, scoresheets and marks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.competitions.models import Stage, StageCategory
from app.db import Base, PublicId, name_conflict
from app.entries.models import Entry


class SeatRole(StrEnum):
    """What a person is in a panel."""

    CHAIR = "chair"
    JUDGE = "judge"


class AssignmentState(StrEnum):
    """Whether a judge still judges an entry. Recused takes away reading too; removed leaves no trace for the rule."""

    ACTIVE = "active"
    RECUSED = "recused"
    ABSTAINED = "abstained"
    REMOVED = "removed"


class SheetState(StrEnum):
    """A submitted sheet is locked."""

    DRAFT = "draft"
    SUBMITTED = "submitted"


class Panel(Base, PublicId):
    """A panel 评审组 of one stage."""

    __tablename__ = "panel"
    __table_args__ = (UniqueConstraint("stage_id", "code"),)

    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(120))

    stage: Mapped[Stage] = relationship()
    seats: Mapped[list[Seat]] = relationship(order_by="Seat.id", back_populates="panel")


class Seat(Base, PublicId):
    """A person's place 席位 in a panel."""

    __tablename__ = "seat"
    __table_args__ = (
        Index(
            "uq_seat_active",
            "panel_id",
            "user_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    panel_id: Mapped[int] = mapped_column(ForeignKey("panel.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[SeatRole] = mapped_column(String(10), default=SeatRole.JUDGE)
    seated_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    panel: Mapped[Panel] = relationship(back_populates="seats")
    user: Mapped[User] = relationship()

    @property
    def stage(self) -> Stage:
        return self.panel.stage


name_conflict("uq_seat_active", _l("This person has a seat in this panel already."))
name_conflict("uq_panel_stage_id_code", _l("Another panel of this stage has this code."))


class Assignment(Base, PublicId):
    """One judge's task 评审任务: one entry in one stage. `state` says how it stands, `reason` why it changed."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("stage_category_id", "entry_id", "judge_id"),
        Index("ix_assignment_worklist", "judge_id", "state"),
    )

    stage_category_id: Mapped[int] = mapped_column(ForeignKey("stage_category.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    judge_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    state: Mapped[AssignmentState] = mapped_column(String(10), default=AssignmentState.ACTIVE)
    reason: Mapped[str | None] = mapped_column(String(300))
    skipped_at: Mapped[datetime | None]
    assigned_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]

    stage_category: Mapped[StageCategory] = relationship()
    entry: Mapped[Entry] = relationship()
    judge: Mapped[User] = relationship()
    sheet: Mapped[Scoresheet | None] = relationship(back_populates="assignment", uselist=False)


name_conflict("uq_assignment_stage_category_id_entry_id_judge_id", _l("This judge has this entry already."))


class Scoresheet(Base, PublicId):
    """One judge's marks 评分表 for one entry. `digest` covers the whole sheet as it was submitted."""

    __tablename__ = "scoresheet"
    __table_args__ = (
        CheckConstraint("(state = 'submitted') = (submitted_at IS NOT NULL)", name="submitted_when"),
        CheckConstraint("(state = 'submitted') = (digest IS NOT NULL)", name="submitted_digest"),
    )

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True)
    state: Mapped[SheetState] = mapped_column(String(10), default=SheetState.DRAFT, index=True)
    note: Mapped[str] = mapped_column(Text, default="")  # the judge's own, shown to nobody else
    total: Mapped[Fraction | None]
    digest: Mapped[str | None] = mapped_column(String(64))
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    returned_reason: Mapped[str | None] = mapped_column(String(300))

    assignment: Mapped[Assignment] = relationship(back_populates="sheet")
    marks: Mapped[list[Mark]] = relationship(back_populates="sheet")


class Mark(Base):
    """One mark 单项得分: a value (0 is a value) or the state of a cell, never neither once submitted.

    `version` counts the changes of this mark; a save that expects another version is told both texts.
    """

    __tablename__ = "mark"
    __table_args__ = (
        UniqueConstraint("sheet_id", "criterion"),
        CheckConstraint("value IS NULL OR state IS NULL", name="value_or_state"),
    )

    sheet_id: Mapped[int] = mapped_column(ForeignKey("scoresheet.id"), index=True)
    criterion: Mapped[str] = mapped_column(String(8))
    value: Mapped[Fraction | None]
    state: Mapped[str | None] = mapped_column(String(15))
    comment: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]

    sheet: Mapped[Scoresheet] = relationship(back_populates="marks")
    citations: Mapped[list[Citation]] = relationship(order_by="Citation.id")


class Citation(Base):
    """The evidence a mark rests on 评分依据: a diary entry, or a page of a document."""

    __tablename__ = "citation"
    __table_args__ = (
        CheckConstraint("(diary_entry_id IS NULL) <> (evidence_id IS NULL)", name="one_source"),
        CheckConstraint("page IS NULL OR evidence_id IS NOT NULL", name="page_of_file"),
        UniqueConstraint("mark_id", "diary_entry_id"),
        UniqueConstraint("mark_id", "evidence_id", "page"),
        Index(
            "uq_citation_whole_file",
            "mark_id",
            "evidence_id",
            unique=True,
            sqlite_where=text("page IS NULL"),
            postgresql_where=text("page IS NULL"),
        ),
    )

    mark_id: Mapped[int] = mapped_column(ForeignKey("mark.id"), index=True)
    diary_entry_id: Mapped[int | None] = mapped_column(ForeignKey("diary_entry.id"))
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    page: Mapped[int | None]
    cited_at: Mapped[datetime]
