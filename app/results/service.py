# SPDX-License-Identifier: Apache-2.0
"""What becomes of scoresheets: compute, confirm by a second person, publish, make final, promote.

A run is immutable; only its state moves. Every step locks the stage's category and its assignments, so that no sheet
changes between the look at the inputs and the commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app import audit
from app.audit import Event
from app.clock import iso
from app.competitions.models import Mode, StageCategory
from app.db import Base, db
from app.errors import Conflict, Invalid, Stale
from app.notify import NoticeKind, notify
from app.policy import Action, Actor, demand
from app.results import messages
from app.results.adapter import inputs
from app.results.coverage import coverage
from app.results.locking import hold, hold_run
from app.results.models import RankingRow, RankingRun, RunState
from app.results.promotion import promote, sync
from app.results.recipients import others_who_organize, people_of
from app.results.stored import canonical, sha256
from app.rubrics.service import freeze_if_due
from scoring import ENGINE, CellState, InputError, Standings, awards, cut, input_canonical, standings

__all__ = ["compute", "confirm", "finish", "promote", "publish", "reject"]

REASON = 300


def compute(stage_category: StageCategory, *, by: Actor, now: datetime, without_score: bool = False) -> RankingRun:
    """Compute the ranking of a stage and category and store it as the next run.

    Every sheet has to be decided. Entries that have no score for another reason (too few sheets, a state that the rule
    blocks) stop it too, unless `without_score` says that they shall stand in it without a place.
    """
    hold(stage_category)
    demand(Action.RANKING_COMPUTE, by, stage_category, now)
    freeze_if_due(stage_category, now=now)
    if stage_category.frozen_at is None:
        raise Conflict(_l("The document is not frozen yet. It freezes when marking opens; nothing is ranked before."))
    document, given = inputs(stage_category)
    if not given:
        raise Conflict(_l("No entry is judged in this stage: there is nothing to rank."))
    covered = coverage(stage_category)
    messages.refuse_undecided(
        covered, stage_category, blocks=document.rule.cells.policy(CellState.NOT_YET) == "block", now=now
    )
    try:
        found = standings(document, given)
    except InputError as error:
        raise Conflict(messages.illegal_input(error)) from error
    if found.blocked and (not without_score or len(found.blocked) == len(found.rows)):
        raise messages.WithoutScore(found)
    chosen = cut(found, document.rule.cut) if document.rule.cut is not None else None
    lists = awards(found, document.rule.awards)
    given_text = input_canonical(document, given)
    outcome: dict[str, Any] = {
        "awards": [one.to_json() for one in lists],
        "cut": chosen.to_json() if chosen is not None else None,
        "derivations": [row.derivation.to_json() for row in found],
        "standings": found.to_json(),
    }
    output = canonical(outcome)
    session = db.session()
    _replace_earlier(stage_category, RunState.COMPUTED, by=by, now=now)
    last = session.scalar(select(func.max(RankingRun.number)).where(RankingRun.stage_category_id == stage_category.id))
    contest = stage_category.stage.competition
    run = RankingRun(
        stage_category_id=stage_category.id,
        number=(last or 0) + 1,
        state=RunState.COMPUTED,
        mode=contest.mode,
        engine=ENGINE,
        document_digest=document.digest,
        input_digest=sha256(given_text),
        output_digest=sha256(output),
        input=given_text,
        output=output,
        computed_at=now,
        computed_by_id=by.user_id,
    )
    session.add(run)
    session.flush()
    award_of = {entry: one.code for one in lists for entry in one.entries}
    promoted = set(chosen.promoted) if chosen is not None else set()
    turns = chosen.turn if chosen is not None else {}
    session.add_all(_rows(run, found, covered.ids, promoted, turns, award_of))
    audit.record(
        Event.RANKING_COMPUTED,
        run,
        by=by,
        now=now,
        competition=contest,
        data={
            "stage_category": stage_category.public_id,
            "number": run.number,
            "document": run.document_digest,
            "input": run.input_digest,
            "output": run.output_digest,
            "entries": len(found.rows),
            "expected": covered.expected,
            "received": covered.received,
            "excused": covered.excused,
            "without_score": [row.entry for row in found.blocked],
        },
    )
    if run.mode == Mode.STRICT:
        for user_id in others_who_organize(contest.id, by.user_id):
            notify(
                user_id,
                NoticeKind.RANKING_WAITS,
                now=now,
                url=f"/rankings/{run.public_id}",
                competition_id=contest.id,
                category=stage_category.category.title,
            )
    return run


def _rows(
    run: RankingRun,
    found: Standings,
    ids: Mapping[str, int],
    promoted: set[str],
    turns: Mapping[str, int],
    award_of: Mapping[str, str],
) -> list[RankingRow]:
    values = found.to_json()["rows"]
    assert isinstance(values, list)
    return [
        RankingRow(
            run_id=run.id,
            entry_id=ids[row.entry],
            position=position,
            place=row.place,
            tied=row.tied,
            score=value["score"],
            promoted=row.entry in promoted,
            reserve=turns.get(row.entry),
            award=award_of.get(row.entry),
        )
        for position, (row, value) in enumerate(zip(found, values, strict=True), start=1)
    ]


def confirm(run: RankingRun, *, expected_output_digest: str, by: Actor, now: datetime) -> RankingRun:
    """Confirm exactly the outcome that was looked at; in strict mode another person does it."""
    hold_run(run)
    demand(Action.RANKING_CONFIRM, by, run, now)
    if expected_output_digest != run.output_digest or sha256(run.output) != run.output_digest:
        raise Stale(
            _l("This is not the ranking that you looked at. Open it again and look through it before you confirm."),
            yours=expected_output_digest,
            theirs=run.output_digest,
        )
    require_unchanged(run)
    _replace_earlier(run.stage_category, RunState.CONFIRMED, by=by, now=now)
    run.state, run.confirmed_at, run.confirmed_by_id = RunState.CONFIRMED, now, by.user_id
    _record(Event.RANKING_CONFIRMED, run, by=by, now=now, mode=str(run.mode))
    return run


def reject(run: RankingRun, *, reason: str, by: Actor, now: datetime) -> RankingRun:
    """Refuse a run that is not published yet, with the reason; its computation stays on the record."""
    hold_run(run)
    demand(Action.RANKING_REJECT, by, run, now)
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= REASON:
        message = _l("Say why, in at most %(most)s characters.", most=REASON)
        raise Invalid(message, fields={"reason": message})
    before = run.state
    run.state, run.reason = RunState.REJECTED, reason
    _record(
        Event.RANKING_REJECTED,
        run,
        by=by,
        now=now,
        before=str(before),
        reason=audit.commitment(reason, user_id=run.computed_by_id),
    )
    return run


def publish(run: RankingRun, *, by: Actor, now: datetime) -> RankingRun:
    """Put a confirmed run before the public for the notice period; it replaces the one that stood there.

    Those whom the earlier run promoted are exchanged for those whom this one promotes, in the same transaction.
    """
    hold_run(run)
    demand(Action.RANKING_PUBLISH, by, run, now)
    require_unchanged(run)
    contest = run.competition
    for earlier in _standing(run.stage_category):
        _refuse_awarded(earlier)
        earlier.state = RunState.SUPERSEDED
        _record(Event.RANKING_SUPERSEDED, earlier, by=by, now=now, replaced_by=run.public_id)
        sync(earlier, run, by=by, now=now)
    run.state, run.published_at = RunState.PUBLISHED, now
    run.notice_ends_at = now + timedelta(days=contest.notice_days)
    _record(Event.RANKING_PUBLISHED, run, by=by, now=now, mode=str(run.mode), notice_ends_at=iso(run.notice_ends_at))
    for user_id in people_of(run):
        notify(
            user_id,
            NoticeKind.RANKING_PUBLISHED,
            now=now,
            url=f"/rankings/{run.public_id}",
            competition_id=contest.id,
            category=run.stage_category.category.title,
        )
    return run


def finish(run: RankingRun, *, by: Actor, now: datetime) -> RankingRun:
    """Make a published run final, once its notice period is over."""
    hold_run(run)
    demand(Action.RANKING_FINISH, by, run, now)
    require_unchanged(run)
    run.state, run.final_at = RunState.FINAL, now
    _record(Event.RANKING_MADE_FINAL, run, by=by, now=now)
    return run


def present_input_digest(stage_category: StageCategory) -> str:
    """Return the digest of what a computation would read now."""
    document, given = inputs(stage_category)
    return sha256(input_canonical(document, given))


def require_unchanged(run: RankingRun) -> None:
    """Refuse to go on with a run whose sheets or entries are no longer those it was computed from."""
    if present_input_digest(run.stage_category) != run.input_digest:
        raise Stale(
            _l(
                "Scoresheets or entries changed after this ranking was computed. Compute a new one, and have that one "
                "confirmed."
            )
        )


def _standing(stage_category: StageCategory) -> list[RankingRun]:
    return _in_state(stage_category, RunState.PUBLISHED, RunState.FINAL)


def _in_state(stage_category: StageCategory, *states: RunState) -> list[RankingRun]:
    query = select(RankingRun).where(RankingRun.stage_category_id == stage_category.id, RankingRun.state.in_(states))
    return list(db.session().scalars(query.order_by(RankingRun.number)))


def _replace_earlier(stage_category: StageCategory, state: RunState, *, by: Actor, now: datetime) -> None:
    """Set aside earlier runs in this state: of those that nobody published there is at most one."""
    for earlier in _in_state(stage_category, state):
        earlier.state = RunState.SUPERSEDED
        _record(Event.RANKING_SUPERSEDED, earlier, by=by, now=now)


def _refuse_awarded(run: RankingRun) -> None:
    award = Base.metadata.tables["award"]  # awards stand to the right: their table by name, not their class
    if db.session().scalar(select(award.c.id).where(award.c.run_id == run.id).limit(1)) is not None:
        raise Conflict(_l("Awards are granted by the ranking that stands. It is not replaced any more."))


def _record(event: Event, run: RankingRun, *, by: Actor, now: datetime, **data: str) -> None:
    audit.record(
        event,
        run,
        by=by,
        now=now,
        competition=run.competition,
        data={"output": run.output_digest, "input": run.input_digest, **data},
    )
