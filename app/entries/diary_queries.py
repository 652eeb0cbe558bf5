# SPDX-License-Identifier: Apache-2.0
"""Lists of diary entries: one entry's timeline, a contest's public feed, a unit's queue. A fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, extract, func, select, tuple_

from app.competitions.models import Category, Competition
from app.db import db
from app.diaries.models import Diary, DiaryEntry, DiaryState
from app.entries import visibility
from app.entries.models import Entry
from app.evidence import queries as evidence_queries
from app.evidence.queries import File
from app.policy import ANONYMOUS, Actor

PER_TIMELINE = 60
PER_FEED = 20
PER_QUEUE = 100


@dataclass(frozen=True, slots=True)
class Card:
    """A diary entry as a list shows it; its files carry their thumbnails only."""

    id: int
    public_id: str
    title: str
    body: str
    happened_on: date
    place: str
    state: DiaryState
    written_at: datetime
    changed_at: datetime
    released_at: datetime | None
    held_reason: str | None
    entry_public_id: str
    entry_number: str
    entry_title: str
    applicant: str
    category: str
    files: tuple[File, ...] = ()

    @property
    def month(self) -> date:
        return self.happened_on.replace(day=1)


@dataclass(frozen=True, slots=True)
class Cards:
    """Some diary entries, and the address of what comes after them (`after`), if anything does."""

    items: tuple[Card, ...]
    after: str | None = None

    @property
    def months(self) -> list[tuple[date, list[Card]]]:
        """The entries by month, in their order."""
        groups: dict[date, list[Card]] = {}
        for card in self.items:
            groups.setdefault(card.month, []).append(card)
        return list(groups.items())


@dataclass(frozen=True, slots=True)
class Month:
    """How many entries a month has."""

    first: date
    count: int


def visible_diary_entries(
    actor: Actor, competition: Competition, *, entry: Entry | None = None, now: datetime
) -> Select[*tuple[Any, ...]]:
    """Return the query of every diary entry of a contest, or of one entry, that the actor may see."""
    query = _cards().where(Entry.competition_id == competition.id, visibility.sees_diary_entry(actor, competition, now))
    return query if entry is None else query.where(DiaryEntry.diary_id == entry.diary_id)


def timeline(
    actor: Actor, entry: Entry, *, now: datetime, after: str | None = None, limit: int = PER_TIMELINE
) -> Cards:
    """Return an entry's diary as the actor may see it, the latest day first, in whole months where they fit."""
    query = visible_diary_entries(actor, entry.competition, entry=entry, now=now)
    query = query.order_by(DiaryEntry.happened_on.desc(), DiaryEntry.id.desc())
    if after:
        query = query.where(
            tuple_(DiaryEntry.happened_on, DiaryEntry.id)
            < select(DiaryEntry.happened_on, DiaryEntry.id)
            .where(DiaryEntry.public_id == after, DiaryEntry.diary_id == entry.diary_id)
            .scalar_subquery()
        )
    return _page(query, limit, struck=reads(actor, entry), whole_months=True)


def rhythm(actor: Actor, entry: Entry, *, now: datetime) -> list[Month]:
    """Return how many visible entries each month has, from the first to the last, the empty ones too."""
    year, month = extract("year", DiaryEntry.happened_on), extract("month", DiaryEntry.happened_on)
    query = (
        select(year, month, func.count())
        .join(Diary, Diary.id == DiaryEntry.diary_id)
        .join(Entry, Entry.diary_id == Diary.id)
        .where(DiaryEntry.diary_id == entry.diary_id, visibility.sees_diary_entry(actor, entry.competition, now))
        .group_by(year, month)
        .order_by(year, month)
    )
    counts = {date(int(y), int(m), 1): count for y, m, count in db.session.execute(query)}
    return [] if not counts else [Month(first, counts.get(first, 0)) for first in _months(min(counts), max(counts))]


def feed(competition: Competition, *, now: datetime, after: str | None = None, limit: int = PER_FEED) -> Cards:
    """Return what the public may read of all diaries of a contest, the latest release first."""
    query = visible_diary_entries(ANONYMOUS, competition, now=now)
    query = query.order_by(DiaryEntry.released_at.desc(), DiaryEntry.id.desc())
    if after:
        query = query.where(
            tuple_(DiaryEntry.released_at, DiaryEntry.id)
            < select(DiaryEntry.released_at, DiaryEntry.id)
            .where(DiaryEntry.public_id == after, DiaryEntry.state == DiaryState.RELEASED)
            .scalar_subquery()
        )
    return _page(query, limit, struck=False)


