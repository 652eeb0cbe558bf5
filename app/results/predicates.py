# SPDX-License-Identifier: Apache-2.0
"""Claims about ranking runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.competitions.models import Mode
from app.db import db
from app.policy import Actor, Predicate, predicate
from app.results.models import RankingRun, RunState


def in_state(*states: RunState, label: Any) -> Predicate:
    """Make the claim that the run is in one of these states."""

    @predicate(label)
    def holds(actor: Actor, obj: Any, now: datetime) -> bool:
        return isinstance(obj, RankingRun) and obj.state in states

    return holds


is_computed = in_state(RunState.COMPUTED, label=_l("This ranking has been decided on already."))
is_confirmed = in_state(RunState.CONFIRMED, label=_l("A ranking is published after it was confirmed, and once."))
is_not_out = in_state(
    RunState.COMPUTED,
    RunState.CONFIRMED,
    label=_l("A published ranking is not rejected. Compute a new one: publishing it replaces this one."),
)
is_published = in_state(RunState.PUBLISHED, label=_l("This ranking is not in its notice period."))
is_standing = in_state(RunState.PUBLISHED, RunState.FINAL, label=_l("Entries are promoted by a published ranking."))
is_final = in_state(RunState.FINAL, label=_l("Certificates are made after the notice period, from a final ranking."))


@predicate(None)
def is_out(actor: Actor, obj: Any, now: datetime) -> bool:
    """The run was published; superseded ones stay readable beside what replaced them."""
    return isinstance(obj, RankingRun) and obj.published_at is not None and obj.published_at <= now


@predicate(_l("Another person has to confirm: whoever computed a ranking does not confirm it."))
def another_person(actor: Actor, obj: Any, now: datetime) -> bool:
    return isinstance(obj, RankingRun) and (obj.mode == Mode.LIGHT or obj.computed_by_id != actor.user_id)


@predicate(_l("The notice period is still running."))
def notice_over(actor: Actor, obj: Any, now: datetime) -> bool:
    return isinstance(obj, RankingRun) and obj.notice_ends_at is not None and obj.notice_ends_at <= now


@predicate(_l("A ranking of this category is confirmed: its scoresheets stay as they are."))
def not_decided(actor: Actor, obj: Any, now: datetime) -> bool:
    """No confirmed ranking rests on the sheets of this assignment's stage and category."""
    decided = (RunState.CONFIRMED, RunState.PUBLISHED, RunState.FINAL)
    return (
        db.session.scalar(
            select(RankingRun.id)
            .where(RankingRun.stage_category_id == obj.stage_category_id, RankingRun.state.in_(decided))
            .limit(1)
        )
        is None
    )
