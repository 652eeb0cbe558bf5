# SPDX-License-Identifier: Apache-2.0
"""The contestant's way from registration to receipt, with wrong input on every form and nothing typed lost."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.competitions.models import WindowKind
from app.db import db, transaction
from app.entries import service
from app.entries.models import Entry, EntryState, EntryVersion
from app.evidence import queries as evidence_queries
from tests import factories as make
from tests.conftest import Client
from tests.entries import scene as scenes
from tests.entries.scene import Scene, upload
from tests.statements import counted
from tests.uploads import corpus


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def scene(app: Flask) -> Scene:
    return scenes.undisturbed(names_rule="Only **units** are named.")


@pytest.fixture
def owner(client: Client, scene: Scene) -> Client:
    return client.sign_in(scene.people["owner"])


def errors(page: str) -> list[str]:
    """Return the sentences beside the fields."""
    return [
        html.unescape(re.sub(r"<[^>]+>|\s+", " ", found)).strip()
        for found in re.findall(r'<p class="field-error".*?</p>', page, re.DOTALL)
    ]


def form_of(entry: Entry, **values: Any) -> dict[str, Any]:
    return {
        "version": entry.version,
        "title": entry.title,
        "applicant": entry.applicant,
        "members": "Zhao\nQian",
        "field_summary": "What we did.",
        **values,
    }


def test_registering_makes_a_draft_under_the_next_number(owner: Client, scene: Scene) -> None:
    address = f"/contests/{scene.contest.slug}/entries/new"
    assert "Improvements" in owner.get(address).text
    category = scene.contest.divisions[0].categories[0]
    wrong = owner.post(address, data={"title": "x" * 201, "unit": scene.unit.public_id, "category": ""})
    assert wrong.status_code == 422
    assert errors(wrong.text) == [
        "Fill this in.",
        "Field cannot be longer than 200 characters.",
    ]
    assert "x" * 201 in wrong.text
    done = owner.post(
        address, data={"title": "Quieter pump", "unit": scene.unit.public_id, "category": category.public_id}
    )
    entry = db.session.scalars(select(Entry).where(Entry.title == "Quieter pump")).one()
    assert (done.status_code, done.headers["Location"]) == (303, f"/entries/{entry.public_id}/edit")
    assert (entry.number, entry.state, entry.applicant) == ("A-001", EntryState.DRAFT, "Project 3")


def test_one_registers_for_the_own_unit_and_a_clerk_for_those_below(client: Client, scene: Scene) -> None:
    address = f"/contests/{scene.contest.slug}/entries/new"
    foreign = make.unit("Elsewhere")
    category = scene.contest.divisions[0].categories[0].public_id
    clerk = client.sign_in(scene.people["clerk"])
    page = clerk.get(address).text
    assert "Bureau" in page
    assert "Elsewhere" not in page
    data = {"title": "T", "unit": foreign.public_id, "category": category}
    assert clerk.post(address, data=data).status_code == 422
    alone = client.application.test_client().sign_in(make.user("Alone"))  # type: ignore[attr-defined]  # ours
    assert "You belong to no unit yet" in alone.get(address).text
    elsewhere = make.contest().divisions[0].categories[0].public_id
    data = {"title": "T", "unit": scene.unit.public_id, "category": elsewhere}
    assert clerk.post(address, data=data).status_code == 422


def test_the_form_keeps_what_was_typed_and_says_what_is_wrong(owner: Client, scene: Scene) -> None:
    address = f"/entries/{scene.entry.public_id}/edit"
    page = owner.get(address).text
    assert "What we did." in page
    assert 'data-count="800"' in page
    long = "字" * 801
    data = form_of(scene.entry, field_summary=long, title=" ", members="a\u202eb")
    wrong = owner.post(address, data=data)
    assert wrong.status_code == 422
    assert errors(wrong.text) == ["801 characters; at most 800 are taken."]
    assert long in wrong.text
    again = owner.post(address, data=data | {"field_summary": "short"})
    assert errors(again.text) == [
        "Fill this in.",
        "This holds a character that cannot be seen, or that turns the direction of writing. Type it again by hand.",
    ]
    assert again.status_code == 422
    saved = owner.post(address, data=form_of(scene.entry, field_summary=" A  new\r\nvalve "))
    assert saved.status_code == 303
    assert scene.entry.form == {"summary": "A  new\nvalve"}


def test_sections_are_ticked_when_complete(owner: Client, scene: Scene) -> None:
    with transaction():
        scene.entry.form = {}
    page = owner.get(f"/entries/{scene.entry.public_id}/edit").text
    assert page.count("step step-done") == 1
    assert page.count("step step-todo") == 1


def test_a_stale_save_shows_both_texts_and_loses_neither(owner: Client, scene: Scene) -> None:
    address, opened = f"/entries/{scene.entry.public_id}/edit", form_of(scene.entry)
    owner.post(address, data=form_of(scene.entry, field_summary="Theirs, saved first"))
    stale = owner.post(address, data=opened | {"field_summary": "Yours, typed meanwhile", "title": "My title"})
    assert stale.status_code == 422
    for text in ("Theirs, saved first", "Yours, typed meanwhile", "My title", "A better valve", "Changed meanwhile"):
        assert text in stale.text
    version = re.search(r'name="version"[^>]* value="(\d+)"', stale.text)
    assert version is not None
    done = owner.post(address, data=opened | {"field_summary": "Both", "version": version[1]})
    assert done.status_code == 303
    assert scene.entry.form == {"summary": "Both"}


def test_handing_in_shows_the_rule_for_names_and_gives_a_receipt(owner: Client, scene: Scene) -> None:
    address = f"/entries/{scene.entry.public_id}/hand-in"
    page = owner.get(address).text
    assert "Only <strong>units</strong> are named." in page
    refused = owner.post(address, data={})
    assert refused.status_code == 422
    assert errors(refused.text) == ["Read how names are published and accept it."]
    assert db.session.scalar(select(func.count()).select_from(EntryVersion)) == 0
    done = owner.post(address, data={"accept_names": "y"})
    assert done.status_code == 303
    receipt = owner.get(done.headers["Location"])
    version = db.session.scalars(select(EntryVersion)).one()
    assert version.digest in receipt.text.replace(" ", "")
    assert "1 Jun 2026, 12:00 (Asia/Shanghai)" in receipt.text
    exact = owner.get(f"{done.headers['Location']}.json")
    assert hashlib.sha256(exact.data).hexdigest() == version.digest
    other = make.entry(scene.contest, scene.people["owner"], of=scene.unit)
    assert owner.get(f"/entries/{other.public_id}/receipt/{version.public_id}").status_code == 404


def test_an_incomplete_form_is_not_handed_in_and_what_is_missing_is_linked(owner: Client, scene: Scene) -> None:
    with transaction():
        scene.entry.form = {}
    page = owner.get(f"/entries/{scene.entry.public_id}/hand-in").text
    assert f'href="/entries/{scene.entry.public_id}/edit#field_summary"' in page
    assert 'name="accept_names"' not in page
    refused = owner.post(f"/entries/{scene.entry.public_id}/hand-in", data={"accept_names": "y"})
    assert refused.status_code == 422
    assert "Something is still missing." in refused.text


@pytest.mark.parametrize("page", ["edit", "hand-in", "result", "result/hand-in"])
def test_when_its_window_is_over_a_page_says_so(owner: Client, scene: Scene, page: str) -> None:
    with transaction():
        for window in scene.contest.windows:
            window.ends_at = make.NOW
    answer = owner.get(f"/entries/{scene.entry.public_id}/{page}")
    assert answer.status_code == 403
    assert "is not open at the moment." in answer.text
    overview = owner.get(f"/entries/{scene.entry.public_id}/overview")
    assert "Registration is not open at the moment." in overview.text


def test_an_entry_that_is_judged_says_that_it_is_frozen(app: Flask, client: Client) -> None:
    scene = scenes.build()
    owner = client.sign_in(scene.people["owner"])
    for page in ("edit", "result"):
        answer = owner.get(f"/entries/{scene.entry.public_id}/{page}")
        assert (answer.status_code, "judges are marking it" in answer.text) == (403, True)
    overview = owner.get(f"/entries/{scene.entry.public_id}/overview").text
    assert "Frozen for judging" in overview
    assert "Judges are marking this entry." in overview


def test_others_do_not_learn_that_a_draft_exists(client: Client, scene: Scene) -> None:
    with transaction():
        scene.entry.state = EntryState.DRAFT
    nobody = client.sign_in(scene.people["nobody"])
    for page in ("overview", "edit", "hand-in", "result", "withdraw", "diary", "diary/new", "diary/release-rule"):
        assert nobody.get(f"/entries/{scene.entry.public_id}/{page}").status_code == 404, page


def test_a_report_with_files_keeps_everything_when_one_file_is_refused(owner: Client, scene: Scene) -> None:
    address = f"/entries/{scene.entry.public_id}/result"
    refused = owner.post(
        address,
        data={
            "version": scene.entry.version,
            "report": "We measured twice.",
            "files": [upload("good.jpg", corpus.picture("JPEG")), upload("bad.pdf", corpus.picture("PNG"))],
        },
        content_type="multipart/form-data",
    )
    assert refused.status_code == 422
    (said,) = errors(refused.text)
    assert said.startswith("bad.pdf: The name ends in .pdf, but the content is something else.")
    assert said.endswith("The other files are kept. Choose only this one again, or go on without it.")
    assert "We measured twice." in refused.text
    assert "good.jpg" in refused.text
    (file,) = evidence_queries.of_entry(scene.entry.id)
    done = owner.post(
        address,
        data={
            "version": scene.entry.version,
            "report": "We measured twice.",
            f"caption-{file.public_id}": "The gauge",
            f"order-{file.public_id}": "1",
            "action": "hand_in",
        },
    )
    assert (done.status_code, done.headers["Location"]) == (303, f"{address}/hand-in")
    assert "The gauge" in owner.get(f"{address}/hand-in").text
    receipt = owner.post(f"{address}/hand-in")
    assert receipt.status_code == 303
    page = owner.get(receipt.headers["Location"]).text
    assert file.sha256 in page
    assert "The gauge" in page


def test_a_stale_report_shows_both_texts(owner: Client, scene: Scene) -> None:
    address, opened = f"/entries/{scene.entry.public_id}/result", scene.entry.version
    owner.post(address, data={"version": opened, "report": "Theirs, saved first"})
    stale = owner.post(
        address,
        data={"version": opened, "report": "Yours", "files": [upload("a.jpg", corpus.picture("JPEG"))]},
        content_type="multipart/form-data",
    )
    assert stale.status_code == 422
    for text in ("Theirs, saved first", "Yours", "a.jpg"):
        assert text in stale.text


@pytest.mark.parametrize("sent", [{"report": "x" * 60_001}, {"report": "a\x00b"}, {"version": "x" * 30}])
def test_a_wrong_report_is_refused_and_shown_again(owner: Client, scene: Scene, sent: dict[str, str]) -> None:
    address = f"/entries/{scene.entry.public_id}/result"
    answer = owner.post(address, data={"version": scene.entry.version, "report": "fine", **sent})
    assert answer.status_code == 422
    assert db.session.get_one(Entry, scene.entry.id).report == ""


def test_an_empty_report_is_not_handed_in(owner: Client, scene: Scene) -> None:
    answer = owner.post(f"/entries/{scene.entry.public_id}/result/hand-in")
    assert answer.status_code == 422
    assert "The result report is empty" in answer.text


def test_withdrawing_asks_why_and_keeps_the_record(owner: Client, client: Client, scene: Scene) -> None:
    address = f"/entries/{scene.entry.public_id}/withdraw"
    assert "This cannot be undone" in owner.get(address).text
    for reason, said in ((" ", "Say why."), ("x" * 301, "Field cannot be longer than 300 characters.")):
        answer = owner.post(address, data={"reason": reason})
        assert (answer.status_code, errors(answer.text)) == (422, [said])
        assert reason.strip() in answer.text
    assert owner.post(address, data={"reason": "We moved"}).status_code == 303
    assert "Withdrawn: We moved" in owner.get(f"/entries/{scene.entry.public_id}/overview").text
    assert owner.get(f"/entries/{scene.entry.public_id}/edit").status_code == 403
    stranger: Any = client.application.test_client()
    assert stranger.get(f"/entries/{scene.entry.public_id}/diary").status_code == 404


def test_my_entries_say_what_is_missing_and_until_when(owner: Client, scene: Scene) -> None:
    with transaction():
        service.create(
            scene.contest,
            scene.contest.divisions[0].categories[0],
            title="Quieter pump",
            applicant="P",
            unit=scene.unit,
            owner=scene.people["owner"],
            by=scene.actor("owner"),
            now=make.NOW,
        )
    page = owner.get("/my/entries").text
    assert "A draft. 1 answer is still missing." in page
    assert "30 days left" in page
    assert "A better valve" in page
    assert page.count("Write the diary") == 2


@pytest.mark.parametrize("many", [1, 12])
def test_my_entries_need_a_fixed_number_of_statements(owner: Client, scene: Scene, many: int) -> None:
    for _ in range(many):
        entry = make.entry(scene.contest, scene.people["owner"], of=scene.unit)
        make.diary_entry(entry)
    with counted() as statements:
        assert owner.get("/my/entries").status_code == 200
    assert len([s for s in statements if s.startswith("SELECT")]) == 4


def test_a_window_that_ends_between_opening_and_sending_refuses_with_the_reason(owner: Client, scene: Scene) -> None:
    ends = next(window for window in scene.contest.windows if window.kind == WindowKind.ENTRY).ends_at
    with time_machine.travel(ends - timedelta(seconds=1), tick=False):
        owner.sign_in(scene.people["owner"])
        assert owner.get(f"/entries/{scene.entry.public_id}/edit").status_code == 200
    with time_machine.travel(ends, tick=False):
        answer = owner.post(f"/entries/{scene.entry.public_id}/edit", data=form_of(scene.entry))
        assert (answer.status_code, "Registration is not open" in answer.text) == (403, True)
