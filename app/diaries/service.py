# SPDX-License-Identifier: Apache-2.0
"""Write diary entries, put them forward, release them, hold them back, strike them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import rfc8785
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app import audit
from app.accounts.names import EMPTY, clean_line
from app.audit import Event
from app.competitions.models import Competition, DiaryRelease
from app.db import db
from app.diaries.models import Diary, DiaryEntry, DiaryState, ReleaseRule
from app.diaries.texts import clean_text
from app.errors import Conflict, Invalid, Stale
from app.evidence import service as evidence_service
from app.evidence.models import Evidence
from app.evidence.service import checked_reason
from app.notify import NoticeKind, notify
from app.policy import Actor
from uploads import Received

TITLE, PLACE, BODY = 120, 120, 20_000  # characters
FILES = 30  # of one diary entry
EARLIEST = date(1949, 10, 1)  # a year typed with two digits is noticed, and no contest is older


@dataclass(frozen=True, slots=True)
class Files:
    """What becomes of the files of a diary entry when it is saved."""

    added: Sequence[Received] = ()
    captions: Mapping[str, str] = field(default_factory=dict)  # by the file's public id
    removed: Iterable[str] = ()  # public ids


def write(
    diary: Diary,
    *,
    title: str,
    body: str,
    happened_on: date,
    place: str,
    release: bool,
    at_once: bool,
    files: Sequence[Received] = (),
    by: Actor,
    now: datetime,
    competition: Competition,
) -> DiaryEntry:
    """Write a diary entry: a draft, or put forward (`release`) and by the contest's setting public `at_once`."""
    entry = DiaryEntry(diary_id=diary.id, written_at=now, changed_at=now, author_id=by.user_id)
    _set_content(
        entry,
        title=title,
        body=body,
        happened_on=happened_on,
        place=place,
        draft=not release,
        today=today_of(competition, now),
    )
    if release:
        _put_forward(entry, at_once=at_once, by=by, now=now)
    db.session().add(entry)
    db.session().flush()
    _add_files(entry, files, by=by, now=now)
    audit.record(Event.DIARY_ENTRY_WRITTEN, entry, by=by, now=now, competition=competition, data=_facts(entry))
    return entry


def change(
    diary_entry: DiaryEntry,
    *,
    expected_version: int,
    title: str,
    body: str,
    happened_on: date,
    place: str,
    release: bool = False,
    at_once: bool = False,
    files: Files | None = None,
    by: Actor,
    now: datetime,
    competition: Competition,
) -> DiaryEntry:
    """Change an entry that is not released; `release` puts a draft forward, or one that was held back again."""
    if diary_entry.state not in (DiaryState.DRAFT, DiaryState.WAITING, DiaryState.HELD):
        raise Conflict(
            _l("A released diary entry stays as it is: it may be evidence already. Strike it and write a new one.")
        )
    check_version(diary_entry, expected_version)
    draft = diary_entry.state == DiaryState.DRAFT and not release
    _set_content(
        diary_entry,
        title=title,
        body=body,
        happened_on=happened_on,
        place=place,
        draft=draft,
        today=today_of(competition, now),
    )
    _change_files(diary_entry, files or Files(), by=by, now=now)
    diary_entry.changed_at = now
    if release and diary_entry.state != DiaryState.WAITING:
        _put_forward(diary_entry, at_once=at_once, by=by, now=now)
    audit.record(
        Event.DIARY_ENTRY_CHANGED, diary_entry, by=by, now=now, competition=competition, data=_facts(diary_entry)
    )
    return diary_entry


def add_files(diary_entry: DiaryEntry, files: Sequence[Received], *, by: Actor, now: datetime) -> None:
    """Keep more files with an entry that is not released, whatever becomes of the text sent with them."""
    if diary_entry.state not in (DiaryState.DRAFT, DiaryState.WAITING, DiaryState.HELD):
        raise Conflict(_l("A released diary entry stays as it is."))
    _add_files(diary_entry, files, by=by, now=now, after=len(_evidence(diary_entry)))


