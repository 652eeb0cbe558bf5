# SPDX-License-Identifier: Apache-2.0
"""The ways in: password, personal link, first administrator; and out."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask

from app import clock, create_app
from app.accounts import passwords, service, sign_in
from app.accounts.identity import TOKEN, actor_of
from app.accounts.models import User, UserSession
from app.db import db, transaction
from app.errors import Conflict, Invalid
from app.policy import SYSTEM
from app.security import limiter
from tests import factories as make
from tests.conftest import Client

PASSWORD = "a long enough sentence"
DAY = timedelta(days=1)


@pytest.fixture
def person(app: Flask) -> User:
    with transaction():
        return service.create_user(login="Zhang", name="张三", unit=None, password=PASSWORD, by=SYSTEM, now=clock.now())


def enter(client: Client, login: str = "zhang", password: str = PASSWORD, **more: str) -> object:
    return client.post("/sign-in", data={"login": login, "password": password, **more})


def token_in(client: Client) -> str | None:
    with client.session_transaction() as session:
        return session.get(TOKEN)


# ------------------------------------------------------------------------------------------------------- password


def test_a_person_signs_in_however_the_name_is_typed(client: Client, person: User) -> None:
    for login in ("zhang", " ZHANG ", "ｚｈａｎｇ"):
        answer = enter(client, login)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")  # type: ignore[attr-defined]
        assert client.get("/me").status_code == 200
        client.post("/sign-out")
        assert client.get("/me").status_code == 303


@pytest.mark.parametrize(
    ("login", "password"),
    [("zhang", "wrong and long enough"), ("nobody", PASSWORD), ("zh ang", PASSWORD), ("", PASSWORD), ("zhang", "")],
)
def test_what_does_not_fit_is_refused_without_telling_why(
    client: Client, person: User, login: str, password: str
) -> None:
    answer = enter(client, login, password)
    page = answer.get_data(as_text=True)  # type: ignore[attr-defined]
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert f'value="{login}"' in page or not login, "the login name stays"
    assert not password or password not in page
    assert token_in(client) is None
    if login and password:
        assert "do not fit together" in page


def test_somebody_absent_costs_the_same_work_as_somebody_present(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is compared is the work of the hash, since clocks of a busy machine prove nothing."""
    make.user(login="passwordless")
    done: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, stored: str, password: str) -> bool:
        done.append(stored.rpartition("$")[0].rpartition("$")[0])
        return bool(verify(self, stored, password))

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    work = []
    for login in ("zhang", "nobody", "passwordless", "zh ang", "\u202e"):
        done.clear()
        assert service.authenticate(login, "not the password", clock.now()) is None
        work.append(list(done))
    assert work == [["$argon2id$v=19$m=1024,t=3,p=4"]] * 5


def test_a_suspended_person_does_not_come_in_and_is_thrown_out(client: Client, person: User) -> None:
    boss = actor_of(make.user(is_administrator=True))
    enter(client)
    assert client.get("/me").status_code == 200
    with transaction():
        service.suspend(db.session.get_one(User, person.id), by=boss, now=clock.now())
    assert client.get("/me").status_code == 303
    assert enter(client).status_code == 422  # type: ignore[attr-defined]


def test_signing_in_leaves_nothing_of_the_cookie_that_was_there(client: Client, person: User) -> None:
    """Session fixation: what somebody planted before the sign-in is worth nothing afterwards."""
    with client.session_transaction() as session:
        session[TOKEN] = "planted"
        session["other"] = "planted"
    enter(client)
    with client.session_transaction() as session:
        assert session[TOKEN] != "planted"
        assert "other" not in session
    first = token_in(client)
    enter(client)
    assert token_in(client) != first, "each sign-in is a new session"
    ended = db.session.scalars(db.select(UserSession).where(UserSession.ended_at.is_not(None))).all()
    assert len(ended) == 1, "and ends the one this browser had"


