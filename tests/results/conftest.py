# SPDX-License-Identifier: Apache-2.0
"""A contest with judged entries, ready to be ranked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

import pytest
from flask import Flask

from app.accounts.identity import actor_of
from app.accounts.models import Unit, User
from app.competitions.models import Competition, Mode, StageCategory
from app.db import db, transaction
from app.entries.models import Entry
from app.judging import service as judging
from app.judging.models import Assignment, Mark, Scoresheet, SheetState
from app.policy import Actor, Role
from app.results import service
from app.results.models import RankingRun
from tests import factories as make

Marks = tuple[str, str, str]  # A1 (0 to 60), A2 ("20" or "0"), B1 (0 to 20)


@dataclass
class World:
    """One contest with organizers, judges and entries; marks by entry number, one tuple for each judge."""

    contest: Competition
    stage_category: StageCategory
    organizers: list[User]
    judges: list[User]
    contestants: list[User]
    unit: Unit
    entries: list[Entry] = field(default_factory=list)

    def actor(self, user: User) -> Actor:
        return actor_of(user, via="web")

    @property
    def first(self) -> Actor:
        return self.actor(self.organizers[0])

    @property
    def second(self) -> Actor:
        return self.actor(self.organizers[1])

    def enter(self, number: str, *, applicant: str | None = None, title: str | None = None) -> Entry:
        owner = make.user(f"Owner of {number}", of=self.unit)
        self.contestants.append(owner)
        entry = make.entry(
            self.contest, owner, of=self.unit, number=number, applicant=applicant or f"Team {number}", title=title
        )
        self.entries.append(entry)
        return entry

    def assign(self, entry: Entry, judge: int) -> Assignment:
        return make.assignment(self.judges[judge], entry, self.stage_category)

    def mark(self, entry: Entry, judge: int, marks: Marks, *, comments: dict[str, str] | None = None) -> Assignment:
        """Give a judge's marks through the judging service and submit the sheet."""
        assignment = self.assign(entry, judge)
        by = self.actor(self.judges[judge])
        codes = ("A1", "A2", "B1")
        given = {c: (m, (comments or {}).get(c, "Seen.")) for c, m in zip(codes, marks, strict=True)}
        with transaction():
            judging.save_sheet(assignment, given, by=by, now=make.NOW)
        with transaction():
            judging.submit(assignment, by=by, now=make.NOW)
        return assignment

    def compute(self, **options: bool) -> RankingRun:
        with transaction():
            return service.compute(self.stage_category, by=self.first, now=make.NOW, **options)

    def confirm(self, run: RankingRun) -> RankingRun:
        with transaction():
            return service.confirm(run, expected_output_digest=run.output_digest, by=self.second, now=make.NOW)

    def publish(self, run: RankingRun) -> RankingRun:
        with transaction():
            return service.publish(run, by=self.first, now=make.NOW)

    def finish(self, run: RankingRun) -> RankingRun:
        assert run.notice_ends_at is not None
        with transaction():
            return service.finish(run, by=self.first, now=run.notice_ends_at)

    def published(self) -> RankingRun:
        return self.publish(self.confirm(self.compute()))

    def final(self) -> RankingRun:
        return self.finish(self.published())


@pytest.fixture
def world(app: Flask) -> World:
    """Three entries marked by two judges each: A-3 has 90, A-1 and A-2 share 75."""
    found = a_world()
    for number, first, second in (
        ("A-1", ("50", "20", "10"), ("40", "20", "10")),
        ("A-2", ("45", "20", "10"), ("45", "20", "10")),
        ("A-3", ("55", "20", "15"), ("55", "20", "15")),
    ):
        entry = found.enter(number)
        found.mark(entry, 0, first)
        found.mark(entry, 1, second)
    return found


@pytest.fixture
def empty_world(app: Flask) -> World:
    """A contest without entries."""
    return a_world()


def a_world(*, mode: Mode = Mode.STRICT, text: str = make.DOCUMENT, slug: str | None = None) -> World:
    """Make a contest with two organizers and three judges."""
    contest = make.contest(mode=mode, slug=slug, notice_days=7, contact="Ms Lin, room 3", names_rule="As registered.")
    stage_category = make.stage_category(contest, text=text)
    judges = [make.user(f"Judge {name}", of=make.unit()) for name in ("Ada", "Bo", "Chen")]
    for judge in judges:
        make.seat(judge, stage_category)
    organizers = [make.user(f"Organizer {name}") for name in ("One", "Two")]
    for organizer in organizers:
        make.grant(organizer, contest, Role.ORGANIZER)
    return World(contest, stage_category, organizers, judges, [], make.unit("Pump works"))


def fast_sheets(
    stage_category: StageCategory, entries: list[Entry], judges: list[User], mark: Callable[[int, int], int]
) -> None:
    """Store submitted sheets as rows, for tests of size: `mark(entry, judge)` is the mark of A1."""
    with transaction() as session:
        for at, entry in enumerate(entries):
            for number, judge in enumerate(judges):
                task = Assignment(
                    stage_category_id=stage_category.id, entry_id=entry.id, judge_id=judge.id, assigned_at=make.NOW
                )
                session.add(task)
                session.flush()
                sheet = Scoresheet(
                    assignment_id=task.id,
                    state=SheetState.SUBMITTED,
                    total=Fraction(mark(at, number) + 30),
                    digest="0" * 64,
                    started_at=make.NOW,
                    saved_at=make.NOW,
                    submitted_at=make.NOW,
                )
                session.add(sheet)
                session.flush()
                for code, value in (("A1", mark(at, number)), ("A2", 20), ("B1", 10)):
                    session.add(Mark(sheet_id=sheet.id, criterion=code, value=Fraction(value), saved_at=make.NOW))
    db.session.expire_all()
