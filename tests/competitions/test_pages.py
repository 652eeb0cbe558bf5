# SPDX-License-Identifier: Apache-2.0
"""The pages of a contest: who sees them, what they refuse, and that nothing typed is lost."""

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
from tests.accounts.counting import statements
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


# -------------------------------------------------------------------------------------------------------- who sees


def pages(contest: Competition) -> list[str]:
    return [
        "/contests/spring/settings",
        "/contests/spring/structure",
        "/contests/spring/divisions/new",
        "/contests/spring/people",
        "/contests/spring/slips",
        f"/divisions/{contest.divisions[0].public_id}",
        f"/categories/{contest.divisions[0].categories[0].public_id}",
        f"/stages/{contest.stages[0].public_id}",
    ]


def test_a_draft_is_not_there_for_strangers(contest: Competition, client: Client) -> None:
    for page in pages(contest):
        assert client.get(page).headers["Location"].startswith("/sign-in")
    client.sign_in(make.user())
    for page in pages(contest):
        assert client.get(page).status_code == 404, page
    assert "Spring contest" not in text(client.get("/contests"))


def test_who_takes_part_knows_of_it_and_may_not_change_it(contest: Competition, client: Client) -> None:
    person = make.user()
    make.grant(person, contest, Role.SUPERVISOR)
    client.sign_in(person)
    for page in pages(contest):
        answer = client.get(page)
        assert answer.status_code == 403, page
        assert "Only an organizer" in text(answer)


def test_organizers_and_administrators_open_every_page(contest: Competition, client: Client) -> None:
    organizer = make.user()
    make.grant(organizer, contest, Role.ORGANIZER)
    for person in (organizer, make.user(is_administrator=True)):
        client.sign_in(person)
        assert "Spring contest" in text(client.get("/contests"))
        for page in pages(contest):
            assert client.get(page).status_code == 200, page


def test_the_organizer_of_another_contest_is_a_stranger_here(contest: Competition, client: Client) -> None:
    person = make.user()
    make.grant(person, make.contest(), Role.ORGANIZER)
    client.sign_in(person)
    for page in pages(contest):
        assert client.get(page).status_code == 404
    assert client.post("/contests/spring/open").status_code == 404


# --------------------------------------------------------------------------------------------------- a new contest


def test_an_administrator_makes_a_draft_and_organizes_it(app: Flask, client: Client) -> None:
    client.sign_in(make.user(is_administrator=True))
    assert 'value="Asia/Shanghai"' in text(client.get("/contests/new"))
    sent = {"title": "安全创新竞赛", "slug": "safety-2026", "language": "zh", "timezone": "Asia/Shanghai"}
    answer = client.post("/contests/new", data=sent)
    assert answer.headers["Location"] == "/contests/safety-2026/structure"
    assert client.get(answer.headers["Location"]).status_code == 200
    made = db.session.scalars(db.select(Competition)).one()
    assert (made.opened_at, made.mode, made.diary_release, made.notice_days) == (None, "strict", "by_unit", 7)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"title": ""}, "Fill this in"),
        ({"slug": "Safety 2026"}, "small letters"),
        ({"slug": "-x-"}, "small letters"),
        ({"slug": "new"}, "another use"),
        ({"slug": "taken"}, "Another contest has this address"),
        ({"timezone": "Shanghai"}, "no time zone"),
        ({"timezone": "../../etc/passwd"}, "no time zone"),
        ({"language": "xx"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_with_a_new_contest_is_said_beside_it(
    app: Flask, client: Client, values: dict[str, str], message: str
) -> None:
    make.contest(slug="taken")
    client.sign_in(make.user(is_administrator=True))
    sent = {"title": "Safety", "slug": "safety-2026", "language": "zh", "timezone": "UTC", **values}
    answer = client.post("/contests/new", data=sent)
    assert answer.status_code == 422
    assert message in text(answer)
    assert f'value="{sent["timezone"]}"' in text(answer)


# ---------------------------------------------------------------------------------------------------------- settings


def settings(contest: Competition, **values: Any) -> dict[str, Any]:
    names = ("slug", "title", "language", "timezone", "intro", "contact", "names_rule", "mode", "diary_release")
    return {
        **{name: str(getattr(contest, name)) for name in names},
        "notice_days": contest.notice_days,
        "version": contest.version,
        **values,
    }


def test_settings_are_kept_and_the_page_follows_a_new_address(
    contest: Competition, organizer: User, client: Client
) -> None:
    sent = settings(contest, slug="spring-2026", intro="# Welcome\r\n\r\nAll of you.", notice_days=5)
    assert client.post("/contests/spring/settings", data=sent).headers["Location"] == "/contests/spring-2026/settings"
    db.session.expire_all()
    assert (contest.slug, contest.intro, contest.notice_days) == ("spring-2026", "# Welcome\n\nAll of you.", 5)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"notice_days": "-1"}, "number from 0 to 365"),
        ({"notice_days": "seven"}, "Not a valid integer"),
        ({"notice_days": ""}, "Write a whole number"),
        ({"mode": "loose"}, "Not a valid choice"),
        ({"title": "x" * 201}, "longer than 200"),
        ({"timezone": "Nowhere/City"}, "no time zone"),
    ],
)
def test_what_is_wrong_with_the_settings_is_said_and_nothing_is_lost(
    contest: Competition, organizer: User, client: Client, values: dict[str, str], message: str
) -> None:
    answer = client.post("/contests/spring/settings", data=settings(contest, intro="Long typed text", **values))
    assert answer.status_code == 422
    assert message in text(answer)
    assert "Long typed text" in text(answer)
    db.session.expire_all()
    assert contest.intro == ""


