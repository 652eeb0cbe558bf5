# SPDX-License-Identifier: Apache-2.0
"""Claims about entries, and about the diaries and files that belong to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.accounts.models import Unit
from app.competitions import predicates as competitions
from app.db import db
from app.diaries.models import Diary, DiaryEntry, DiaryState, ReleaseRule
from app.entries import judged
from app.entries.models import Entry, EntryState
from app.evidence.models import Evidence, Preview
from app.policy import Actor, Predicate, predicate


def entry_of(obj: Any) -> Entry | None:
    """Return the entry that an entry, diary, diary entry, file or picture belongs to."""
    if obj is None or isinstance(obj, Entry):
        return obj
    if isinstance(obj, Preview):
        return entry_of(obj.evidence)
    if isinstance(obj, Evidence):
        if obj.entry_id is not None:
            return db.session.get(Entry, obj.entry_id)
        return entry_of(diary_entry_of(obj))
    if isinstance(obj, DiaryEntry):
        return entry_of(obj.diary)
    return entry_of(getattr(obj, "entry", None))  # a diary has it from Entry.diary, an assignment as its own


def diary_entry_of(obj: Any) -> DiaryEntry | None:
    """Return the diary entry that a file or picture belongs to, or None."""
    if isinstance(obj, DiaryEntry):
        return obj
    file = evidence_of(obj)
    return None if file is None or file.diary_entry_id is None else db.session.get(DiaryEntry, file.diary_entry_id)


def evidence_of(obj: Any) -> Evidence | None:
    """Return the file itself, or the one that a picture was made of."""
    if isinstance(obj, Preview):
        return obj.evidence
    return obj if isinstance(obj, Evidence) else None


def of_entry(claim: Predicate) -> Predicate:
    """Make a claim about a contest one about the entry that a diary entry or file belongs to."""

    @predicate(claim.label)
    def holds(actor: Actor, obj: Any, now: datetime) -> bool:
        entry = entry_of(obj)
        return entry is not None and claim(actor, entry, now)

    return holds


organizer = of_entry(competitions.organizer)
supervisor = of_entry(competitions.supervisor)
diary_window_open = of_entry(competitions.diary_window_open)


@predicate(_l("This entry belongs to somebody else."))
def owner(actor: Actor, obj: Any, now: datetime) -> bool:
    """The actor registered the entry or is named as one of its people with an account."""
    entry = entry_of(obj)
    if entry is None or not actor.is_signed_in:
        return False
    return entry.owner_id == actor.user_id or any(m.user_id == actor.user_id for m in entry.members if m.user_id)


@predicate(_l("Only the clerk of the entry's unit may do this."))
def unit_clerk(actor: Actor, obj: Any, now: datetime) -> bool:
    """The actor is clerk of the entry's unit or of one above it."""
    entry = entry_of(obj)
    if entry is None or not actor.clerk_of:
        return False
    unit = db.session.get(Unit, entry.unit_id)
    above = {int(part) for part in unit.path.split("/") if part} if unit is not None else set()
    return any(contest == entry.competition_id and unit_id in above for contest, unit_id in actor.clerk_of)


@predicate(None)
def is_public(actor: Actor, obj: Any, now: datetime) -> bool:
    """The entry is handed in and its contest open: everybody may know of it."""
    entry = entry_of(obj)
    return (
        entry is not None and entry.state == EntryState.HANDED_IN and competitions.opened(actor, entry.competition, now)
    )


@predicate(None)
def is_released(actor: Actor, obj: Any, now: datetime) -> bool:
    """The diary entry, or the one the file belongs to, is released and its diary keeps nothing back."""
    note, file = diary_entry_of(obj), evidence_of(obj)
    if note is None or note.state != DiaryState.RELEASED or (file is not None and file.struck_at is not None):
        return False
    return diary_is_open(note.diary, entry_of(note), now)


def diary_is_open(diary: Diary, entry: Entry | None, now: datetime) -> bool:
    """Tell whether the diary's own rule lets the public read what is released."""
    if entry is None or diary.release_rule == ReleaseRule.NEVER:
        return False
    if diary.release_rule == ReleaseRule.FROM_DATE:
        today = now.astimezone(ZoneInfo(entry.competition.timezone)).date()
        return diary.release_from is not None and diary.release_from <= today
    return True


@predicate(_l("The entry is no longer open to changes: it is withdrawn or disqualified."))
def is_live(actor: Actor, obj: Any, now: datetime) -> bool:
    entry = entry_of(obj)
    return entry is not None and entry.state in (EntryState.DRAFT, EntryState.HANDED_IN)


@predicate(_l("Hand the application form in first."))
def is_handed_in(actor: Actor, obj: Any, now: datetime) -> bool:
    entry = entry_of(obj)
    return entry is not None and entry.state == EntryState.HANDED_IN


@predicate(_l("This diary entry was struck."))
def not_struck(actor: Actor, obj: Any, now: datetime) -> bool:
    note = diary_entry_of(obj)
    return note is not None and note.state != DiaryState.STRUCK


@predicate(_l("A released diary entry stays as it is: it may be evidence already. Strike it and write a new one."))
def not_released(actor: Actor, obj: Any, now: datetime) -> bool:
    note = diary_entry_of(obj)
    return note is not None and note.state in (DiaryState.DRAFT, DiaryState.WAITING, DiaryState.HELD)


@predicate(None)
def put_forward(actor: Actor, obj: Any, now: datetime) -> bool:
    """The owner has let it go: a diary entry that is no draft, a file of a result report that was handed in.

    A draft is its author's own: nobody else who reads the entry reads it.
    """
    note, file = diary_entry_of(obj), evidence_of(obj)
    if note is not None:
        return note.state != DiaryState.DRAFT
    if file is None:
        return True
    entry = entry_of(file)
    return entry is not None and entry.result_handed_in_at is not None and file.received_at <= entry.result_handed_in_at


@predicate(_l("The entry is frozen: judges are marking it."))
def not_being_judged(actor: Actor, obj: Any, now: datetime) -> bool:
    """No judge has the entry to mark in a stage whose marking window holds."""
    entry = entry_of(obj)
    if entry is None:
        return False
    return not db.session.scalar(select(judged.is_being_judged(now)).where(Entry.id == entry.id))
