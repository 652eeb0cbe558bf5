# SPDX-License-Identifier: Apache-2.0
"""Awards 奖项 and their certificates 证书."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, PublicId
from app.entries.models import Entry
from app.evidence.models import Blob
from app.results.models import RankingRun


class CertificateState(StrEnum):
    """Whether a certificate is valid; withdrawn ones stay verifiable as withdrawn."""

    WAITING = "waiting"
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"


class Award(Base, PublicId):
    """What an entry won, by which run."""

    __tablename__ = "award"
    __table_args__ = (UniqueConstraint("run_id", "entry_id", "code"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("ranking_run.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    code: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(120))
    granted_at: Mapped[datetime]

    run: Mapped[RankingRun] = relationship()
    entry: Mapped[Entry] = relationship()


class Certificate(Base, PublicId):
    """A certificate: serial, check code, and a snapshot of the facts it states."""

    __tablename__ = "certificate"

    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), index=True)
    serial: Mapped[str] = mapped_column(String(40), unique=True)
    check_code: Mapped[str] = mapped_column(String(20), unique=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[CertificateState] = mapped_column(String(10), default=CertificateState.WAITING)
    blob_id: Mapped[int | None] = mapped_column(ForeignKey("blob.id"))
    created_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(String(300))

    award: Mapped[Award] = relationship()
    blob: Mapped[Blob | None] = relationship()