def test_of_two_who_save_the_second_reads_both_texts_and_may_go_on(
    contest: Competition, organizer: User, client: Client
) -> None:
    mine = settings(contest, contact="My office")
    assert client.post("/contests/spring/settings", data=settings(contest, contact="Their office")).status_code == 303
    answer = client.post("/contests/spring/settings", data=mine)
    page = text(answer)
    assert answer.status_code == 422
    assert page.count("Their office") == 1
    assert page.count("My office") == 2, "beside theirs, and in the form"
    db.session.expire_all()
    assert contest.contact == "Their office"
    assert client.post("/contests/spring/settings", data={**mine, "version": contest.version}).status_code == 303
    db.session.expire_all()
    assert contest.contact == "My office"


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


# ----------------------------------------------------------------------------------------------------------- opening


def test_a_contest_opens_from_its_page_when_it_is_ready(contest: Competition, organizer: User, client: Client) -> None:
    page = text(client.get("/contests/spring/structure"))
    assert "It does not say who answers" in page
    assert "/contests/spring/open" not in page
    refused = client.post("/contests/spring/open")
    assert refused.status_code == 409
    assert "Not ready yet" in text(refused)
    sent = settings(contest, contact="Office", names_rule="In full")
    assert client.post("/contests/spring/settings", data=sent).status_code == 303
    assert "/contests/spring/open" in text(client.get("/contests/spring/structure"))
    assert client.post("/contests/spring/open").status_code == 303
    stranger: Client = client.application.test_client()  # type: ignore[assignment]
    assert "Spring contest" in text(stranger.get("/contests"))
    assert client.post("/contests/spring/open").status_code == 409


# ------------------------------------------------------------------------------------------------------------- size


def test_pages_take_the_same_statements_for_a_small_and_a_large_contest(
    contest: Competition, organizer: User, client: Client
) -> None:
    def count(address: str) -> int:
        db.session.remove()  # as a new request finds it
        with statements() as sent:
            assert client.get(address).status_code == 200
        return len(sent)

    addresses = ["/contests", "/contests/spring/structure", f"/stages/{contest.stages[0].public_id}"]
    contest_id, stage_ids = contest.id, [row.id for row in contest.stages]
    few = [count(address) for address in addresses]
    with transaction() as session:
        for number in range(12):
            row = Division(
                competition_id=contest_id, code=f"d{number}", title="D", applicant="unit", position=number + 1
            )
            session.add(row)
            session.flush()
            for at in range(4):
                category = Category(division_id=row.id, code=f"c{at}", title="C", position=at)
                session.add(category)
                session.flush()
                for stage_id in stage_ids:
                    session.add(make.StageCategory(stage_id=stage_id, category_id=category.id))
    for _ in range(10):
        make.contest()
    many = [count(address) for address in addresses]
    assert many == few
