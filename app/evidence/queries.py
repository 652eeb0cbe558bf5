# SPDX-License-Identifier: Apache-2.0
"""Files as pages show them: plain values, two queries for any number of files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from app.db import db
from app.evidence.models import Blob, Evidence, EvidenceState, Preview

IN_LISTS = ("thumb",)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture made of a file: `thumb`, `display`, or page `number`."""

    name: str
    number: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class File:
    """One file of evidence and the pictures made of it."""

    public_id: str
    kind: str
    file_name: str
    caption: str
    size: int
    sha256: str
    pages: int | None
    state: EvidenceState
    received_at: datetime
    struck_at: datetime | None
    struck_reason: str | None
    pictures: tuple[Picture, ...] = ()

    @property
    def is_struck(self) -> bool:
        return self.struck_at is not None

    @property
    def is_picture(self) -> bool:
        return self.kind == "picture"

    @property
    def thumb(self) -> Picture | None:
        return next((p for p in self.pictures if p.name == "thumb"), None)

    @property
    def display(self) -> Picture | None:
        return next((p for p in self.pictures if p.name == "display"), None)

    @property
    def sheets(self) -> tuple[Picture, ...]:
        """The page pictures of a document, in order."""
        return tuple(p for p in self.pictures if p.name == "page")


def of_diary_entries(
    diary_entry_ids: Collection[int], *, pictures: Collection[str] | None = None, struck: bool = True
) -> dict[int, list[File]]:
    """Return the files of diary entries by the entry's id; `pictures` narrows which pictures are read."""
    condition = Evidence.diary_entry_id.in_(diary_entry_ids)
    return _files(condition, by_entry=False, pictures=pictures, struck=struck) if diary_entry_ids else {}


def of_diary_entry(diary_entry_id: int, *, struck: bool = True) -> list[File]:
    """Return the files of one diary entry with all their pictures."""
    return of_diary_entries([diary_entry_id], struck=struck).get(diary_entry_id, [])


def of_entries(
    entry_ids: Collection[int], *, pictures: Collection[str] | None = None, struck: bool = True
) -> dict[int, list[File]]:
    """Return the files of entries' result reports by the entry's id."""
    condition = Evidence.entry_id.in_(entry_ids)
    return _files(condition, by_entry=True, pictures=pictures, struck=struck) if entry_ids else {}


def of_entry(entry_id: int, *, struck: bool = True, until: datetime | None = None) -> list[File]:
    """Return the files of one result report; `until` leaves out what came after a hand-in."""
    files = of_entries([entry_id], struck=struck).get(entry_id, [])
    return files if until is None else [file for file in files if file.received_at <= until]


def _files(
    condition: ColumnElement[bool], *, by_entry: bool, pictures: Collection[str] | None, struck: bool
) -> dict[int, list[File]]:
    query = (
        select(
            Evidence.id,
            Evidence.entry_id if by_entry else Evidence.diary_entry_id,
            Evidence.public_id,
            Evidence.kind,
            Evidence.file_name,
            Evidence.caption,
            Blob.size,
            Blob.sha256,
            Evidence.pages,
            Evidence.state,
            Evidence.received_at,
            Evidence.struck_at,
            Evidence.struck_reason,
        )
        .join(Blob, Blob.id == Evidence.blob_id)
        .where(condition)
        .order_by(Evidence.position, Evidence.id)
    )
    if not struck:
        query = query.where(Evidence.struck_at.is_(None))
    rows: list[Any] = list(db.session.execute(query))
    drawn = _pictures([row[0] for row in rows], pictures)
    found: dict[int, list[File]] = defaultdict(list)
    for row in rows:
        found[row[1]].append(File(*[*row[2:], tuple(drawn.get(row[0], ()))]))
    return dict(found)


def _pictures(evidence_ids: Iterable[int], names: Collection[str] | None) -> dict[int, list[Picture]]:
    query = (
        select(Preview.evidence_id, Preview.name, Preview.number, Preview.width, Preview.height)
        .where(Preview.evidence_id.in_(list(evidence_ids)))
        .order_by(Preview.number)
    )
    if names is not None:
        query = query.where(Preview.name.in_(list(names)))
    found: dict[int, list[Picture]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row[0]].append(Picture(row[1], row[2], row[3], row[4]))
    return found
