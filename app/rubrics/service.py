# SPDX-License-Identifier: Apache-2.0
"""What can be done to the document of a stage and category: saved as a draft, frozen for good."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app import audit
from app.audit import Event
from app.competitions.models import StageCategory, Window, WindowKind
from app.competitions.predicates import marking_has_begun
from app.db import Exact, db
from app.errors import Conflict, Invalid, Stale
from app.policy import SYSTEM, Actor
from app.rubrics.models import Criterion, Level
from app.rubrics.queries import document_of, has_rows
from scoring import Document

__all__ = ["document_of", "freeze", "freeze_due", "freeze_if_due", "save_document"]

FROZEN = _l("The document is frozen: marks rest on it. It does not change any more.")


def save_document(
    stage_category: StageCategory,
    document: Document,
    *,
    expected_version: int | None = None,
    by: Actor,
    now: datetime,
) -> StageCategory:
    """Keep a document as the draft of a stage and category.

    Once the marking window has opened only a first document is taken, and it freezes at once.
    """
    if expected_version is not None and stage_category.version != expected_version:
        raise Stale(
            _l("Somebody else saved this document meanwhile. What stands there now is shown beside your text."),
            yours=document.digest,
            theirs=stage_category.digest,
        )
    begun = marking_has_begun(stage_category, now)
    if stage_category.frozen_at is not None or (begun and stage_category.document is not None):
        raise Conflict(FROZEN)
    _refuse_too_fine(document)
    before = stage_category.digest
    if before == document.digest:
        return stage_category
    stage_category.document, stage_category.digest = document.canonical, document.digest
    audit.record(
        Event.DOCUMENT_SAVED,
        stage_category,
        by=by,
        now=now,
        competition=stage_category.competition,
        data={"digest": document.digest, "before": before or ""},
    )
    if begun:
        freeze(stage_category, by=by, now=now)
    return stage_category


def _refuse_too_fine(document: Document) -> None:
    """Refuse marks that the database's exact numbers cannot hold, alone or times their weight."""
    for criterion in document.rubric.criteria:
        step = criterion.step if criterion.step is not None else Fraction(0)
        numbers = [criterion.minimum, criterion.maximum, criterion.weight, step]
        numbers += [number for level in criterion.levels for number in (level.low, level.high)]
        numbers += [criterion.weight * number for number in numbers]
        if any((number * Exact.SCALE).denominator != 1 for number in numbers):
            raise Invalid(
                _l(
                    "%(code)s: mark times weight has more than six decimal places. Take a coarser step or weight.",
                    code=criterion.code,
                )
            )


def freeze(stage_category: StageCategory, *, by: Actor, now: datetime) -> StageCategory:
    """Freeze a document: from now on it never changes, and its criteria and levels stand as rows."""
    if stage_category.frozen_at is not None:
        raise Conflict(_l("The document is frozen already."))
    if stage_category.document is None:
        raise Conflict(_l("There is no document to freeze yet."))
    stage_category.frozen_at = now
    if not has_rows(stage_category):
        _add_rows(stage_category, document_of(stage_category))
    audit.record(
        Event.DOCUMENT_FROZEN,
        stage_category,
        by=by,
        now=now,
        competition=stage_category.competition,
        data={"digest": stage_category.digest or ""},
    )
    return stage_category


def _add_rows(stage_category: StageCategory, document: Document) -> None:
    position = 0
    for group in document.rubric.groups:
        for criterion in group.criteria:
            row = Criterion(
                stage_category_id=stage_category.id,
                group_code=group.code,
                group_title=group.title,
                code=criterion.code,
                title=criterion.title,
                kind=criterion.kind.value,
                minimum=criterion.minimum,
                maximum=criterion.maximum,
                weight=criterion.weight,
                position=position,
            )
            row.levels = [
                Level(
                    code=level.code,
                    title=level.title,
                    lowest=level.low,
                    highest=level.high,
                    descriptor=level.descriptor,
                    position=at,
                )
                for at, level in enumerate(criterion.levels)
            ]
            db.session().add(row)
            position += 1


def freeze_if_due(stage_category: StageCategory, *, now: datetime) -> bool:
    """Freeze a document whose marking window has opened, on the clock's word, and tell whether that was now."""
    waits = stage_category.frozen_at is None and stage_category.document is not None
    if waits and marking_has_begun(stage_category, now):
        freeze(stage_category, by=SYSTEM, now=now)
        return True
    return False


def freeze_due(now: datetime) -> list[StageCategory]:
    """Freeze every document whose marking window has opened, and return what was frozen now."""
    query = (
        select(StageCategory)
        .join(Window, Window.stage_id == StageCategory.stage_id)
        .where(
            Window.kind == WindowKind.MARKING,
            Window.starts_at <= now,
            StageCategory.frozen_at.is_(None),
            StageCategory.document.is_not(None),
        )
        .order_by(StageCategory.id)
    )
    due = list(db.session().scalars(query))
    for row in due:
        freeze(row, by=SYSTEM, now=now)
    return due
