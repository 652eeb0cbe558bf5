# SPDX-License-Identifier: Apache-2.0
"""The audit trail: one event for every change of state, in the same transaction, in gapless order.

A row is never changed: triggers on both engines refuse UPDATE and DELETE. The canonical bytes of a row are what later
receipts and checkpoints hash, so the row carries them as they were written. No personal data in clear: what names a
person enters as a salted commitment, and destroying the salt erases it while the trail still verifies.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import rfc8785
from flask import Flask
from sqlalchemy import DDL, ForeignKey, Integer, String, Text, UniqueConstraint, event, select
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import iso
from app.db import Base, PublicId, db

INSTALLATION = 0  # the trail of what belongs to no competition


class Event(StrEnum):
    """Every change of state that the platform knows, in the past tense."""

    # accounts
    USER_CREATED = "user.created"
    USER_CHANGED = "user.changed"
    USER_SUSPENDED = "user.suspended"
    USER_RESUMED = "user.resumed"
    PASSWORD_SET = "password.set"  # noqa: S105  # the name of an event
    SESSION_STARTED = "session.started"
    SESSION_ENDED = "session.ended"
    SIGN_IN_LINK_MADE = "sign_in_link.made"
    SIGN_IN_LINK_REVOKED = "sign_in_link.revoked"
    UNIT_CREATED = "unit.created"
    UNIT_CHANGED = "unit.changed"
    ROLE_GRANTED = "role.granted"
    ROLE_REVOKED = "role.revoked"
    # competitions and rubrics
    COMPETITION_CREATED = "competition.created"
    COMPETITION_CHANGED = "competition.changed"
    COMPETITION_OPENED = "competition.opened"
    COMPETITION_LOADED = "competition.loaded"
    DIVISION_CREATED = "division.created"
    DIVISION_CHANGED = "division.changed"
    CATEGORY_CREATED = "category.created"
    CATEGORY_CHANGED = "category.changed"
    STAGE_CREATED = "stage.created"
    STAGE_CHANGED = "stage.changed"
    CATEGORY_JOINED = "stage_category.joined"
    STAGE_CATEGORY_CHANGED = "stage_category.changed"
    WINDOW_SET = "window.set"
    DOCUMENT_SAVED = "document.saved"
    DOCUMENT_FROZEN = "document.frozen"
    DOCUMENT_COPIED = "document.copied"
    # entries, diaries, evidence
    ENTRY_CREATED = "entry.created"
    ENTRY_SAVED = "entry.saved"
    ENTRY_HANDED_IN = "entry.handed_in"
    ENTRY_WITHDRAWN = "entry.withdrawn"
    ENTRY_DISQUALIFIED = "entry.disqualified"
    RESULT_SAVED = "result_report.saved"
    RESULT_HANDED_IN = "result_report.handed_in"
    DIARY_RELEASE_SET = "diary.release_set"
    DIARY_ENTRY_WRITTEN = "diary_entry.written"
    DIARY_ENTRY_CHANGED = "diary_entry.changed"
    DIARY_ENTRY_RELEASED = "diary_entry.released"
    DIARY_ENTRY_HELD = "diary_entry.held"
    DIARY_ENTRY_STRUCK = "diary_entry.struck"
    DIARY_ENTRY_DISCARDED = "diary_entry.discarded"
    EVIDENCE_RECEIVED = "evidence.received"
    EVIDENCE_STRUCK = "evidence.struck"
    EVIDENCE_DISCARDED = "evidence.discarded"
    # judging
    PANEL_CREATED = "panel.created"
    PANEL_ENTRUSTED = "panel.entrusted"
    JUDGE_SEATED = "judge.seated"
    JUDGE_UNSEATED = "judge.unseated"
    ASSIGNMENTS_DRAWN = "assignments.drawn"
    ASSIGNMENT_ADDED = "assignment.added"
    ASSIGNMENT_REMOVED = "assignment.removed"
    ASSIGNMENT_SKIPPED = "assignment.skipped"
    JUDGE_RECUSED = "judge.recused"
    JUDGE_ABSTAINED = "judge.abstained"
    SHEET_SAVED = "scoresheet.saved"
    SHEET_SUBMITTED = "scoresheet.submitted"
    SHEET_RETURNED = "scoresheet.returned"
    # results
    RANKING_COMPUTED = "ranking.computed"
    RANKING_CONFIRMED = "ranking.confirmed"
    RANKING_REJECTED = "ranking.rejected"
    RANKING_PUBLISHED = "ranking.published"
    RANKING_MADE_FINAL = "ranking.made_final"
    RANKING_SUPERSEDED = "ranking.superseded"
    PROMOTION_APPLIED = "promotion.applied"
    EXPORT_MADE = "export.made"
    # awards and archive
    AWARDS_GRANTED = "awards.granted"
    CERTIFICATES_ORDERED = "certificates.ordered"
    CERTIFICATE_ISSUED = "certificate.issued"
    CERTIFICATE_WITHDRAWN = "certificate.withdrawn"
    ARCHIVE_MADE = "archive.made"


class AuditHead(Base):
    """The last sequence number of one competition's trail; locked while the next is taken."""

    __tablename__ = "audit_head"

    competition_id: Mapped[int] = mapped_column(Integer, unique=True)
    last_sequence: Mapped[int] = mapped_column(default=0)


