# SPDX-License-Identifier: Apache-2.0
"""Whom a ranking concerns."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select, union

from app.accounts.models import RoleGrant
from app.db import db
from app.entries.models import Entry, EntryMember
from app.policy import Role
from app.results.models import RankingRow, RankingRun


def others_who_organize(competition_id: int, user_id: int | None) -> list[int]:
    """Return the organizers of a contest but one, in a steady order."""
    query = select(RoleGrant.user_id).where(
        RoleGrant.competition_id == competition_id,
        RoleGrant.role == Role.ORGANIZER,
        RoleGrant.revoked_at.is_(None),
        RoleGrant.user_id != user_id,
    )
    return sorted(set(db.session().scalars(query)))


def people_of(run: RankingRun) -> list[int]:
    """Return everybody who has an entry in a run: owners, and people named in it who have an account."""
    ranked = select(RankingRow.entry_id).where(RankingRow.run_id == run.id)
    owners = select(Entry.owner_id.label("person")).where(Entry.id.in_(ranked))
    members = select(EntryMember.user_id).where(EntryMember.entry_id.in_(ranked), EntryMember.user_id.is_not(None))
    people: Iterable[int] = db.session().scalars(union(owners, members))
    return sorted(people)


def people_of_entries(entry_ids: Iterable[int]) -> dict[int, list[int]]:
    """Return the people of each entry, in a steady order."""
    ids = list(entry_ids)
    found: dict[int, set[int]] = {entry: set() for entry in ids}
    session = db.session()
    for entry, person in session.execute(select(Entry.id, Entry.owner_id).where(Entry.id.in_(ids))):
        found[entry].add(person)
    named = select(EntryMember.entry_id, EntryMember.user_id).where(
        EntryMember.entry_id.in_(ids), EntryMember.user_id.is_not(None)
    )
    for row in session.execute(named):
        found[row.entry_id].add(row.user_id)
    return {entry: sorted(people) for entry, people in found.items()}