def test_a_stolen_cookie_is_worth_nothing_after_signing_out(app: Flask, client: Client, person: User) -> None:
    enter(client)
    stolen = token_in(client)
    client.post("/sign-out")
    thief: Client = app.test_client()  # type: ignore[assignment]
    with thief.session_transaction() as session:
        session[TOKEN] = stolen
    assert thief.get("/me").status_code == 303


def test_a_hash_of_another_cost_is_renewed_on_the_way_in(client: Client, person: User) -> None:
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    with transaction():
        row = db.session.get_one(User, person.id)
        row.password_hash = PasswordHash((Argon2Hasher(memory_cost=512, time_cost=1),)).hash(PASSWORD)
    enter(client)
    db.session.expire_all()
    assert "m=1024," in (db.session.get_one(User, person.id).password_hash or "")


@pytest.mark.parametrize(
    "password",
    ["short", "password123", "Passw0rd!!", "1234567890", "aaaaaaaaaaaa", "zhangzhang", "qwertyuiop", "x" * 129],
)
def test_easy_passwords_are_refused(person: User, password: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.prepare(password, login="zhang")
    assert list(refused.value.fields) == ["password"]


def test_ideographs_and_full_width_forms_are_one_password(person: User) -> None:
    with transaction():
        service.set_password(
            db.session.get_one(User, person.id), "每一分都有它的因，请记住ＡＢＣ", by=SYSTEM, now=clock.now()
        )
    assert service.authenticate("zhang", "每一分都有它的因,请记住ABC", clock.now()) is not None


# ------------------------------------------------------------------------------------------------ too many tries


@pytest.fixture
def limited(app: Flask) -> Iterator[Client]:
    """A browser of the same installation as it runs outside tests: limits count."""
    real = create_app(replace(app.config["YOUYIN"], testing=False))
    real.config["WTF_CSRF_ENABLED"] = False
    limiter.reset()
    with real.app_context():
        yield real.test_client()  # type: ignore[misc]
        db.session.remove()
        db.engine.dispose()
    limiter.enabled = False


def test_guessing_is_slowed_down_and_locks_nobody_out(limited: Client, person: User) -> None:
    client = limited
    for _ in range(8):
        assert enter(client, password="wrong and long").status_code == 422  # type: ignore[attr-defined]
    answer = enter(client, password="wrong and long")
    assert answer.status_code == 429  # type: ignore[attr-defined]
    assert answer.headers["Retry-After"] == "60"  # type: ignore[attr-defined]
    page = answer.get_data(as_text=True)  # type: ignore[attr-defined]
    assert "nothing is locked" in page
    assert 'value="zhang"' in page
    elsewhere = client.application.test_client().post(
        "/sign-in",
        data={"login": "zhang", "password": PASSWORD},
        environ_base={"REMOTE_ADDR": "192.0.2.7"},
    )
    assert elsewhere.status_code == 303, "the person at another address comes in"
    assert enter(client, login="li", password="wrong and long").status_code == 422, "another name is not slowed"  # type: ignore[attr-defined]


def test_whoever_types_right_is_never_slowed(limited: Client, person: User) -> None:
    for _ in range(12):
        assert enter(limited).status_code == 303  # type: ignore[attr-defined]


def test_a_spoofed_forwarding_header_is_no_other_address(limited: Client, person: User) -> None:
    for number in range(9):
        answer = limited.post(
            "/sign-in",
            data={"login": "zhang", "password": "wrong and long"},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )
    assert answer.status_code == 429


def test_the_way_back_is_kept_from_the_refusal_to_the_page(client: Client, person: User) -> None:
    refused = client.get("/me")
    assert refused.headers["Location"] == "/sign-in?next=/me"
    assert b'name="next" type="hidden" value="/me"' in client.get("/sign-in?next=/me").data
    assert enter(client, next="/me").headers["Location"] == "/me"  # type: ignore[attr-defined]
    assert enter(client, next="//evil.example").headers["Location"] == "/"  # type: ignore[attr-defined]
    assert client.get("/sign-in?next=/me").headers["Location"] == "/me", "whoever is in goes on at once"


# ----------------------------------------------------------------------------------------------- first administrator

FIRST = {"login": "root.zhang", "name": "张三", "password": PASSWORD, "again": PASSWORD}


def test_the_first_link_makes_one_administrator_and_is_then_over(client: Client) -> None:
    address = f"/first/{sign_in.first_token()}"
    assert client.get(address).status_code == 200
    assert db.session.scalars(db.select(User)).all() == [], "looking makes nobody"
    answer = client.post(address, data=FIRST)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/people")
    assert db.session.scalars(db.select(User)).one().is_administrator
    assert client.get("/people").status_code == 200
    assert client.post(address, data={**FIRST, "login": "second"}).status_code == 410
    assert len(db.session.scalars(db.select(User)).all()) == 1


def test_the_first_link_is_good_for_a_day_and_not_forged(client: Client) -> None:
    token = sign_in.first_token()
    assert client.get(f"/first/{token}x").status_code == 410
    assert client.get("/first/anything").status_code == 410
    with time_machine.travel(clock.now() + DAY + timedelta(minutes=1), tick=False):
        assert client.get(f"/first/{token}").status_code == 410


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"again": "another long sentence"}, "do not agree"),
        ({"password": "short", "again": "short"}, "at least 10"),
        ({"login": "root zhang"}, "no spaces"),
        ({"name": ""}, "Fill this in"),
        ({"name": "a\u200bb"}, "cannot be seen"),
    ],
)
def test_what_is_wrong_with_the_first_form_stands_beside_it(
    client: Client, values: dict[str, str], message: str
) -> None:
    answer = client.post(f"/first/{sign_in.first_token()}", data={**FIRST, **values})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert message in page
    assert f'value="{({**FIRST, **values})["login"]}"' in page
    assert PASSWORD not in page


