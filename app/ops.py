# SPDX-License-Identifier: Apache-2.0
"""Whether the installation is well: `/healthz`, `/readyz`, and what `flask doctor` looks at."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.config import Settings
from app.db import db
from app.jobs import Job, JobState
from app.policy import public
from uploads import Storage, StorageError, sandbox_report

CLOCK_TOLERANCE = timedelta(seconds=2)
QUEUE_TOLERANCE = timedelta(minutes=10)

blueprint = Blueprint("ops", __name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the doctor looked at: `fault` says what to do, or is empty."""

    name: str
    detail: str
    fault: str = ""


def revision() -> str | None:
    """Return the schema's revision in the database."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """Return the revision this version of the code wants."""
    return str(ScriptDirectory(current_app.extensions["migrate"].directory).get_current_head())


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Say that the process answers."""
    return "ok\n", {"Content-Type": "text/plain"}


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Say whether database, schema and disk are fit for work; never why not, to strangers."""
    faults = [finding for finding in _vital() if finding.fault]
    for finding in faults:
        current_app.logger.error("not ready: %s: %s", finding.name, finding.fault)
    return ("ready\n" if not faults else "not ready\n"), 503 if faults else 200, {"Content-Type": "text/plain"}


def _vital() -> Iterator[Finding]:
    yield _guarded("database", _database)
    yield _guarded("schema", _schema)
    yield _guarded("disk", _disk)


def diagnose(settings: Settings) -> Iterator[Finding]:
    """Yield everything the doctor looks at."""
    yield from _vital()
    yield _guarded("clock", _clock)
    yield _guarded("queue", _queue)
    yield _guarded("storage", lambda: _storage(settings))
    yield _guarded("parser fences", _fences)
    yield _guarded("cookies", lambda: _cookies(settings))


def _guarded(name: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except (SQLAlchemyError, OSError, StorageError) as error:
        return Finding(name, type(error).__name__, f"It does not answer: {error}")


def _database() -> Finding:
    db.session.execute(text("SELECT 1"))
    return Finding("database", db.engine.dialect.name)


def _schema() -> Finding:
    found, wanted = revision(), head()
    fault = "" if found == wanted else f"The database is at {found}, the code wants {wanted}: run `flask db upgrade`."
    return Finding("schema", str(found), fault)


def _disk() -> Finding:
    usage = shutil.disk_usage(current_app.instance_path)
    free = usage.free * 100 // usage.total
    fault = "" if free >= 5 or usage.free > 10 << 30 else "Less than 5 % of the disk is free: make room."
    return Finding("disk", f"{free} % free", fault)


def _clock() -> Finding:
    if db.engine.dialect.name == "sqlite":
        return Finding("clock", "the database runs on this machine's clock")
    there = db.session.scalar(select(func.clock_timestamp()))
    apart = abs(there - clock.now()) if there is not None else timedelta(0)
    fault = "" if apart <= CLOCK_TOLERANCE else "Set the clocks of this machine and the database: they are apart."
    return Finding("clock", f"{apart.total_seconds():.3f} s apart", fault)


def _queue() -> Finding:
    oldest = db.session.scalar(select(func.min(Job.created_at)).where(Job.state == JobState.QUEUED))
    failed = db.session.scalar(select(func.count()).select_from(Job).where(Job.state == JobState.FAILED)) or 0
    late = oldest is not None and clock.now() - oldest > QUEUE_TOLERANCE
    return Finding(
        "queue", f"{failed} failed", "Jobs wait for over ten minutes: is the worker running?" if late else ""
    )


def _storage(settings: Settings) -> Finding:
    store = Storage.from_url(settings.storage_url)
    store.put("doctor/probe", b"probe")
    store.delete("doctor/probe")
    return Finding("storage", settings.storage_url.partition(":")[0])


def _fences() -> Finding:
    report = sandbox_report()
    fault = f"Files of users are parsed without: {', '.join(map(str, report.missing))}." if report.missing else ""
    return Finding("parser fences", str(report), fault)


def _cookies(settings: Settings) -> Finding:
    https = settings.public_url.startswith("https://")
    fault = "Set YOUYIN_SECURE_COOKIES=yes: the address is https." if https and not settings.secure_cookies else ""
    return Finding("cookies", "secure" if settings.secure_cookies else "plain", fault)


def init_app(app: Flask) -> None:
    """Add the health pages."""
    app.register_blueprint(blueprint)
