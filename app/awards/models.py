# SPDX-License-Identifier: Apache-2.0
"""Awards 奖项 and their certificates 证书."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, PublicId, name_conflict
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
    __table_args__ = (
        Index(  # a withdrawn one stays beside the one that replaces it
            "uq_certificate_valid",
            "award_id",
            unique=True,
            sqlite_where=text("state <> 'withdrawn'"),
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_when"),
        CheckConstraint("(state <> 'waiting') = (blob_id IS NOT NULL)", name="issued_file"),
    )

    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), index=True)
    serial: Mapped[str] = mapped_column(String(60), unique=True)
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

    @property
    def competition_id(self) -> int:
        return self.award.run.stage_category.stage.competition_id


name_conflict("uq_certificate_serial", _l("Somebody else issued certificates at the same moment. Try again."))
name_conflict("uq_certificate_valid", _l("This award has its certificate already."))
