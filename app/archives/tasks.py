# SPDX-License-Identifier: Apache-2.0
"""The job that writes an archive."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l

from app import clock, jobs
from app.accounts.identity import actor_of
from app.accounts.models import User
from app.archives import service
from app.archives.models import KIND
from app.competitions.models import Competition
from app.db import db, new_public_id, transaction
from app.evidence.store import storage
from app.policy import SYSTEM

EVERY = 50  # files between two heartbeats


@jobs.job(KIND, _l("Writing the archive"))
def write(progress: jobs.Progress, *, competition: int, actor: int | None) -> dict[str, Any]:
    """Write the archive into a temporary file, store it, and add its row."""
    from app.archives import writer
    from app.results.queries import places_canonical

    now = clock.now()
    contest = db.session.get_one(Competition, competition)
    person = db.session.get(User, actor) if actor is not None else None
    by = actor_of(person, via="job") if person is not None else SYSTEM
    name = f"{contest.slug}-{now:%Y%m%d-%H%M%S}"
    folder = Path(current_app.instance_path) / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".zip") as spool:

        def advance(done: int, total: int) -> None:
            if done % EVERY == 0:
                progress(done, total)

        written = writer.write(contest, spool, name=name, storage=storage(), now=now, advance=advance)
        digest = hashlib.sha256(places_canonical(contest).encode("utf-8")).hexdigest()
        spool.flush()
        os.fsync(spool.fileno())
        db.session.rollback()
        key = f"archives/{new_public_id()}.zip"
        storage().put(key, Path(spool.name))
        with transaction():
            row = service.keep(
                contest,
                Path(spool.name),
                key=key,
                standings_digest=digest,
                bag_digest=written.bag_digest,
                by=by,
                now=now,
            )
        return {"archive": row.public_id, "sha256": row.sha256, "bag": written.bag_digest, "files": written.files}
