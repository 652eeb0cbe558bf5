# SPDX-License-Identifier: Apache-2.0
"""Files handed in as evidence 佐证材料, and the pictures made of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, PublicId


class EvidenceState(StrEnum):
    """How far the pictures of a file are."""

    WAITING = "waiting"
    READY = "ready"
    WITHOUT = "without"  # nothing can be shown in place; the file can be downloaded


class Blob(Base):
    """Bytes in the store, once for each content."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]


class Evidence(Base, PublicId):
    """A file of a diary entry or of an entry's result report. Struck evidence stays stored and is shown as struck."""

    __tablename__ = "evidence"
    __table_args__ = (CheckConstraint("(diary_entry_id IS NULL) <> (entry_id IS NULL)", name="one_owner"),)

    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id"))
    diary_entry_id: Mapped[int | None] = mapped_column(ForeignKey("diary_entry.id"), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    file_name: Mapped[str] = mapped_column(String(255))
    caption: Mapped[str] = mapped_column(String(200), default="")
    width: Mapped[int | None]
    height: Mapped[int | None]
    pages: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    state: Mapped[EvidenceState] = mapped_column(String(10), default=EvidenceState.WAITING)
    received_at: Mapped[datetime]
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    struck_at: Mapped[datetime | None]
    struck_reason: Mapped[str | None] = mapped_column(String(300))

    blob: Mapped[Blob] = relationship()
    previews: Mapped[list[Preview]] = relationship(order_by="Preview.number", back_populates="evidence")


class Preview(Base, PublicId):
    """A picture made of a file: `thumb`, `display`, or page `number` of a document."""

    __tablename__ = "preview"
    __table_args__ = (UniqueConstraint("evidence_id", "name", "number"),)

    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(10))
    number: Mapped[int] = mapped_column(default=0)
    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id"))
    width: Mapped[int]
    height: Mapped[int]

    blob: Mapped[Blob] = relationship()
    evidence: Mapped[Evidence] = relationship(back_populates="previews")
