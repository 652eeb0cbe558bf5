# SPDX-License-Identifier: Apache-2.0
"""Many at the same moment: one mark, one sheet, one draw, one end of a window. One wins, the others are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.competitions.models import StageCategory, Window
from app.db import db, transaction
from app.errors import DomainError
from app.judging import service
from app.judging.models import Assignment, Mark, Scoresheet, SheetState
from app.policy import SYSTEM
from tests import factories as make
from tests.judging.conftest import World

GOOD = {"A1": ("55.5", None), "A2": ("wide", None), "B1": ("12", None)}


def together(app: Flask, *works: Callable[[], object]) -> list[str]:
    """Run each work in a thread of its own, begun at the same moment; return what became of each."""
    start = Barrier(len(works))

    def run(work: Callable[[], object]) -> str:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    work()
            except DomainError as error:
                return type(error).__name__
            return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        outcomes = list(pool.map(run, works))
    db.session.rollback()
    return outcomes


def count(model: type[Mark] | type[Scoresheet] | type[Assignment]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_of_many_windows_one_stores_its_text_and_the_others_are_told(app: Flask, world: World) -> None:
    judge = world.actor(world.judge)
    works = [
        lambda text=str(text): service.save_mark(
            world.task, "B1", text=text, expected_version=0, by=judge, now=make.NOW
        )
        for text in range(8)
    ]
    assert Counter(together(app, *works)) == {"done": 1, "StaleMark": 7}
    assert (count(Scoresheet), count(Mark)) == (1, 1)
    assert db.session.scalar(select(Mark.version)) == 1


def test_the_first_marks_of_two_judges_freeze_the_document_once(app: Flask, world: World) -> None:
    with transaction() as session:
        session.execute(update(StageCategory).where(StageCategory.id == world.initial.id).values(frozen_at=None))
    judge, other = world.actor(world.judge), world.actor(world.other)
    works = [
        lambda: service.save_mark(world.task, "B1", text="1", expected_version=0, by=judge, now=make.NOW),
        lambda: service.save_mark(world.others_task, "B1", text="2", expected_version=0, by=other, now=make.NOW),
    ]
    assert together(app, *works) == ["done", "done"]
    assert count(Mark) == 2


def test_a_sheet_is_submitted_once(app: Flask, world: World) -> None:
    judge = world.actor(world.judge)
    with transaction():
        service.save_sheet(world.task, GOOD, by=judge, now=make.NOW)
    works = [lambda: service.submit(world.task, by=judge, now=make.NOW)] * 6
    assert Counter(together(app, *works)) == {"done": 1, "Forbidden": 5}


@pytest.mark.parametrize("round_", range(4))
def test_whoever_closes_the_window_comes_before_or_after_a_submit(app: Flask, world: World, round_: int) -> None:
    judge = world.actor(world.judge)
    with transaction():
        service.save_sheet(world.task, GOOD, by=judge, now=make.NOW)

    def close() -> None:
        db.session().execute(update(Window).where(Window.stage_id == world.initial.stage_id).values(ends_at=make.NOW))

    submitted, closed = together(app, lambda: service.submit(world.task, by=judge, now=make.NOW), close)
    state = db.session.scalar(select(Scoresheet.state))
    assert closed == "done"
    assert (submitted, state) in {("done", SheetState.SUBMITTED), ("Forbidden", SheetState.DRAFT)}


def test_stepping_back_and_saving_at_once_leave_one_truth(app: Flask, world: World) -> None:
    judge = world.actor(world.judge)
    outcomes = together(
        app,
        lambda: service.recuse(world.task, reason="Kin", by=judge, now=make.NOW),
        lambda: service.save_mark(world.task, "B1", text="1", expected_version=0, by=judge, now=make.NOW),
    )
    assert outcomes[0] == "done"
    assert outcomes[1] in ("done", "NotFound")
    assert count(Mark) == (1 if outcomes[1] == "done" else 0)


def test_two_draws_at_once_fill_a_gap_once(app: Flask, world: World) -> None:
    for _ in range(4):
        make.seat(make.user(of=make.unit()), world.initial)
    before = count(Assignment)
    works = [lambda seed=seed: service.draw(world.initial, seed=seed, by=SYSTEM, now=make.NOW) for seed in range(4)]
    assert together(app, *works) == ["done"] * 4
    assert (before, count(Assignment)) == (2, 4), "two entries, two judges each"
