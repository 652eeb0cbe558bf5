# SPDX-License-Identifier: Apache-2.0
"""Two people at the same moment: one step is taken once, and nothing slips between a look and a commit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.db import db, transaction
from app.errors import DomainError
from app.judging import service as judging
from app.judging.models import Assignment, SeatRole
from app.policy import Actor
from app.results import service
from app.results.models import RankingRun
from tests import factories as make
from tests.results.conftest import World

NOW = make.NOW


def _at_once(app: Any, *acts: Callable[[], object]) -> list[str]:
    """Run all acts together, each in a thread with a session of its own; return how each ended."""
    ends: list[str] = [""] * len(acts)
    start = threading.Barrier(len(acts))

    def one(at: int) -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    acts[at]()
                ends[at] = "done"
            except DomainError as error:
                ends[at] = type(error).__name__
            finally:
                db.session.remove()

    threads = [threading.Thread(target=one, args=(at,)) for at in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def _run(run_id: int) -> RankingRun:
    return db.session().get_one(RankingRun, run_id)


@pytest.mark.parametrize("attempt", range(3))
def test_a_ranking_is_confirmed_once_by_two_browsers(world: World, app: Any, attempt: int) -> None:
    run = world.compute()
    third = make.user("Organizer Three")
    from app.policy import Role

    make.grant(third, world.contest, Role.ORGANIZER)
    who, other, run_id, digest = world.second, world.actor(third), run.id, run.output_digest
    db.session.remove()

    def confirm(by: Actor) -> Callable[[], object]:
        return lambda: service.confirm(_run(run_id), expected_output_digest=digest, by=by, now=NOW)

    ends = _at_once(app, confirm(who), confirm(other))
    assert sorted(ends) == ["Forbidden", "done"] or sorted(ends) == ["Conflict", "done"]
    assert _run(run_id).confirmed_by_id in (who.user_id, other.user_id)


@pytest.mark.parametrize("attempt", range(3))
def test_two_computations_get_two_numbers(world: World, app: Any, attempt: int) -> None:
    join, first, second = world.stage_category.id, world.first, world.second
    db.session.remove()

    def compute(by: Actor) -> Callable[[], object]:
        from app.competitions.models import StageCategory

        return lambda: service.compute(db.session().get_one(StageCategory, join), by=by, now=NOW)

    ends = _at_once(app, compute(first), compute(second))
    assert "done" in ends
    numbers = [run.number for run in db.session.scalars(select(RankingRun).order_by(RankingRun.number))]
    assert numbers == list(range(1, ends.count("done") + 1))
    states = sorted(str(run.state) for run in db.session.scalars(select(RankingRun)))
    assert states.count("computed") == 1


@pytest.mark.parametrize("attempt", range(4))
def test_a_sheet_is_not_returned_under_a_confirmation(world: World, app: Any, attempt: int) -> None:
    chair = make.user("Chair", of=make.unit())
    make.seat(chair, world.stage_category, SeatRole.CHAIR)
    run = world.compute()
    task = db.session.scalars(select(Assignment).order_by(Assignment.id).limit(1)).one()
    task_id, run_id, digest = task.id, run.id, run.output_digest
    by, chairing = world.second, world.actor(chair)
    db.session.remove()
    ends = _at_once(
        app,
        lambda: service.confirm(_run(run_id), expected_output_digest=digest, by=by, now=NOW),
        lambda: judging.return_sheet(
            db.session().get_one(Assignment, task_id), reason="Look at B1", by=chairing, now=NOW
        ),
    )
    confirmed = _run(run_id).state == "confirmed"
    returned = db.session.get_one(Assignment, task_id).sheet.state == "draft"  # type: ignore[union-attr]
    assert confirmed != returned, ends
