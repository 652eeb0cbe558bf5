# SPDX-License-Identifier: Apache-2.0
"""One's own account: devices, links, password, language, theme."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask_babel import refresh

from app import clock
from app.accounts import identity, service
from app.accounts.devices import device_name
from app.accounts.models import SignInLink, User, UserSession
from app.db import db, transaction
from app.policy import SYSTEM
from tests import factories as make
from tests.accounts.counting import statements
from tests.conftest import Client

PASSWORD = "a long enough sentence"


@pytest.fixture
def person(app: Flask) -> User:
    with transaction():
        return service.create_user(login="zhang", name="张三", password=PASSWORD, by=SYSTEM, now=clock.now())


def other_device(person: User, device: str = "WeChat · Android") -> UserSession:
    with transaction():
        identity.open_session(person, device=device, now=clock.now())
    return db.session.scalars(db.select(UserSession).order_by(UserSession.id.desc())).first()  # type: ignore[return-value]


def link(person: User) -> SignInLink:
    with transaction():
        service.make_link(person, expires_at=clock.now() + timedelta(days=1), by=SYSTEM, now=clock.now())
    return db.session.scalars(db.select(SignInLink).order_by(SignInLink.id.desc())).first()  # type: ignore[return-value]


def test_a_person_sees_the_own_devices_and_nobody_elses(client: Client, person: User) -> None:
    other_device(person)
    other_device(make.user(), "Firefox · Windows")
    page = client.sign_in(person).get("/me").get_data(as_text=True)
    assert "WeChat · Android" in page
    assert "Firefox · Windows" not in page
    assert page.count("This device") == 1


def test_a_device_is_signed_out_from_another(client: Client, person: User) -> None:
    lost = other_device(person)
    client.sign_in(person)
    assert client.post(f"/sessions/{lost.public_id}/end").headers["Location"] == "/me"
    db.session.expire_all()
    assert db.session.get_one(UserSession, lost.id).ended_at is not None


@pytest.mark.parametrize("what", ["session", "link"])
def test_nobody_ends_a_device_or_link_of_somebody_else(client: Client, person: User, what: str) -> None:
    theirs = f"/sessions/{other_device(person).public_id}/end"
    if what == "link":
        theirs = f"/links/{link(person).public_id}/revoke"
    client.sign_in(make.user())
    hidden, absent = client.post(theirs), client.post(re.sub(r"[a-z2-7]{26}", "a" * 26, theirs))
    assert hidden.status_code == absent.status_code == 404
    assert db.session.scalars(db.select(SignInLink).where(SignInLink.revoked_at.is_not(None))).all() == []
    client.sign_in(make.user(is_administrator=True))
    assert client.post(theirs).headers["Location"] == f"/people/{person.public_id}", "an administrator may"


def test_everywhere_else_ends_with_one_press(client: Client, person: User) -> None:
    for _ in range(3):
        other_device(person)
    client.sign_in(person)
    client.post("/me/sessions/end")
    assert client.get("/me").status_code == 200
    alive = db.session.scalars(db.select(UserSession).where(UserSession.ended_at.is_(None))).all()
    assert [row.device for row in alive] == ["test"]


def test_a_link_is_ended_by_its_person(client: Client, person: User) -> None:
    row = link(person)
    client.sign_in(person)
    assert "My sign-in links" in client.get("/me").get_data(as_text=True)
    client.post(f"/links/{row.public_id}/revoke")
    assert "My sign-in links" not in client.get("/me").get_data(as_text=True)


def change(client: Client, **values: str) -> object:
    new = "another long sentence"
    return client.post("/me/password", data={"current": PASSWORD, "password": new, "again": new, **values})


def test_a_new_password_signs_other_devices_out_and_not_this_one(client: Client, person: User) -> None:
    other = other_device(person)
    client.sign_in(person)
    assert change(client).status_code == 303  # type: ignore[attr-defined]
    assert client.get("/me").status_code == 200
    db.session.expire_all()
    assert db.session.get_one(UserSession, other.id).ended_at is not None
    assert service.authenticate("zhang", PASSWORD, clock.now()) is None
    assert service.authenticate("zhang", "another long sentence", clock.now()) is not None


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"current": "not this one"}, "not your present password"),
        ({"current": ""}, "Fill this in"),
        ({"password": "short", "again": "short"}, "at least 10"),
        ({"again": "something else"}, "do not agree"),
        ({"password": "zhangzhang", "again": "zhangzhang"}, "first that anybody tries"),
    ],
)
def test_a_password_that_is_not_taken_is_said_beside_its_field(
    client: Client, person: User, values: dict[str, str], message: str
) -> None:
    client.sign_in(person)
    answer = change(client, **values)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert message in answer.get_data(as_text=True)  # type: ignore[attr-defined]
    assert service.authenticate("zhang", PASSWORD, clock.now()) is not None


def test_whoever_came_by_a_link_sets_a_first_password_without_an_old_one(client: Client) -> None:
    person = make.user(login="li")
    client.sign_in(person)
    page = client.get("/me").get_data(as_text=True)
    assert 'name="current"' not in page
    assert change(client).status_code == 303  # type: ignore[attr-defined]
    assert service.authenticate("li", "another long sentence", clock.now()) is not None


def html_of(client: Client, address: str) -> str:
    """Return the opening tag of a page; the context of the test would keep the language of the page before."""
    refresh()
    return client.get(address).get_data(as_text=True).partition("<html ")[2].partition(">")[0]


def test_the_language_is_kept_for_the_browser_and_for_the_person(app: Flask, client: Client, person: User) -> None:
    client.sign_in(person)
    answer = client.post("/language", data={"lang": "zh", "next": "/me?x=1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me?x=1")
    assert 'lang="zh-CN"' in html_of(client, "/me")
    elsewhere: Client = app.test_client()  # type: ignore[assignment]
    elsewhere.sign_in(person)
    assert 'lang="zh-CN"' in html_of(elsewhere, "/me")
    client.post("/me/language", data={"language": "en"})
    assert 'lang="en"' in html_of(client, "/me")


def test_a_stranger_chooses_language_and_theme_too(client: Client) -> None:
    answer = client.post("/theme", data={"theme": "dark", "next": "/sign-in"})
    assert answer.headers["Location"] == "/sign-in"
    cookie = next(value for name, value in answer.headers if name == "Set-Cookie" and value.startswith("theme="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert 'data-theme="dark"' in html_of(client, "/sign-in")
    client.post("/language", data={"lang": "zh"})
    assert 'lang="zh-CN"' in html_of(client, "/sign-in")


@pytest.mark.parametrize(
    ("address", "data"),
    [("/language", {"lang": "xx"}), ("/language", {}), ("/theme", {"theme": "pink"}), ("/theme", {})],
)
def test_another_language_or_theme_than_ours_is_refused(client: Client, address: str, data: dict[str, str]) -> None:
    assert client.post(address, data=data).status_code == 422


def test_switching_the_language_does_not_lead_out(client: Client) -> None:
    assert client.post("/language", data={"lang": "en", "next": "//evil.example"}).headers["Location"] == "/"


def test_a_person_page_takes_as_many_statements_for_many_devices_as_for_one(client: Client, person: User) -> None:
    client.sign_in(person)
    with statements() as one:
        client.get("/me")
    for _ in range(20):
        other_device(person)
        link(person)
    with statements() as many:
        client.get("/me")
    assert len(many) == len(one)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Linux; Android 14; V2309A) AppleWebKit/537 Chrome/116 Safari/537 MicroMessenger/8.0.49",
            "WeChat · Android",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537 Chrome/120 Safari/537 Edg/120",
            "Edge · Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Version/17 Mobile Safari/604",
            "Safari · iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox · Linux"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_device_bears_the_name_people_know(agent: str, name: str) -> None:
    assert device_name(agent) == name
