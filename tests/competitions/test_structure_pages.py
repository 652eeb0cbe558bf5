# SPDX-License-Identifier: Apache-2.0
"""Times, divisions with their questions, categories and stages: what the pages refuse, and that nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.accounts.models import User
from app.competitions import setup
from app.competitions.models import Category, Competition, Division, Stage, WindowKind
from app.competitions.predicates import window
from app.db import db, transaction
from app.policy import Role
from tests import factories as make
from tests.conftest import Client


@pytest.fixture
def contest(app: Flask) -> Competition:
    return make.contest(slug="spring", title="Spring contest", opened=False)


@pytest.fixture
def organizer(contest: Competition, client: Client) -> User:
    person = make.user("欧阳文静")
    make.grant(person, contest, Role.ORGANIZER)
    client.sign_in(person)
    return person


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


# --------------------------------------------------------------------------------------------------------- the times


def times(contest: Competition, **values: str) -> dict[str, str]:
    sent = {"seen": setup.times_seen(contest)}
    for kind in ("entry", "diary", "hand_in"):
        sent |= {f"{kind}_starts": "2026-06-01T09:00", f"{kind}_ends": "2026-07-01T18:00"}
    return {**sent, **values}


def test_times_are_those_of_a_clock_in_the_contests_zone(contest: Competition, organizer: User, client: Client) -> None:
    assert client.post("/contests/spring/times", data=times(contest)).status_code == 303
    db.session.expire_all()
    found = window(contest, WindowKind.ENTRY)
    assert found is not None
    assert (found.starts_at, found.ends_at) == (
        datetime(2026, 6, 1, 1, tzinfo=UTC),
        datetime(2026, 7, 1, 10, tzinfo=UTC),
    )
    assert 'value="2026-06-01T09:00"' in text(client.get("/contests/spring/structure"))


@pytest.mark.parametrize(
    ("values", "beside", "message"),
    [
        ({"entry_ends": "2026-06-01T09:00"}, "entry_ends", "ends before it begins"),
        ({"entry_ends": "2026-05-31T09:00"}, "entry_ends", "ends before it begins"),
        ({"diary_ends": ""}, "diary_ends", "Fill in both"),
        ({"diary_starts": ""}, "diary_starts", "Fill in both"),
        ({"hand_in_starts": "tomorrow"}, "hand_in_starts", "Write a day and a time"),
        ({"hand_in_starts": "9999-06-01T09:00"}, "hand_in_starts", "Write a day and a time"),
        ({"entry_starts": "", "entry_ends": ""}, "entry_starts", "moved, not taken away"),
    ],
)
def test_what_is_wrong_with_a_time_is_said_beside_it(
    contest: Competition, organizer: User, client: Client, values: dict[str, str], beside: str, message: str
) -> None:
    answer = client.post("/contests/spring/times", data=times(contest, **values))
    page = text(answer)
    assert answer.status_code == 422
    error = page.partition(f'id="{beside}-error"')[2].partition("</p>")[0]
    assert message in error
    for value in values.values():
        assert f'value="{value}"' in page


def test_times_that_somebody_else_moved_are_not_overwritten_unseen(
    contest: Competition, organizer: User, client: Client
) -> None:
    mine = times(contest, entry_ends="2026-07-02T18:00")
    assert client.post("/contests/spring/times", data=times(contest)).status_code == 303
    answer = client.post("/contests/spring/times", data=mine)
    assert answer.status_code == 422
    assert "Somebody else changed this" in text(answer)
    assert 'value="2026-07-02T18:00"' in text(answer)
    db.session.expire_all()
    assert client.post("/contests/spring/times", data={**mine, "seen": setup.times_seen(contest)}).status_code == 303


def test_seconds_of_a_window_are_not_lost_by_saving_the_page(
    contest: Competition, organizer: User, client: Client
) -> None:
    moment = datetime(2026, 6, 1, 15, 59, 59, tzinfo=UTC)
    with transaction():
        found = window(contest, WindowKind.ENTRY)
        assert found is not None
        found.ends_at = moment
    assert 'value="2026-06-01T23:59:59"' in text(client.get("/contests/spring/structure"))


# ----------------------------------------------------------------------------------------- divisions and categories


def division(contest: Competition, **values: Any) -> dict[str, Any]:
    return {
        "title": "Teams",
        "code": "team",
        "applicant": "unit",
        "seen": setup.division_seen(contest.divisions[0]),
        "fields-0-label": "Summary",
        "fields-0-code": "summary",
        "fields-0-kind": "text",
        "fields-0-required": "y",
        "fields-0-max_length": "800",
        "fields-0-position": "1",
        "fields-1-label": "Kind of work",
        "fields-1-code": "",
        "fields-1-kind": "choice",
        "fields-1-choices": "New\nRepair\n",
        "fields-1-position": "2",
        **values,
    }


def address(contest: Competition) -> str:
    return f"/divisions/{contest.divisions[0].public_id}"


def test_questions_are_added_ordered_and_taken_away(contest: Competition, organizer: User, client: Client) -> None:
    sent = division(contest, **{"fields-1-position": "0", "fields-1-help": "What was done"})
    assert client.post(address(contest), data=sent).status_code == 303
    db.session.expire_all()
    assert contest.divisions[0].form == [
        {
            "label": "Kind of work",
            "code": "field_1",
            "kind": "choice",
            "required": False,
            "help": "What was done",
            "choices": ["New", "Repair"],
        },
        {"label": "Summary", "code": "summary", "kind": "text", "required": True, "max_length": 800},
    ]
    sent = division(contest, **{"fields-0-remove": "y"})
    assert client.post(address(contest), data=sent).status_code == 303
    db.session.expire_all()
    assert [item["label"] for item in contest.divisions[0].form] == ["Kind of work"]


def test_one_more_question_keeps_everything_and_saves_nothing(
    contest: Competition, organizer: User, client: Client
) -> None:
    answer = client.post(address(contest), data=division(contest, title="", add="1"))
    page = text(answer)
    assert answer.status_code == 200
    assert 'name="fields-2-label"' in page
    assert 'value="Kind of work"' in page
    db.session.expire_all()
    assert len(contest.divisions[0].form) == 1


@pytest.mark.parametrize(
    ("values", "beside", "message"),
    [
        ({"fields-0-label": ""}, "fields-0-label", "Fill this in"),
        ({"fields-0-code": "Summary!"}, "fields-0-code", "A code starts with"),
        ({"fields-1-code": "summary"}, "fields-1-code", "Another field has this code"),
        ({"fields-1-choices": "Only one"}, "fields-1-choices", "2 to 100 choices"),
        ({"fields-0-max_length": "0"}, "fields-0-max_length", "whole number from 1"),
        ({"fields-0-max_length": "many"}, "fields-0-max_length", "Not a valid integer"),
        ({"title": ""}, "title", "Fill this in"),
        ({"code": "Team"}, "code", "small letters"),
    ],
)
def test_what_is_wrong_with_a_question_is_said_beside_it(
    contest: Competition, organizer: User, client: Client, values: dict[str, str], beside: str, message: str
) -> None:
    answer = client.post(address(contest), data=division(contest, **{"fields-1-help": "Typed help", **values}))
    page = text(answer)
    assert answer.status_code == 422
    assert message in page.partition(f'id="{beside}-error"')[2].partition("</p>")[0]
    assert 'value="Typed help"' in page


def test_of_two_who_change_a_division_the_second_sees_what_stands_there(
    contest: Competition, organizer: User, client: Client
) -> None:
    mine = division(contest, title="Mine")
    assert client.post(address(contest), data=division(contest, title="Theirs")).status_code == 303
    answer = client.post(address(contest), data=mine)
    assert answer.status_code == 422
    assert "Theirs" in text(answer)
    assert 'value="Mine"' in text(answer)


def test_a_division_and_its_categories_are_made(contest: Competition, organizer: User, client: Client) -> None:
    sent = {**division(contest), "code": "person", "title": "Persons", "applicant": "person"}
    made = client.post("/contests/spring/divisions/new", data=sent)
    assert made.status_code == 303
    row = db.session.scalars(db.select(Division).where(Division.code == "person")).one()
    assert (
        client.post(f"/divisions/{row.public_id}/categories", data={"title": "Workers", "code": "worker"}).status_code
        == 303
    )
    again = client.post(f"/divisions/{row.public_id}/categories", data={"title": "More", "code": "worker"})
    assert again.status_code == 422
    assert "Another category" in text(again)
    assert 'value="More"' in text(again)
    category = db.session.scalars(db.select(Category).where(Category.code == "worker")).one()
    changed = client.post(f"/categories/{category.public_id}", data={"title": "Front line", "code": "worker"})
    assert changed.status_code == 303
    assert client.post(f"/categories/{category.public_id}", data={"title": "", "code": "w w"}).status_code == 422


# ------------------------------------------------------------------------------------------------------------ stages


def stage(row: Stage, category: Category, **values: Any) -> dict[str, Any]:
    return {
        "title": row.title,
        "code": row.code,
        "seen": setup.stage_seen(row),
        "marking_starts": "2026-08-01T09:00",
        "marking_ends": "2026-08-10T18:00",
        "parts-0-category": category.public_id,
        "parts-0-takes_part": "y",
        "parts-0-judges_wanted": "3",
        "parts-0-panel": "",
        **values,
    }


def test_a_stage_gets_its_time_its_categories_and_its_panel(
    contest: Competition, organizer: User, client: Client
) -> None:
    initial = contest.stages[0]
    part = make.stage_category(contest, "initial", frozen=False)
    panel = db.session.get_one(make.Panel, part.panel_id)
    sent = stage(initial, part.category, **{"parts-0-panel": panel.public_id, "parts-0-judges_wanted": "7"})
    assert client.post(f"/stages/{initial.public_id}", data=sent).status_code == 303
    db.session.expire_all()
    assert (part.judges_wanted, part.panel_id) == (7, panel.id)
    gone = stage(initial, part.category)
    del gone["parts-0-takes_part"]
    assert client.post(f"/stages/{initial.public_id}", data=gone).status_code == 303
    db.session.expire_all()
    assert initial.stage_categories == []


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"parts-0-judges_wanted": "0"}, "number from 1 to 99"),
        ({"parts-0-judges_wanted": "x"}, "Not a valid integer"),
        ({"parts-0-judges_wanted": ""}, "whole number of judges"),
        ({"parts-0-panel": "elsewhere"}, "Not a valid choice"),
        ({"marking_ends": "2026-07-01T09:00"}, "ends before it begins"),
        ({"title": ""}, "Fill this in"),
        ({"code": "final"}, "Another stage of this contest has this code"),
    ],
)
def test_what_is_wrong_with_a_stage_is_said(
    contest: Competition, organizer: User, client: Client, values: dict[str, str], message: str
) -> None:
    initial = contest.stages[0]
    category = contest.divisions[0].categories[0]
    answer = client.post(f"/stages/{initial.public_id}", data=stage(initial, category, **values))
    assert answer.status_code == 422
    assert message in text(answer)
    assert 'value="2026-08-01T09:00"' in text(answer)


def test_of_two_who_change_a_stage_the_second_sees_what_stands_there(
    contest: Competition, organizer: User, client: Client
) -> None:
    initial, category = contest.stages[0], contest.divisions[0].categories[0]
    mine = stage(initial, category, **{"parts-0-judges_wanted": "9"})
    theirs = stage(initial, category, **{"parts-0-judges_wanted": "4"})
    assert client.post(f"/stages/{initial.public_id}", data=theirs).status_code == 303
    answer = client.post(f"/stages/{initial.public_id}", data=mine)
    assert answer.status_code == 422
    assert "4 judges for each entry" in text(answer)
    assert 'value="9"' in text(answer)


def test_a_stage_is_added(contest: Competition, organizer: User, client: Client) -> None:
    assert client.post("/contests/spring/stages", data={"title": "Visit", "code": "visit"}).status_code == 303
    refused = client.post("/contests/spring/stages", data={"title": "Once more", "code": "visit"})
    assert refused.status_code == 422
    assert 'value="Once more"' in text(refused)
    db.session.expire_all()
    assert [row.code for row in contest.stages] == ["initial", "final", "visit"]
