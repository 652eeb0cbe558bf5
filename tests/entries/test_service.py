# SPDX-License-Identifier: Apache-2.0
"""Entries from registration to hand-in, and again; every version that was handed in stays as it was."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import User
from app.audit import AuditEvent
from app.competitions.models import Applicant, Category, Competition, Division
from app.db import db, transaction
from app.entries import queries, service
from app.entries.models import Entry, EntryState, EntryVersion, Part
from app.errors import Conflict, Invalid, Stale
from app.evidence import queries as evidence_queries
from app.evidence import service as evidence_service
from app.evidence.models import Evidence
from app.notify import Notice
from tests import factories as make
from tests.entries import scene as scenes
from tests.entries.scene import Scene


@pytest.fixture
def scene(app: Flask) -> Scene:
    return scenes.undisturbed(names_rule="Names are published.")


def create(scene: Scene, **values: Any) -> Entry:
    given: dict[str, Any] = {
        "title": "Quieter pump",
        "applicant": "Project 3",
        "unit": scene.unit,
        "owner": scene.people["owner"],
        "by": scene.actor("owner"),
        "now": make.NOW,
    }
    category = values.pop("category", scene.contest.divisions[0].categories[0])
    with transaction():
        return service.create(scene.contest, category, **(given | values))


def save(scene: Scene, entry: Entry, **values: Any) -> Entry:
    given: dict[str, Any] = {
        "expected_version": entry.version,
        "title": entry.title,
        "applicant": entry.applicant,
        "form": {"summary": "What we did."},
        "members": ["Zhao", "Qian"],
        "by": scene.actor("owner"),
        "now": make.NOW,
    }
    with transaction():
        return service.save(entry, **(given | values))


def hand_in(scene: Scene, entry: Entry, *, accept: bool = True, now: Any = make.NOW) -> EntryVersion:
    with transaction():
        return service.hand_in(entry, accept_names=accept, by=scene.actor("owner"), now=now)


def events(entry: Entry) -> list[tuple[str, dict[str, Any]]]:
    query = select(AuditEvent).where(AuditEvent.subject_id == entry.public_id).order_by(AuditEvent.sequence)
    return [(event.name, json.loads(event.canonical)["data"]) for event in db.session.scalars(query)]


def test_numbers_run_by_category_and_given_ones_stand(scene: Scene) -> None:
    with transaction() as session:
        division = Division(
            competition_id=scene.contest.id, code="p", title="P", applicant=Applicant.PERSON, position=1, form=[]
        )
        session.add(division)
        session.flush()
        second = Category(division_id=division.id, code="one", title="One", position=0)
        session.add(second)
    assert [create(scene).number for _ in range(2)] == ["A-001", "A-002"]
    assert create(scene, category=second).number == "B-001"
    assert create(scene, number="2020-17").number == "2020-17"
    assert create(scene, number="A-0009").number == "A-0009"
    assert create(scene).number == "A-010"
    with pytest.raises(Conflict) as refused:
        create(scene, number="2020-17")
    assert str(refused.value.message) == "Another entry of this contest has this number."


def test_letters_go_on_after_z(scene: Scene) -> None:
    division = scene.contest.divisions[0]
    with transaction() as session:
        session.add_all(
            Category(division_id=division.id, code=f"c{n}", title=f"C{n}", position=n) for n in range(1, 28)
        )
    db.session.expire_all()
    prefixes = [service.number_prefix(scene.contest, category) for category in division.categories]
    assert [prefixes[place] for place in (0, 25, 26, 27)] == ["A", "Z", "AA", "AB"]


def test_two_who_register_at_the_same_moment_get_two_numbers(app: Flask, scene: Scene, engine: str) -> None:
    contest_id, unit_id, owner_id = scene.contest.id, scene.unit.id, scene.people["owner"].id
    actor = scene.actor("owner")
    category_id = scene.contest.divisions[0].categories[0].id
    db.session.remove()
    barrier, failed = threading.Barrier(4), []

    def register() -> None:
        with app.app_context():
            barrier.wait()
            try:
                with transaction() as session:
                    service.create(
                        session.get_one(Competition, contest_id),
                        session.get_one(Category, category_id),
                        title="T",
                        applicant="A",
                        unit=session.get_one(type(scene.unit), unit_id),
                        owner=session.get_one(User, owner_id),
                        by=actor,
                        now=make.NOW,
                    )
            except Exception as error:  # noqa: BLE001  # told below
                failed.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=register) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    numbers = db.session.scalars(select(Entry.number).where(Entry.number.like("A-%")).order_by(Entry.number)).all()
    assert numbers == ["A-001", "A-002", "A-003", "A-004"]


def test_a_draft_is_saved_with_gaps_but_never_beyond_its_limits(scene: Scene) -> None:
    entry = save(scene, create(scene), form={}, members=[])
    assert (entry.form, [m.name for m in entry.members]) == ({}, [])
    with pytest.raises(Invalid) as refused:
        save(scene, entry, title="", applicant="x" * 121, form={"summary": "x" * 801}, members=["y" * 81])
    assert {name: str(message) for name, message in refused.value.fields.items()} == {
        "title": "Fill this in.",
        "applicant": "This is too long.",
        "members": "This is too long.",
        "field_summary": "801 characters; at most 800 are taken.",
    }
    assert (entry.title, entry.form) == ("Quieter pump", {})
    with pytest.raises(Invalid) as refused:
        save(scene, entry, members=[f"M{n}" for n in range(101)])
    assert list(refused.value.fields) == ["members"]


def test_a_change_of_the_people_alone_is_a_new_version(scene: Scene) -> None:
    entry = save(scene, create(scene))
    opened = entry.version
    save(scene, entry, members=["Qian", "Zhao", "", "Sun"])
    assert entry.version == opened + 1
    assert [(m.name, m.position) for m in entry.members] == [("Qian", 0), ("Zhao", 1), ("Sun", 2)]
    with pytest.raises(Stale) as stale:
        save(scene, entry, expected_version=opened, members=["Li"])
    assert stale.value.theirs is entry
    assert [m.name for m in entry.members] == ["Qian", "Zhao", "Sun"]


def test_hand_in_names_everything_that_is_missing(scene: Scene) -> None:
    entry = create(scene)
    with pytest.raises(Invalid) as refused:
        hand_in(scene, entry, accept=False)
    assert {name: str(message) for name, message in refused.value.fields.items()} == {
        "field_summary": "Fill this in.",
        "accept_names": "Read how names are published and accept it.",
    }
    assert (entry.state, entry.versions, entry.names_accepted_at) == (EntryState.DRAFT, [], None)


def test_what_was_handed_in_stays_whatever_is_changed_afterwards(scene: Scene) -> None:
    entry = save(scene, create(scene))
    first = hand_in(scene, entry)
    save(scene, entry, title="Much quieter pump")
    assert first.digest == hashlib.sha256(first.canonical.encode()).hexdigest()
    assert json.loads(first.canonical) == {
        "format": 1,
        "part": "application",
        "version": 1,
        "competition": scene.contest.public_id,
        "division": "team",
        "category": "improvement",
        "entry": entry.public_id,
        "number": "A-001",
        "handed_in_at": "2026-06-01T04:00:00.000000Z",
        "title": "Quieter pump",
        "applicant": "Project 3",
        "unit": {"code": scene.unit.code, "name": "Project 3"},
        "members": ["Zhao", "Qian"],
        "form": {"summary": "What we did."},
        "names_rule": "Names are published.",
    }
    now = queries.handed_in(entry, Part.APPLICATION)
    assert now is not None
    assert now.content["title"] == "Quieter pump"
    second = hand_in(scene, entry, now=make.NOW + timedelta(hours=1))
    assert (second.number, json.loads(second.canonical)["title"]) == (2, "Much quieter pump")
    assert [v.number for v in queries.versions(entry)] == [2, 1]
    assert events(entry)[-1] == (
        "entry.handed_in",
        {"version": 2, "receipt": second.public_id, "digest": second.digest},
    )
    notices = db.session.scalars(select(Notice).order_by(Notice.id)).all()
    assert [(n.text, n.url) for n in notices][-1] == (
        "“Much quieter pump” is handed in. Keep the receipt.",
        f"/entries/{entry.public_id}/receipt/{second.public_id}",
    )


def test_the_trail_holds_no_names(scene: Scene) -> None:
    entry = save(scene, create(scene, applicant="Zhang San"), members=["Li Si"])
    hand_in(scene, entry)
    trail = " ".join(db.session.scalars(select(AuditEvent.canonical)))
    assert "Zhang San" not in trail
    assert "Li Si" not in trail


def save_result(scene: Scene, entry: Entry, **values: Any) -> Entry:
    given: dict[str, Any] = {
        "expected_version": entry.version,
        "report": "It worked.",
        "by": scene.actor("owner"),
        "now": make.NOW,
    }
    with transaction():
        return service.save_result(entry, **(given | values))


def test_a_result_report_needs_the_application_and_some_content(scene: Scene) -> None:
    with pytest.raises(Conflict, match="Hand the application form in first"):
        save_result(scene, create(scene))
    with pytest.raises(Invalid) as refused, transaction():
        service.hand_in_result(scene.entry, by=scene.actor("owner"), now=make.NOW)
    assert list(refused.value.fields) == ["report"]


def test_a_result_is_handed_in_with_the_digests_of_its_files(scene: Scene) -> None:
    entry = scene.entry
    files = service.ReportFiles(added=[scenes.received("a.jpg"), scenes.received("b.pdf", scenes.corpus.pdf(2))])
    save_result(scene, entry, files=files)
    one, two = evidence_queries.of_entry(entry.id)
    order = service.ReportFiles(order={one.public_id: 2, two.public_id: 1}, captions={two.public_id: "The report"})
    save_result(scene, entry, files=order)
    with transaction():
        version = service.hand_in_result(entry, by=scene.actor("owner"), now=make.NOW)
    content = json.loads(version.canonical)
    assert [(f["file_name"], f["caption"], f["sha256"]) for f in content["evidence"]] == [
        ("b.pdf", "The report", two.sha256),
        ("a.jpg", "", one.sha256),
    ]
    assert content["report"] == "It worked."
    assert entry.result_handed_in_at == make.NOW
    with pytest.raises(Conflict, match="was handed in"):
        save_result(scene, entry, files=service.ReportFiles(removed=[one.public_id]))
    later = make.NOW + timedelta(hours=1)
    save_result(scene, entry, files=service.ReportFiles(added=[scenes.received("c.jpg")]), now=later)
    third = evidence_queries.of_entry(entry.id)[-1]
    assert [f.file_name for f in evidence_queries.of_entry(entry.id, until=entry.result_handed_in_at)] == [
        "b.pdf",
        "a.jpg",
    ]
    save_result(scene, entry, files=service.ReportFiles(removed=[third.public_id]), now=later)
    with transaction():
        kept = db.session.scalars(select(Evidence).where(Evidence.public_id == one.public_id)).one()
        evidence_service.strike(kept, reason="Shows a face", by=scene.actor("owner"), now=later)
        again = service.hand_in_result(entry, by=scene.actor("owner"), now=later)
    assert [f["struck"] for f in json.loads(again.canonical)["evidence"]] == [False, True]
    assert again.number == 2
    save_result(scene, entry, report="Changed since", files=service.ReportFiles(captions={two.public_id: "Newer"}))
    reading = queries.as_handed_in(entry)
    assert (reading.report, reading.answers, reading.form_handed_in_at) == ("It worked.", None, None)
    assert [(f.file_name, f.caption, f.is_struck) for f in reading.files] == [
        ("b.pdf", "The report", False),
        ("a.jpg", "", True),
    ]


def test_a_stale_report_is_kept_apart(scene: Scene) -> None:
    opened = scene.entry.version
    save_result(scene, scene.entry, report="Theirs")
    with pytest.raises(Stale):
        save_result(scene, scene.entry, report="Yours", expected_version=opened)
    assert scene.entry.report == "Theirs"


@pytest.mark.parametrize(
    ("act", "state", "event"),
    [
        (service.withdraw, EntryState.WITHDRAWN, "entry.withdrawn"),
        (service.disqualify, EntryState.DISQUALIFIED, "entry.disqualified"),
    ],
)
def test_an_entry_ends_once_with_a_reason(scene: Scene, act: Any, state: EntryState, event: str) -> None:
    by = {"by": scene.actor("organizer"), "now": make.NOW}
    with pytest.raises(Invalid), transaction():
        act(scene.entry, reason=" ", **by)
    with transaction():
        act(scene.entry, reason="Moved away", **by)
    assert (scene.entry.state, scene.entry.state_reason) == (state, "Moved away")
    assert events(scene.entry) == [(event, {"reason": "Moved away"})]
    for again in (
        lambda: act(scene.entry, reason="x", **by),
        lambda: service.hand_in(scene.entry, accept_names=True, **by),
        lambda: service.hand_in_result(scene.entry, **by),
    ):
        with pytest.raises(Conflict), transaction():
            again()


def test_an_entry_of_another_contest_is_not_made_here(scene: Scene) -> None:
    other = make.contest()
    with pytest.raises(ValueError, match="another competition"):
        create(scene, category=other.divisions[0].categories[0])
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 1
