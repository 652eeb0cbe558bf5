# SPDX-License-Identifier: Apache-2.0
"""Writing on the go, what happens to text when a file is refused, and who sees which badge."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.competitions.models import DiaryRelease, WindowKind
from app.db import db, transaction
from app.diaries.models import DiaryEntry, DiaryState, ReleaseRule
from app.evidence import queries as evidence_queries
from tests import factories as make
from tests.conftest import Client
from tests.entries import scene as scenes
from tests.entries.scene import Scene, upload
from tests.statements import counted
from tests.uploads import corpus

GOOD = corpus.picture("JPEG", (320, 240))


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def scene(app: Flask) -> Scene:
    return scenes.undisturbed()


@pytest.fixture
def owner(client: Client, scene: Scene) -> Client:
    return client.sign_in(scene.people["owner"])


def another(client: Client) -> Any:
    return client.application.test_client()


def errors(page: str) -> list[str]:
    return [
        html.unescape(re.sub(r"<[^>]+>|\s+", " ", found)).strip()
        for found in re.findall(r'<p class="field-error".*?</p>', page, re.DOTALL)
    ]


def sent(**values: Any) -> dict[str, Any]:
    return {
        "title": "阀门更换",
        "body": "两小时，**没有渗漏**。",
        "happened_on": "2026-05-30",
        "place": "泵房",
        "action": "release",
        **values,
    }


def post(browser: Client, address: str, data: dict[str, Any]) -> Any:
    return browser.post(address, data=data, content_type="multipart/form-data")


def notes() -> list[DiaryEntry]:
    return list(db.session.scalars(select(DiaryEntry).order_by(DiaryEntry.id)))


def test_a_photo_a_place_and_two_sentences(owner: Client, client: Client, scene: Scene) -> None:
    address = f"/entries/{scene.entry.public_id}/diary/new"
    page = owner.get(address).text
    assert 'accept="image/*"' in page
    assert 'capture="environment"' in page
    assert 'value="2026-06-01"' in page
    done = post(
        owner, address, sent(photos=[upload("现场.jpg", GOOD)], files=[upload("记录.txt", "一、二。".encode())])
    )
    (note,) = notes()
    assert (done.status_code, done.headers["Location"]) == (303, f"/diary/{note.public_id}")
    assert (note.state, note.happened_on, note.place) == (DiaryState.WAITING, date(2026, 5, 30), "泵房")
    assert [f.file_name for f in evidence_queries.of_diary_entry(note.id)] == ["现场.jpg", "记录.txt"]
    shown = owner.get(f"/diary/{note.public_id}").text
    assert "<strong>没有渗漏</strong>" in shown
    assert "Waits for release" in shown
    assert "30 May 2026" in shown
    assert "1 Jun 2026, 12:00" in shown  # uploaded, in the contest's zone
    assert another(client).get(f"/diary/{note.public_id}").status_code == 404
    assert 'value="泵房"' in owner.get(address).text  # the next one begins at the same place


def test_at_once_means_at_once(client: Client, app: Flask) -> None:
    scene = scenes.undisturbed(diary_release=DiaryRelease.AT_ONCE)
    owner = client.sign_in(scene.people["owner"])
    assert post(owner, f"/entries/{scene.entry.public_id}/diary/new", sent()).status_code == 303
    (note,) = notes()
    assert note.state == DiaryState.RELEASED
    public = another(client).get(f"/diary/{note.public_id}")
    assert public.status_code == 200
    assert "Released" not in re.sub(r"released", "", public.text)  # badges are for readers


def test_a_refused_file_costs_nothing_but_itself(owner: Client, scene: Scene) -> None:
    address = f"/entries/{scene.entry.public_id}/diary/new"
    files = [upload("好.jpg", GOOD), upload("坏.pdf", b"%PDF-1.7 cut"), upload("page.html", b"<html>")]
    refused = post(owner, address, sent(files=files, body="typed " * 20))
    assert refused.status_code == 422
    (note,) = notes()
    assert note.state == DiaryState.DRAFT
    assert [f.file_name for f in evidence_queries.of_diary_entry(note.id)] == ["好.jpg"]
    (said,) = errors(refused.text)
    assert "坏.pdf: " in said
    assert "page.html: This kind of file is not accepted here." in said
    assert "The other files are kept." in said
    assert "typed " * 19 in refused.text
    assert "阀门更换" in refused.text
    assert f'action="/diary/{note.public_id}/edit"' in refused.text
    version = re.search(r'name="version"[^>]* value="(\d+)"', refused.text)
    assert version is not None
    done = post(owner, f"/diary/{note.public_id}/edit", sent(version=version[1]))
    assert done.status_code == 303
    assert note.state == DiaryState.WAITING
    assert len(evidence_queries.of_diary_entry(note.id)) == 1


def test_wrong_text_with_a_good_file_keeps_the_file(owner: Client, scene: Scene) -> None:
    address = f"/entries/{scene.entry.public_id}/diary/new"
    wrong = sent(title="x" * 121, happened_on="2026-13-40", photos=[upload("好.jpg", GOOD)])
    refused = post(owner, address, wrong)
    assert refused.status_code == 422
    assert errors(refused.text) == [
        "Field cannot be longer than 120 characters.",
        "Not a valid date value.",
    ]
    assert "x" * 121 in refused.text
    (note,) = notes()
    assert (note.title, note.happened_on, note.body) == ("", date(2026, 6, 1), "两小时，**没有渗漏**。")
    assert "好.jpg" in refused.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": " "}, "Fill this in."),
        ({"title": "a\u202eb"}, "This holds a character that cannot be seen"),
        ({"place": "x" * 121}, "Field cannot be longer than 120 characters."),
        ({"body": "x" * 20_001}, "Field cannot be longer than 20000 characters."),
        ({"body": "a\x00b"}, "The text holds a character that cannot be seen or stored."),
        ({"happened_on": ""}, "Fill this in."),
        ({"happened_on": "2026-06-02"}, "This day is still to come."),
        ({"happened_on": "0026-06-01"}, "This day is too long ago."),
        ({"files": ("leer.jpg", b"")}, "leer.jpg: The file is empty."),
        ({"photos": ("a.pdf", corpus.pdf(1))}, "a.pdf: This kind of file is not accepted here."),
        ({"files": ("bombe.png", corpus.png_bomb(13_000))}, "bombe.png: The picture has 13000 × 13000 pixels"),
    ],
)
def test_every_fault_stands_beside_its_field_and_nothing_is_stored(
    owner: Client, scene: Scene, changed: dict[str, Any], said: str
) -> None:
    data = {name: upload(*value) if isinstance(value, tuple) else value for name, value in changed.items()}
    answer = post(owner, f"/entries/{scene.entry.public_id}/diary/new", sent(**data))
    assert answer.status_code == 422
    (found,) = errors(answer.text)
    assert found.startswith(said)
    assert notes() == []
    for name, value in changed.items():
        if name in ("title", "place", "body") and value.strip() and "\x00" not in value:
            assert value in answer.text


def test_a_draft_is_saved_without_a_title_and_seen_by_its_owner_alone(
    owner: Client, client: Client, scene: Scene
) -> None:
    post(owner, f"/entries/{scene.entry.public_id}/diary/new", sent(title="", action="draft"))
    (note,) = notes()
    assert note.state == DiaryState.DRAFT
    assert "Without a title" in owner.get(f"/entries/{scene.entry.public_id}/diary").text
    for position in ("clerk", "organizer", "nobody"):
        other = another(client).sign_in(scene.people[position])
        assert other.get(f"/diary/{note.public_id}").status_code == 404
        assert "Without a title" not in other.get(f"/entries/{scene.entry.public_id}/diary").text
    done = owner.post(f"/diary/{note.public_id}/discard")
    assert (done.status_code, notes()) == (303, [])


def test_two_windows_do_not_overwrite_each_other(owner: Client, scene: Scene) -> None:
    note = make.diary_entry(scene.entry, state=DiaryState.WAITING)
    address, opened = f"/diary/{note.public_id}/edit", note.version
    assert post(owner, address, sent(version=opened, body="Theirs")).status_code == 303
    stale = post(owner, address, sent(version=opened, body="Yours", photos=[upload("b.jpg", GOOD)]))
    assert stale.status_code == 422
    for text in ("Changed meanwhile", "Theirs", "Yours", "b.jpg"):
        assert text in stale.text
    assert note.body == "Theirs"


def test_captions_and_removals_are_saved_with_the_draft(owner: Client, scene: Scene) -> None:
    address = f"/entries/{scene.entry.public_id}/diary/new"
    post(owner, address, sent(action="draft", photos=[upload("1.jpg", GOOD)], files=[upload("2.jpg", GOOD)]))
    (note,) = notes()
    one, two = evidence_queries.of_diary_entry(note.id)
    changed = sent(
        version=note.version, action="draft", **{f"caption-{two.public_id}": "The valve", "remove": one.public_id}
    )
    assert post(owner, f"/diary/{note.public_id}/edit", changed).status_code == 303
    assert [(f.file_name, f.caption) for f in evidence_queries.of_diary_entry(note.id)] == [("2.jpg", "The valve")]
    long = sent(version=note.version, action="draft", **{f"caption-{two.public_id}": "c" * 201})
    refused = post(owner, f"/diary/{note.public_id}/edit", long)
    assert refused.status_code == 422
    assert "A caption is one line of at most 200 characters." in refused.text
    assert "c" * 201 in refused.text


def test_released_entries_cannot_be_edited_and_the_page_says_why(owner: Client, scene: Scene) -> None:
    note = make.diary_entry(scene.entry)
    answer = owner.get(f"/diary/{note.public_id}/edit")
    assert answer.status_code == 403
    assert "A released diary entry stays as it is" in answer.text
    assert f"/diary/{note.public_id}/edit" not in owner.get(f"/diary/{note.public_id}").text


def test_after_the_window_nothing_is_written(owner: Client, scene: Scene) -> None:
    note = make.diary_entry(scene.entry, state=DiaryState.HELD, held_reason="A face")
    with transaction():
        for window in scene.contest.windows:
            if window.kind == WindowKind.DIARY:
                window.ends_at = make.NOW
    for address in (f"/entries/{scene.entry.public_id}/diary/new", f"/diary/{note.public_id}/edit"):
        answer = post(owner, address, sent())
        assert (answer.status_code, "The diary is not open at the moment." in answer.text) == (403, True)
    assert len(notes()) == 1
    page = owner.get(f"/entries/{scene.entry.public_id}/diary").text
    assert "The diary is not open at the moment." in page
    assert "A face" in page


def test_striking_says_why_to_readers_and_hides_from_the_public(owner: Client, client: Client, scene: Scene) -> None:
    note = make.diary_entry(scene.entry, title="Struck day")
    address = f"/diary/{note.public_id}/strike"
    assert owner.get(address).status_code == 200
    refused = owner.post(address, data={"reason": ""})
    assert (refused.status_code, errors(refused.text)) == (422, ["Say why."])
    assert owner.post(address, data={"reason": "Wrong day"}).status_code == 303
    shown = owner.get(f"/diary/{note.public_id}").text
    assert "Wrong day" in shown
    assert "Struck" in shown
    assert another(client).get(f"/diary/{note.public_id}").status_code == 404
    assert "Struck day" not in another(client).get(f"/entries/{scene.entry.public_id}/diary").text


def test_the_rule_of_a_diary_warns_of_patents_and_is_checked(owner: Client, client: Client, scene: Scene) -> None:
    note = make.diary_entry(scene.entry)
    address = f"/entries/{scene.entry.public_id}/diary/release-rule"
    assert "a patent applied for afterwards may be refused" in owner.get(address).text
    for data, said in (
        ({}, "Fill this in."),
        ({"rule": "sometimes"}, "Not a valid choice."),
        ({"rule": "from_date"}, "Fill this in."),
        ({"rule": "from_date", "release_from": "soon"}, "Not a valid date value."),
    ):
        answer = owner.post(address, data=data)
        assert answer.status_code == 422
        assert errors(answer.text)[0].startswith(said), data
    assert owner.post(address, data={"rule": "never"}).status_code == 303
    assert scene.entry.diary.release_rule == ReleaseRule.NEVER
    assert another(client).get(f"/diary/{note.public_id}").status_code == 404
    page = owner.get(f"/diary/{note.public_id}").text
    assert "never public" in page


@pytest.mark.parametrize("many", [10, 400])
@pytest.mark.slow
def test_a_timeline_needs_a_fixed_number_of_statements(client: Client, scene: Scene, many: int) -> None:
    make.save(
        *(
            DiaryEntry(
                diary_id=scene.entry.diary_id,
                title=f"Day {number}",
                happened_on=date(2024, 1 + number % 12, 1 + number % 28),
                state=DiaryState.RELEASED,
                written_at=make.NOW,
                changed_at=make.NOW,
                released_at=make.NOW,
            )
            for number in range(many)
        )
    )
    with counted() as statements:
        page = client.get(f"/entries/{scene.entry.public_id}/diary")
    assert page.status_code == 200
    assert len([s for s in statements if s.startswith("SELECT")]) == 8
    days, months = re.findall(r">(Day \d+)<", page.text), re.findall(r'id="m-([\d-]+)"', page.text)
    while (more := re.search(r'href="([^"]*after=[^"]*)"', page.text)) is not None:
        page = client.get(html.unescape(more[1]))
        days += re.findall(r">(Day \d+)<", page.text)
        months += re.findall(r'id="m-([\d-]+)"', page.text)
    assert len(days) == len(set(days)) == many
    assert months == sorted(set(months), reverse=True)  # no month is torn in two


def test_an_idempotency_key_writes_once(owner: Client, scene: Scene) -> None:
    data = sent(idempotency_key="k" * 20)
    address = f"/entries/{scene.entry.public_id}/diary/new"
    first, second = post(owner, address, dict(data)), post(owner, address, dict(data))
    assert first.headers["Location"] == second.headers["Location"]
    assert db.session.scalar(select(func.count()).select_from(DiaryEntry)) == 1