def release(diary_entry: DiaryEntry, *, by: Actor, now: datetime, competition: Competition) -> DiaryEntry:
    """Release an entry that waits or was held back, and tell its author."""
    if diary_entry.state not in (DiaryState.WAITING, DiaryState.HELD):
        raise Conflict(_l("Only an entry that waits, or was held back, can be released. Reload the page."))
    _release(diary_entry, by=by, now=now)
    audit.record(
        Event.DIARY_ENTRY_RELEASED, diary_entry, by=by, now=now, competition=competition, data=_facts(diary_entry)
    )
    _tell(diary_entry, NoticeKind.DIARY_ENTRY_RELEASED, by=by, now=now, competition=competition)
    return diary_entry


def release_all(
    diary_entries: Iterable[DiaryEntry], *, by: Actor, now: datetime, competition: Competition
) -> tuple[list[DiaryEntry], list[DiaryEntry]]:
    """Release each as `release` does; return those released and those that somebody else decided on meanwhile."""
    released: list[DiaryEntry] = []
    left: list[DiaryEntry] = []
    for diary_entry in diary_entries:
        if diary_entry.state in (DiaryState.WAITING, DiaryState.HELD):
            released.append(release(diary_entry, by=by, now=now, competition=competition))
        else:
            left.append(diary_entry)
    return released, left


def hold(diary_entry: DiaryEntry, *, reason: str, by: Actor, now: datetime, competition: Competition) -> DiaryEntry:
    """Hold an entry back, also one that is public already; its author reads why and can change it."""
    if diary_entry.state not in (DiaryState.WAITING, DiaryState.RELEASED):
        raise Conflict(_l("Only an entry that waits or is released can be held back. Reload the page."))
    diary_entry.held_reason = checked_reason(reason)
    diary_entry.state = DiaryState.HELD
    diary_entry.released_at = diary_entry.released_by_id = None
    data = _facts(diary_entry) | {"reason": diary_entry.held_reason}
    audit.record(Event.DIARY_ENTRY_HELD, diary_entry, by=by, now=now, competition=competition, data=data)
    _tell(diary_entry, NoticeKind.DIARY_ENTRY_HELD, by=by, now=now, competition=competition)
    return diary_entry


def strike(diary_entry: DiaryEntry, *, reason: str, by: Actor, now: datetime, competition: Competition) -> DiaryEntry:
    """Strike an entry 作废: it stays on the record as struck, with the reason, and is no longer public."""
    if diary_entry.state == DiaryState.DRAFT:
        raise Conflict(_l("Nobody has seen a draft: discard it instead."))
    if diary_entry.state == DiaryState.STRUCK:
        raise Conflict(_l("This diary entry was struck already."))
    diary_entry.held_reason = checked_reason(reason)
    diary_entry.state = DiaryState.STRUCK
    data = _facts(diary_entry) | {"reason": diary_entry.held_reason}
    audit.record(Event.DIARY_ENTRY_STRUCK, diary_entry, by=by, now=now, competition=competition, data=data)
    return diary_entry


def discard(diary_entry: DiaryEntry, *, by: Actor, now: datetime, competition: Competition) -> None:
    """Take a draft away with its files: nobody but its author has seen it."""
    if diary_entry.state != DiaryState.DRAFT:
        raise Conflict(_l("Only a draft can be discarded. What was put forward is struck, and stays on the record."))
    for file in _evidence(diary_entry):
        evidence_service.discard(file, by=by, now=now)
    audit.record(Event.DIARY_ENTRY_DISCARDED, diary_entry, by=by, now=now, competition=competition)
    db.session().delete(diary_entry)


def set_release_rule(
    diary: Diary,
    rule: ReleaseRule,
    *,
    release_from: date | None = None,
    by: Actor,
    now: datetime,
    competition: Competition,
) -> Diary:
    """Set when the public may read a diary: as the contest says, never, or from a date."""
    if rule == ReleaseRule.FROM_DATE and release_from is None:
        raise Invalid(EMPTY, fields={"release_from": EMPTY})
    diary.release_rule = rule
    diary.release_from = release_from if rule == ReleaseRule.FROM_DATE else None
    data = {"rule": str(rule), "from": diary.release_from.isoformat() if diary.release_from else None}
    audit.record(Event.DIARY_RELEASE_SET, diary, by=by, now=now, competition=competition, data=data)
    return diary


def releases_at_once(competition: Competition) -> bool:
    """Tell whether the contest's setting makes an entry public as soon as it is put forward."""
    return competition.diary_release == DiaryRelease.AT_ONCE


