# SPDX-License-Identifier: Apache-2.0
"""The archive pages: make one, follow the job, download, verify at home."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.archives import queries, service
from app.archives.models import Archive
from app.competitions.models import Competition
from app.competitions.navigation import organizer_nav
from app.db import transaction
from app.evidence.store import storage
from app.policy import Action, actor, requires

blueprint = Blueprint("archives", __name__)


@blueprint.get("/contests/<competition>/archives")
@requires(Action.ARCHIVE_LIST, Competition, "competition", by="slug")
def index(competition: Competition) -> ResponseReturnValue:
    """List the archives of a contest and say how to verify one."""
    return render_template(
        "archives/index.html",
        contest=competition,
        archives=queries.archives(competition),
        running=queries.running(competition),
        nav=organizer_nav(competition, "archives.index"),
    )


@blueprint.post("/contests/<competition>/archives")
@requires(Action.ARCHIVE_MAKE, Competition, "competition", by="slug")
def make(competition: Competition) -> ResponseReturnValue:
    """Ask for an archive and follow the job."""
    with transaction():
        job = service.make(competition, by=actor(), now=clock.now())
    return redirect(url_for("workspaces.job", job=job.public_id), 303)


@blueprint.get("/archives/<archive>.zip")
@requires(Action.ARCHIVE_DOWNLOAD, Archive, "archive")
def download(archive: Archive) -> ResponseReturnValue:
    """Send the bytes of an archive, streamed from the store."""
    name = f"{archive.competition.slug}-{archive.made_at:%Y%m%d-%H%M%S}.zip"
    response = Response(stream_with_context(storage().stream(archive.key)), mimetype="application/zip")
    response.headers["Content-Length"] = str(archive.size)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["ETag"] = f'"{archive.sha256}"'
    return response
