# SPDX-License-Identifier: Apache-2.0
"""The judges' pages without any script: what they show, what they refuse, how many statements they cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app import clock
from app.competitions.models import Window
from app.db import db, transaction
from app.diaries.models import DiaryState
from app.evidence.models import Blob, Evidence, EvidenceState, Preview
from app.judging import queries, service
from app.judging.models import (
    Assignment,
    AssignmentState,
    Citation,
    Mark,
    Scoresheet,
    Seat,
    SheetState,
)
from app.policy import Action, policy
from tests import factories as make
from tests.conftest import Client
from tests.judging.conftest import World
from tests.judging.paging import GOOD, address, costs


@pytest.fixture(autouse=True)
def at_noon(app: Flask) -> Iterator[None]:
    with clock.at(make.NOW):
        yield


def file_of(world: World, name: str, *, kind: str = "document", pages: int | None = 2, **values: Any) -> Evidence:
    number = db.session.scalar(select(func.count()).select_from(Blob)) or 0
    blob = make.save(
        Blob(sha256=f"{number:064x}", size=10, media_type="application/pdf", key=f"k{number}", created_at=make.NOW)
    )
    row = make.save(
        Evidence(
            blob_id=blob.id, kind=kind, file_name=name, pages=pages, state=EvidenceState.READY, received_at=make.NOW,
            **values,
        )
    )  # fmt: skip
    make.save(
        Preview(evidence_id=row.id, name="thumb", number=0, blob_id=blob.id, width=3, height=2),
        *(
            Preview(evidence_id=row.id, name="page", number=page, blob_id=blob.id, width=3, height=4)
            for page in range(1, (pages or 0) + 1)
        ),
    )
    return row


def test_the_worklist_counts_and_the_tabs_sort(world: World, client: Client) -> None:
    make.assignment(world.judge, world.second, world.initial)
    with transaction():
        service.save_mark(world.task, "A1", text="3", expected_version=0, by=world.actor(world.judge), now=make.NOW)
    client.sign_in(world.judge)
    page = client.get(f"/contests/{world.contest.slug}/judging").get_data(as_text=True)
    assert "Cooler bearings" in page
    assert "Quieter pumps" not in page, "it is started, so it stands under another heading"
    started = client.get(f"/contests/{world.contest.slug}/judging?tab=started").get_data(as_text=True)
    assert "1 / 3" in started
    assert "Quieter pumps" in started


def test_a_stranger_to_the_panel_has_no_worklist(world: World, client: Client) -> None:
    assert client.sign_in(world.owner).get(f"/contests/{world.contest.slug}/judging").status_code == 403


def test_the_marking_page_shows_evidence_beside_the_rubric(world: World, client: Client) -> None:
    make.diary_entry(world.entry, title="Valve changed", happened_on=date(2026, 4, 2))
    make.diary_entry(world.entry, title="Not yet public", state=DiaryState.WAITING)
    make.diary_entry(world.entry, title="Only a draft", state=DiaryState.DRAFT)
    page = client.sign_in(world.judge).get(address(world.task)).get_data(as_text=True)
    for expected in (
        "What we did.",
        "Valve changed",
        "Not yet public",
        "Benefit",
        "Used by other units.",
        "required below 5",
    ):
        assert expected in page
    assert "Only a draft" not in page
    assert 'value="diary:' in page
    assert "style=" not in page
    assert "<script>" not in page


def test_a_plain_form_stores_marks_and_goes_on_to_the_next(world: World, client: Client) -> None:
    other = make.assignment(world.judge, world.second, world.initial)
    client.sign_in(world.judge)
    answer = client.post(address(world.task), data={**GOOD, "note": "Mine", "action": "next"})
    assert (answer.status_code, answer.headers["Location"]) == (303, address(other))
    assert db.session.scalar(select(func.count()).select_from(Mark)) == 3
    last = client.post(address(other), data={**GOOD, "action": "next"})
    assert last.headers["Location"] == f"/contests/{world.contest.slug}/judging/review?stage=initial"


def test_wrong_marks_stay_on_the_page_and_the_right_ones_are_stored(world: World, client: Client) -> None:
    client.sign_in(world.judge)
    answer = client.post(address(world.task), data={**GOOD, "mark-A1": "7.3", "comment-A1": "Nearly", "action": "next"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="7.3"' in page
    assert "Nearly" in page
    assert "the nearest are 7 and 7.5" in page
    stored = dict(db.session.execute(select(Mark.criterion, Mark.version)).all())
    assert stored == {"A2": 1, "B1": 1}


def test_an_old_window_is_asked_which_text_stands(world: World, client: Client) -> None:
    client.sign_in(world.judge)
    client.post(address(world.task), data={"mark-B1": "10", "comment-B1": "Good", "version-B1": "0"})
    answer = client.post(address(world.task), data={"mark-B1": "4", "comment-B1": "Poor", "version-B1": "0"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'value="4"' in page
    assert "Poor" in page
    assert ">10</b>" in page
    assert 'name="version-B1" value="1"' in page
    take = {"mark-B1": "4", "comment-B1": "Poor", "version-B1": "1", "choice-B1": "theirs"}
    assert client.post(address(world.task), data=take).status_code == 303
    assert db.session.scalar(select(Mark.version)) == 1
    client.post(address(world.task), data={**take, "choice-B1": "mine"})
    assert db.session.scalar(select(Mark.comment)) == "Poor"


def test_the_same_key_has_one_effect(world: World, client: Client) -> None:
    client.sign_in(world.judge)
    headers = {"Idempotency-Key": "k" * 26, "Accept": "application/json"}
    body = {"text": "10", "comment": None, "expected_version": 0}
    answers = [client.post(address(world.task, "marks/B1"), json=body, headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert answers[0].json["version"] == 1
    assert len({answer.get_data() for answer in answers}) == 1
    assert db.session.scalar(select(Mark.version)) == 1
    other = client.post(address(world.task, "marks/B1"), json={**body, "text": "11"}, headers=headers)
    assert other.status_code == 422
    form = {**GOOD, "version-B1": "1", "action": "review", "idempotency_key": "f" * 26}
    assert {client.post(address(world.task), data=form).status_code for _ in range(3)} == {303}
    assert {row for row in db.session.scalars(select(Mark.version))} == {1, 2}


def test_the_script_gets_reasons_as_json(world: World, client: Client) -> None:
    client.sign_in(world.judge)
    headers = {"Accept": "application/json"}
    wrong = client.post(address(world.task, "marks/A1"), json={"text": "99", "expected_version": 0}, headers=headers)
    assert (wrong.status_code, list(wrong.json["fields"])) == (422, ["A1"])
    client.post(address(world.task, "marks/B1"), json={"text": "9", "expected_version": 0}, headers=headers)
    stale = client.post(address(world.task, "marks/B1"), json={"text": "8", "expected_version": 0}, headers=headers)
    assert stale.status_code == 409
    assert (stale.json["yours"]["text"], stale.json["theirs"]["text"], stale.json["theirs"]["version"]) == ("8", "9", 1)
    for nonsense in ([], {"text": 5}, {"text": "1", "expected_version": "x"}, {"text": True}):
        assert client.post(address(world.task, "marks/A1"), json=nonsense, headers=headers).status_code in (200, 422)
    locked = client.post(address(world.others_task, "marks/A1"), json={"text": "1"}, headers=headers)
    assert locked.status_code == 404


def test_citing_by_form_and_by_script(world: World, client: Client) -> None:
    note = make.diary_entry(world.entry)
    report = file_of(world, "report.pdf", entry_id=world.entry.id)
    client.sign_in(world.judge)
    answer = client.post(
        address(world.task), data={"mark-A1": "5", "cite": f"diary:{note.public_id}", "cite_for": "A1"}
    )
    assert answer.headers["Location"].endswith("#criterion-A1")
    headers = {"Accept": "application/json"}
    page = client.post(
        address(world.task, "cite"), json={"criterion": "A1", "cite": f"page:{report.public_id}:2"}, headers=headers
    )
    assert page.json["cited"] == {f"diary:{note.public_id}": "A1", f"page:{report.public_id}:2": "A1"}
    assert "report.pdf" in page.json["html"]
    for wrong in (
        "page:x:1",
        f"page:{report.public_id}:3",
        f"page:{report.public_id}",
        "diary:x",
        "",
        f"file:{note.public_id}",
    ):
        refused = client.post(address(world.task, "cite"), json={"criterion": "A1", "cite": wrong}, headers=headers)
        assert refused.status_code in (404, 422), wrong
    first = db.session.scalar(select(Citation.id).order_by(Citation.id))
    dropped = client.post(address(world.task, "uncite"), json={"citation": first}, headers=headers)
    assert dropped.json["cited"] == {f"page:{report.public_id}:2": "A1"}
    assert db.session.scalar(select(func.count()).select_from(Citation)) == 1


def test_look_through_submit_receipt(world: World, client: Client) -> None:
    client.sign_in(world.judge)
    client.post(address(world.task), data={**GOOD, "action": "review"})
    page = client.get(address(world.task, "review")).get_data(as_text=True)
    digest = page.split('name="digest" value="')[1][:64]
    assert client.post(address(world.task, "submit"), data={"digest": "0" * 64}).status_code == 409
    answer = client.post(address(world.task, "submit"), data={"digest": digest})
    assert answer.headers["Location"] == address(world.task, "receipt")
    receipt = client.get(address(world.task, "receipt")).get_data(as_text=True)
    assert "87.5" in receipt
    assert digest in receipt
    read_only = client.get(address(world.task)).get_data(as_text=True)
    assert "mark-A1" not in read_only or 'name="mark-A1"' not in read_only
    assert client.post(address(world.task), data={"mark-A1": "1"}).status_code == 403


def test_an_incomplete_sheet_is_not_submitted_and_says_what_is_missing(world: World, client: Client) -> None:
    client.sign_in(world.judge)
    client.post(address(world.task), data={"mark-A1": "0"})
    answer = client.post(address(world.task, "submit"), data={})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "&#34;Spread&#34; has no mark yet." in page
    assert "&#34;Benefit&#34; has no mark yet." not in page


def test_the_end_of_the_window_keeps_what_was_typed_on_the_page(world: World, client: Client) -> None:
    client.sign_in(world.judge)
    with transaction() as session:
        session.execute(update(Window).where(Window.stage_id == world.initial.stage_id).values(ends_at=make.NOW))
    answer = client.post(address(world.task), data={**GOOD, "comment-A1": "Typed too late"})
    assert answer.status_code == 403
    page = answer.get_data(as_text=True)
    assert "Marking is not open at the moment." in page
    assert "Typed too late" in page
    assert "It is not stored." in page
    assert db.session.scalar(select(Mark.id)) is None


def test_the_whole_stage_is_submitted_from_one_table(world: World, client: Client) -> None:
    second = make.assignment(world.judge, world.second, world.initial)
    client.sign_in(world.judge)
    for task in (world.task, second):
        client.post(address(task), data=GOOD)
    page = client.get(f"/contests/{world.contest.slug}/judging/review?stage=initial").get_data(as_text=True)
    form = {"stage": "initial", "sheet": [world.task.public_id, second.public_id]}
    for task in (world.task, second):
        form[f"digest-{task.public_id}"] = page.split(f'name="digest-{task.public_id}" value="')[1][:64]
    assert client.post(f"/contests/{world.contest.slug}/judging/submit", data=form).status_code == 303
    assert set(db.session.scalars(select(Scoresheet.state))) == {SheetState.SUBMITTED}
    assert client.get(f"/contests/{world.contest.slug}/judging/review?stage=nowhere").status_code == 404


def test_stepping_back_takes_reading_away_at_once(world: World, client: Client) -> None:
    hidden = make.diary_entry(world.entry, title="Held back", state=DiaryState.HELD)
    report = file_of(world, "report.pdf", entry_id=world.entry.id)
    client.sign_in(world.judge)
    closed = [
        address(world.task),
        address(world.task, "review"),
        address(world.task, "receipt"),
        f"/files/{report.public_id}",
        f"/files/{report.public_id}/page/1",
        f"/diary/{hidden.public_id}",
    ]
    before = [client.get(url).status_code for url in closed[:2]]
    assert before == [200, 200]
    assert client.post(address(world.task, "recuse"), data={"reason": ""}).status_code == 422
    answer = client.post(address(world.task, "recuse"), data={"reason": "My cousin leads the team"})
    assert answer.status_code == 303
    assert [client.get(url).status_code for url in closed] == [404] * 6
    for rest, body in (("marks/A1", {"text": "1"}), ("cite", {"criterion": "A1"}), ("note", {"text": "x"})):
        assert client.post(address(world.task, rest), json=body).status_code == 404
    assert client.post(address(world.task), data=GOOD).status_code == 404
    listed = client.get(f"/contests/{world.contest.slug}/judging?tab=conflict").get_data(as_text=True)
    assert "My cousin leads the team" in listed
    assert address(world.task) not in listed


def test_a_recused_judge_reads_not_even_the_title_while_the_contest_is_closed(world: World, client: Client) -> None:
    with transaction():
        service.recuse(world.task, reason="Kin", by=world.actor(world.judge), now=make.NOW)
    with transaction() as session:
        session.merge(world.contest).opened_at = None
    listed = client.sign_in(world.judge).get(f"/contests/{world.contest.slug}/judging?tab=all").get_data(as_text=True)
    assert "Quieter pumps" not in listed
    assert "E-001" in listed


def test_the_worklist_links_exactly_what_the_policy_opens(world: World) -> None:
    final = make.stage_category(world.contest, "final")
    make.seat(world.judge, final)
    again = make.assignment(world.judge, world.entry, final, state=AssignmentState.RECUSED)
    tasks = {
        one.public_id: one
        for one in (
            world.task,
            again,
            make.assignment(world.judge, world.second, world.initial),
            make.assignment(world.judge, world.second, final, state=AssignmentState.ABSTAINED),
        )
    }
    judge = world.actor(world.judge)
    found = queries.worklist(world.judge.id, world.contest, now=make.NOW)
    listed = {task.public_id: task.is_readable for stage in found.stages for task in stage.tasks}
    assert listed == {
        public_id: policy().permits(Action.SHEET_VIEW, judge, task, make.NOW) for public_id, task in tasks.items()
    }
    assert [list(listed.values()).count(truth) for truth in (True, False)] == [2, 2]
    with transaction() as session:
        session.execute(update(Seat).where(Seat.user_id == world.judge.id).values(left_at=make.NOW))
    assert queries.worklist(world.judge.id, world.contest, now=make.NOW).stages == ()
    assert not any(policy().permits(Action.SHEET_VIEW, judge, task, make.NOW) for task in tasks.values())


def test_abstaining_keeps_reading_and_skipping_comes_back(world: World, client: Client) -> None:
    second = make.assignment(world.judge, world.second, world.initial)
    client.sign_in(world.judge)
    assert client.post(address(world.task), data={"action": "skip"}).headers["Location"] == address(second)
    assert "Quieter pumps" in client.get(f"/contests/{world.contest.slug}/judging?tab=skipped").get_data(as_text=True)
    assert client.post(address(second, "skip")).headers["Location"] == address(world.task)
    assert client.post(address(second, "abstain"), data={"reason": "Not my field"}).status_code == 303
    assert client.get(address(second)).status_code == 200
    state = db.session.scalar(select(Assignment.state).where(Assignment.id == second.id))
    assert state == AssignmentState.ABSTAINED


def test_nobody_else_opens_a_sheet_in_the_making_and_never_the_note(world: World, client: Client, app: Flask) -> None:
    client.sign_in(world.judge)
    client.post(address(world.task), data={**GOOD, "note": "Between me and me"})
    others = (world.other, world.chair, world.organizer, world.owner)
    for person in others:
        browser = app.test_client()
        browser.sign_in(person)  # type: ignore[attr-defined]  # test_client_class says so
        assert browser.get(address(world.task)).status_code == 404
    with transaction():
        service.submit(world.task, by=world.actor(world.judge), now=make.NOW)
    for person in (world.chair, world.organizer):
        browser = app.test_client()
        browser.sign_in(person)  # type: ignore[attr-defined]  # test_client_class says so
        page = browser.get(address(world.task)).get_data(as_text=True)
        assert "Kept every week." in page
        assert "Between me and me" not in page
    for person in (world.other, world.owner):
        browser = app.test_client()
        browser.sign_in(person)  # type: ignore[attr-defined]  # test_client_class says so
        assert browser.get(address(world.task)).status_code == 404


def test_pages_cost_the_same_however_much_there_is(app: Flask, world: World, client: Client) -> None:
    client.sign_in(world.judge)
    slug = world.contest.slug
    urls = [
        f"/contests/{slug}/judging?tab=all",
        address(world.task),
        address(world.task, "review"),
        f"/contests/{slug}/judging/review?stage=initial",
    ]

    def grow(entries: int, notes: int) -> None:
        for number in range(entries):
            entry = make.entry(world.contest, world.owner, of=world.unit)
            task = make.assignment(world.judge, entry, world.initial)
            if number % 2:
                with transaction():
                    service.save_sheet(
                        task, {"A1": ("1", None), "B1": ("9", "x")}, by=world.actor(world.judge), now=make.NOW
                    )
        for _ in range(notes):
            note = make.diary_entry(world.entry)
            file = file_of(world, "plan.pdf", diary_entry_id=note.id)
            with transaction():
                service.cite(world.task, "A1", evidence=file, page=1, by=world.actor(world.judge), now=make.NOW)

    grow(2, 1)
    few = costs(app, client, urls)
    grow(40, 9)
    assert costs(app, client, urls) == few


def test_the_least_covered_entry_comes_next(world: World, client: Client) -> None:
    for who in (world.other, world.chair):
        task = world.others_task if who is world.other else make.assignment(who, world.entry, world.initial)
        with transaction():
            service.save_sheet(
                task,
                {"A1": ("1", None), "A2": ("wide", None), "B1": ("9", None)},
                by=world.actor(who),
                now=make.NOW + timedelta(seconds=1),
            )
        with transaction():
            service.submit(task, by=world.actor(who), now=make.NOW)
    third = make.entry(world.contest, world.owner, of=world.unit, number="E-003")
    last = make.assignment(world.judge, third, world.initial)
    second = make.assignment(world.judge, world.second, world.initial)
    client.sign_in(world.judge)
    assert client.post(address(last), data={"action": "next"}).headers["Location"] == address(second)
    assert client.post(address(second), data={"action": "next"}).headers["Location"] == address(last)
