# SPDX-License-Identifier: Apache-2.0
"""Pages of long lists: two queries whatever the length, plain rows instead of objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Row

from app.db import db

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list and where they stand in it; what the pagination macro reads."""

    items: list[Row[Any]]
    page: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        return -(-self.total // self.per_page)


def page_of(query: Any, number: int, *, per_page: int = PER_PAGE) -> Page:
    """Return one page of a column query; a number beyond the end gives the last page."""
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    last = max(1, -(-total // per_page))
    number = min(max(1, number), last)
    rows = db.session.execute(query.limit(per_page).offset((number - 1) * per_page)).all()
    return Page(list(rows), number, per_page, total)


def page_number(text: str | None) -> int:
    """Read a page number from an address; anything else is the first page."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 1


def like(text: str) -> str:
    """Return the LIKE pattern of a search, its own signs escaped by a backslash."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
