# SPDX-License-Identifier: Apache-2.0
"""Requests per second and statements of our pages, beside a bare Flask page of the same rows and bytes.

Both are asked in turn, each in its process, through the test client; what counts is the processor's time, since other
programs of the machine do not take part in it. The ratio is that of the middle rounds.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import clock, create_app
from app.accounts import identity
from app.accounts.models import User
from app.competitions.models import Competition
from app.config import Settings
from app.db import Base, db, transaction
from app.entries.models import Entry
from app.exchange.demo import EXAMPLES, SEED, SMALL
from app.exchange.folder import read
from app.exchange.rehearsal.media import Media
from app.exchange.rehearsal.play import Play
from app.exchange.rehearsal.report import Report, Until
from app.exchange.rehearsal.shift import into_the_final
from app.judging.models import Assignment, AssignmentState
from tests import factories as make
from tests.bench.bare import Peer, peer
from tests.bench.table import show
from tests.crowd import crowd
from tests.statements import counted

ROUNDS = 15
PER_ROUND = 0.25  # seconds of each side
WANTED = 0.75


@dataclass(frozen=True, slots=True)
class Subject:
    """A page of ours: where, for whom, when, and how many rows of the database it shows."""

    name: str
    address: str
    user_id: int | None
    rows: int
    now: datetime


def main(*, media: str = "small", only: str = "") -> bool:
    """Print the table; tell whether every page keeps the ratio."""
    with tempfile.TemporaryDirectory(prefix="youyin-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        app = create_app(_settings(folder))
        with app.app_context():
            Base.metadata.create_all(db.engine)
            subjects = [*_rehearsed(Media(media)), *_synthetic(10), *_synthetic(400)]
        bare = stack.enter_context(peer())
        lines = [_compare(app, bare, subject) for subject in subjects if only in subject.name]
    show(
        "Pages, in requests per second of processor time; bare: Flask with session, user, roles, list, count, CSRF",
        ("page", "rows", "bytes", "statements", "bare", "requests/s", "bare", "ratio"),
        lines,
    )
    kept = all(line[-1] >= WANTED for line in lines)
    print(f"Every page at {WANTED} of the bare one or above: {'yes' if kept else 'NO'}")
    return kept


def _settings(folder: Path) -> Settings:
    return Settings(
        instance=folder,
        secret_key="only-for-a-benchmark-" + "0" * 32,
        database_url=f"sqlite:///{folder / 'youyin.sqlite'}",
        jobs_url="memory:",
        storage_url=f"file://{folder / 'store'}",
        default_language="zh",
        log_level="error",
    )


def _rehearsed(media: Media) -> list[Subject]:
    """Play the small contest into its final, and return its pages as a stranger and its busiest judge see them."""
    now = clock.wall()
    Play(into_the_final(read(EXAMPLES / SMALL), now), SEED, media, Report(), previews=media != Media.NONE).run(
        Until.FINAL
    )
    contest = db.session.scalars(select(Competition).where(Competition.slug == SMALL)).one()
    final = contest.stages[-1]
    judge, tasks = db.session.execute(
        select(Assignment.judge_id, func.count())
        .where(
            Assignment.state == AssignmentState.ACTIVE,
            Assignment.stage_category_id.in_([j.id for j in final.stage_categories]),
        )
        .group_by(Assignment.judge_id)
        .order_by(func.count().desc(), Assignment.judge_id)
    ).first() or (0, 0)
    task = db.session.scalars(
        select(Assignment).where(
            Assignment.judge_id == judge, Assignment.stage_category_id.in_([j.id for j in final.stage_categories])
        )
    ).first()
    assert task is not None
    entries = db.session.scalar(select(func.count()).select_from(Entry).where(Entry.competition_id == contest.id)) or 0
    return [
        Subject(
            "judge's scoresheet, rehearsed", f"/assignments/{task.public_id}/scoresheet", judge, _sheet_rows(task), now
        ),
        Subject("judge's worklist, rehearsed", f"/contests/{SMALL}/judging", judge, tasks, now),
        Subject("public contest, rehearsed", f"/contests/{SMALL}", None, _contest_rows(contest, entries), now),
        Subject("contest, signed in, rehearsed", f"/contests/{SMALL}", judge, _contest_rows(contest, entries), now),
    ]


def _synthetic(size: int) -> list[Subject]:
    with clock.at(make.NOW):
        found = crowd(size, slug=f"crowd-{size}")
    return [
        Subject(
            f"judge's scoresheet, {size} entries",
            f"/assignments/{found.assignment.public_id}/scoresheet",
            found.judge.id,
            _sheet_rows(found.assignment),
            make.NOW,
        ),
        Subject(
            f"judge's worklist, {size} entries",
            f"/contests/{found.contest.slug}/judging?tab=all",
            found.judge.id,
            size,
            make.NOW,
        ),
        Subject(
            f"public contest, {size} entries",
            f"/contests/{found.contest.slug}",
            None,
            _contest_rows(found.contest, size),
            make.NOW,
        ),
    ]


def _contest_rows(contest: Competition, entries: int) -> int:
    """Count what the public page lists: windows, categories, the newest diary entries, a page of entries."""
    categories = sum(len(division.categories) for division in contest.divisions)
    return len(contest.windows) + categories + 6 + min(24, entries)


def _sheet_rows(task: Assignment) -> int:
    """Count what the marking page lists: criteria, their levels, the diary entries beside them."""
    from app.rubrics.queries import document_of

    criteria = document_of(task.stage_category).rubric.criteria
    notes = len(task.entry.diary.entries)
    return len(criteria) + sum(len(one.levels) for one in criteria) + notes


def _compare(app: Flask, bare: Peer, subject: Subject) -> tuple[Any, ...]:
    client = app.test_client()
    with clock.at(subject.now):
        if subject.user_id is not None:
            with app.app_context(), transaction():
                token = identity.open_session(
                    db.session.get_one(User, subject.user_id), device="bench", now=clock.now()
                )
            with client.session_transaction() as cookie:
                cookie[identity.TOKEN] = token
        first = client.get(subject.address)
        assert first.status_code == 200, f"{subject.address} answers {first.status_code}"
        size = len(first.data)
        with app.app_context(), counted() as statements:
            client.get(subject.address)
        asked = bare.ask(rows=subject.rows, size=size, signed_in=subject.user_id is not None)
        ours, theirs = _race(client, subject.address, bare)
    return (subject.name, subject.rows, size, len(statements), asked["statements"], ours, theirs, ours / theirs)


def _race(client: FlaskClient, address: str, bare: Peer) -> tuple[float, float]:
    """Return requests per second of processor time of both, from rounds that take turns."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        done, begun = 0, time.process_time()
        while time.process_time() - begun < PER_ROUND:
            assert client.get(address).status_code == 200
            done += 1
        ours.append(done / (time.process_time() - begun))
        theirs.append(bare.ask(seconds=PER_ROUND)["speed"])
    return statistics.median(ours), statistics.median(theirs)
