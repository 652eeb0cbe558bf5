# SPDX-License-Identifier: Apache-2.0
"""The style guide draws every component, so that a broken macro is seen here first."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import Babel

from app import templating
from app.styleguide.views import ERRORS, PARTS, blueprint

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    """A browser before an application that has nothing but templates."""
    app = Flask("guide", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.testing = True
    Babel(app, locale_selector=lambda: "zh")
    templating.init_app(app)
    app.jinja_env.globals.update(csrf_token=lambda: "token", idempotency_key=lambda: "key")
    app.register_blueprint(blueprint)
    return app.test_client()


@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_drawn_with_every_id_once(client: FlaskClient, part: str) -> None:
    answer = client.get(f"/styleguide/{part}")
    assert answer.status_code == 200
    ids = Counter(re.findall(r'\sid="([^"]*)"', answer.text))
    assert [name for name, times in ids.items() if times > 1 or not name] == []


@pytest.mark.parametrize("part", PARTS)
def test_what_describes_a_field_is_on_the_page(client: FlaskClient, part: str) -> None:
    page = client.get(f"/styleguide/{part}").text
    ids = set(re.findall(r'\sid="([^"]*)"', page))
    named = {
        name
        for line in re.findall(r'(?:aria-describedby|aria-labelledby|\sfor)="([^"]*)"', page)
        for name in line.split()
    }
    assert named - ids == set()


@pytest.mark.parametrize("status", ERRORS)
def test_each_refusal_has_its_page(client: FlaskClient, status: int) -> None:
    answer = client.get(f"/styleguide/error/{status}")
    assert answer.status_code == status
    assert f'<span class="error-code">{status}</span>' in answer.text


def test_every_component_stands_behind_the_one_door() -> None:
    door = (ROOT / "templates/_components/ui.html").read_text(encoding="utf-8")
    behind = set(re.findall(r"{% set (\w+) =", door))
    drawn = {
        name
        for path in (ROOT / "templates/_components").glob("*.html")
        for name in re.findall(r"{% macro ([a-z]\w*)\(", path.read_text(encoding="utf-8"))
    }
    assert drawn == behind


def test_an_icon_is_silent_or_named(client: FlaskClient) -> None:
    page = client.get("/styleguide/data").text
    assert '<svg class="icon" role="img" aria-label="Previous page" focusable="false"' in page
    assert '<svg class="icon" aria-hidden="true" focusable="false"' in page
