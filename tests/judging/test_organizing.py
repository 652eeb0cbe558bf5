# SPDX-License-Identifier: Apache-2.0
"""A chair's and an organizer's pages: totals and returns, panels, seats, the draw and its repairs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.db import db, transaction
from app.judging import service
from app.judging.models import (
    Assignment,
    AssignmentState,
    Panel,
    Scoresheet,
    SeatRole,
    SheetState,
)
from tests import factories as make
from tests.conftest import Client
from tests.judging.conftest import World
from tests.judging.paging import GOOD, address, costs


@pytest.fixture(autouse=True)
def at_noon(app: Flask) -> Iterator[None]:
    with clock.at(make.NOW):
        yield


def test_a_chair_sees_totals_and_returns_a_sheet(world: World, client: Client) -> None:
    client.sign_in(world.judge)
    client.post(address(world.task), data=GOOD)
    with transaction():
        service.submit(world.task, by=world.actor(world.judge), now=make.NOW)
    panel = db.session.get_one(Panel, world.initial.panel_id)
    client.sign_in(world.chair)
    page = client.get(f"/panels/{panel.public_id}/sheets").get_data(as_text=True)
    assert "87.5" in page
    assert client.post(address(world.task, "return"), data={"reason": " "}).status_code == 422
    assert client.post(address(world.task, "return"), data={"reason": "A1?"}).status_code == 303
    assert db.session.scalar(select(Scoresheet.state)) == SheetState.DRAFT
    own = make.assignment(world.chair, world.entry, world.initial)
    with transaction():
        service.submit(world.task, by=world.actor(world.judge), now=make.NOW)
    assert "87.5" not in client.get(f"/panels/{panel.public_id}/sheets").get_data(as_text=True)
    assert own.state == AssignmentState.ACTIVE


def test_an_organizer_seats_judges_draws_and_repairs(world: World, client: Client) -> None:
    client.sign_in(world.organizer)
    panel = db.session.get_one(Panel, world.initial.panel_id)
    make.user("newcomer", of=make.unit(), login="newcomer")
    assert client.get(f"/contests/{world.contest.slug}/panels").status_code == 200
    assert client.post(f"/panels/{panel.public_id}/seats", data={"login": "nobody", "role": "judge"}).status_code == 422
    assert (
        client.post(f"/panels/{panel.public_id}/seats", data={"login": "newcomer", "role": "judge"}).status_code == 303
    )
    here = f"/stage-categories/{world.initial.public_id}/assignments"
    preview = client.get(f"{here}?seed=7").get_data(as_text=True)
    assert "Preview with seed 7" in preview
    plan = preview.split('name="plan" value="')[1][:64]
    assert client.post(here, data={"seed": "7", "plan": "0" * 64}).status_code == 409
    assert client.post(here, data={"seed": "7", "plan": plan}).status_code == 303
    page = client.get(here).get_data(as_text=True)
    assert "<b>7</b>" in page
    assert client.get(f"{here}?seed=seven").status_code == 422
    taken = db.session.scalar(select(Assignment.public_id).where(Assignment.judge_id == world.other.id))
    removed = client.post(f"{here}/remove", data={"assignment": taken, "reason": "Wrong field"})
    assert removed.status_code == 303
    assert client.post(f"{here}/add", data={"entry": "E-001", "judge": "3"}).status_code == 303


def test_a_new_panel_gets_a_category_and_its_seats_change(world: World, client: Client) -> None:
    client.sign_in(world.organizer)
    slug = world.contest.slug
    assert client.post(f"/contests/{slug}/panels", data={"stage": "final", "code": "", "title": ""}).status_code == 422
    made = client.post(f"/contests/{slug}/panels", data={"stage": "final", "code": "F", "title": "Final panel"})
    assert made.status_code == 303
    final = next(stage for stage in world.contest.stages if stage.code == "final").stage_categories[0]
    where = made.headers["Location"]
    chosen = {"stage_category": final.public_id, "judges_wanted": "7"}
    assert client.post(f"{where}/categories", data={**chosen, "judges_wanted": "0"}).status_code == 422
    assert client.post(f"{where}/categories", data=chosen).status_code == 303
    assert client.post(f"{where}/seats", data={"login": world.judge.login, "role": "judge"}).status_code == 303
    seat = db.session.scalars(select(Panel).where(Panel.code == "F")).one().seats[0]
    assert client.post(f"/seats/{seat.public_id}/role", data={"role": "chair"}).status_code == 303
    assert client.post(f"/seats/{seat.public_id}/role", data={"role": "king"}).status_code == 404
    assert client.post(f"/seats/{seat.public_id}/leave", data={"reason": ""}).status_code == 422
    assert client.post(f"/seats/{seat.public_id}/leave", data={"reason": "Moved"}).status_code == 303
    db.session.expire_all()
    assert (seat.role, seat.left_at) == (SeatRole.CHAIR, make.NOW)


def test_the_organizers_pages_cost_the_same_too(app: Flask, world: World, client: Client) -> None:
    client.sign_in(world.organizer)
    panel = db.session.get_one(Panel, world.initial.panel_id)
    urls = [
        f"/stage-categories/{world.initial.public_id}/assignments?seed=1",
        f"/panels/{panel.public_id}/sheets",
        f"/panels/{panel.public_id}",
        f"/contests/{world.contest.slug}/panels",
    ]

    few = costs(app, client, urls)
    for number in range(12):
        judge = make.user(of=make.unit())
        make.seat(judge, world.initial)
        entry = make.entry(world.contest, world.owner, of=world.unit)
        make.assignment(judge, entry, world.initial)
        if number % 2:
            make.assignment(world.other, entry, world.initial)
    assert costs(app, client, urls) == few
