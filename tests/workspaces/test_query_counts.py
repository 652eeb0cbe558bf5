# SPDX-License-Identifier: Apache-2.0
"""A page costs as many statements with 400 entries as with 10."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from app import clock
from app.accounts.models import User
from tests import factories as make
from tests.crowd import Crowd, crowd
from tests.statements import counted

SIZES = (10, 400)
# Where, and who looks: strangers see public pages too.
PAGES: dict[str, tuple[Callable[[Crowd], str], Callable[[Crowd], User | None]]] = {
    "the front page": (lambda found: "/", lambda found: None),
    "a judge's home": (lambda found: "/", lambda found: found.judge),
    "an owner's home": (lambda found: "/", lambda found: found.owner),
    "an organizer's home": (lambda found: "/", lambda found: found.organizer),
    "the contest page": (lambda found: f"/contests/{found.contest.slug}", lambda found: None),
    "the contest page, found by words": (
        lambda found: f"/contests/{found.contest.slug}?q=pump&page=2",
        lambda found: found.owner,
    ),
    "an entry": (lambda found: f"/entries/{found.entry.public_id}", lambda found: None),
    "an entry, read by its judge": (lambda found: f"/entries/{found.entry.public_id}", lambda found: found.judge),
    "the console": (lambda found: f"/contests/{found.contest.slug}/console", lambda found: found.organizer),
    "the audit trail": (lambda found: f"/contests/{found.contest.slug}/audit", lambda found: found.organizer),
    "the worklist": (lambda found: f"/contests/{found.contest.slug}/judging", lambda found: found.judge),
    "a scoresheet": (
        lambda found: f"/assignments/{found.assignment.public_id}/scoresheet",
        lambda found: found.judge,
    ),
    "the feed": (lambda found: f"/contests/{found.contest.slug}/diary", lambda found: None),
    "the entries of an owner": (lambda found: "/my/entries", lambda found: found.owner),
}


@pytest.fixture(autouse=True)
def at_noon(app: Flask) -> Iterator[None]:
    with clock.at(make.NOW):
        yield


def costs(app: Flask, page: str, found: Crowd) -> list[str]:
    """Return the statements of one request, whose browser has been here before."""
    where, who = PAGES[page]
    client = app.test_client()
    user = who(found)
    if user is not None:
        client.sign_in(user)  # type: ignore[attr-defined]  # tests/conftest.py sets the class of clients
    address = where(found)
    client.get(address)
    with app.app_context(), counted() as statements:
        answer = client.get(address)
    assert answer.status_code == 200, f"{page} answers {answer.status_code}"
    return statements


@pytest.mark.slow
def test_no_page_asks_more_when_the_contest_grows(app: Flask) -> None:
    small, large = (crowd(size) for size in SIZES)
    grown = {}
    for page in PAGES:
        few, many = costs(app, page, small), costs(app, page, large)
        if len(few) != len(many):
            grown[page] = (len(few), len(many))
    assert grown == {}


@pytest.mark.slow
def test_an_entry_page_does_not_grow_with_its_diary(app: Flask) -> None:
    short, long = crowd(2, notes=1), crowd(2, notes=40)
    for page in ("an entry", "an entry, read by its judge", "a scoresheet", "the contest page", "the feed"):
        assert len(costs(app, page, short)) == len(costs(app, page, long)), page
