# SPDX-License-Identifier: Apache-2.0
"""A contest of any size, stored as rows: for tests and benchmarks that ask what a page costs when it grows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from app.accounts.models import User
from app.audit import AuditEvent, AuditHead
from app.competitions.models import Competition, Mode, StageCategory
from app.db import db, transaction
from app.diaries.models import Diary, DiaryEntry, DiaryState
from app.entries.models import Entry, EntryState
from app.judging.models import Assignment, Mark, Scoresheet, SheetState
from app.policy import Role
from app.results.models import RankingRow, RankingRun, RunState
from tests import factories as make


@dataclass(frozen=True, slots=True)
class Crowd:
    """One contest, somebody in each role, and its first entry and first task."""

    contest: Competition
    stage_category: StageCategory
    organizer: User
    judge: User
    owner: User
    entry: Entry
    assignment: Assignment
    run: RankingRun


def crowd(entries: int, *, notes: int = 2, slug: str | None = None) -> Crowd:
    """Make a contest of so many entries, each with a diary, marked by one judge of two, ranked and published."""
    contest = make.contest(slug=slug, mode=Mode.STRICT, intro="What it is about.", contact="Room 3.", notice_days=7)
    join = make.stage_category(contest)
    organizer, judge, other, owner = (make.user(name) for name in ("Organizer", "Judge Ada", "Judge Bo", "Owner"))
    make.grant(organizer, contest, Role.ORGANIZER)
    for person in (judge, other):
        make.seat(person, join)
    units = [make.unit() for _ in range(min(entries, 20))]
    category = contest.divisions[0].categories[0]
    with transaction() as session:
        diaries = [Diary() for _ in range(entries)]
        session.add_all(diaries)
        session.flush()
        rows = [
            Entry(
                competition_id=contest.id,
                category_id=category.id,
                number=f"E-{at:04d}",
                title=f"Quieter pump number {at}",
                applicant=f"Team {at}",
                sort_key=f"{at:04d}",
                unit_id=units[at % len(units)].id,
                owner_id=owner.id,
                diary_id=diary.id,
                state=EntryState.HANDED_IN,
                form={"summary": "What we did."},
                report="What came of it.",
                names_accepted_at=make.NOW - timedelta(days=10),
                created_at=make.NOW - timedelta(days=20),
            )
            for at, diary in enumerate(diaries)
        ]
        session.add_all(rows)
        session.add_all(_note(diary, owner, at) for diary in diaries for at in range(notes))
        session.flush()
        tasks = [
            Assignment(stage_category_id=join.id, entry_id=entry.id, judge_id=person.id, assigned_at=make.NOW)
            for entry in rows
            for person in (judge, other)
        ]
        session.add_all(tasks)
        session.flush()
        _sheets([task for task in tasks if task.judge_id == other.id])
        run = _ranking(join, organizer, rows)
        _trail(contest, organizer, rows)
        session.flush()
    found = Crowd(contest, join, organizer, judge, owner, rows[0], tasks[0], run)
    db.session.expire_all()
    return found


def _note(diary: Diary, owner: User, at: int) -> DiaryEntry:
    moment = make.NOW - timedelta(days=5 + at)
    return DiaryEntry(
        diary_id=diary.id,
        title=f"Day {at + 1} on site",
        body="We changed the valve and measured again.\n\nThe noise fell by three decibels.",
        happened_on=moment.date(),
        place="Pump house",
        state=DiaryState.RELEASED,
        written_at=moment,
        changed_at=moment,
        author_id=owner.id,
        released_at=moment,
    )


def _sheets(tasks: list[Assignment]) -> None:
    sheets = [
        Scoresheet(
            assignment_id=task.id,
            state=SheetState.SUBMITTED,
            total=Fraction(70),
            digest="0" * 64,
            started_at=make.NOW,
            saved_at=make.NOW,
            submitted_at=make.NOW,
        )
        for task in tasks
    ]
    db.session.add_all(sheets)
    db.session.flush()
    db.session.add_all(
        Mark(sheet_id=sheet.id, criterion=code, value=Fraction(value), saved_at=make.NOW)
        for sheet in sheets
        for code, value in (("A1", 40), ("A2", 20), ("B1", 10))
    )


def _ranking(join: StageCategory, organizer: User, rows: list[Entry]) -> RankingRun:
    run = RankingRun(
        stage_category_id=join.id,
        number=1,
        state=RunState.PUBLISHED,
        mode=Mode.STRICT,
        engine="test",
        document_digest=join.digest,
        input_digest="1" * 64,
        output_digest="2" * 64,
        input="[]",
        output="{}",
        computed_at=make.NOW,
        computed_by_id=organizer.id,
        published_at=make.NOW,
        notice_ends_at=make.NOW + timedelta(days=7),
    )
    db.session.add(run)
    db.session.flush()
    db.session.add_all(
        RankingRow(run_id=run.id, entry_id=entry.id, position=at, place=at + 1, score="70.00")
        for at, entry in enumerate(rows)
    )
    return run


def _trail(contest: Competition, organizer: User, rows: list[Entry]) -> None:
    """Store a trail as long as the contest is large; only its page reads it."""
    db.session.add(AuditHead(competition_id=contest.id, last_sequence=len(rows)))
    db.session.add_all(
        AuditEvent(
            competition_id=contest.id,
            sequence=at + 1,
            at=make.NOW,
            name="entry.handed_in",
            actor_id=organizer.id,
            via="web",
            subject_type="entry",
            subject_id=entry.public_id,
            canonical='{"data":{"version":1}}',
        )
        for at, entry in enumerate(rows)
    )
