# SPDX-License-Identifier: Apache-2.0
"""Marks: saved one by one, never lost, never overwritten, never zero when blank, locked at submit."""

from __future__ import annotations

import json
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import event, func, select, update

from app.audit import AuditEvent, Event
from app.competitions.models import StageCategory, Window
from app.db import db, transaction
from app.diaries.models import DiaryState
from app.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from app.judging import service
from app.judging.models import Assignment, Citation, Mark, Scoresheet, SheetState
from app.judging.service.opening import open_sheet
from app.judging.sheets import MarkText, digest
from app.policy import Action, policy
from app.rubrics.models import Criterion
from scoring import CellState
from tests import factories as make
from tests.judging.conftest import World

GOOD = {"A1": ("55.5", None), "A2": ("wide", None), "B1": ("12", "Kept every week.")}


def save(world: World, criterion: str, text: str | None, version: int | None = 0, **values: object) -> Mark:
    with transaction():
        return service.save_mark(
            world.task,
            criterion,
            text=text,
            expected_version=version,
            by=world.actor(world.judge),
            now=make.NOW,
            **values,  # type: ignore[arg-type]  # the defaults, overridden
        )


def fill(world: World) -> None:
    with transaction():
        service.save_sheet(world.task, GOOD, by=world.actor(world.judge), now=make.NOW)


def submit(world: World, **values: object) -> Scoresheet:
    with transaction():
        return service.submit(
            world.task,
            by=world.actor(world.judge),
            now=make.NOW,
            **values,  # type: ignore[arg-type]  # the defaults, overridden
        )


def data(event: Event) -> list[dict[str, object]]:
    rows = db.session.scalars(select(AuditEvent.canonical).where(AuditEvent.name == event).order_by(AuditEvent.id))
    return [json.loads(row)["data"] for row in rows]


def test_a_mark_is_kept_exactly_and_counts_its_changes(world: World) -> None:
    assert save(world, "A1", "7.5").version == 1
    assert save(world, "A1", "８。５", 1).version == 2
    mark = db.session.scalar(select(Mark))
    assert mark is not None
    assert (mark.value, mark.state, mark.version) == (Fraction(17, 2), None, 2)


def test_zero_is_a_mark_and_blank_is_none(world: World) -> None:
    assert save(world, "A1", "0").value == Fraction(0)
    taken_back = save(world, "A1", "  ", 1)
    assert (taken_back.value, taken_back.state, taken_back.version) == (None, None, 2)
    with transaction():
        service.save_sheet(
            world.task, {"A2": ("wide", None), "B1": ("5", None)}, by=world.actor(world.judge), now=make.NOW
        )
    with pytest.raises(Invalid) as refused:
        submit(world)
    assert list(refused.value.fields) == ["A1"]
    assert str(refused.value.fields["A1"]) == '"Benefit" has no mark yet.'


def test_an_illegal_mark_is_refused_beside_its_criterion(world: World) -> None:
    for text, words in (("7.3", "between two marks"), ("61", "above the highest"), ("good", "is not a mark")):
        with pytest.raises(Invalid) as refused:
            save(world, "A1", text)
        assert words in str(refused.value.fields["A1"])
    with pytest.raises(NotFound):
        save(world, "Z9", "1")
    assert db.session.scalar(select(func.count()).select_from(Mark)) == 0


def test_a_second_window_loses_nothing_and_overwrites_nothing(world: World) -> None:
    save(world, "B1", "10", comment="Good.")
    with pytest.raises(Stale) as refused:
        save(world, "B1", "3", comment="Poor.")
    assert refused.value.yours == MarkText("3", "Poor.", 0)
    assert refused.value.theirs == MarkText("10", "Good.", 1, make.NOW)
    assert save(world, "B1", "10", comment="Good.").version == 1, "the same content from a second window is no conflict"
    assert save(world, "B1", "3", 1, comment="Poor.").version == 2, "the judge chose"


def test_a_whole_form_stores_what_can_stand_and_reports_the_rest(world: World) -> None:
    save(world, "A2", "wide")
    with transaction():
        report = service.save_sheet(
            world.task,
            {"A1": ("99", None), "A2": ("none", ""), "B1": ("4", "")},
            expected={"A1": 0, "A2": 0, "B1": 0},
            note="Ask about the meter.",
            by=world.actor(world.judge),
            now=make.NOW,
        )
    assert list(report.errors) == ["A1"]
    assert report.stale["A2"][0].text == "0"
    assert report.stale["A2"][1].text == "20"
    assert {code: mark.value for code, mark in report.saved.items()} == {"B1": Fraction(4)}
    assert report.sheet.note == "Ask about the meter."


