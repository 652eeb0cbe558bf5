# SPDX-License-Identifier: Apache-2.0
"""Claims about contests: who organizes them, whether they are open, which window holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from app.competitions.models import Category, Competition, StageCategory, Window, WindowKind
from app.policy import Actor, Predicate, Role, predicate


def competition_id(obj: Any) -> int | None:
    """Return the id of the competition that anything of a contest belongs to."""
    if isinstance(obj, Competition):
        return obj.id
    if isinstance(obj, StageCategory):
        return obj.stage.competition_id
    if isinstance(obj, Category):
        return obj.division.competition_id
    found = getattr(obj, "competition_id", None)
    if found is None and getattr(obj, "stage_category", None) is not None:
        return competition_id(obj.stage_category)
    if found is None and getattr(obj, "stage", None) is not None:
        return competition_id(obj.stage)
    return found


def competition(obj: Any) -> Competition | None:
    """Return the competition that anything of a contest belongs to."""
    if obj is None or isinstance(obj, Competition):
        return obj
    for name in ("competition", "stage", "division", "stage_category", "run"):
        nearer = getattr(obj, name, None)
        if nearer is not None:
            return competition(nearer)
    return None


def window(contest: Competition, kind: WindowKind, stage_id: int | None = None) -> Window | None:
    """Return a contest's window of a kind, or None when it has none."""
    return next((w for w in contest.windows if w.kind == kind and w.stage_id == stage_id), None)


def within(kind: WindowKind, label: Any) -> Predicate:
    """Make the claim that the contest's window of `kind` is open."""

    @predicate(label)
    def holds(actor: Actor, obj: Any, now: datetime) -> bool:
        contest = competition(obj)
        found = window(contest, kind) if contest is not None else None
        return found is not None and found.holds(now)

    return holds


entry_window_open = within(WindowKind.ENTRY, _l("Registration is not open at the moment."))
diary_window_open = within(WindowKind.DIARY, _l("The diary is not open at the moment."))
hand_in_window_open = within(WindowKind.HAND_IN, _l("The hand-in of results is not open at the moment."))


@predicate(None)
def opened(actor: Actor, obj: Any, now: datetime) -> bool:
    contest = competition(obj)
    return contest is not None and contest.opened_at is not None and contest.opened_at <= now


@predicate(_l("Only an organizer of this contest may do this."))
def organizer(actor: Actor, obj: Any, now: datetime) -> bool:
    return actor.has(Role.ORGANIZER, competition_id(obj))


@predicate(_l("Only a supervisor of this contest may do this."))
def supervisor(actor: Actor, obj: Any, now: datetime) -> bool:
    return actor.has(Role.SUPERVISOR, competition_id(obj))


@predicate(_l("Only a unit's clerk or an organizer of this contest may do this."))
def clerk(actor: Actor, obj: Any, now: datetime) -> bool:
    """The actor is clerk of any unit in this contest."""
    return actor.has(Role.UNIT_CLERK, competition_id(obj))


@predicate(None)
def takes_part(actor: Actor, obj: Any, now: datetime) -> bool:
    """The actor holds any role in this contest."""
    contest = competition_id(obj)
    return any(found == contest for found, _ in actor.grants)


@predicate(_l("The document is frozen. Copy it to change it."))
def not_frozen(actor: Actor, obj: Any, now: datetime) -> bool:
    return isinstance(obj, StageCategory) and obj.frozen_at is None


def marking_has_begun(stage_category: StageCategory, now: datetime) -> bool:
    """Tell whether the marking window of a stage has opened; what happened afterwards does not close it again."""
    found = window(stage_category.stage.competition, WindowKind.MARKING, stage_category.stage_id)
    return found is not None and found.starts_at <= now


@predicate(_l("Marking has begun: the document is frozen."))
def not_due(actor: Actor, obj: Any, now: datetime) -> bool:
    """A document exists and its marking window has opened: it counts as frozen, whoever writes that down first."""
    return isinstance(obj, StageCategory) and (obj.document is None or not marking_has_begun(obj, now))


@predicate(_l("There is no document to freeze yet."))
def has_document(actor: Actor, obj: Any, now: datetime) -> bool:
    return isinstance(obj, StageCategory) and obj.document is not None
