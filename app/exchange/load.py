# SPDX-License-Identifier: Apache-2.0
"""From a folder's values to a contest in the database, through the services that the pages call. All or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app import audit
from app.accounts import service as accounts
from app.accounts.models import Unit, User
from app.audit import Event
from app.competitions import service as competitions
from app.competitions.models import Category, Competition, Stage, StageCategory
from app.db import db
from app.diaries import service as diaries
from app.diaries.models import ReleaseRule
from app.entries import service as entries
from app.exchange.folder import DivisionSpec, Folder
from app.exchange.problems import FolderError, Problem
from app.exchange.rosters import EntryRow
from app.judging import service as judging
from app.judging.models import Panel
from app.policy import Actor
from app.rubrics import service as rubrics


@dataclass
class Loaded:
    """What a load made or found, by the codes of the folder."""

    competition: Competition
    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)
    panels: dict[str, Panel] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    joins: dict[tuple[str, str], StageCategory] = field(default_factory=dict)
    entries: dict[str, Any] = field(default_factory=dict)


def load(folder: Folder, *, by: Actor, now: datetime, slug: str | None = None, rehearsal: bool = False) -> Loaded:
    """Store a folder as a new draft contest; units and people that are there already are found again."""
    if db.session.scalar(select(Competition.id).where(Competition.slug == (slug or folder.slug))):
        raise FolderError([Problem("competition.toml", _l("A contest has this address already."), field="slug")])
    contest = competitions.create(
        slug=slug or folder.slug,
        title=folder.title,
        language=folder.language,
        timezone=folder.timezone,
        intro=folder.intro,
        contact=folder.contact,
        names_rule=folder.names_rule,
        mode=folder.mode,
        diary_release=folder.diary_release,
        notice_days=folder.notice_days,
        is_rehearsal=rehearsal,
        by=by,
        now=now,
    )
    made = Loaded(contest)
    _people(folder, made, by=by, now=now)
    _structure(folder, made, by=by, now=now)
    for row in folder.entries:
        made.entries[row.number] = _entry(row, made, by=by, now=now)
    audit.record(
        Event.COMPETITION_LOADED,
        contest,
        by=by,
        now=now,
        competition=contest,
        data={"people": len(folder.people), "entries": len(folder.entries)},
    )
    return made


def _people(folder: Folder, made: Loaded, *, by: Actor, now: datetime) -> None:
    known = {unit.code: unit for unit in db.session.scalars(select(Unit))}
    waiting = list(folder.units)
    while waiting:
        later = []
        for row in waiting:
            if row.parent and row.parent not in made.units:
                later.append(row)
                continue
            made.units[row.code] = known.get(row.code) or accounts.create_unit(
                code=row.code, name=row.name, parent=made.units.get(row.parent), region=row.region, by=by, now=now
            )
        waiting = later
    accounts_known = {user.login_key: user for user in db.session.scalars(select(User))}
    faults = []
    for number, person in enumerate(folder.people, start=2):
        found = accounts_known.get(accounts.login_key(person.login))
        if found is not None and found.name != person.name:
            message = _l("Somebody of another name signs in as “%(login)s” already.", login=person.login)
            faults.append(Problem("rosters/people.csv", message, number, "login"))
            continue
        made.people[person.login] = found or accounts.create_user(
            login=person.login,
            name=person.name,
            unit=made.units.get(person.unit),
            email=person.email or None,
            by=by,
            now=now,
        )
    if faults:
        raise FolderError(faults)
    for grant in folder.grants:
        accounts.grant_role(
            made.people[grant.login], made.competition, grant.role, unit=made.units.get(grant.unit), by=by, now=now
        )


def _structure(folder: Folder, made: Loaded, *, by: Actor, now: datetime) -> None:
    contest = made.competition
    for window in folder.windows:
        competitions.set_window(
            contest, window.kind, starts_at=window.starts_at, ends_at=window.ends_at, by=by, now=now
        )
    for stage in folder.stages:
        row = competitions.add_stage(contest, code=stage.code, title=stage.title, by=by, now=now)
        made.stages[stage.code] = row
        mark = stage.marking
        competitions.set_window(
            contest, mark.kind, stage=row, starts_at=mark.starts_at, ends_at=mark.ends_at, by=by, now=now
        )
    for panel in folder.panels:
        made.panels[panel.code] = judging.create_panel(
            made.stages[panel.stage], code=panel.code, title=panel.title, by=by, now=now
        )
    for seat in folder.seats:
        judging.seat(made.panels[seat.panel], made.people[seat.login], role=seat.role, by=by, now=now)
    for division in folder.divisions:
        _division(division, made, by=by, now=now)


def _division(spec: DivisionSpec, made: Loaded, *, by: Actor, now: datetime) -> None:
    division = competitions.add_division(
        made.competition,
        code=spec.code,
        title=spec.title,
        applicant=spec.applicant,
        form=[dict(item) for item in spec.form],
        by=by,
        now=now,
    )
    for category_spec in spec.categories:
        category = competitions.add_category(
            division, code=category_spec.code, title=category_spec.title, by=by, now=now
        )
        made.categories[category_spec.code] = category
        for join in category_spec.joins:
            row = competitions.join(
                made.stages[join.stage],
                category,
                judges_wanted=join.judges,
                panel=made.panels.get(join.panel),
                by=by,
                now=now,
            )
            rubrics.save_document(row, join.document, by=by, now=now)
            made.joins[join.stage, category_spec.code] = row


def _entry(row: EntryRow, made: Loaded, *, by: Actor, now: datetime) -> Any:
    entry = entries.create(
        made.competition,
        made.categories[row.category],
        number=row.number,
        title=row.title,
        applicant=row.applicant,
        unit=made.units[row.unit],
        owner=made.people[row.login],
        by=by,
        now=now,
    )
    if row.release is not None:
        rule, first = (
            (ReleaseRule.FROM_DATE, row.release) if isinstance(row.release, date) else (ReleaseRule.NEVER, None)
        )
        diaries.set_release_rule(entry.diary, rule, release_from=first, by=by, now=now, competition=made.competition)
    return entry