def test_eight_marks_are_a_fixed_number_of_statements(world: World) -> None:
    def statements(marks: dict[str, tuple[str | None, str | None]]) -> int:
        counted: list[object] = []

        def count(*arguments: object) -> None:
            counted.append(arguments[2])

        event.listen(db.engine, "before_cursor_execute", count)
        try:
            with transaction():
                service.save_sheet(world.task, marks, by=world.actor(world.judge), now=make.NOW)
        finally:
            event.remove(db.engine, "before_cursor_execute", count)
        return len(counted)

    save(world, "A1", "1")
    one = statements({"A1": ("2", None)})
    three = statements({"A1": ("3", None), "A2": ("none", None), "B1": ("1", "x")})
    assert three <= one + 1, "all new marks are one statement more"


def test_a_draft_enters_the_trail_without_its_values(world: World) -> None:
    save(world, "B1", "7", comment="A secret thought.")
    (saved,) = data(Event.SHEET_SAVED)
    assert list(saved) == ["digest"]
    assert "7" not in json.dumps({key: value for key, value in saved.items() if key != "digest"})
    everything = " ".join(db.session.scalars(select(AuditEvent.canonical)))
    assert "secret" not in everything


def test_submit_locks_with_total_and_digest_and_values_enter_the_trail(world: World) -> None:
    fill(world)
    sheet = submit(world)
    assert (sheet.state, sheet.total, sheet.submitted_at) == (SheetState.SUBMITTED, Fraction(175, 2), make.NOW)
    (entry,) = data(Event.SHEET_SUBMITTED)
    assert entry["digest"] == sheet.digest
    assert (entry["marks"], entry["total"]) == ({"A1": "55.5", "A2": "20", "B1": "12"}, "87.5")
    with pytest.raises(Forbidden, match="submitted and locked"):
        save(world, "A1", "1", 1)
    with pytest.raises(Forbidden):
        submit(world)


def test_the_digest_covers_marks_comments_and_citations(world: World) -> None:
    fill(world)
    note = make.diary_entry(world.entry)
    before = db.session.scalar(select(Mark.version).where(Mark.criterion == "A1"))
    with transaction():
        service.cite(world.task, "A1", diary_entry=note, by=world.actor(world.judge), now=make.NOW)
    assert db.session.scalar(select(Mark.version).where(Mark.criterion == "A1")) == before
    with pytest.raises(Stale):
        submit(world, expected_digest="0" * 64)
    first = submit(world).digest
    assert first is not None


def test_a_required_comment_is_asked_for_at_submit_only(world: World) -> None:
    with transaction():
        service.save_sheet(world.task, GOOD | {"B1": ("4", "")}, by=world.actor(world.judge), now=make.NOW)
    with pytest.raises(Invalid) as refused:
        submit(world)
    assert str(refused.value.fields["B1"]) == 'A mark of 4 for "Kept while the work happened" needs a comment.'


def test_a_cell_may_carry_a_state_and_then_the_sheet_has_no_total(world: World) -> None:
    fill(world)
    save(world, "B1", None, None, state=CellState.NOT_APPLICABLE)
    assert submit(world).total is None


def test_the_window_is_half_open_and_its_end_decides(world: World) -> None:
    end = db.session.scalar(select(Window.ends_at).where(Window.stage_id == world.initial.stage_id))
    assert end is not None
    fill(world)
    with pytest.raises(Forbidden, match="not open"), transaction():
        service.submit(world.task, by=world.actor(world.judge), now=end)
    with transaction():
        sheet = service.submit(world.task, by=world.actor(world.judge), now=end - timedelta(microseconds=1))
    assert sheet.state == SheetState.SUBMITTED
    start = db.session.scalar(select(Window.starts_at).where(Window.stage_id == world.initial.stage_id))
    assert start is not None
    with pytest.raises(Forbidden, match="not open"), transaction():
        service.save_mark(
            world.others_task,
            "A1",
            text="1",
            expected_version=0,
            by=world.actor(world.other),
            now=start - timedelta(microseconds=1),
        )


def test_the_first_mark_freezes_a_document_that_nobody_froze(world: World) -> None:
    with transaction() as session:
        session.execute(update(StageCategory).where(StageCategory.id == world.initial.id).values(frozen_at=None))
    save(world, "A1", "1")
    assert db.session.scalar(select(StageCategory.frozen_at).where(StageCategory.id == world.initial.id)) == make.NOW
    assert db.session.scalar(select(func.count()).select_from(Criterion)) == 3


def test_only_the_judge_himself_marks(world: World) -> None:
    for stranger in (world.other, world.chair, world.organizer, world.owner):
        with pytest.raises((Forbidden, NotFound)), transaction():
            service.save_mark(world.task, "A1", text="1", expected_version=0, by=world.actor(stranger), now=make.NOW)


