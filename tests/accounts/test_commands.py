# SPDX-License-Identifier: Apache-2.0
"""What the operator types."""

from __future__ import annotations

from typing import Any

from flask import Flask

from app import clock
from app.accounts import queries, service
from app.db import db
from tests import factories as make
from tests.conftest import Client


def test_the_first_link_is_printed_until_somebody_administers(app: Flask, runner: Any, client: Client) -> None:
    printed = runner.invoke(args=["user", "first-link", "--base-url", "http://localhost:8000/"])
    assert printed.exit_code == 0
    assert printed.output.startswith("http://localhost:8000/first/")
    assert client.get(printed.output.strip().removeprefix("http://localhost:8000")).status_code == 200
    make.user(is_administrator=True)
    refused = runner.invoke(args=["user", "first-link"])
    assert refused.exit_code == 1
    assert "flask user link" in refused.output


def test_a_person_is_made_and_given_a_link_and_a_password(app: Flask, runner: Any, client: Client) -> None:
    make.unit(code="CJ")
    made = runner.invoke(args=["user", "create", "13800001234", "张三", "--unit", "CJ", "--administrator"])
    assert made.exit_code == 0, made.output
    person = queries.by_login("１３８００００１２３４")
    assert person is not None
    assert person.is_administrator
    printed = runner.invoke(args=["user", "link", "13800001234", "--hours", "2", "--single-use"])
    assert printed.output.startswith("http://127.0.0.1:8000/link/")
    assert client.post(printed.output.strip().removeprefix("http://127.0.0.1:8000")).status_code == 303
    sentence = "a long enough sentence"
    given = runner.invoke(args=["user", "password", "13800001234"], input=f"{sentence}\n{sentence}\n")
    assert given.exit_code == 0, given.output
    db.session.expire_all()
    assert service.authenticate("13800001234", sentence, clock.now()) is not None


def test_refusals_say_what_to_do_and_change_nothing(app: Flask, runner: Any) -> None:
    make.user(login="taken")
    for args, words in (
        (["create", "taken", "张三"], "Choose another one"),
        (["create", "a b", "张三"], "login: A login name has no spaces inside."),
        (["create", "new", "张三", "--unit", "nowhere"], "no unit with the code"),
        (["link", "nobody"], "Nobody signs in"),
        (["password", "taken", "--password", "short"], "at least 10"),
    ):
        refused = runner.invoke(args=["user", *args])
        assert refused.exit_code == 1
        assert words in refused.output
    assert queries.by_login("new") is None