def release_queue(actor: Actor, competition: Competition, *, limit: int = PER_QUEUE) -> Cards:
    """Return the entries that wait for the actor to release them or hold them back, the oldest first."""
    query = (
        _cards()
        .where(
            Entry.competition_id == competition.id,
            DiaryEntry.state == DiaryState.WAITING,
            visibility.releases(actor, competition),
        )
        .order_by(DiaryEntry.written_at, DiaryEntry.id)
    )
    return _page(query, limit, struck=False)


def waiting_count(actor: Actor, competition: Competition) -> int:
    """Count the entries that wait for the actor's release."""
    query = (
        select(func.count())
        .select_from(DiaryEntry)
        .join(Entry, Entry.diary_id == DiaryEntry.diary_id)
        .where(
            Entry.competition_id == competition.id,
            DiaryEntry.state == DiaryState.WAITING,
            visibility.releases(actor, competition),
        )
    )
    return db.session.scalar(query) or 0


def releasable(actor: Actor, competition: Competition, public_ids: Sequence[str]) -> list[DiaryEntry]:
    """Return those of the named diary entries that the actor may decide on, in the order of the queue."""
    query = (
        select(DiaryEntry)
        .join(Entry, Entry.diary_id == DiaryEntry.diary_id)
        .where(
            Entry.competition_id == competition.id,
            DiaryEntry.public_id.in_(public_ids),
            visibility.releases(actor, competition),
        )
        .order_by(DiaryEntry.written_at, DiaryEntry.id)
    )
    return list(db.session.scalars(query))


def counts(entry: Entry) -> dict[DiaryState, int]:
    """Return how many entries of a diary are in each state."""
    query = (
        select(DiaryEntry.state, func.count()).where(DiaryEntry.diary_id == entry.diary_id).group_by(DiaryEntry.state)
    )
    found = {DiaryState(state): count for state, count in db.session.execute(query)}
    return {state: found.get(state, 0) for state in DiaryState}


def last_place(entry: Entry) -> str:
    """Return where the entry's diary was written last: most days are spent in one place."""
    query = (
        select(DiaryEntry.place)
        .where(DiaryEntry.diary_id == entry.diary_id, DiaryEntry.state != DiaryState.STRUCK)
        .order_by(DiaryEntry.id.desc())
        .limit(1)
    )
    return db.session.scalar(query) or ""


def reads(actor: Actor, entry: Entry) -> bool:
    """Tell whether the actor reads all of an entry, as ENTRY_READ says."""
    condition: ColumnElement[bool] = visibility.reads(actor, entry.competition)
    return bool(db.session.scalar(select(condition).where(Entry.id == entry.id)))


def _cards() -> Select[*tuple[Any, ...]]:
    return (
        select(
            DiaryEntry.id,
            DiaryEntry.public_id,
            DiaryEntry.title,
            DiaryEntry.body,
            DiaryEntry.happened_on,
            DiaryEntry.place,
            DiaryEntry.state,
            DiaryEntry.written_at,
            DiaryEntry.changed_at,
            DiaryEntry.released_at,
            DiaryEntry.held_reason,
            Entry.public_id,
            Entry.number,
            Entry.title,
            Entry.applicant,
            Category.title,
        )
        .join(Diary, Diary.id == DiaryEntry.diary_id)
        .join(Entry, Entry.diary_id == Diary.id)
        .join(Category, Category.id == Entry.category_id)
    )


def _page(query: Select[*tuple[Any, ...]], limit: int, *, struck: bool, whole_months: bool = False) -> Cards:
    rows = [Card(*row) for row in db.session.execute(query.limit(limit + 1))]
    cards = rows[:limit]
    if whole_months and len(rows) > limit and cards[0].month != rows[limit].month:
        cards = [card for card in cards if card.month != rows[limit].month]
    files = evidence_queries.of_diary_entries(
        [card.id for card in cards], pictures=evidence_queries.IN_LISTS, struck=struck
    )
    items = tuple(replace(card, files=tuple(files.get(card.id, ()))) for card in cards)
    return Cards(items, items[-1].public_id if len(rows) > len(items) else None)


def _months(first: date, last: date) -> list[date]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [
        date(first.year + (first.month - 1 + step) // 12, (first.month - 1 + step) % 12 + 1, 1) for step in range(count)
    ]
