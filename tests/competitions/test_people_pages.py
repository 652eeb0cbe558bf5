# SPDX-License-Identifier: Apache-2.0
"""Roles in a contest, and slips with personal links: who gives them, and to whom."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import queries
from app.accounts.models import RoleGrant, SignInLink, User
from app.accounts.roles import may_be_let_in
from app.competitions.models import Competition
from app.db import db
from app.idempotency import IdempotencyKey
from app.policy import Actor, Role
from tests import factories as make
from tests.accounts.counting import statements
from tests.conftest import Client

LINK = r"/link/<br /><b>([a-z2-7-]{29})</b>"


@pytest.fixture
def contest(app: Flask) -> Competition:
    return make.contest(slug="spring", title="Spring contest")


@pytest.fixture
def organizer(contest: Competition, client: Client) -> User:
    person = make.user("Organizer")
    make.grant(person, contest, Role.ORGANIZER)
    client.sign_in(person)
    return person


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def test_a_role_is_given_by_login_name_and_taken_away(contest: Competition, organizer: User, client: Client) -> None:
    unit = make.unit(code="CJ")
    make.user("Wang Fang", login="s1001")
    sent = {"login": "Ｓ１００１", "role": "unit_clerk", "unit": "CJ"}
    assert client.post("/contests/spring/people", data=sent).status_code == 303
    row = db.session.scalars(select(RoleGrant).where(RoleGrant.role == Role.UNIT_CLERK)).one()
    assert (row.unit_id, row.granted_by_id) == (unit.id, organizer.id)
    assert "Wang Fang" in text(client.get("/contests/spring/people"))
    again = client.post("/contests/spring/people", data=sent)
    assert again.status_code == 422
    assert "has this role already" in text(again)
    assert client.post(f"/contests/spring/people/{row.public_id}/revoke").status_code == 303
    assert "Wang Fang" not in text(client.get("/contests/spring/people")).partition("flashes")[2].partition("<table")[2]
    assert client.post(f"/contests/spring/people/{row.public_id}/revoke").status_code == 409


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"login": "nobody"}, "Nobody signs in with this name"),
        ({"login": ""}, "Fill this in"),
        ({"role": "king"}, "Not a valid choice"),
        ({"role": "unit_clerk"}, "Say which unit"),
        ({"role": "supervisor", "unit": "CJ"}, "Only a unit clerk"),
        ({"role": "organizer", "login": "suspended"}, "is suspended"),
    ],
)
def test_what_is_wrong_with_a_role_is_said_and_nothing_typed_is_lost(
    contest: Competition, organizer: User, client: Client, values: dict[str, str], message: str
) -> None:
    make.unit(code="CJ")
    make.user(login="s1001")
    make.user(login="suspended", suspended_at=make.NOW)
    sent = {"login": "s1001", "role": "contestant", "unit": "", **values}
    answer = client.post("/contests/spring/people", data=sent)
    assert answer.status_code == 422
    assert message in text(answer)
    assert f'value="{sent["login"]}"' in text(answer)


def test_a_contest_keeps_an_organizer_and_its_roles_are_its_own(
    contest: Competition, organizer: User, client: Client
) -> None:
    own = db.session.scalars(select(RoleGrant)).one()
    assert client.post(f"/contests/spring/people/{own.public_id}/revoke").status_code == 409
    theirs = make.grant(make.user(), make.contest(), Role.CONTESTANT)
    assert client.post(f"/contests/spring/people/{theirs.public_id}/revoke").status_code == 404
    assert db.session.get_one(RoleGrant, theirs.id).revoked_at is None


# ------------------------------------------------------------------------------------------------------------- slips


@pytest.fixture
def judges(contest: Competition) -> list[User]:
    part = make.stage_category(contest)
    people = [make.user(name) for name in ("张伟", "王芳", "李娜")]
    for person in people:
        make.seat(person, part)
    return people


def test_slips_are_a_sheet_of_links_that_work_and_are_shown_once(
    contest: Competition, organizer: User, judges: list[User], client: Client
) -> None:
    page = text(client.get("/contests/spring/slips"))
    for judge in judges:
        assert judge.name in page
    assert "idempotency_key" not in page.partition("<main")[2], "an answer with links is never kept for a repetition"
    answer = client.post(
        "/contests/spring/slips",
        data={"people": [judges[0].public_id, judges[1].public_id], "days": "30", "replace": "y"},
    )
    sheet = text(answer)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    tokens = re.findall(LINK, sheet)
    assert len(tokens) == sheet.count('class="qr"') == 2
    assert "李娜" not in sheet
    for token in tokens:
        assert client.get(f"/link/{token}").status_code == 200
    assert db.session.scalars(select(IdempotencyKey)).all() == []
    assert not any(token in text(client.get("/contests/spring/slips")) for token in tokens)


def test_a_new_slip_ends_the_one_that_was_lost(
    contest: Competition, organizer: User, judges: list[User], client: Client
) -> None:
    sent = {"people": [judges[0].public_id], "days": "30", "replace": "y"}
    first = re.findall(LINK, text(client.post("/contests/spring/slips", data=sent)))[0]
    second = re.findall(LINK, text(client.post("/contests/spring/slips", data=sent)))[0]
    assert (client.get(f"/link/{first}").status_code, client.get(f"/link/{second}").status_code) == (410, 200)


def test_an_organizer_makes_no_link_for_whoever_could_confirm_in_his_place(
    contest: Competition, organizer: User, judges: list[User], client: Client
) -> None:
    """A link is as good as the person: a second organizer's link would be a second confirmation."""
    second, supervisor, boss = make.user("Second"), make.user("Supervisor"), make.user("Boss", is_administrator=True)
    elsewhere = make.user("Elsewhere")
    other = make.contest()
    for person, where, role in (
        (second, contest, Role.ORGANIZER),
        (supervisor, contest, Role.SUPERVISOR),
        (boss, contest, Role.CONTESTANT),
        (elsewhere, contest, Role.CONTESTANT),
        (elsewhere, other, Role.CONTESTANT),
    ):
        make.grant(person, where, role)
    page = text(client.get("/contests/spring/slips"))
    for person in (second, supervisor, boss, elsewhere):
        assert person.public_id not in page
        answer = client.post("/contests/spring/slips", data={"people": [person.public_id], "days": "30"})
        assert answer.status_code == 422, person.name
    stranger = make.user("Stranger")
    assert client.post("/contests/spring/slips", data={"people": [stranger.public_id], "days": "7"}).status_code == 422
    assert db.session.scalars(select(SignInLink)).all() == []
    client.sign_in(make.user(is_administrator=True))
    answer = client.post("/contests/spring/slips", data={"people": [second.public_id], "days": "30"})
    assert answer.status_code == 200, "an administrator makes it"


