# SPDX-License-Identifier: Apache-2.0
"""The life of a personal link: made, looked at, used, expired, ended."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from flask import Flask

from app import clock
from app.accounts import service
from app.accounts.identity import TOKEN
from app.accounts.models import SignInLink, User, UserSession
from app.accounts.sign_in import LinkOver
from app.db import db, transaction
from app.errors import Invalid
from app.policy import SYSTEM
from tests import factories as make
from tests.conftest import Client

DAY = timedelta(days=1)


@pytest.fixture
def person(app: Flask) -> User:
    with transaction():
        return service.create_user(login="zhang", name="张三", by=SYSTEM, now=clock.now())


def token_in(client: Client) -> str | None:
    with client.session_transaction() as session:
        return session.get(TOKEN)


def link_for(person: User, **values: object) -> str:
    with transaction():
        return service.make_link(
            db.session.get_one(User, person.id),
            **{"expires_at": clock.now() + DAY, "by": SYSTEM, "now": clock.now(), **values},  # type: ignore[arg-type]
        )


def test_looking_at_a_link_uses_nothing_up_and_pressing_the_button_signs_in(client: Client, person: User) -> None:
    token = link_for(person, single_use=True)
    for _ in range(3):
        page = client.get(f"/link/{token}")
        assert page.status_code == 200
        assert "I am 张三: sign in" in page.get_data(as_text=True)
        assert page.headers["Cache-Control"] == "private, no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert client.head(f"/link/{token}").status_code == 200
    assert token_in(client) is None
    answer = client.post(f"/link/{token}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert client.get("/me").status_code == 200
    client.post("/sign-out")
    again = client.post(f"/link/{token}")
    assert again.status_code == 410
    assert "works only once" in again.get_data(as_text=True)
    assert client.get(f"/link/{token}").status_code == 410
    assert token_in(client) is None


def test_an_ordinary_link_works_again_until_it_expires(client: Client, person: User) -> None:
    token = link_for(person)
    expires = db.session.scalars(db.select(SignInLink)).one().expires_at
    with time_machine.travel(expires - timedelta(seconds=1), tick=False):
        assert client.post(f"/link/{token}").status_code == 303
        assert client.post(f"/link/{token}").status_code == 303
    with time_machine.travel(expires, tick=False):
        gone = client.get(f"/link/{token}")
    assert gone.status_code == 410
    assert "has expired" in gone.get_data(as_text=True)


def test_a_link_is_typed_as_it_is_printed_or_without_its_hyphens_or_in_capitals(client: Client, person: User) -> None:
    token = link_for(person)
    assert len(token.replace("-", "")) == 25, "125 random bits"
    for typed in (token, token.replace("-", ""), token.upper()):
        assert client.get(f"/link/{typed}").status_code == 200


def test_a_link_that_was_ended_or_never_was_opens_nothing(client: Client, person: User) -> None:
    token = link_for(person)
    with transaction():
        service.revoke_link(db.session.scalars(db.select(SignInLink)).one(), by=SYSTEM, now=clock.now())
    assert client.post(f"/link/{token}").status_code == 410
    for unknown in ("aaaaa-bbbbb-ccccc-ddddd-eeeee", "x", "é" * 10):
        answer = client.get(f"/link/{unknown}")
        assert answer.status_code == 404
        assert "not known here" in answer.get_data(as_text=True)
    assert token_in(client) is None


def test_a_link_is_stored_as_a_hash_only(client: Client, person: User) -> None:
    token = link_for(person)
    row = db.session.scalars(db.select(SignInLink)).one()
    assert token not in (row.token_hash, row.public_id)
    assert len(row.token_hash) == 64


@pytest.mark.parametrize("away", [timedelta(0), -DAY, timedelta(days=401)])
def test_a_link_ends_in_the_future_but_not_too_far(person: User, away: timedelta) -> None:
    with pytest.raises(Invalid):
        link_for(person, expires_at=clock.now() + away)


def test_a_link_signs_the_other_person_on_this_device_out(client: Client, person: User) -> None:
    other = make.user("李四")
    client.sign_in(other)
    token = link_for(person)
    assert "李四 is signed in on this device" in client.get(f"/link/{token}").get_data(as_text=True)
    client.post(f"/link/{token}")
    db.session.expire_all()
    sessions = db.session.scalars(db.select(UserSession).order_by(UserSession.id)).all()
    assert [(row.user_id, row.ended_at is None) for row in sessions] == [(other.id, False), (person.id, True)]


def test_of_many_who_press_the_button_of_a_link_for_one_at_the_same_moment_one_comes_in(
    app: Flask, person: User
) -> None:
    token = link_for(person, single_use=True)
    db.session.remove()
    start = Barrier(6)

    def press() -> bool:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    service.follow_link(token, device="", now=clock.now())
            except LinkOver:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(6) as pool:
        came_in = [each.result() for each in [pool.submit(press) for _ in range(6)]]
    assert came_in.count(True) == 1
    assert len(db.session.scalars(db.select(UserSession)).all()) == 1
