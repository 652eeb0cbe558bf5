# SPDX-License-Identifier: Apache-2.0
"""A rehearsal as a job: its steps show while it runs, and it ends with the digest of all places."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app import jobs
from app.db import db, transaction
from app.exchange.rehearsal import report
from app.jobs import Job, JobState
from app.policy import SYSTEM
from tests import factories as make

TINY = Path(__file__).resolve().parents[2] / "examples" / "tiny"


def test_a_rehearsal_runs_as_a_job_and_tells_its_steps(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "EVERY", timedelta(0))  # tell each step, however short
    arguments = {"folder": str(TINY), "seed": 1, "media": "none", "until": "published"}
    with transaction():
        job_id = jobs.enqueue("rehearse", arguments, by=SYSTEM, now=make.NOW, max_attempts=1).id
    jobs.run(job_id)
    db.session.expire_all()
    job = db.session.get_one(Job, job_id)
    assert job.state == JobState.DONE, job.error
    assert job.result is not None
    assert [name for name, _ in job.result["steps"]][:3] == ["load", "applications", "diary entries"]
    assert job.step == "final: ranking"