@pytest.mark.parametrize("values", [{"people": []}, {"days": "5000"}, {"days": ""}])
def test_slips_for_nobody_or_for_ever_are_refused(
    contest: Competition, organizer: User, judges: list[User], client: Client, values: dict[str, Any]
) -> None:
    sent = {"people": [judges[0].public_id], "days": "30", **values}
    assert client.post("/contests/spring/slips", data=sent).status_code == 422
    assert db.session.scalars(select(SignInLink)).all() == []


def test_slips_are_offered_by_part(contest: Competition, organizer: User, judges: list[User], client: Client) -> None:
    contestant = make.user("Contestant")
    make.grant(contestant, contest, Role.CONTESTANT)
    page = text(client.get("/contests/spring/slips?part=judge"))
    assert judges[0].public_id in page
    assert contestant.public_id not in page
    assert contestant.public_id in text(client.get("/contests/spring/slips?part=contestant"))


def test_the_rule_on_links_reads_like_this(app: Flask) -> None:
    organizer = Actor(user_id=-1, grants=frozenset({(1, Role.ORGANIZER)}))
    boss = Actor(user_id=-2, is_administrator=True)
    person = make.user()
    cases: list[tuple[set[tuple[int, Role | None]], bool]] = [
        (set(), True),
        ({(1, None)}, True),
        ({(1, Role.CONTESTANT), (1, None)}, True),
        ({(1, Role.UNIT_CLERK)}, True),
        ({(1, Role.ORGANIZER)}, False),
        ({(1, Role.SUPERVISOR)}, False),
        ({(1, None), (2, None)}, False),
        ({(2, Role.CONTESTANT)}, False),
    ]
    for involved, expected in cases:
        assert may_be_let_in(person, involved, by=organizer) == expected, involved
        assert may_be_let_in(person, involved, by=boss)


def test_the_lists_take_the_same_statements_for_many_people(
    contest: Competition, organizer: User, judges: list[User], client: Client
) -> None:
    def count(address: str) -> int:
        db.session.remove()  # as a new request finds it
        with statements() as sent:
            client.get(address)
        return len(sent)

    addresses = ("/contests/spring/people", "/contests/spring/slips")
    contest_id = contest.id
    few = [count(address) for address in addresses]
    contest = db.session.get_one(Competition, contest_id)
    for _ in range(40):
        make.grant(make.user(), contest, Role.CONTESTANT)
    assert [count(address) for address in addresses] == few
    assert len(queries.members_of(contest_id)) == 44
