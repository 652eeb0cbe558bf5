# SPDX-License-Identifier: Apache-2.0
"""Who goes on to the next stage: exactly those whom the cut of the ranking that stands takes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from app import audit
from app.audit import Event
from app.competitions.models import Stage, StageCategory
from app.db import db
from app.entries.models import Entry
from app.errors import Conflict
from app.judging.models import Assignment, AssignmentState
from app.notify import NoticeKind, notify
from app.policy import Action, Actor, demand
from app.results.locking import hold_run
from app.results.models import Promotion, RankingRow, RankingRun
from app.results.recipients import people_of_entries


def promote(run: RankingRun, *, by: Actor, now: datetime) -> list[Promotion]:
    """Let the entries that the cut took go on to the next stage; asked again, change nothing."""
    hold_run(run)
    demand(Action.RANKING_PROMOTE, by, run, now)
    later = next_of(run.stage_category)
    if later is None:
        raise Conflict(_l("This category has no later stage to go on to."))
    there = _promotions(later)
    if there and {one.run_id for one in there} == {run.id}:
        return there
    return _apply(run, later, there, by=by, now=now)


def sync(earlier: RankingRun, run: RankingRun, *, by: Actor, now: datetime) -> None:
    """Exchange those whom an earlier run promoted for those whom this one promotes, if it promoted any."""
    later = next_of(run.stage_category)
    if later is not None:
        there = _promotions(later)
        if any(one.run_id == earlier.id for one in there):
            _apply(run, later, there, by=by, now=now)


def next_of(stage_category: StageCategory) -> StageCategory | None:
    """Return what the category is in its next stage."""
    return db.session().scalar(
        select(StageCategory)
        .join(Stage, Stage.id == StageCategory.stage_id)
        .where(
            StageCategory.category_id == stage_category.category_id,
            Stage.position > stage_category.stage.position,
        )
        .order_by(Stage.position)
        .limit(1)
    )


def _promotions(later: StageCategory) -> list[Promotion]:
    query = select(Promotion).where(Promotion.stage_category_id == later.id).order_by(Promotion.id)
    return list(db.session().scalars(query))


def _apply(
    run: RankingRun, later: StageCategory, there: list[Promotion], *, by: Actor, now: datetime
) -> list[Promotion]:
    session = db.session()
    taken = list(
        session.scalars(
            select(RankingRow.entry_id)
            .where(RankingRow.run_id == run.id, RankingRow.promoted)
            .order_by(RankingRow.position)
        )
    )
    if not taken:
        raise Conflict(_l("The rule of this stage takes nobody to the next one."))
    staying = {one.entry_id: one for one in there if one.entry_id in set(taken)}
    gone = [one.entry_id for one in there if one.entry_id not in staying]
    _refuse_judged(gone, later)
    session.execute(delete(Promotion).where(Promotion.stage_category_id == later.id, Promotion.entry_id.in_(gone)))
    for one in staying.values():
        one.run_id = run.id
    fresh = [entry for entry in taken if entry not in staying]
    session.add_all(
        Promotion(stage_category_id=later.id, entry_id=entry, run_id=run.id, promoted_at=now) for entry in fresh
    )
    audit.record(
        Event.PROMOTION_APPLIED,
        run,
        by=by,
        now=now,
        competition=run.competition,
        data={
            "output": run.output_digest,
            "stage_category": later.public_id,
            "count": len(taken),
            "added": _numbers(fresh),
            "removed": _numbers(gone),
        },
    )
    _tell(fresh, later, now=now)
    return _promotions(later)


def _refuse_judged(gone: Iterable[int], later: StageCategory) -> None:
    """Refuse to take somebody back whose entry judges of the next stage have in hand already."""
    judged = select(Assignment.entry_id).where(
        Assignment.stage_category_id == later.id,
        Assignment.entry_id.in_(list(gone)),
        Assignment.state != AssignmentState.REMOVED,
    )
    numbers = _numbers(db.session().scalars(judged).all())
    if numbers:
        raise Conflict(
            _l(
                "Judges of the next stage have entries that this ranking does not promote: %(entries)s. Take them back "
                "from the judges first.",
                entries=", ".join(numbers),
            )
        )


def _numbers(entry_ids: Iterable[int]) -> list[str]:
    ids = list(entry_ids)
    if not ids:
        return []
    return list(db.session().scalars(select(Entry.number).where(Entry.id.in_(ids)).order_by(Entry.number)))


def _tell(entry_ids: list[int], later: StageCategory, *, now: datetime) -> None:
    people = people_of_entries(entry_ids)
    titles = db.session().execute(
        select(Entry.id, Entry.title, Entry.public_id).where(Entry.id.in_(entry_ids)).order_by(Entry.number)
    )
    for entry, title, public_id in titles.all():
        for person in people[entry]:
            notify(
                person,
                NoticeKind.PROMOTED,
                now=now,
                url=f"/entries/{public_id}",
                competition_id=later.stage.competition_id,
                title=title,
                stage=later.stage.title,
            )