def today_of(competition: Competition, now: datetime) -> date:
    """Return the day that it is in the contest's zone."""
    return now.astimezone(ZoneInfo(competition.timezone)).date()


def check_version(diary_entry: DiaryEntry, expected_version: int) -> None:
    """Raise `Stale` when the entry changed since it was opened."""
    if diary_entry.version != expected_version:
        raise Stale(
            _l("This diary entry was changed meanwhile, perhaps in another window. Both texts are below."),
            theirs=diary_entry,
        )


def content_digest(diary_entry: DiaryEntry) -> str:
    """Return the SHA-256 of what an entry says, so that the trail proves a later change."""
    content = {
        "title": diary_entry.title,
        "body": diary_entry.body,
        "happened_on": diary_entry.happened_on.isoformat(),
        "place": diary_entry.place,
    }
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def _facts(diary_entry: DiaryEntry) -> dict[str, Any]:
    return {"state": str(diary_entry.state), "digest": content_digest(diary_entry)}


def _set_content(
    entry: DiaryEntry, *, title: str, body: str, happened_on: date, place: str, draft: bool, today: date
) -> None:
    """Check and set what an entry says, naming every fault at once; a draft may still lack its title."""
    faults: dict[str, Any] = {}
    checked: dict[str, str] = {}
    for name, check, value, limit in (
        ("title", clean_line, title, TITLE),
        ("place", clean_line, place, PLACE),
        ("body", clean_text, body, BODY),
    ):
        try:
            checked[name] = check(value, field=name, limit=limit, required=name == "title" and not draft)
        except Invalid as invalid:
            faults.update(invalid.fields)
    if happened_on > today:
        faults["happened_on"] = _l("This day is still to come. Write the day on which it happened.")
    elif happened_on < EARLIEST:
        faults["happened_on"] = _l("This day is too long ago. Look at the year.")
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)
    entry.title, entry.place, entry.body = checked["title"], checked["place"], checked["body"]
    entry.happened_on = happened_on


def _put_forward(entry: DiaryEntry, *, at_once: bool, by: Actor, now: datetime) -> None:
    """Let an entry go: from now on others read it, and `written_at` says since when."""
    if entry.state != DiaryState.HELD:
        entry.written_at = now
    entry.held_reason = None
    entry.state = DiaryState.WAITING
    if at_once:
        _release(entry, by=by, now=now)


def _release(entry: DiaryEntry, *, by: Actor, now: datetime) -> None:
    entry.state = DiaryState.RELEASED
    entry.held_reason = None
    entry.released_at, entry.released_by_id = now, by.user_id


def _evidence(diary_entry: DiaryEntry) -> list[Evidence]:
    query = select(Evidence).where(Evidence.diary_entry_id == diary_entry.id).order_by(Evidence.position, Evidence.id)
    return list(db.session().scalars(query))


def _add_files(entry: DiaryEntry, files: Sequence[Received], *, by: Actor, now: datetime, after: int = 0) -> None:
    if after + len(files) > FILES:
        message = _l(
            "At most %(limit)s files belong to one diary entry. Write a second entry for the others.", limit=FILES
        )
        raise Invalid(message, fields={"files": message})
    for position, received in enumerate(files, start=after):
        evidence_service.keep(received, diary_entry=entry, position=position, by=by, now=now)


def _change_files(entry: DiaryEntry, files: Files, *, by: Actor, now: datetime) -> None:
    """Take away what a draft's author no longer wants, set captions, add what came."""
    removed = set(files.removed)
    kept = []
    for file in _evidence(entry):
        if file.public_id in removed and entry.state == DiaryState.DRAFT:
            evidence_service.discard(file, by=by, now=now)
        else:
            kept.append(file)
    for position, file in enumerate(kept):
        evidence_service.describe(file, caption=files.captions.get(file.public_id, file.caption), position=position)
    _add_files(entry, files.added, by=by, now=now, after=len(kept))


def _tell(diary_entry: DiaryEntry, kind: NoticeKind, *, by: Actor, now: datetime, competition: Competition) -> None:
    if diary_entry.author_id is None or diary_entry.author_id == by.user_id:
        return
    notify(
        diary_entry.author_id,
        kind,
        now=now,
        url=f"/diary/{diary_entry.public_id}",
        competition_id=competition.id,
        title=diary_entry.title,
        **({"reason": diary_entry.held_reason} if diary_entry.held_reason else {}),
    )
