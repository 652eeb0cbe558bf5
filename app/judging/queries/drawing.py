# SPDX-License-Identifier: Apache-2.0
"""What a draw has to know, and the draws that were made."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.accounts.models import RoleGrant, Unit, User
from app.audit import AuditEvent, Event
from app.competitions.models import Stage, StageCategory
from app.db import Base, db
from app.entries.models import Entry, EntryMember, EntryState
from app.judging.models import Assignment, AssignmentState, Seat
from app.judging.plans import Bar, Judge, Plan, Target, loads, make_plan
from app.policy import Role


def entry_ids(stage_category: StageCategory) -> Select[int]:
    """Select the entries that are judged in a stage: those handed in first, the promoted ones in later stages."""
    first = select(func.min(Stage.position)).where(Stage.competition_id == stage_category.stage.competition_id)
    query = select(Entry.id).where(Entry.state == EntryState.HANDED_IN)
    if stage_category.stage.position == db.session.scalar(first):
        return query.where(Entry.category_id == stage_category.category_id)
    promotion = Base.metadata.tables["promotion"]  # results stand to the right: their table by name, not their class
    return query.join(promotion, promotion.c.entry_id == Entry.id).where(
        promotion.c.stage_category_id == stage_category.id
    )


def targets_of(stage_category: StageCategory) -> list[Target]:
    """Return the entries of a stage and category in the order of their numbers."""
    ids = entry_ids(stage_category)
    people: dict[int, set[int]] = {}
    members = select(EntryMember.entry_id, EntryMember.user_id).where(EntryMember.entry_id.in_(ids))
    for entry, person in db.session.execute(members):
        if person is not None:
            people.setdefault(entry, set()).add(person)
    rows = db.session.execute(
        select(Entry.id, Entry.number, Entry.title, Entry.owner_id, Unit.path)
        .join(Unit, Unit.id == Entry.unit_id)
        .where(Entry.id.in_(ids))
        .order_by(Entry.number)
    )
    return [
        Target(id_, number, title, path, frozenset({owner, *people.get(id_, ())}))
        for id_, number, title, owner, path in rows
    ]


def judges_of(stage_category: StageCategory, *, also: Collection[int] = ()) -> list[Judge]:
    """Return the seated judges of the panel; their seat numbers never change, whoever leaves.

    With `also`, return these people instead, who once sat there.
    """
    rows = db.session.execute(
        select(Seat.user_id, Seat.left_at, User.name, Unit.path, User.suspended_at)
        .join(User, User.id == Seat.user_id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .where(Seat.panel_id == stage_category.panel_id)
        .order_by(Seat.id)
    ).all()
    numbers: dict[int, int] = {}
    for row in rows:
        numbers.setdefault(row.user_id, len(numbers) + 1)
    clerks: dict[int, set[str]] = {}
    granted = (
        select(RoleGrant.user_id, Unit.path)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(
            RoleGrant.competition_id == stage_category.stage.competition_id,
            RoleGrant.role == Role.UNIT_CLERK,
            RoleGrant.revoked_at.is_(None),
            RoleGrant.user_id.in_(numbers),
        )
    )
    for person, path in db.session.execute(granted):
        clerks.setdefault(person, set()).add(path)
    units = {row.user_id: clerks.get(row.user_id, set()) | ({row.path} if row.path else set()) for row in rows}
    if also:
        names = {row.user_id: row.name for row in rows if row.user_id in also}
    else:
        names = {row.user_id: row.name for row in rows if row.left_at is None and row.suspended_at is None}
    return [
        Judge(id_, numbers[id_], names[id_], frozenset(units[id_])) for id_ in sorted(names, key=numbers.__getitem__)
    ]


def plan_of(stage_category: StageCategory, *, seed: int) -> Plan:
    """Return what a draw with this seed would do now; it changes nothing."""
    targets, judges = targets_of(stage_category), judges_of(stage_category)
    pairs = _pairs(Assignment.stage_category_id == stage_category.id, Assignment.state == AssignmentState.ACTIVE)
    assigned: dict[int, set[int]] = {}
    for entry, judge in pairs:
        assigned.setdefault(entry, set()).add(judge)
    in_panel = _pairs(
        Assignment.state == AssignmentState.ACTIVE,
        Assignment.stage_category_id.in_(
            select(StageCategory.id).where(StageCategory.panel_id == stage_category.panel_id)
        ),
    )
    ids = {target.id for target in targets}
    abstained = _pairs(Assignment.stage_category_id == stage_category.id, Assignment.state == AssignmentState.ABSTAINED)
    stepped_back = _pairs(
        Assignment.state == AssignmentState.RECUSED, Assignment.entry_id.in_(entry_ids(stage_category))
    )
    left = dict.fromkeys(abstained, Bar.ABSTAINED)
    left |= {pair: Bar.STEPPED_BACK for pair in stepped_back if pair[0] in ids}
    return make_plan(
        targets,
        judges,
        wanted=stage_category.judges_wanted,
        seed=seed,
        assigned=assigned,
        left=left,
        load=loads(in_panel),
    )


def _pairs(*conditions: ColumnElement[bool]) -> list[tuple[int, int]]:
    """Return (entry, judge) of assignments."""
    rows = db.session.execute(select(Assignment.entry_id, Assignment.judge_id).where(*conditions))
    return [(row.entry_id, row.judge_id) for row in rows]


@dataclass(frozen=True, slots=True)
class DrawMade:
    """One draw as the trail has it."""

    at: datetime
    seed: int
    count: int
    wanted: int


def draws_of(stage_category: StageCategory) -> list[DrawMade]:
    """Return the draws of a stage and category, the first one first; their seeds are public."""
    rows = db.session.execute(
        select(AuditEvent.at, AuditEvent.canonical)
        .where(AuditEvent.name == Event.ASSIGNMENTS_DRAWN, AuditEvent.subject_id == stage_category.public_id)
        .order_by(AuditEvent.sequence)
    )
    return [_draw(at, json.loads(canonical)["data"]) for at, canonical in rows]


def _draw(at: datetime, data: dict[str, Any]) -> DrawMade:
    return DrawMade(at, int(data["seed"]), int(data["count"]), int(data["wanted"]))
