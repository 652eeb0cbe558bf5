# SPDX-License-Identifier: Apache-2.0
"""Diary entries from draft to release, held back and struck; nothing on the way is lost."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.audit import AuditEvent
from app.db import db, transaction
from app.diaries import service
from app.diaries.models import DiaryEntry, DiaryState, ReleaseRule
from app.entries.models import Entry
from app.errors import Conflict, Invalid, Stale
from app.evidence import queries as evidence_queries
from app.evidence.models import Evidence
from app.notify import Notice
from tests import factories as make
from tests.entries import scene as scenes
from tests.entries.scene import Scene

LATER = make.NOW + timedelta(hours=3)


@pytest.fixture
def scene(app: Flask) -> Scene:
    return scenes.undisturbed()


def write(scene: Scene, **values: Any) -> DiaryEntry:
    given: dict[str, Any] = {
        "title": "Valve changed",
        "body": "Two hours, no leak.",
        "happened_on": date(2026, 5, 30),
        "place": "Pump house",
        "release": True,
        "at_once": False,
        "by": scene.actor("owner"),
        "now": make.NOW,
        "competition": scene.contest,
    }
    with transaction():
        return service.write(scene.entry.diary, **(given | values))


def change(scene: Scene, note: DiaryEntry, **values: Any) -> DiaryEntry:
    given: dict[str, Any] = {
        "expected_version": note.version,
        "title": note.title,
        "body": note.body,
        "happened_on": note.happened_on,
        "place": note.place,
        "by": scene.actor("owner"),
        "now": LATER,
        "competition": scene.contest,
    }
    with transaction():
        return service.change(note, **(given | values))


def by_clerk(scene: Scene) -> dict[str, Any]:
    return {"by": scene.actor("clerk"), "now": LATER, "competition": scene.contest}


def events(scene: Scene) -> list[tuple[str, dict[str, Any]]]:
    query = select(AuditEvent).where(AuditEvent.competition_id == scene.contest.id).order_by(AuditEvent.sequence)
    return [(event.name, json.loads(event.canonical)["data"]) for event in db.session.scalars(query)]


@pytest.mark.parametrize(
    ("release", "at_once", "state"),
    [(False, False, DiaryState.DRAFT), (True, False, DiaryState.WAITING), (True, True, DiaryState.RELEASED)],
)
def test_an_entry_is_a_draft_waits_or_is_released_at_once(
    scene: Scene, release: bool, at_once: bool, state: DiaryState
) -> None:
    note = write(scene, release=release, at_once=at_once)
    assert note.state == state
    assert (note.released_at is not None) == (state == DiaryState.RELEASED)
    assert events(scene) == [("diary_entry.written", {"state": state.value, "digest": service.content_digest(note)})]


def test_every_fault_is_named_at_once_beside_its_field(scene: Scene) -> None:
    with pytest.raises(Invalid) as refused:
        write(scene, title=" ", body="x" * 20_001, place="y" * 121, happened_on=date(2026, 6, 2))
    assert {name: str(message) for name, message in refused.value.fields.items()} == {
        "title": "Fill this in.",
        "place": "This is too long.",
        "body": "20001 characters; at most 20000 are taken.",
        "happened_on": "This day is still to come. Write the day on which it happened.",
    }
    assert db.session.scalar(select(func.count()).select_from(DiaryEntry)) == 0
    assert events(scene) == []


def test_today_is_the_day_of_the_contests_zone(scene: Scene) -> None:
    evening = make.NOW.replace(hour=16, minute=30)  # in Shanghai it is 00:30 of 2 June
    assert write(scene, happened_on=date(2026, 6, 2), now=evening).happened_on == date(2026, 6, 2)


@pytest.mark.parametrize("text", ["bell \x07", "zero \x00", "turned \u202e", "half \ud800"])
def test_what_cannot_be_seen_or_stored_is_refused(scene: Scene, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        write(scene, body=text)
    assert list(refused.value.fields) == ["body"]


def test_line_ends_and_composed_characters_are_made_one(scene: Scene) -> None:
    assert write(scene, body=" a\r\nb\rcafe\u0301 👩‍🔧 ").body == "a\nb\ncaf\u00e9 👩‍🔧"


def test_the_time_of_upload_is_when_a_draft_was_put_forward(scene: Scene) -> None:
    note = write(scene, release=False, title="")
    change(scene, note, title="Now", release=True)
    assert (note.state, note.written_at) == (DiaryState.WAITING, LATER)
    much_later = LATER + timedelta(days=3)
    change(scene, note, body="More", now=much_later)
    assert (note.state, note.written_at, note.changed_at) == (DiaryState.WAITING, LATER, much_later)


def test_a_draft_needs_its_title_only_when_it_is_put_forward(scene: Scene) -> None:
    note = write(scene, release=False, title="")
    with pytest.raises(Invalid) as refused:
        change(scene, note, release=True)
    assert list(refused.value.fields) == ["title"]
    assert note.state == DiaryState.DRAFT


def test_a_stale_change_changes_nothing_and_hands_over_what_stands(scene: Scene) -> None:
    note = write(scene)
    opened = note.version
    change(scene, note, body="Theirs")
    with pytest.raises(Stale) as stale:
        change(scene, note, body="Yours", expected_version=opened)
    assert stale.value.theirs is note
    assert note.body == "Theirs"


def test_release_and_hold_tell_the_author_and_say_who_and_why(scene: Scene) -> None:
    note = write(scene)
    with transaction():
        service.release(note, **by_clerk(scene))
    assert (note.state, note.released_at, note.released_by_id) == (
        DiaryState.RELEASED,
        LATER,
        scene.people["clerk"].id,
    )
    with transaction():
        service.hold(note, reason=" A drawing is in the picture. ", **by_clerk(scene))
    assert (note.state, note.released_at, note.held_reason) == (DiaryState.HELD, None, "A drawing is in the picture.")
    change(scene, note, release=True)
    assert (note.state, note.held_reason, note.written_at) == (DiaryState.WAITING, None, make.NOW)
    notices = [(n.user_id, n.text) for n in db.session.scalars(select(Notice).order_by(Notice.id))]
    owner = scene.people["owner"].id
    assert notices == [
        (owner, "Your diary entry “Valve changed” is public now."),
        (owner, "Your diary entry “Valve changed” was held back: A drawing is in the picture."),
    ]
    assert [name for name, _ in events(scene)] == [
        "diary_entry.written",
        "diary_entry.released",
        "diary_entry.held",
        "diary_entry.changed",
    ]


def test_a_reason_is_needed_to_hold_and_to_strike(scene: Scene) -> None:
    note = write(scene)
    for act in (service.hold, service.strike):
        for reason in ("  ", "x" * 301):
            with pytest.raises(Invalid) as refused, transaction():
                act(note, reason=reason, **by_clerk(scene))
            assert list(refused.value.fields) == ["reason"]


@pytest.mark.parametrize(
    ("state", "acts"),
    [
        (DiaryState.DRAFT, {"change", "discard"}),
        (DiaryState.WAITING, {"change", "release", "hold", "strike"}),
        (DiaryState.RELEASED, {"hold", "strike"}),
        (DiaryState.HELD, {"change", "release", "strike"}),
        (DiaryState.STRUCK, set()),
    ],
)
def test_each_state_allows_its_steps_and_no_other(scene: Scene, state: DiaryState, acts: set[str]) -> None:
    steps: dict[str, Any] = {
        "change": lambda note: change(scene, note),
        "release": lambda note: service.release(note, **by_clerk(scene)),
        "hold": lambda note: service.hold(note, reason="r", **by_clerk(scene)),
        "strike": lambda note: service.strike(note, reason="r", **by_clerk(scene)),
        "discard": lambda note: service.discard(note, **by_clerk(scene)),
    }
    possible = set()
    for name, step in steps.items():
        note = make.diary_entry(scene.entry, state=state)
        try:
            if name == "change":
                step(note)
            else:
                with transaction():
                    step(note)
            possible.add(name)
        except Conflict:
            pass
    assert possible == acts


def test_a_discarded_draft_is_gone_with_its_files_and_the_trail_says_so(scene: Scene) -> None:
    note = write(scene, release=False, files=[scenes.received()])
    with transaction():
        service.discard(note, by=scene.actor("owner"), now=LATER, competition=scene.contest)
    assert db.session.scalar(select(func.count()).select_from(DiaryEntry)) == 0
    assert db.session.scalar(select(func.count()).select_from(Evidence)) == 0
    assert [name for name, _ in events(scene)][-2:] == ["evidence.discarded", "diary_entry.discarded"]


def test_files_keep_their_order_captions_and_leave_a_draft_only(scene: Scene) -> None:
    files = [scenes.received(f"{number}.jpg") for number in range(3)]
    note = write(scene, release=False, files=files)
    first, second, third = (file.public_id for file in evidence_queries.of_diary_entry(note.id))
    change(
        scene,
        note,
        files=service.Files(added=[scenes.received("4.jpg")], captions={second: " The valve "}, removed=[first]),
        release=True,
    )
    kept = evidence_queries.of_diary_entry(note.id)
    assert [(file.public_id, file.file_name, file.caption) for file in kept[:2]] == [
        (second, "1.jpg", "The valve"),
        (third, "2.jpg", ""),
    ]
    assert kept[2].file_name == "4.jpg"
    change(scene, note, files=service.Files(removed=[second]))
    assert len(evidence_queries.of_diary_entry(note.id)) == 3  # others have seen it: it can be struck only


def test_thirty_files_belong_to_an_entry_and_no_more(scene: Scene) -> None:
    one = scenes.received()
    note = write(scene, release=False, files=[one] * 30)
    with pytest.raises(Invalid) as refused:
        change(scene, note, files=service.Files(added=[one]))
    assert list(refused.value.fields) == ["files"]


def test_releasing_many_is_the_same_as_releasing_each(scene: Scene) -> None:
    def outcome(entry: Entry, *, bulk: bool) -> tuple[Any, Any]:
        notes = [make.diary_entry(entry, state=state, title=state.value) for state in DiaryState]
        before = len(events(scene))
        if bulk:
            with transaction():
                released, left = service.release_all(notes, **by_clerk(scene))
            assert {note.title for note in released} == {"waiting", "held"}
            assert {note.title for note in left} == {"draft", "released", "struck"}
        else:
            for note in notes:
                try:
                    with transaction():
                        service.release(note, **by_clerk(scene))
                except Conflict:
                    pass
        rows = [(n.title, n.state, n.released_at, n.released_by_id, n.held_reason) for n in notes]
        return rows, events(scene)[before:]

    owner, unit = scene.people["owner"], scene.unit
    one = outcome(make.entry(scene.contest, owner, of=unit), bulk=True)
    each = outcome(make.entry(scene.contest, owner, of=unit), bulk=False)
    assert one == each


def test_a_rule_from_a_day_on_needs_the_day_and_another_forgets_it(scene: Scene) -> None:
    diary, given = scene.entry.diary, {"by": scene.actor("owner"), "now": LATER, "competition": scene.contest}
    with pytest.raises(Invalid) as refused, transaction():
        service.set_release_rule(diary, ReleaseRule.FROM_DATE, **given)
    assert list(refused.value.fields) == ["release_from"]
    with transaction():
        service.set_release_rule(diary, ReleaseRule.FROM_DATE, release_from=date(2027, 1, 1), **given)
    with transaction():
        service.set_release_rule(diary, ReleaseRule.NEVER, release_from=date(2027, 1, 1), **given)
    assert (diary.release_rule, diary.release_from) == (ReleaseRule.NEVER, None)
    assert [data for name, data in events(scene) if name == "diary.release_set"] == [
        {"rule": "from_date", "from": "2027-01-01"},
        {"rule": "never", "from": None},
    ]
