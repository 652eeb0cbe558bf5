# SPDX-License-Identifier: Apache-2.0
"""The job that plays a whole contest into this installation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l

from app import jobs
from app.db import db, is_writing
from app.errors import DomainError
from app.exchange.folder import read
from app.exchange.rehearsal.media import Media
from app.exchange.rehearsal.play import CannotPlay, Play
from app.exchange.rehearsal.report import Report, Until

KIND = "rehearse"


@jobs.job(KIND, _l("Playing a contest as a rehearsal"))
def rehearse(progress: jobs.Progress, *, folder: str, seed: int, media: str, until: str) -> dict[str, Any]:
    """Load a folder and play it; the steps show as they go."""

    def advance(done: int, total: int | None, step: str) -> None:
        if not is_writing():  # a heartbeat is a transaction of its own
            progress(done, total, step)

    report = Report(advance=advance)
    try:
        Play(read(Path(folder)), seed, Media(media), report).run(Until(until))
    except CannotPlay as error:
        db.session.rollback()
        raise DomainError(str(error)) from error
    return {"standings": report.standings, "steps": [[step.name, step.count] for step in report.steps]}
