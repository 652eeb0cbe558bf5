# SPDX-License-Identifier: Apache-2.0
"""Work that outlasts a request. The `job` table is the truth; Huey only carries ids to a worker.

A queue forgets the running task when its worker is killed, so a job counts as done only when its row says so: rows
without a heartbeat go back into the queue, and every handler can be run again from the start.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from flask import Flask, current_app
from flask_babel import lazy_gettext as _l
from huey import Huey, crontab
from huey.serializer import SignedSerializer
from sqlalchemy import JSON, ForeignKey, Integer, String, Text, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Base, PublicId, after_commit, db, transaction
from app.errors import DomainError, Message
from app.policy import Actor

HEARTBEAT = timedelta(seconds=60)
log = structlog.get_logger()


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base, PublicId):
    """One piece of work: what, for whom, how far, and how it ended."""

    __tablename__ = "job"

    kind: Mapped[str] = mapped_column(String(40), index=True)
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[JobState] = mapped_column(String(10), default=JobState.QUEUED, index=True)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    competition_id: Mapped[int | None] = mapped_column(Integer, index=True)
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=3)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    step: Mapped[str | None] = mapped_column(String(200))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error: Mapped[str | None] = mapped_column(Text)

    @property
    def is_over(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED)


@dataclass(frozen=True, slots=True)
class Progress:
    """A handler's way to say how far it is; each call is a heartbeat in a transaction of its own."""

    job_id: int

    def __call__(self, done: int, total: int | None = None, step: str | None = None) -> None:
        values: dict[str, Any] = {"done": done, "heartbeat_at": clock.wall()}
        if total is not None:
            values["total"] = total
        if step is not None:
            values["step"] = step[:200]
        with transaction() as session:
            session.execute(update(Job).where(Job.id == self.job_id).values(**values))


Handler = Callable[..., Mapping[str, Any] | None]
_handlers: dict[str, Handler] = {}
_titles: dict[str, Message] = {}


def job(kind: str, title: Message) -> Callable[[Handler], Handler]:
    """Register `handler(progress, **arguments) -> result` for a kind of job. It opens its own transactions."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        _titles[kind] = title
        return handler

    return register


def title(kind: str) -> Message:
    """Return what people call this kind of job."""
    return _titles.get(kind, _l("Background work"))


def enqueue(
    kind: str,
    arguments: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    competition_id: int | None = None,
    max_attempts: int = 3,
) -> Job:
    """Add a job to the running transaction and wake a worker once it is stored."""
    if kind not in _handlers:
        raise LookupError(f"no handler for jobs of kind {kind!r}")
    row = Job(
        kind=kind,
        arguments=dict(arguments),
        created_at=now,
        created_by_id=by.user_id,
        competition_id=competition_id,
        max_attempts=max_attempts,
    )
    session = db.session()
    session.add(row)
    session.flush()
    job_id = row.id
    after_commit(lambda: _send(job_id))
    return row


def _send(job_id: int) -> None:
    try:
        current_app.extensions["youyin_run_job"](job_id)
    except Exception:  # the row is stored: the minute task finds it, so a queue that is down loses nothing
        log.exception("job.send_failed", job=job_id)


def run(job_id: int) -> None:
    """Run one queued job to its end and write down how it ended. Does nothing when another worker has it."""
    now = clock.wall()
    with transaction() as session:
        taken = session.execute(
            update(Job)
            .where(Job.id == job_id, Job.state == JobState.QUEUED)
            .values(state=JobState.RUNNING, heartbeat_at=now, attempts=Job.attempts + 1)
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE has a row count
            return
        row = session.get_one(Job, job_id)
        kind, arguments, attempts, max_attempts = row.kind, dict(row.arguments), row.attempts, row.max_attempts
    try:
        result = _handlers[kind](Progress(job_id), **arguments)
    except Exception as error:  # noqa: BLE001  # whatever a handler raises ends up in its row
        db.session.rollback()
        final = isinstance(error, DomainError) or attempts >= max_attempts
        text = str(error.message) if isinstance(error, DomainError) else traceback.format_exc(limit=8)
        log.warning("job.failed", job=job_id, kind=kind, attempt=attempts, final=final, error=type(error).__name__)
        state = JobState.FAILED if final else JobState.QUEUED
        with transaction() as session:
            session.execute(
                update(Job)
                .where(Job.id == job_id)
                .values(state=state, error=text, finished_at=clock.now() if final else None)
            )
        return
    with transaction() as session:
        session.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(state=JobState.DONE, finished_at=clock.now(), result=dict(result) if result else None, error=None)
        )
    log.info("job.done", job=job_id, kind=kind)


def run_pending(limit: int = 100) -> int:
    """Run queued jobs here and now, oldest first, and return how many; for tests, rehearsals and the command line."""
    count = 0
    while count < limit:
        job_id = db.session.scalar(select(Job.id).where(Job.state == JobState.QUEUED).order_by(Job.id).limit(1))
        db.session.rollback()
        if job_id is None:
            break
        run(job_id)
        count += 1
    return count


def rescue(now: datetime) -> list[int]:
    """Put jobs whose worker fell silent back into the queue and return what waits there."""
    with transaction() as session:
        session.execute(
            update(Job)
            .where(Job.state == JobState.RUNNING, Job.heartbeat_at < now - 2 * HEARTBEAT)
            .values(state=JobState.QUEUED)
        )
        return list(
            session.scalars(select(Job.id).where(Job.state == JobState.QUEUED, Job.created_at < now).order_by(Job.id))
        )


def make_huey(url: str, secret: str) -> Huey:
    """Return the queue behind `url`: sqlite:///…, postgresql://…, redis://… or memory:."""
    options: dict[str, Any] = {"results": False, "serializer": SignedSerializer(secret=secret, salt="youyin-jobs")}
    scheme = url.partition(":")[0].partition("+")[0]
    if scheme == "memory":
        from huey import MemoryHuey

        return MemoryHuey("youyin", **options)
    if scheme == "redis":
        from huey import RedisHuey

        return RedisHuey("youyin", url=url, **options)
    if scheme == "postgresql":
        from huey import PostgresHuey

        return PostgresHuey("youyin", dsn=url.replace("+psycopg", "", 1), **options)
    from huey import SqliteHuey

    return SqliteHuey("youyin", filename=url.removeprefix("sqlite:///"), fsync=True, **options)


def init_app(app: Flask, huey: Huey) -> None:
    """Connect the queue with the application: one task that runs a job row, one that rescues every minute."""

    def run_job(job_id: int) -> None:
        with app.app_context():
            run(job_id)

    def rescue_jobs() -> None:
        with app.app_context():
            for job_id in rescue(clock.wall()):
                task(job_id)

    task = huey.task(name="run_job")(run_job)
    huey.periodic_task(crontab(minute="*"), name="rescue_jobs")(rescue_jobs)
    app.extensions["youyin_huey"] = huey
    app.extensions["youyin_run_job"] = task
