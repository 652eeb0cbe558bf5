# SPDX-License-Identifier: Apache-2.0
"""Rows made from a frozen document: criteria and levels. Never edited; the document is the truth."""

from __future__ import annotations

from fractions import Fraction

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base


class Criterion(Base):
    """What is marked 评分项: the second level of a rubric; its group's code and title stand beside it."""

    __tablename__ = "criterion"
    __table_args__ = (UniqueConstraint("stage_category_id", "code"),)

    stage_category_id: Mapped[int] = mapped_column(ForeignKey("stage_category.id"), index=True)
    group_code: Mapped[str] = mapped_column(String(8))
    group_title: Mapped[str] = mapped_column(String(400))
    code: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(400))
    kind: Mapped[str] = mapped_column(String(10))
    minimum: Mapped[Fraction]
    maximum: Mapped[Fraction]
    weight: Mapped[Fraction]
    position: Mapped[int]

    levels: Mapped[list[Level]] = relationship(order_by="Level.position")


class Level(Base):
    """A level 等级 of a criterion with its descriptor."""

    __tablename__ = "level"
    __table_args__ = (UniqueConstraint("criterion_id", "code"),)

    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"), index=True)
    code: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(400))
    lowest: Mapped[Fraction]
    highest: Mapped[Fraction]
    descriptor: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int]
