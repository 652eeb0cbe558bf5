# SPDX-License-Identifier: Apache-2.0
"""Reads about documents: the parsed document, kept by its digest, and the rows of a frozen one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.competitions.models import StageCategory
from app.db import db
from app.errors import NotFound
from app.rubrics.models import Criterion
from scoring import Document, document_from_canonical


@dataclass(frozen=True, slots=True)
class _Text:
    """A canonical text that is known by its digest."""

    digest: str
    canonical: str = field(compare=False)


@lru_cache(maxsize=256)
def _parsed(text: _Text) -> Document:
    document = document_from_canonical(text.canonical)
    if document.digest != text.digest:
        raise RuntimeError(f"a stored document does not have its digest {text.digest}")
    return document


def document_of(stage_category: StageCategory) -> Document:
    """Return the document of a stage and category, parsed once for each digest; NotFound while there is none."""
    if stage_category.document is None or stage_category.digest is None:
        raise NotFound
    return _parsed(_Text(stage_category.digest, stage_category.document))


def has_rows(stage_category: StageCategory) -> bool:
    """Tell whether the rows of a frozen document stand already."""
    query = select(Criterion.id).where(Criterion.stage_category_id == stage_category.id).limit(1)
    return db.session.scalar(query) is not None


def criteria(stage_category: StageCategory) -> Sequence[Criterion]:
    """Return the criteria of a frozen document with their levels, in its order."""
    query = (
        select(Criterion)
        .where(Criterion.stage_category_id == stage_category.id)
        .options(selectinload(Criterion.levels))
        .order_by(Criterion.position)
    )
    return db.session.scalars(query).all()
