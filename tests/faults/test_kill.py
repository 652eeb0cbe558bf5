# SPDX-License-Identifier: Apache-2.0
"""kill -9 in the middle of writing: what was acknowledged is there, nothing is there twice, nothing half."""

from __future__ import annotations

import http.client
import random
import signal
import threading
import urllib.error
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app import clock, jobs
from app.audit import AuditEvent
from app.db import db, transaction
from app.jobs import Job, JobState
from app.judging.models import Mark
from app.policy import SYSTEM
from tests import factories as make
from tests.faults.server import Server, come_in

pytestmark = pytest.mark.slow
ROUNDS = 4


def test_no_acknowledged_mark_is_lost(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make, "NOW", clock.now())
    contest = make.contest()
    join = make.stage_category(contest)
    bureau, institute = make.unit(), make.unit()
    judge = make.user(of=institute)
    make.seat(judge, join)
    assignment = make.assignment(judge, make.entry(contest, make.user(of=bureau), of=bureau), join)
    sheet = f"/assignments/{assignment.public_id}"
    db.session.rollback()
    server = Server(app)
    acknowledged = 0
    for turn in range(ROUNDS):
        server.start()
        browser = come_in(server.address, judge)
        browser.get(f"{sheet}/scoresheet")
        killer = threading.Timer(random.Random(turn).uniform(0.3, 1.2), server.end, [signal.SIGKILL])
        killer.start()
        version = _stored()
        try:
            while True:
                fields = {"text": str(version % 60), "expected_version": str(version)}
                if browser.post(f"{sheet}/marks/A1", fields) not in (200, 303):
                    break
                version += 1
                acknowledged = version
        except (OSError, urllib.error.URLError, http.client.HTTPException):
            pass
        killer.join()
        stored = _stored()
        # One save may have been stored although its answer never arrived; none that was answered is missing.
        assert acknowledged <= stored <= acknowledged + 1
        acknowledged = stored
        sequences = db.session.scalars(
            select(AuditEvent.sequence).where(AuditEvent.competition_id == contest.id).order_by(AuditEvent.sequence)
        ).all()
        assert list(sequences) == list(range(1, len(sequences) + 1))
        db.session.rollback()
    assert acknowledged > ROUNDS


def _stored() -> int:
    """Return the version of the only mark, and that its value is the one of that version."""
    db.session.rollback()
    row = db.session.execute(select(Mark.version, Mark.value)).one_or_none()
    db.session.rollback()
    if row is None:
        return 0
    version, value = row
    assert value == (version - 1) % 60
    return int(version)


def test_a_job_whose_worker_was_killed_runs_again(app: Flask) -> None:
    with transaction():
        job_id = jobs.enqueue("mail", {"notice": 0}, by=SYSTEM, now=clock.now()).id
    long_ago = clock.wall() - timedelta(minutes=10)
    with transaction() as session:  # what a killed worker leaves behind
        session.execute(
            update(Job).where(Job.id == job_id).values(state=JobState.RUNNING, heartbeat_at=long_ago, attempts=1)
        )
    assert jobs.rescue(clock.wall()) == [job_id]
    jobs.run(job_id)
    db.session.expire_all()
    job = db.session.get_one(Job, job_id)
    assert (job.state, job.attempts) == (JobState.DONE, 2)
    assert db.session.scalar(select(func.count()).select_from(Job)) == 1