def test_of_two_who_come_at_the_same_moment_one_becomes_the_first(app: Flask) -> None:
    hashed = passwords.prepare(PASSWORD, login="x")
    with transaction():
        service.create_first_administrator(login="one", name="One", password=hashed, by=SYSTEM, now=clock.now())
    with pytest.raises(Conflict), transaction():
        service.create_first_administrator(login="two", name="Two", password=hashed, by=SYSTEM, now=clock.now())
    assert [user.login for user in db.session.scalars(db.select(User))] == ["one"]


# -------------------------------------------------------------------------------------------------- what is stored


def test_no_trace_of_a_password_outside_its_hash(client: Client, person: User) -> None:
    """Answers to repeated forms are kept for a while; a form with a password must not leave even a digest there."""
    enter(client, idempotency_key="k1")
    client.post(
        "/me/password",
        data={"current": PASSWORD, "password": "another long sentence", "again": "another long sentence"},
    )
    from app.idempotency import IdempotencyKey

    page = client.get("/me").get_data(as_text=True)
    form = page[page.index("/me/password") : page.index("/me/language")]
    assert "idempotency_key" not in form
    signed_out: Client = client.application.test_client()  # type: ignore[assignment]
    assert b"idempotency_key" not in signed_out.get("/sign-in").data
    assert db.session.scalars(db.select(IdempotencyKey).where(IdempotencyKey.owner != "anonymous")).all() == []


def test_of_many_who_fill_in_the_first_form_at_the_same_moment_one_becomes_administrator(app: Flask) -> None:
    hashed = passwords.prepare(PASSWORD, login="x")
    db.session.remove()
    start = Barrier(4)

    def come(number: int) -> bool:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    service.create_first_administrator(
                        login=f"person{number}", name="X", password=hashed, by=SYSTEM, now=clock.now()
                    )
            except Conflict:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(4) as pool:
        made = [each.result() for each in [pool.submit(come, number) for number in range(4)]]
    assert made.count(True) == 1
    assert len(db.session.scalars(db.select(User)).all()) == 1
