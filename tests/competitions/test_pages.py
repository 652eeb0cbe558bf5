# SPDX-License-Identifier: Apache-2.0
"""The pages of a contest: who sees them, what they refuse, and that nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.accounts.models import User
from app.competitions.models import Category, Competition, Division
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
