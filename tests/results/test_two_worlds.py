# SPDX-License-Identifier: Apache-2.0
"""Two worlds that differ in one mark look the same to everybody outside, byte for byte, until it is published."""

from __future__ import annotations

import random
from typing import Any

import pytest

from app import clock
from app import db as database
from app.db import db
from tests import conftest
from tests import factories as make
from tests.conftest import Client
from tests.results.conftest import a_world

READERS = ("stranger", "contestant", "rival", "judge who marked nothing")


def _outside_view(app: Any, prepared: dict[str, Any], mark: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Build a world in which one mark is `mark`, and return every byte that people outside get."""
    db.session.remove()
    db.engine.dispose()
    conftest._empty(prepared)
    chance = random.Random(7)
    monkeypatch.setattr(database.secrets, "choice", chance.choice)
    monkeypatch.setattr(make, "_numbers", iter(range(1, 10_000)))
    world = a_world(slug="two-worlds")
    for number, given in (("A-1", mark), ("A-2", "45")):
        world.mark(world.enter(number), 0, (given, "20", "10"))
    run = world.confirm(world.compute())
    stranger = make.user("Idle judge", of=make.unit())
    make.seat(stranger, world.stage_category)
    people = dict(zip(READERS, (None, *world.contestants, stranger), strict=True))
    urls = [
        f"/rankings/{run.public_id}{path}"
        for path in ("", ".csv", ".xlsx", "/input.json", "/standings.json", "/certificates")
    ]
    urls += [f"/rankings/{run.public_id}/entries/{entry.public_id}" for entry in world.entries]
    urls += [
        f"/stage-categories/{world.stage_category.public_id}/{path}"
        for path in ("ranking", "matrix.csv", "matrix.xlsx")
    ]
    urls += ["/verify", "/verify?code=AAAA", f"/contests/{world.contest.slug}"]
    urls += [f"/entries/{entry.public_id}" for entry in world.entries]
    urls += [f"/rubrics/{world.stage_category.public_id}"]
    seen: dict[str, bytes] = {"digest": run.output_digest.encode()}
    for name, person in people.items():
        client: Client = app.test_client()
        if person is not None:
            client.sign_in(person)
        for url in urls:
            answer = client.get(url)
            headers = sorted((k, v) for k, v in answer.headers if k not in ("Date", "Set-Cookie"))
            seen[f"{name} {url}"] = repr((answer.status_code, headers)).encode() + answer.get_data()
            answer.close()
    return seen


def test_a_mark_shows_nowhere_before_publication(
    app: Any, prepared: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.at(make.NOW):
        one = _outside_view(app, prepared, "50", monkeypatch)
        other = _outside_view(app, prepared, "40", monkeypatch)
    assert one.pop("digest") != other.pop("digest")  # the worlds do differ: another entry wins
    assert list(one) == list(other)
    assert [name for name in one if one[name] != other[name]] == []
    assert len(one) > 60