class AuditEvent(Base, PublicId):
    """One change of state, as it was written; `canonical` is the row's RFC 8785 form."""

    __tablename__ = "audit_event"
    __table_args__ = (UniqueConstraint("competition_id", "sequence"),)

    competition_id: Mapped[int] = mapped_column(Integer)
    sequence: Mapped[int]
    at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(60), index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    via: Mapped[str] = mapped_column(String(10))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(64), index=True)
    canonical: Mapped[str] = mapped_column(Text)


class AccessLog(Base):
    """Who read something sealed, and when. Not evidence: retention may clear it."""

    __tablename__ = "access_log"

    at: Mapped[datetime]
    competition_id: Mapped[int | None] = mapped_column(Integer, index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    action: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(64))


class PersonalSalt(Base):
    """The salt behind a person's commitments; destroying it makes them say nothing."""

    __tablename__ = "personal_salt"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), unique=True)
    salt: Mapped[str] = mapped_column(String(64))


class Subject(Protocol):
    """What an event is about: any model with a public id."""

    __tablename__: str

    @property
    def public_id(self) -> Any: ...


class Trail(Protocol):
    """The competition whose trail an event belongs to."""

    @property
    def id(self) -> Any: ...
    @property
    def public_id(self) -> Any: ...


class By(Protocol):
    """Who did it: the part of an actor that the trail keeps."""

    @property
    def user_id(self) -> int | None: ...
    @property
    def public_id(self) -> str | None: ...
    @property
    def via(self) -> str: ...


def record(
    name: Event,
    subject: Subject,
    *,
    by: By,
    now: datetime,
    competition: Trail | None = None,
    data: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Write one event into the running transaction and return it.

    `data` holds ids, states and exact values as strings; never a float, never a person's name or address.
    """
    session = db.session()
    session.flush()  # the subject needs its public id, and an error must not leave a hole in the sequence
    trail = competition.id if competition is not None else INSTALLATION
    head = session.scalar(select(AuditHead).where(AuditHead.competition_id == trail).with_for_update())
    if head is None:
        head = AuditHead(competition_id=trail, last_sequence=0)
        session.add(head)
    head.last_sequence += 1
    row = {
        "v": 1,
        "trail": competition.public_id if competition is not None else "installation",
        "sequence": head.last_sequence,
        "at": iso(now),
        "event": str(name),
        "actor": by.public_id,
        "via": by.via,
        "subject": {"type": subject.__tablename__, "id": subject.public_id},
        "data": dict(data or {}),
    }
    written = AuditEvent(
        competition_id=trail,
        sequence=head.last_sequence,
        at=now,
        name=str(name),
        actor_id=by.user_id,
        via=by.via,
        subject_type=subject.__tablename__,
        subject_id=subject.public_id,
        canonical=rfc8785.dumps(row).decode("utf-8"),
    )
    session.add(written)
    session.flush()
    return written


def note_access(action: str, subject: Subject, *, by: By, now: datetime, competition_id: int | None = None) -> None:
    """Note that `by` read something sealed; belongs in a transaction of its own after the page is built."""
    db.session().add(
        AccessLog(
            at=now,
            competition_id=competition_id,
            actor_id=by.user_id,
            action=action,
            subject_type=subject.__tablename__,
            subject_id=subject.public_id,
        )
    )


def commitment(text: str, *, user_id: int) -> str:
    """Return what the trail may hold instead of `text` about a person: HMAC-SHA-256 under the person's salt."""
    session = db.session()
    row = session.scalar(select(PersonalSalt).where(PersonalSalt.user_id == user_id))
    if row is None:
        row = PersonalSalt(user_id=user_id, salt=secrets.token_hex(32))
        session.add(row)
    return hmac.new(bytes.fromhex(row.salt), text.encode("utf-8"), hashlib.sha256).hexdigest()


SQLITE_TRIGGERS = tuple(
    f"CREATE TRIGGER audit_event_no_{verb.lower()} BEFORE {verb} ON audit_event "
    "BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END"
    for verb in ("UPDATE", "DELETE")
)
POSTGRESQL_TRIGGERS = (
    """CREATE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'audit_event is append-only'; END $$""",
    """CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse()""",
)


def _ddl(statement: str, dialect: str) -> Any:
    ddl: Any = DDL(statement)  # type: ignore[no-untyped-call]  # SQLAlchemy gives DDL no types
    return ddl.execute_if(dialect=dialect)


for _statement in SQLITE_TRIGGERS:
    event.listen(AuditEvent.__table__, "after_create", _ddl(_statement, "sqlite"))
for _statement in POSTGRESQL_TRIGGERS:
    event.listen(AuditEvent.__table__, "after_create", _ddl(_statement, "postgresql"))


def init_app(app: Flask) -> None:
    """Give templates the wording of events."""
    app.jinja_env.globals["Event"] = Event
