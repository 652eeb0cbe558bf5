# SPDX-License-Identifier: Apache-2.0
"""Make the pictures that are shown in place of a file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import structlog
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

import uploads
from app import clock, jobs
from app.db import db, transaction
from app.evidence import service
from app.evidence.models import Blob, Evidence, EvidenceState, Preview
from app.evidence.store import intake_folder, storage
from uploads import Code, Kind, Refused

AT_ONCE = 16  # rows in one transaction: judges' saves never wait for a job
log = structlog.get_logger()


@jobs.job("previews", _l("Making pictures of a file"))
def make_previews(progress: jobs.Progress, *, evidence: int) -> dict[str, int]:
    """Draw what can be shown of one file; the same content is drawn once. May run again from the start."""
    row = db.session.execute(
        select(Blob.key, Evidence.kind, Evidence.blob_id)
        .join(Evidence, Evidence.blob_id == Blob.id)
        .where(Evidence.id == evidence)
    ).one_or_none()
    if row is None:  # discarded meanwhile
        return {"pictures": 0}
    key, kind, blob_id = row
    twin = db.session.scalar(
        select(Evidence.id)
        .where(Evidence.blob_id == blob_id, Evidence.state == EvidenceState.READY, Evidence.id != evidence)
        .limit(1)
    )
    db.session.rollback()
    pictures = _copies(twin) if twin is not None else _drawn(key, Kind(kind))
    count, waiting = 0, []
    for picture in pictures:
        waiting.append(picture)
        if len(waiting) == AT_ONCE:
            _store(evidence, waiting)
            count, waiting = count + len(waiting), []
            progress(count)
    _store(evidence, waiting, last=True)
    return {"pictures": count + len(waiting)}


Drawn = tuple[uploads.Preview, str, int]  # the picture, its SHA-256 and its size


def _drawn(key: str, kind: Kind) -> Iterator[Drawn]:
    store = storage()
    try:
        for picture in uploads.previews(key, kind, storage=store, workdir=intake_folder()):
            content = store.read(picture.key)
            yield picture, hashlib.sha256(content).hexdigest(), len(content)
    except Refused as refused:
        if refused.code is Code.DISK_FULL:
            raise
        # What was drawn so far is shown, and the file itself can be downloaded.
        log.info("previews.refused", key=key, code=refused.code.value)


def _copies(evidence_id: int) -> list[Drawn]:
    """Return the pictures of another file with the same content."""
    rows = db.session.execute(
        select(Preview.number, Preview.name, Blob.key, Blob.media_type, Preview.width, Preview.height)
        .add_columns(Blob.sha256, Blob.size)
        .join(Blob, Blob.id == Preview.blob_id)
        .where(Preview.evidence_id == evidence_id)
        .order_by(Preview.id)
    ).all()
    db.session.rollback()
    return [(uploads.Preview(*row[:6]), row[6], row[7]) for row in rows]


def _store(evidence_id: int, drawn: list[Drawn], *, last: bool = False) -> None:
    now = clock.now()
    with transaction() as session:
        found = session.get(Evidence, evidence_id)
        if found is None:
            return
        service.add_previews(
            evidence_id,
            [
                Preview(
                    name=picture.name,
                    number=picture.number,
                    width=picture.width,
                    height=picture.height,
                    blob_id=service.keep_blob(
                        sha256=sha256, size=size, media_type=picture.media_type, key=picture.key, now=now
                    ).id,
                )
                for picture, sha256, size in drawn
            ],
        )
        if last:
            session.flush()
            service.finish_previews(found)
