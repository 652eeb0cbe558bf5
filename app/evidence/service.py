# SPDX-License-Identifier: Apache-2.0
"""Keep files as evidence, strike them, and give up what nobody but its owner has seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from app import audit, jobs
from app.accounts.names import clean_line
from app.audit import Event
from app.competitions.models import Competition
from app.db import Base, db
from app.errors import Conflict, Invalid
from app.evidence.models import Blob, Evidence, EvidenceState, Preview
from app.policy import Actor
from uploads import Received

CAPTION = 200  # characters
REASON = 300
SAY_WHY = _l("Say why.")


class OfDiary(Protocol):
    """A diary entry, as far as evidence knows of it: its feature stands to the right."""

    @property
    def id(self) -> int: ...
    @property
    def diary_id(self) -> int: ...


class OfEntry(Protocol):
    """An entry, as far as evidence knows of it."""

    @property
    def id(self) -> int: ...
    @property
    def competition(self) -> Competition: ...


def keep(
    received: Received,
    *,
    diary_entry: OfDiary | None = None,
    entry: OfEntry | None = None,
    caption: str = "",
    position: int = 0,
    by: Actor,
    now: datetime,
) -> Evidence:
    """Make a received file evidence of a diary entry or of an entry's result report; its pictures follow by a job."""
    if (diary_entry is None) == (entry is None):
        raise ValueError("evidence belongs to a diary entry or to an entry")
    session = db.session()
    session.flush()
    contest = entry.competition if entry is not None else _competition_of(diary_entry)
    kept = Evidence(
        blob_id=keep_blob(
            sha256=received.sha256, size=received.size, media_type=received.media_type, key=received.key, now=now
        ).id,
        diary_entry_id=diary_entry.id if diary_entry is not None else None,
        entry_id=entry.id if entry is not None else None,
        kind=str(received.kind),
        file_name=received.file_name,
        caption=checked_caption(caption),
        width=received.width,
        height=received.height,
        pages=received.pages,
        position=position,
        received_at=now,
        received_by_id=by.user_id,
    )
    session.add(kept)
    session.flush()
    audit.record(
        Event.EVIDENCE_RECEIVED,
        kept,
        by=by,
        now=now,
        competition=contest,
        data={"sha256": received.sha256, "size": received.size, "kind": kept.kind},
    )
    jobs.enqueue(
        "previews",
        {"evidence": kept.id},
        by=by,
        now=now,
        competition_id=contest.id if contest is not None else None,
    )
    return kept


def keep_blob(*, sha256: str, size: int, media_type: str, key: str, now: datetime) -> Blob:
    """Return the row of some stored bytes, made when this content comes for the first time."""
    session = db.session()
    query = select(Blob).where(Blob.sha256 == sha256)
    found = session.scalar(query)
    if found is not None:
        return found
    blob = Blob(sha256=sha256, size=size, media_type=media_type, key=key, created_at=now)
    try:
        with session.begin_nested():
            session.add(blob)
    except IntegrityError:  # the same content arrived by another request at this moment
        return session.scalars(query).one()
    return blob


def strike(evidence: Evidence, *, reason: str, by: Actor, now: datetime) -> None:
    """Strike evidence 作废: it stays stored, and whoever may read it sees that and why it was struck."""
    if evidence.struck_at is not None:
        raise Conflict(_l("This file was struck already."))
    evidence.struck_at, evidence.struck_reason = now, checked_reason(reason)
    audit.record(
        Event.EVIDENCE_STRUCK,
        evidence,
        by=by,
        now=now,
        competition=competition_of(evidence),
        data={"reason": evidence.struck_reason},
    )


def discard(evidence: Evidence, *, by: Actor, now: datetime) -> None:
    """Take away a file that only its owner has seen: what was put before others is struck instead."""
    audit.record(Event.EVIDENCE_DISCARDED, evidence, by=by, now=now, competition=competition_of(evidence))
    session = db.session()
    session.execute(delete(Preview).where(Preview.evidence_id == evidence.id))
    session.delete(evidence)
    session.flush()


def describe(evidence: Evidence, *, caption: str, position: int) -> bool:
    """Set caption and place in the order; tell whether anything changed."""
    wanted = (checked_caption(caption), position)
    if (evidence.caption, evidence.position) == wanted:
        return False
    evidence.caption, evidence.position = wanted
    return True


def add_previews(evidence_id: int, drawn: Sequence[Preview]) -> None:
    """Add pictures to a file, leaving out those that it has: a job may run twice."""
    session = db.session()
    known = {
        (name, number)
        for name, number in session.execute(
            select(Preview.name, Preview.number).where(Preview.evidence_id == evidence_id)
        )
    }
    for picture in drawn:
        if (picture.name, picture.number) not in known:
            picture.evidence_id = evidence_id
            session.add(picture)


def finish_previews(evidence: Evidence) -> None:
    """Say that every picture which can be made of a file is there."""
    drawn = db.session.scalar(select(Preview.id).where(Preview.evidence_id == evidence.id).limit(1))
    evidence.state = EvidenceState.READY if drawn is not None else EvidenceState.WITHOUT


def checked_caption(caption: str) -> str:
    """Return a caption as it is stored, or refuse it."""
    try:
        return clean_line(caption, field="captions", limit=CAPTION, required=False)
    except Invalid as invalid:
        message = _l("A caption is one line of at most %(limit)s characters.", limit=CAPTION)
        raise Invalid(message, fields={"captions": message}) from invalid


def checked_reason(reason: str) -> str:
    """Return a reason without its outer white space; refuse none and one that is too long."""
    text = reason.strip()
    if not text:
        raise Invalid(SAY_WHY, fields={"reason": SAY_WHY})
    if len(text) > REASON:
        message = _l("At most %(limit)s characters.", limit=REASON)
        raise Invalid(message, fields={"reason": message})
    return text


def competition_of(evidence: Evidence) -> Competition | None:
    """Return the contest that a file belongs to."""
    entry = Base.metadata.tables["entry"]
    if evidence.entry_id is not None:
        query = select(entry.c.competition_id).where(entry.c.id == evidence.entry_id)
    else:
        diary_entry = Base.metadata.tables["diary_entry"]
        query = (
            select(entry.c.competition_id)
            .join(diary_entry, diary_entry.c.diary_id == entry.c.diary_id)
            .where(diary_entry.c.id == evidence.diary_entry_id)
        )
    return _competition(db.session.scalar(query))


def _competition_of(diary_entry: OfDiary | None) -> Competition | None:
    if diary_entry is None:
        return None
    entry = Base.metadata.tables["entry"]
    return _competition(
        db.session.scalar(select(entry.c.competition_id).where(entry.c.diary_id == diary_entry.diary_id))
    )


def _competition(identity: int | None) -> Competition | None:
    return None if identity is None else db.session.get(Competition, identity)
