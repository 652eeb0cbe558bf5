# SPDX-License-Identifier: Apache-2.0
"""Every route for every role: what the policy says is what the page answers, and what is hidden looks absent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.routing import Rule

from app.accounts.identity import actor_of
from app.policy import ANONYMOUS, Actor, Guard, policy
from tests import factories as make
from tests import world
from tests.conftest import Client

LOOKED_UP_BY = {"competition": "slug"}
PLAIN = {"name", "number", "criterion", "token", "filename", "form", "check_code"}
# Routes whose answer to a GET is not a page: nothing to see, or bytes.
TIMES = make.NOW


@pytest.fixture
def scene(app: Flask) -> Iterator[world.World]:
    with time_machine.travel(TIMES, tick=False):
        yield world.build()


def rules(app: Flask, method: str) -> list[tuple[Rule, Guard]]:
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or method not in (rule.methods or ()):
            continue
        found.append((rule, app.view_functions[rule.endpoint].policy_guard))
    return found


def addressed(scene: world.World, rule: Rule) -> dict[str, Any] | None:
    """Return the arguments of a route, or None when the world has no such object."""
    objects = {"competition": scene.contest, **scene.objects}
    values = {}
    for name in rule.arguments:
        if name in PLAIN:
            values[name] = objects.get(name, "none")
            continue
        if name not in objects:
            return None
        values[name] = getattr(objects[name], LOOKED_UP_BY.get(name, "public_id"))
    return values


def people(scene: world.World) -> Iterator[tuple[str, Any, Actor]]:
    for role, user in scene.people.items():
        yield role, user, ANONYMOUS if user is None else actor_of(user)


@pytest.mark.slow
def test_each_page_answers_each_role_as_the_table_says(app: Flask, scene: world.World) -> None:
    cells = 0
    for role, user, actor in people(scene):
        client: Any = app.test_client()
        if user is not None:
            client.sign_in(user)
        for rule, guard in rules(app, "GET"):
            if guard.action is None or guard.model is None:
                continue
            values = addressed(scene, rule)
            if values is None:
                continue
            obj = scene.contest if guard.argument == "competition" else scene.objects.get(guard.argument or "")
            expected = outcome(actor, guard, obj)
            with app.test_request_context():
                from flask import url_for

                url = url_for(rule.endpoint, **values)
            answer = client.get(url)
            got = "open" if answer.status_code in (200, 206, 302, 304) else str(answer.status_code)
            if answer.status_code == 303:
                got = "sign in" if "/sign-in" in answer.headers["Location"] else "open"
            answer.close()  # a file that is streamed stays open until somebody closes it
            cells += 1
            assert got == expected, f"{role} asks for {rule.rule} ({guard.action}): {got} instead of {expected}"
    assert cells > 300


@pytest.mark.slow
def test_whoever_is_refused_changes_nothing_by_sending_a_form(app: Flask, scene: world.World) -> None:
    cells = 0
    for role, user, actor in people(scene):
        client: Any = app.test_client()
        if user is not None:
            client.sign_in(user)
        for rule, guard in rules(app, "POST"):
            if guard.action is None or guard.model is None:
                continue
            values = addressed(scene, rule)
            if values is None:
                continue
            obj = scene.contest if guard.argument == "competition" else scene.objects.get(guard.argument or "")
            expected = outcome(actor, guard, obj)
            if expected == "open":
                continue
            with app.test_request_context():
                from flask import url_for

                url = url_for(rule.endpoint, **values)
            answer = client.post(url, data={})
            got = str(answer.status_code)
            if answer.status_code == 303:
                got = "sign in" if "/sign-in" in answer.headers["Location"] else "done"
            cells += 1
            assert got == expected, f"{role} sends {rule.rule} ({guard.action}): {got} instead of {expected}"
    assert cells > 300


def outcome(actor: Actor, guard: Guard, obj: Any) -> str:
    """Return what the table promises: open, 403 with a reason, 404, or the way to sign in."""
    assert guard.action is not None
    table, rule = policy(), policy().rules[guard.action]
    if table.permits(guard.action, actor, obj, TIMES):
        return "open"
    if not actor.is_signed_in and not rule.open:
        return "sign in"
    return "403" if table.shows(guard.action, actor, obj, TIMES) else "404"


def test_hidden_and_absent_are_the_same_bytes(app: Flask, scene: world.World) -> None:
    client: Client = app.test_client()  # type: ignore[assignment]  # test_client_class says so
    nobody = scene.people["nobody"]
    assert nobody is not None
    client.sign_in(nobody)
    hidden = client.get(f"/assignments/{scene.objects['assignment'].public_id}/scoresheet")
    absent = client.get(f"/assignments/{'a' * 26}/scoresheet")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.data.replace(scene.objects["assignment"].public_id.encode(), b"a" * 26) == absent.data


def test_a_recused_judge_no_longer_reads_the_entry(app: Flask, scene: world.World) -> None:
    client: Client = app.test_client()  # type: ignore[assignment]  # test_client_class says so
    person = scene.people["recused judge"]
    assert person is not None
    client.sign_in(person)
    page = client.get(f"/entries/{scene.objects['entry'].public_id}").get_data(as_text=True)
    assert "A better valve" in page  # what everybody sees
    assert "What we did." not in page  # the application form
    assert "Not yet public" not in page
    assert client.get(f"/diary/{scene.objects['waiting'].public_id}").status_code == 404
    assert client.get(f"/files/{scene.objects['evidence'].public_id}").status_code == 404
