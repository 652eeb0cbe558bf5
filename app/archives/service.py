# SPDX-License-Identifier: Apache-2.0
"""Making archives: asked for in a request, written by a job, kept in the store."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from app import audit, jobs
from app.archives.models import KIND, Archive
from app.audit import Event
from app.competitions.models import Competition
from app.db import db
from app.jobs import Job
from app.policy import Actor


def make(competition: Competition, *, by: Actor, now: datetime) -> Job:
    """Ask for an archive of the contest as it will stand when the job runs."""
    return jobs.enqueue(
        KIND, {"competition": competition.id, "actor": by.user_id}, by=by, now=now, competition_id=competition.id
    )


def keep(
    competition: Competition,
    file: Path,
    *,
    key: str,
    standings_digest: str,
    bag_digest: str,
    by: Actor,
    now: datetime,
) -> Archive:
    """Add the row of an archive whose bytes are stored; asked twice for one, return the row that is there."""
    with file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    session = db.session()
    known = session.scalar(select(Archive).where(Archive.key == key))
    if known is not None:
        return known
    row = Archive(
        competition_id=competition.id,
        key=key,
        sha256=sha256,
        size=file.stat().st_size,
        standings_digest=standings_digest,
        made_at=now,
        made_by_id=by.user_id,
    )
    session.add(row)
    audit.record(
        Event.ARCHIVE_MADE,
        row,
        by=by,
        now=now,
        competition=competition,
        data={"sha256": sha256, "bag": bag_digest, "standings": standings_digest},
    )
    return row
