# SPDX-License-Identifier: Apache-2.0
"""Ranking runs: stored, immutable, confirmed by a second person, published, superseded; and promotion."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.competitions.models import Competition, Mode, StageCategory
from app.db import Base, PublicId, name_conflict
from app.entries.models import Entry


class RunState(StrEnum):
    """Where a ranking run stands. Each step is taken by a person; looking never takes one."""

    COMPUTED = "computed"
    REJECTED = "rejected"
    CONFIRMED = "confirmed"
    PUBLISHED = "published"  # 公示: open to objections until `notice_ends_at`
    FINAL = "final"
    SUPERSEDED = "superseded"


class RankingRun(Base, PublicId):
    """One computation 排名计算 with its inputs' digest, its rule's digest and its whole outcome."""

    __tablename__ = "ranking_run"
    __table_args__ = (
        UniqueConstraint("stage_category_id", "number"),
        CheckConstraint("mode = 'light' OR confirmed_by_id IS NULL OR confirmed_by_id <> computed_by_id", name="two"),
    )

    stage_category_id: Mapped[int] = mapped_column(ForeignKey("stage_category.id"), index=True)
    number: Mapped[int]
    state: Mapped[RunState] = mapped_column(String(12), default=RunState.COMPUTED)
    mode: Mapped[Mode] = mapped_column(String(10))
    engine: Mapped[str] = mapped_column(String(40))
    document_digest: Mapped[str] = mapped_column(String(64))
    input_digest: Mapped[str] = mapped_column(String(64))
    output_digest: Mapped[str] = mapped_column(String(64))
    input: Mapped[str] = mapped_column(Text, deferred=True)  # half a megabyte: read by who needs it
    output: Mapped[str] = mapped_column(Text, deferred=True)
    computed_at: Mapped[datetime]
    computed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    published_at: Mapped[datetime | None]
    notice_ends_at: Mapped[datetime | None]
    final_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(300))

    stage_category: Mapped[StageCategory] = relationship()
    computed_by: Mapped[User] = relationship(foreign_keys=[computed_by_id])
    confirmed_by: Mapped[User | None] = relationship(foreign_keys=[confirmed_by_id])
    rows: Mapped[list[RankingRow]] = relationship(order_by="RankingRow.position", back_populates="run")

    @property
    def competition(self) -> Competition:
        return self.stage_category.stage.competition


name_conflict(
    "ck_ranking_run_two", _l("Another person has to confirm: whoever computed a ranking does not confirm it.")
)
name_conflict(
    "uq_ranking_run_stage_category_id_number", _l("Somebody else computed this ranking at the same moment. Look again.")
)


class RankingRow(Base):
    """One entry's line: place (none when it is blocked), whether tied, score as text, what follows from it."""

    __tablename__ = "ranking_row"
    __table_args__ = (UniqueConstraint("run_id", "entry_id"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("ranking_run.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    position: Mapped[int]
    place: Mapped[int | None]
    tied: Mapped[bool] = mapped_column(default=False)
    score: Mapped[str | None] = mapped_column(String(60))
    promoted: Mapped[bool] = mapped_column(default=False)
    reserve: Mapped[int | None]
    award: Mapped[str | None] = mapped_column(String(16))

    run: Mapped[RankingRun] = relationship(back_populates="rows")
    entry: Mapped[Entry] = relationship()


class Promotion(Base):
    """An entry that goes on to the next stage 晋级, and the run that decided it."""

    __tablename__ = "promotion"
    __table_args__ = (UniqueConstraint("stage_category_id", "entry_id"),)

    stage_category_id: Mapped[int] = mapped_column(ForeignKey("stage_category.id"), index=True)  # of the next stage
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("ranking_run.id"))
    promoted_at: Mapped[datetime]

    entry: Mapped[Entry] = relationship()
