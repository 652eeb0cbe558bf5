# SPDX-License-Identifier: Apache-2.0
"""The policy of entries and diaries said in SQL, for lists: a property test holds it equal to the policy table.

Everything here is about one contest: its zone says which day it is, and its grants say who the actor is in it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, select, true

from app.accounts.models import Unit
from app.competitions.models import Competition
from app.diaries.models import Diary, DiaryEntry, DiaryState, ReleaseRule
from app.diaries.service import today_of
from app.entries import judged
from app.entries.models import Entry, EntryMember, EntryState
from app.policy import Actor, Role


def owned(actor: Actor) -> ColumnElement[bool]:
    """The actor registered `Entry` or is named in it with an account."""
    if actor.user_id is None:
        return false()
    named = exists(
        select(1).where(EntryMember.entry_id == Entry.id, EntryMember.user_id == actor.user_id).correlate(Entry)
    )
    return or_(Entry.owner_id == actor.user_id, named)


def clerk(actor: Actor, competition: Competition) -> ColumnElement[bool]:
    """The actor is clerk of the unit of `Entry` or of one above it."""
    units = [unit_id for contest, unit_id in actor.clerk_of if contest == competition.id]
    if not units:
        return false()
    paths = or_(*(Unit.path.contains(f"/{unit_id}/") for unit_id in sorted(units)))
    return exists(select(1).where(Unit.id == Entry.unit_id, paths).correlate(Entry))


def office(actor: Actor, competition: Competition) -> ColumnElement[bool]:
    """The actor reads all of `Entry` by an office and has not stepped back from it as a judge."""
    if actor.user_id is None:
        return false()
    overseer = actor.has(Role.ORGANIZER, competition.id) or actor.has(Role.SUPERVISOR, competition.id)
    holds = or_(true() if overseer else false(), clerk(actor, competition), judged.judges(actor.user_id))
    return and_(holds, not_(judged.has_recused(actor.user_id)))


def reads(actor: Actor, competition: Competition) -> ColumnElement[bool]:
    """ENTRY_READ."""
    return or_(owned(actor), office(actor, competition))


def is_public(competition: Competition, now: datetime) -> ColumnElement[bool]:
    """Everybody may know of `Entry`."""
    if competition.opened_at is None or competition.opened_at > now:
        return false()
    return Entry.state == EntryState.HANDED_IN


def sees(actor: Actor, competition: Competition, now: datetime) -> ColumnElement[bool]:
    """ENTRY_VIEW."""
    return or_(is_public(competition, now), reads(actor, competition))


def is_released(competition: Competition, now: datetime) -> ColumnElement[bool]:
    """`DiaryEntry` is public, as far as its diary and its entry go: needs `Diary` and `Entry` in the query."""
    is_open = or_(
        Diary.release_rule == ReleaseRule.AS_CONTEST,
        and_(Diary.release_rule == ReleaseRule.FROM_DATE, Diary.release_from <= today_of(competition, now)),
    )
    return and_(DiaryEntry.state == DiaryState.RELEASED, is_open, is_public(competition, now))


def sees_diary_entry(actor: Actor, competition: Competition, now: datetime) -> ColumnElement[bool]:
    """DIARY_ENTRY_VIEW: needs `DiaryEntry`, `Diary` and `Entry` in the query."""
    return or_(
        is_released(competition, now),
        owned(actor),
        and_(office(actor, competition), DiaryEntry.state != DiaryState.DRAFT),
    )


def releases(actor: Actor, competition: Competition) -> ColumnElement[bool]:
    """DIARY_ENTRY_RELEASE: needs `DiaryEntry` and `Entry` in the query."""
    if actor.user_id is None:
        return false()
    may = or_(true() if actor.has(Role.ORGANIZER, competition.id) else false(), clerk(actor, competition))
    return and_(
        may,
        not_(judged.has_recused(actor.user_id)),
        Entry.state.in_((EntryState.DRAFT, EntryState.HANDED_IN)),
        DiaryEntry.state.not_in((DiaryState.DRAFT, DiaryState.STRUCK)),
    )
