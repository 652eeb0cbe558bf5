# SPDX-License-Identifier: Apache-2.0
"""A public part is drawn once for a state of its contest, and anew as soon as anything changes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app import audit, clock
from app.audit import Event
from app.db import transaction
from app.policy import SYSTEM
from app.workspaces import shelf
from tests import factories as make
from tests.statements import counted


@pytest.fixture
def kept(app: Flask) -> Iterator[shelf.Shelf]:
    """A shelf, which applications under test do without."""
    app.extensions["youyin_shelf"] = found = shelf.Shelf(60)
    with clock.at(make.NOW):
        yield found
    del app.extensions["youyin_shelf"]


def page(app: Flask, address: str, **headers: str) -> str:
    """Return a page as a request of its own, which remembers nothing of the one before."""
    with app.app_context():
        return app.test_client().get(address, headers=headers).text


def test_the_contest_page_is_drawn_again_when_something_changed(app: Flask, kept: shelf.Shelf) -> None:
    contest, unit = make.contest(slug="kept"), make.unit()
    owner = make.user(of=unit)
    entry = make.entry(contest, owner, of=unit, title="Quieter pumps")
    assert "Quieter pumps" in page(app, "/contests/kept")
    with counted() as statements:
        page(app, "/contests/kept")
    assert len([line for line in statements if line.startswith("SELECT")]) == 3
    with transaction():
        entry.title = "Silent pumps"
        audit.record(Event.ENTRY_SAVED, entry, by=SYSTEM, now=make.NOW, competition=contest)
    found = page(app, "/contests/kept")
    assert "Silent pumps" in found
    assert "Quieter pumps" not in found


def test_each_language_and_each_choice_is_kept_apart(app: Flask, kept: shelf.Shelf) -> None:
    contest, unit = make.contest(slug="apart"), make.unit()
    make.entry(contest, make.user(of=unit), of=unit, title="Quieter pumps")
    english = page(app, "/contests/apart")
    chinese = page(app, "/contests/apart", **{"Accept-Language": "zh-CN"})
    assert [("Results and rubrics" in found, "Quieter pumps" in found) for found in (english, chinese)] == [
        (True, True),
        (False, True),
    ]
    assert "Results and rubrics" in page(app, "/contests/apart")
    assert "Quieter pumps" not in page(app, "/contests/apart?category=none")
    assert "Quieter pumps" not in page(app, "/contests/apart?q=turbine")


def test_a_part_grows_old_and_a_shelf_does_not_grow() -> None:
    drawn: list[int] = []

    def draw() -> str:
        drawn.append(1)
        return str(len(drawn))

    assert [shelf.Shelf(60).part("a", 1, draw) for _ in range(2)] == ["1", "2"]
    old, young = shelf.Shelf(0), shelf.Shelf(60)
    assert [old.part("a", 1, draw) for _ in range(2)] == ["3", "4"]
    assert [young.part("a", 1, draw), young.part("a", 1, draw), young.part("a", 2, draw)] == ["5", "5", "6"]
    for number in range(shelf.KEPT + 10):
        young.part(number, 1, draw)
    assert len(young._parts) == shelf.KEPT
