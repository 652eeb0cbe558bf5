# SPDX-License-Identifier: Apache-2.0
"""What the archive page shows."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.archives.models import KIND, Archive
from app.competitions.models import Competition
from app.db import db
from app.jobs import Job, JobState


def archives(competition: Competition) -> Sequence[Archive]:
    """Return the contest's archives, newest first."""
    return db.session.scalars(
        select(Archive).where(Archive.competition_id == competition.id).order_by(Archive.id.desc())
    ).all()


def running(competition: Competition) -> Job | None:
    """Return the job that writes one at the moment, or None."""
    return db.session.scalar(
        select(Job)
        .where(
            Job.kind == KIND,
            Job.competition_id == competition.id,
            Job.state.in_((JobState.QUEUED, JobState.RUNNING)),
        )
        .order_by(Job.id.desc())
        .limit(1)
    )
