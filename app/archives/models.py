# SPDX-License-Identifier: Apache-2.0
"""Archives 归档: a whole contest as one file that anybody can verify."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.competitions.models import Competition
from app.db import Base, PublicId

KIND = "archive"  # the kind of the job that writes one


class Archive(Base, PublicId):
    """One archive: where its bytes are, and the digests people compare."""

    __tablename__ = "archive"

    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    key: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    standings_digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    competition: Mapped[Competition] = relationship()
