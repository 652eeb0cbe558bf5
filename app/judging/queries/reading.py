# SPDX-License-Identifier: Apache-2.0
"""What a judge reads beside the rubric: the form and the report as they were handed in, files, the diary by month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.competitions.models import Competition
from app.db import db
from app.diaries.models import DiaryEntry
from app.entries import application
from app.entries import queries as entries
from app.entries.diary_queries import Card, visible_diary_entries
from app.entries.models import Entry, Part
from app.evidence import queries as files
from app.evidence.queries import File
from app.policy import Actor

MOST_NOTES = 400


@dataclass(frozen=True, slots=True)
class Section:
    """Answers of the application form under one heading."""

    title: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Reading:
    """An entry as its judges read it."""

    entry: Entry
    form: tuple[Section, ...]
    form_handed_in_at: datetime | None
    report: str
    report_handed_in_at: datetime | None
    report_files: tuple[File, ...]
    notes: tuple[Card, ...]
    more_notes: bool

    @property
    def months(self) -> list[tuple[date, list[Card]]]:
        """The diary by month, the oldest first: the story as it went."""
        groups: dict[date, list[Card]] = {}
        for note in self.notes:
            groups.setdefault(note.month, []).append(note)
        return list(groups.items())

    @property
    def rhythm(self) -> list[tuple[date, int]]:
        """How many diary entries each month has, the empty months between them too."""
        counts = {first: len(cards) for first, cards in self.months}
        if not counts:
            return []
        month, last, found = min(counts), max(counts), []
        while month <= last:
            found.append((month, counts.get(month, 0)))
            month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        return found


def reading_of(entry: Entry, competition: Competition, actor: Actor, *, now: datetime) -> Reading:
    """Return what the actor may read of an entry in a fixed number of statements."""
    form = entries.handed_in(entry, Part.APPLICATION)
    result = entries.handed_in(entry, Part.RESULT)
    handed_in = result.version.handed_in_at if result is not None else None
    query = visible_diary_entries(actor, competition, entry=entry, now=now)
    rows = db.session.execute(query.order_by(DiaryEntry.happened_on, DiaryEntry.id).limit(MOST_NOTES + 1)).all()
    notes = [Card(*row) for row in rows[:MOST_NOTES]]
    kept = files.of_diary_entries([note.id for note in notes])
    return Reading(
        entry=entry,
        form=_sections(entry, form.content["form"] if form is not None else entry.form),
        form_handed_in_at=form.version.handed_in_at if form is not None else None,
        report=result.content["report"] if result is not None else "",
        report_handed_in_at=handed_in,
        report_files=tuple(files.of_entry(entry.id, until=handed_in)) if result is not None else (),
        notes=tuple(replace(note, files=tuple(kept.get(note.id, ()))) for note in notes),
        more_notes=len(rows) > MOST_NOTES,
    )


def _sections(entry: Entry, values: Mapping[str, str]) -> tuple[Section, ...]:
    fields = application.fields_of(entry.category.division.form)
    return tuple(
        Section(section.title, tuple((field.label, field.say(values.get(field.code))) for field in section.fields))
        for section in application.sections_of(fields)
    )
