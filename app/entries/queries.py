# SPDX-License-Identifier: Apache-2.0
"""Entries as lists show them, what of them is missing, and what was handed in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, or_, select

from app.accounts.models import Unit, User
from app.competitions.models import Category, Competition, Division, Window, WindowKind
from app.db import db
from app.diaries.models import DiaryEntry, DiaryState
from app.entries import application, judged, visibility
from app.entries.models import Entry, EntryState, EntryVersion, Part
from app.entries.standing import Standing, standing
from app.errors import NotFound
from app.evidence import queries as evidence_queries
from app.evidence.queries import File
from app.policy import Actor


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as a list shows it."""

    id: int
    public_id: str
    number: str
    title: str
    applicant: str
    state: EntryState
    unit: str
    division: str
    category: str


@dataclass(frozen=True, slots=True)
class Mine:
    """One of my entries, with what keeps it from being complete and how its diary stands."""

    public_id: str
    number: str
    title: str
    applicant: str
    state: EntryState
    state_reason: str | None
    result_handed_in_at: datetime | None
    competition_id: int
    contest: str
    slug: str
    timezone: str
    category: str
    is_being_judged: bool
    missing: tuple[str, ...]
    written: int
    waiting: int
    held: int
    drafts: int
    windows: Mapping[WindowKind, tuple[datetime, datetime]]

    def standing(self, now: datetime) -> Standing:
        """Return how the entry stands."""
        return standing(
            self.state,
            reason=self.state_reason,
            is_being_judged=self.is_being_judged,
            missing=len(self.missing),
            result_handed_in_at=self.result_handed_in_at,
            windows=self.windows,
            now=now,
        )

    def diary_is_open(self, now: datetime) -> bool:
        """Tell whether the diary takes entries at this moment."""
        starts, ends = self.windows.get(WindowKind.DIARY, (None, None))
        live = self.state in (EntryState.DRAFT, EntryState.HANDED_IN)
        return live and starts is not None and ends is not None and starts <= now < ends


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A version as it was handed in: the row, and what its canonical bytes say."""

    version: EntryVersion
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """An entry as it was handed in; a part that was not is None."""

    answers: Mapping[str, str] | None
    members: tuple[str, ...]
    form_handed_in_at: datetime | None
    report: str | None
    report_handed_in_at: datetime | None
    files: tuple[File, ...]


def visible_entries(actor: Actor, competition: Competition, *, now: datetime) -> Select[*tuple[Any, ...]]:
    """Return the query of every entry of a contest that the actor may know of; rows make a `Line`."""
    return (
        select(
            Entry.id,
            Entry.public_id,
            Entry.number,
            Entry.title,
            Entry.applicant,
            Entry.state,
            Unit.name,
            Division.title,
            Category.title,
        )
        .join(Category, Category.id == Entry.category_id)
        .join(Division, Division.id == Category.division_id)
        .join(Unit, Unit.id == Entry.unit_id)
        .where(Entry.competition_id == competition.id, visibility.sees(actor, competition, now))
    )


def mine(actor: Actor, *, now: datetime) -> list[Mine]:
    """Return the entries that the actor registered or is named in, the newest contest first: two queries."""
    counted = {
        state: func.coalesce(func.sum(case((DiaryEntry.state == state, 1), else_=0)), 0)
        for state in (DiaryState.RELEASED, DiaryState.WAITING, DiaryState.HELD, DiaryState.DRAFT)
    }
    diary = (
        select(DiaryEntry.diary_id, *(count.label(str(state)) for state, count in counted.items()))
        .group_by(DiaryEntry.diary_id)
        .subquery()
    )
    query = (
        select(
            Entry.public_id,
            Entry.number,
            Entry.title,
            Entry.applicant,
            Entry.state,
            Entry.state_reason,
            Entry.result_handed_in_at,
            Competition.id,
            Competition.title,
            Competition.slug,
            Competition.timezone,
            Category.title,
            judged.is_being_judged(now),
            Division.form,
            Entry.form,
            *(func.coalesce(diary.c[str(state)], 0) for state in counted),
        )
        .join(Competition, Competition.id == Entry.competition_id)
        .join(Category, Category.id == Entry.category_id)
        .join(Division, Division.id == Category.division_id)
        .outerjoin(diary, diary.c.diary_id == Entry.diary_id)
        .where(visibility.owned(actor))
        .order_by(Competition.created_at.desc(), Competition.id.desc(), Entry.number)
    )
    rows: list[Any] = list(db.session.execute(query))
    windows = _windows({row[7] for row in rows})
    return [
        Mine(*[*row[:13], _missing(row[13], row[14]), sum(row[15:18]), *row[16:], windows.get(row[7], {})])
        for row in rows
    ]


def _missing(form: list[dict[str, Any]], values: dict[str, Any]) -> tuple[str, ...]:
    return tuple(field.label for field in application.missing(application.fields_of(form), values))


def _windows(competition_ids: set[int]) -> dict[int, dict[WindowKind, tuple[datetime, datetime]]]:
    found: dict[int, dict[WindowKind, tuple[datetime, datetime]]] = {}
    if competition_ids:
        for contest, kind, starts, ends in db.session.execute(
            select(Window.competition_id, Window.kind, Window.starts_at, Window.ends_at).where(
                Window.competition_id.in_(competition_ids), Window.stage_id.is_(None)
            )
        ):
            found.setdefault(contest, {})[WindowKind(kind)] = (starts, ends)
    return found


def versions(entry: Entry) -> list[EntryVersion]:
    """Return what was handed in, the newest first."""
    query = (
        select(EntryVersion)
        .where(EntryVersion.entry_id == entry.id)
        .order_by(EntryVersion.handed_in_at.desc(), EntryVersion.id.desc())
    )
    return list(db.session.scalars(query))


def handed_in(entry: Entry, part: Part) -> HandedIn | None:
    """Return the newest version of a part as it was handed in: what judges read, whatever is being edited."""
    version = db.session.scalar(
        select(EntryVersion)
        .where(EntryVersion.entry_id == entry.id, EntryVersion.part == part)
        .order_by(EntryVersion.number.desc())
        .limit(1)
    )
    return None if version is None else HandedIn(version, json.loads(version.canonical))


def as_handed_in(entry: Entry) -> Reading:
    """Return an entry as its readers read it: the newest hand-ins, whatever its owner is changing meanwhile."""
    form, result = handed_in(entry, Part.APPLICATION), handed_in(entry, Part.RESULT)
    listed = result.content["evidence"] if result is not None else []
    stored = {file.public_id: file for file in evidence_queries.of_entry(entry.id)} if listed else {}
    files = tuple(replace(stored[f["id"]], caption=f["caption"]) for f in listed if f["id"] in stored)
    return Reading(
        answers=form.content["form"] if form is not None else None,
        members=tuple(form.content["members"]) if form is not None else (),
        form_handed_in_at=form.version.handed_in_at if form is not None else None,
        report=result.content["report"] if result is not None else None,
        report_handed_in_at=result.version.handed_in_at if result is not None else None,
        files=files,
    )


def is_being_judged(entry: Entry, *, now: datetime) -> bool:
    """Tell whether judges have the entry to mark at this moment."""
    return bool(db.session.scalar(select(judged.is_being_judged(now)).where(Entry.id == entry.id)))


def standing_of(entry: Entry, *, now: datetime) -> Standing:
    """Return how one entry stands."""
    return standing(
        entry.state,
        reason=entry.state_reason,
        is_being_judged=is_being_judged(entry, now=now),
        missing=len(_missing(entry.category.division.form, entry.form)),
        result_handed_in_at=entry.result_handed_in_at,
        windows=_windows({entry.competition_id}).get(entry.competition_id, {}),
        now=now,
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """A category that one may register in."""

    public_id: str
    title: str
    division: str


def categories_of(competition: Competition) -> list[Choice]:
    """Return the categories of a contest in their order."""
    query = (
        select(Category.public_id, Category.title, Division.title)
        .join(Division, Division.id == Category.division_id)
        .where(Division.competition_id == competition.id)
        .order_by(Division.position, Division.id, Category.position, Category.id)
    )
    return [Choice(*row) for row in db.session.execute(query)]


def category(competition: Competition, public_id: str) -> Category:
    """Return a category of this contest, or raise NotFound."""
    found = db.session.scalar(
        select(Category)
        .join(Division, Division.id == Category.division_id)
        .where(Division.competition_id == competition.id, Category.public_id == public_id)
    )
    if found is None:
        raise NotFound
    return found


def name_of(user_id: int) -> str:
    """Return a person's name."""
    return db.session.scalar(select(User.name).where(User.id == user_id)) or ""


def units_of(actor: Actor, competition: Competition) -> list[tuple[str, str]]:
    """Return the units for which the actor may register: the own one, and those below the units he is clerk of."""
    roots = {unit_id for contest, unit_id in actor.clerk_of if contest == competition.id}
    condition = [Unit.path.contains(f"/{unit_id}/") for unit_id in sorted(roots)]
    if actor.unit_id is not None:
        condition.append(Unit.id == actor.unit_id)
    if not condition:
        return []
    query = select(Unit.public_id, Unit.name).where(or_(*condition)).order_by(func.length(Unit.path), Unit.sort_key)
    return [(public_id, name) for public_id, name in db.session.execute(query)]
