# SPDX-License-Identifier: Apache-2.0
"""The public feed, its Atom form, and the queue of those who release."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from flask import Flask

from app.db import transaction
from app.diaries.models import DiaryEntry, DiaryState, ReleaseRule
from app.entries.models import EntryState
from tests import factories as make
from tests.conftest import Client
from tests.entries import scene as scenes
from tests.entries.scene import Scene
from tests.statements import counted

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def scene(app: Flask) -> Scene:
    return scenes.undisturbed()


def released(scene: Scene, count: int) -> None:
    make.save(
        *(
            DiaryEntry(
                diary_id=scene.entry.diary_id,
                title=f"Day {number}",
                body="**Done** & measured <b>",
                happened_on=make.NOW.date(),
                state=DiaryState.RELEASED,
                written_at=make.NOW,
                changed_at=make.NOW,
                # Pairs share their moment: the feed must neither repeat nor leave out at the border of a page.
                released_at=make.NOW - timedelta(minutes=number // 2),
            )
            for number in range(count)
        )
    )


def titles(page: str) -> list[str]:
    return re.findall(r'class="feed-title"><a [^>]*>([^<]*)<', page)


@pytest.mark.parametrize("many", [10, 400])
@pytest.mark.slow
def test_the_feed_needs_a_fixed_number_of_statements(client: Client, scene: Scene, many: int) -> None:
    released(scene, many)
    address = f"/contests/{scene.contest.slug}/diary"
    with counted() as statements:
        page = client.get(address)
    assert page.status_code == 200
    assert len([s for s in statements if s.startswith("SELECT")]) == 4
    seen, pages = titles(page.text), 1
    assert len(seen) == min(20, many)
    while (more := re.search(r'href="([^"]*after=[^"]*)"', page.text)) is not None:
        page = client.get(html.unescape(more[1]))
        seen, pages = seen + titles(page.text), pages + 1
    assert len(seen) == len(set(seen)) == many
    assert pages == -(-many // 20)


def test_the_feed_shows_what_is_public_and_no_more(client: Client, scene: Scene) -> None:
    for state in DiaryState:
        make.diary_entry(scene.entry, state=state, title=f"This is {state.value}")
    draft = make.entry(scene.contest, scene.people["owner"], of=scene.unit, state=EntryState.DRAFT)
    never = make.entry(scene.contest, scene.people["owner"], of=scene.unit)
    with transaction():
        never.diary.release_rule = ReleaseRule.NEVER
    for entry in (draft, never):
        make.diary_entry(entry, title="Hidden")
    for path in ("diary", "diary.atom"):
        for reader in (client, client.application.test_client().sign_in(scene.people["owner"])):  # type: ignore[attr-defined]  # ours
            text = reader.get(f"/contests/{scene.contest.slug}/{path}").text
            assert "This is released" in text
            for hidden in ("This is draft", "This is waiting", "This is held", "This is struck", "Hidden"):
                assert hidden not in text
    assert titles(client.get(f"/contests/{scene.contest.slug}/diary?after={'a' * 26}").text) == []


def test_a_contest_that_is_not_open_has_no_feed(client: Client, scene: Scene) -> None:
    with transaction():
        scene.contest.opened_at = None
    for path in ("diary", "diary.atom"):
        assert client.get(f"/contests/{scene.contest.slug}/{path}").status_code == 404


def test_the_atom_feed_is_well_formed_and_dated(client: Client, scene: Scene) -> None:
    released(scene, 3)
    answer = client.get(f"/contests/{scene.contest.slug}/diary.atom")
    assert answer.mimetype == "application/atom+xml"
    root = ElementTree.fromstring(answer.data)
    assert root.findtext(f"{ATOM}updated") == "2026-06-01T04:00:00+00:00"
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 3
    first = entries[0]
    assert first.findtext(f"{ATOM}content") == "<p><strong>Done</strong> &amp; measured &lt;b&gt;</p>\n"
    link = first.find(f"{ATOM}link")
    assert link is not None
    assert link.attrib["href"].startswith("http://localhost/diary/")
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 3


def test_a_clerk_releases_many_at_once(client: Client, scene: Scene) -> None:
    notes = [make.diary_entry(scene.entry, state=DiaryState.WAITING, title=f"Day {n}") for n in range(3)]
    foreign = make.entry(scene.contest, scene.people["nobody"], of=make.unit())
    other = make.diary_entry(foreign, state=DiaryState.WAITING, title="Not mine")
    clerk: Any = client.sign_in(scene.people["clerk"])
    address = f"/contests/{scene.contest.slug}/releases"
    page = clerk.get(address).text
    assert titles(page) == ["Day 0", "Day 1", "Day 2"]
    assert "3 entries wait" in page
    nothing = clerk.post(address, data={}, follow_redirects=True)
    assert "Tick the entries to release first." in nothing.text
    chosen = [notes[0].public_id, notes[2].public_id, other.public_id, "x" * 26]
    done = clerk.post(address, data={"diary_entry": chosen}, follow_redirects=True)
    assert "2 diary entries are released." in done.text
    assert "2 entries were decided on by somebody else meanwhile." in done.text
    assert [n.state for n in (*notes, other)] == ["released", "waiting", "released", "waiting"]
    assert titles(done.text) == ["Day 1"]


def test_one_is_released_or_held_back_from_the_queue(client: Client, scene: Scene) -> None:
    one = make.diary_entry(scene.entry, state=DiaryState.WAITING)
    two = make.diary_entry(scene.entry, state=DiaryState.WAITING)
    clerk: Any = client.sign_in(scene.people["clerk"])
    queue = f"/contests/{scene.contest.slug}/releases"
    done = clerk.post(f"/diary/{one.public_id}/release", data={"back": "queue"})
    assert (done.status_code, done.headers["Location"], one.state) == (303, queue, DiaryState.RELEASED)
    refused = clerk.post(f"/diary/{two.public_id}/hold", data={"reason": ""})
    assert (refused.status_code, "Say why." in refused.text) == (422, True)
    done = clerk.post(f"/diary/{two.public_id}/hold", data={"reason": "A face", "back": "queue"})
    assert (done.status_code, done.headers["Location"], two.held_reason) == (303, queue, "A face")
    again = clerk.post(f"/diary/{one.public_id}/release")
    assert again.status_code == 409


@pytest.mark.parametrize(("position", "status"), [("clerk", 200), ("organizer", 200), ("owner", 403), ("nobody", 403)])
def test_the_queue_is_for_those_who_release(client: Client, scene: Scene, position: str, status: int) -> None:
    make.diary_entry(scene.entry, state=DiaryState.WAITING, title="Secret so far")
    answer = client.sign_in(scene.people[position]).get(f"/contests/{scene.contest.slug}/releases")
    assert answer.status_code == status
    assert ("Secret so far" in answer.text) == (status == 200)


def test_a_stranger_is_asked_to_sign_in(client: Client, scene: Scene) -> None:
    answer = client.get(f"/contests/{scene.contest.slug}/releases")
    assert answer.status_code == 303
    assert "/sign-in" in answer.headers["Location"]