def test_citing_twice_is_citing_once_and_foreign_evidence_is_unknown(world: World) -> None:
    note = make.diary_entry(world.entry)
    foreign = make.diary_entry(world.second)
    draft = make.diary_entry(world.entry, state=DiaryState.DRAFT)
    waiting = make.diary_entry(world.entry, state=DiaryState.WAITING)
    struck = make.diary_entry(world.entry, state=DiaryState.STRUCK)
    by = world.actor(world.judge)
    for one in (note, note, waiting):
        with transaction():
            service.cite(world.task, "A1", diary_entry=one, by=by, now=make.NOW)
    for wrong, error in ((foreign, NotFound), (draft, NotFound), (struck, Invalid)):
        with pytest.raises(error), transaction():
            service.cite(world.task, "A1", diary_entry=wrong, by=by, now=make.NOW)
    rows = db.session.scalars(select(Citation).order_by(Citation.id)).all()
    assert [row.diary_entry_id for row in rows] == [note.id, waiting.id]
    with transaction():
        assert service.uncite(world.task, rows[0].id, by=by, now=make.NOW) == "A1"
    with transaction():
        assert service.uncite(world.task, rows[0].id, by=by, now=make.NOW) == ""
    assert save(world, "A1", "1", 0).version == 1, "a citation alone does not make a mark stale"


def test_a_note_is_kept_apart_and_another_window_is_told(world: World) -> None:
    by = world.actor(world.judge)
    with transaction():
        service.save_note(world.task, "First", was="", by=by, now=make.NOW)
    with pytest.raises(Stale), transaction():
        service.save_note(world.task, "Second", was="", by=by, now=make.NOW)
    with transaction():
        service.save_note(world.task, "Second", was="First", by=by, now=make.NOW)
    assert db.session.scalar(select(Scoresheet.note)) == "Second"


def test_a_chair_returns_a_sheet_with_a_reason_and_it_is_submitted_again(world: World) -> None:
    fill(world)
    submit(world)
    chair, now = world.actor(world.chair), make.NOW
    with pytest.raises(Invalid), transaction():
        service.return_sheet(world.task, reason=" ", by=chair, now=now)
    for stranger in (world.judge, world.organizer, world.other):
        with pytest.raises((Forbidden, NotFound)), transaction():
            service.return_sheet(world.task, reason="A1 is odd", by=world.actor(stranger), now=now)
    with transaction():
        sheet = service.return_sheet(world.task, reason="A1 is odd", by=chair, now=now)
    assert (sheet.state, sheet.digest, sheet.total, sheet.returned_reason) == (
        SheetState.DRAFT,
        None,
        None,
        "A1 is odd",
    )
    save(world, "A1", "50", 1)
    again = submit(world)
    assert (again.total, again.returned_reason) == (Fraction(82), None)
    assert len(data(Event.SHEET_SUBMITTED)) == 2


def test_a_chair_with_marks_of_his_own_to_give_sees_nobodys_before(world: World) -> None:
    fill(world)
    submit(world)
    own = make.assignment(world.chair, world.entry, world.initial)
    chair = world.actor(world.chair)
    assert not policy().permits(Action.SHEET_VIEW, chair, world.task, make.NOW)
    with pytest.raises(NotFound), transaction():
        service.return_sheet(world.task, reason="x", by=chair, now=make.NOW)
    with transaction():
        service.save_sheet(own, GOOD, by=chair, now=make.NOW)
    with transaction():
        service.submit(own, by=chair, now=make.NOW)
    db.session.expire_all()
    assert policy().permits(Action.SHEET_VIEW, chair, db.session.get(Assignment, world.task.id), make.NOW)


def test_several_sheets_are_submitted_together_or_not_at_all(world: World) -> None:
    second = make.assignment(world.judge, world.second, world.initial)
    by = world.actor(world.judge)
    fill(world)

    def digest_of(task: Assignment) -> str:
        with transaction():
            return digest(open_sheet(task, by=by, now=make.NOW).canonical())

    expected = {world.task.public_id: digest_of(world.task), second.public_id: digest_of(second)}
    with pytest.raises(Invalid, match="E-002"), transaction():
        service.submit_all([world.task, second], expected=expected, by=by, now=make.NOW)
    assert db.session.scalar(select(func.count()).where(Scoresheet.state == SheetState.SUBMITTED)) == 0
    with transaction():
        service.save_sheet(second, GOOD, by=by, now=make.NOW)
    expected[second.public_id] = digest_of(second)
    with transaction():
        sheets = service.submit_all([world.task, second], expected=expected, by=by, now=make.NOW)
    assert [sheet.state for sheet in sheets] == [SheetState.SUBMITTED] * 2
    with pytest.raises(Conflict), transaction():
        service.submit_all([], expected={}, by=by, now=make.NOW)
