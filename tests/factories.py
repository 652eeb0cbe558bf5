# SPDX-License-Identifier: Apache-2.0
"""Rows for tests: each function makes one thing, in a transaction of its own, and returns it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from app.accounts.models import RoleGrant, Unit, User
from app.competitions.models import (
    Applicant,
    Category,
    Competition,
    Division,
    Mode,
    Stage,
    StageCategory,
    Window,
    WindowKind,
)
from app.db import db, transaction
from app.diaries.models import Diary, DiaryEntry, DiaryState
from app.entries.models import Entry, EntryState
from app.judging.models import Assignment, Panel, Seat, SeatRole
from app.policy import Role

NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
_numbers = count(1)


def save(*rows: Any) -> Any:
    """Store rows and return the first."""
    with transaction() as session:
        session.add_all(rows)
    return rows[0]


def unit(name: str | None = None, *, parent: Unit | None = None, code: str | None = None) -> Unit:
    number = next(_numbers)
    row = Unit(code=code or f"U{number}", name=name or f"Unit {number}", parent_id=parent.id if parent else None)
    with transaction() as session:
        session.add(row)
        session.flush()
        row.path = f"{parent.path if parent else '/'}{row.id}/"
    return row


def user(name: str | None = None, *, of: Unit | None = None, login: str | None = None, **values: Any) -> User:
    number = next(_numbers)
    login = login or f"person{number}"
    return save(
        User(
            login=login,
            login_key=login.casefold(),
            name=name or f"Person {number}",
            unit_id=of.id if of else None,
            created_at=values.pop("created_at", NOW),
            **values,
        )
    )


def grant(who: User, contest: Competition, role: Role, *, of: Unit | None = None) -> RoleGrant:
    return save(
        RoleGrant(competition_id=contest.id, user_id=who.id, role=role, unit_id=of.id if of else None, granted_at=NOW)
    )


def contest(*, slug: str | None = None, opened: bool = True, mode: Mode = Mode.LIGHT, **values: Any) -> Competition:
    """Make an open contest: one division, one category, an initial and a final stage, every window open at NOW."""
    slug = slug or f"contest-{next(_numbers)}"
    row = Competition(
        slug=slug,
        title=values.pop("title", f"Contest {slug}"),
        language="en",
        mode=mode,
        created_at=NOW - timedelta(days=100),
        opened_at=NOW - timedelta(days=90) if opened else None,
        **values,
    )
    with transaction() as session:
        session.add(row)
        session.flush()
        division = Division(
            competition_id=row.id,
            code="team",
            title="Teams",
            applicant=Applicant.UNIT,
            position=0,
            form=[{"code": "summary", "label": "Summary", "kind": "text", "required": True, "max_length": 800}],
        )
        session.add(division)
        session.flush()
        category = Category(division_id=division.id, code="improvement", title="Improvements", position=0)
        session.add(category)
        stages = [
            Stage(competition_id=row.id, code=code, title=code.title(), position=position)
            for position, code in enumerate(("initial", "final"))
        ]
        session.add_all(stages)
        session.flush()
        begin, end = NOW - timedelta(days=30), NOW + timedelta(days=30)
        for kind in (WindowKind.ENTRY, WindowKind.DIARY, WindowKind.HAND_IN):
            session.add(Window(competition_id=row.id, kind=kind, starts_at=begin, ends_at=end))
        for stage in stages:
            session.add(
                Window(competition_id=row.id, kind=WindowKind.MARKING, stage_id=stage.id, starts_at=begin, ends_at=end)
            )
            session.add(StageCategory(stage_id=stage.id, category_id=category.id, judges_wanted=2))
    db.session.expire_all()
    return row


DOCUMENT = """
format = 1
title = "Improvements, initial stage"
[rubric]
[[rubric.groups]]
code = "A"
title = "Effect"
  [[rubric.groups.criteria]]
  code = "A1"
  title = "Benefit"
  kind = "points"
  max = 60
  step = "0.5"
  guidance = "What changed, and how it was measured."
  [[rubric.groups.criteria]]
  code = "A2"
  title = "Spread"
  kind = "levels"
    [[rubric.groups.criteria.levels]]
    code = "wide"
    title = "Wide"
    points = 20
    descriptor = "Used by other units."
    [[rubric.groups.criteria.levels]]
    code = "none"
    title = "None"
    points = 0
    descriptor = "Used nowhere else."
[[rubric.groups]]
code = "B"
title = "Diary"
  [[rubric.groups.criteria]]
  code = "B1"
  title = "Kept while the work happened"
  kind = "points"
  max = 20
  comment_below = 5
[rule.panel]
method = "mean"
minimum = 1
rounding = { mode = "half_up", places = 2 }
[[rule.ties]]
by = "group"
code = "A"
[rule.places]
style = "competition"
[rule.cut]
promote = 1
ties = "include"
[[rule.awards]]
code = "first"
title = "First prize"
count = 1
ties = "include"
"""


def stage_category(contest: Competition, stage: str = "initial", *, text: str = DOCUMENT, frozen: bool = True) -> Any:
    """Give the contest's category in this stage a document, a panel, and freeze it."""
    from scoring import document_from_toml

    document = document_from_toml(text)
    row = next(found for part in contest.stages if part.code == stage for found in part.stage_categories)
    with transaction() as session:
        panel = Panel(stage_id=row.stage_id, code=f"P-{stage}", title=f"Panel of {stage}")
        session.add(panel)
        session.flush()
        row.document, row.digest, row.panel_id = document.canonical, document.digest, panel.id
        row.frozen_at = NOW - timedelta(days=20) if frozen else None
    return row


def seat(who: User, of: StageCategory, role: SeatRole = SeatRole.JUDGE) -> Seat:
    return save(Seat(panel_id=of.panel_id, user_id=who.id, role=role, seated_at=NOW))


def entry(contest: Competition, owner: User, *, of: Unit, title: str | None = None, **values: Any) -> Entry:
    """Make a handed-in entry in the contest's only category, with an empty diary."""
    number = next(_numbers)
    category = contest.divisions[0].categories[0]
    diary = save(Diary())
    return save(
        Entry(
            competition_id=contest.id,
            category_id=category.id,
            number=values.pop("number", f"E-{number:03d}"),
            title=title or f"Entry {number}",
            applicant=values.pop("applicant", of.name),
            unit_id=of.id,
            owner_id=owner.id,
            diary_id=diary.id,
            state=values.pop("state", EntryState.HANDED_IN),
            names_accepted_at=values.pop("names_accepted_at", NOW - timedelta(days=10)),
            form=values.pop("form", {"summary": "What we did."}),
            created_at=NOW - timedelta(days=20),
            **values,
        )
    )


def diary_entry(of: Entry, *, state: DiaryState = DiaryState.RELEASED, **values: Any) -> DiaryEntry:
    moment = NOW - timedelta(days=5)
    return save(
        DiaryEntry(
            diary_id=of.diary_id,
            title=values.pop("title", "A day on site"),
            body=values.pop("body", "We changed the valve."),
            happened_on=values.pop("happened_on", date(2026, 5, 27)),
            place=values.pop("place", "Pump house"),
            state=state,
            written_at=moment,
            changed_at=moment,
            author_id=of.owner_id,
            released_at=moment if state == DiaryState.RELEASED else None,
            **values,
        )
    )


def assignment(judge: User, entry: Entry, of: StageCategory, **values: Any) -> Assignment:
    return save(Assignment(stage_category_id=of.id, entry_id=entry.id, judge_id=judge.id, assigned_at=NOW, **values))
