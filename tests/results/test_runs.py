# SPDX-License-Identifier: Apache-2.0
"""From sheets to a final ranking: each step, by whom, and what it refuses."""

from __future__ import annotations

import json
import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.audit import AuditEvent, Event
from app.clock import iso
from app.competitions.models import Mode
from app.db import db, transaction
from app.entries.models import EntryState
from app.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from app.judging import service as judging
from app.judging.models import Mark
from app.notify import Notice, NoticeKind
from app.results import queries, service
from app.results.adapter import inputs, judge_codes
from app.results.models import Promotion, RankingRow, RunState
from app.results.stored import sha256, stored
from scoring import input_canonical, standings
from tests import factories as make
from tests.results.conftest import World, a_world

NOW = make.NOW


def _rows(run: object) -> list[tuple[str, int | None, bool, str | None, bool, str | None]]:
    return [
        (row.entry.number, row.place, row.tied, row.score, row.promoted, row.award)
        for row in db.session.scalars(
            select(RankingRow).where(RankingRow.run_id == run.id).order_by(RankingRow.position)  # type: ignore[attr-defined]  # a run
        )
    ]


def test_a_run_holds_places_ties_score_cut_and_award(world: World) -> None:
    run = world.compute()
    assert _rows(run) == [
        ("A-3", 1, False, "90", True, "first"),
        ("A-1", 2, True, "75", False, None),
        ("A-2", 2, True, "75", False, None),
    ]
    assert run.number == 1
    assert run.state == RunState.COMPUTED
    assert run.mode == Mode.STRICT


def test_a_run_stores_what_it_read_and_what_came_of_it_byte_for_byte(world: World) -> None:
    run = world.compute()
    document, given = inputs(world.stage_category)
    assert run.input == input_canonical(document, given)
    assert run.input_digest == sha256(run.input)
    assert run.output_digest == sha256(run.output)
    assert run.document_digest == document.digest
    outcome = json.loads(run.output)
    assert sorted(outcome) == ["awards", "cut", "derivations", "standings"]
    assert stored(run).standings_canonical == standings(document, given).canonical
    assert stored(run).derivations_canonical == standings(document, given).derivations_canonical


def test_judges_are_known_by_their_seats(world: World) -> None:
    _, given = inputs(world.stage_category)
    assert {sheet.judge for one in given for sheet in one.sheets} == {"P-initial-01", "P-initial-02"}
    panel = make.seat(make.user(), world.stage_category).panel
    assert sorted(judge_codes(panel).values()) == [f"P-initial-0{n}" for n in (1, 2, 3, 4)]


def test_the_code_of_a_seat_stays_when_somebody_leaves_and_comes_back(world: World) -> None:
    seat = make.seat(make.user(), world.stage_category)
    before = judge_codes(seat.panel)
    with transaction():
        judging.unseat(seat, reason="Ill", by=world.first, now=NOW)
    make.seat(seat.user, world.stage_category)
    make.seat(make.user(), world.stage_category)
    after = judge_codes(seat.panel)
    assert {user: after[user] for user in before} == before
    assert len(after) == len(before) + 1


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_says_nothing(app: object, seed: int) -> None:
    marks = {f"A-{n}": [(str(30 + n), "20", "10"), (str(40 - n), "0", "12")] for n in range(1, 7)}
    digests = set()
    for attempt in range(2):
        world = a_world(slug=f"order-{seed}-{attempt}")
        order = sorted(marks)
        chance = random.Random(seed * 10 + attempt)
        chance.shuffle(order)
        entries = {number: world.enter(number) for number in order}
        tasks = [(number, judge) for number in order for judge in (0, 1)]
        chance.shuffle(tasks)
        for number, judge in tasks:
            world.mark(entries[number], judge, marks[number][judge])
        run = world.compute()
        digests.add((run.input_digest, run.output_digest))
    assert len(digests) == 1


def test_nothing_is_ranked_while_a_sheet_is_missing_and_the_refusal_names_the_judge(world: World) -> None:
    world.assign(world.entries[0], 2)
    with pytest.raises(Conflict) as refused:
        world.compute()
    assert "Scoresheets that are not in yet: 1. Judge Chen (1)." in str(refused.value.message)
    after = NOW + timedelta(days=31)
    with pytest.raises(Conflict) as refused, transaction():
        service.compute(world.stage_category, by=world.first, now=after)
    assert "while the rule waits for every one: 1. Judge Chen (1)." in str(refused.value.message)


def test_a_rule_that_leaves_missing_sheets_out_still_waits_for_the_end_of_marking(app: object) -> None:
    text = make.DOCUMENT.replace("[[rule.ties]]", '[rule.cells]\nnot_yet = "leave_out"\n[[rule.ties]]')
    world = a_world(text=text)
    entry = world.enter("A-1")
    world.mark(entry, 0, ("50", "20", "10"))
    world.assign(entry, 1)
    with pytest.raises(Conflict):
        world.compute()
    with transaction():
        run = service.compute(world.stage_category, by=world.first, now=NOW + timedelta(days=31))
    assert _rows(run)[0][:4] == ("A-1", 1, False, "80")


def test_an_entry_without_score_stops_the_ranking_until_it_is_accepted(world: World) -> None:
    world.enter("A-9")
    with pytest.raises(Conflict) as refused:
        world.compute()
    assert "A-9" in str(refused.value.message)
    run = world.compute(without_score=True)
    assert _rows(run)[-1] == ("A-9", None, False, None, False, None)


def test_recusal_and_abstention_leave_a_sheet_out_and_removal_leaves_no_trace(world: World) -> None:
    entry = world.entries[0]
    for judge, leave in ((2, judging.recuse),):
        task = world.assign(entry, judge)
        with transaction():
            leave(task, reason="My cousin", by=world.actor(world.judges[judge]), now=NOW)
    run = world.compute()
    derivation = stored(run).derivation("A-1")
    assert [(out.judge, str(out.state)) for out in derivation.left_out] == [("P-initial-03", "recused")]
    assert _rows(run)[1][:4] == ("A-1", 2, True, "75")


def test_whoever_computed_does_not_confirm_in_strict_mode(world: World) -> None:
    run = world.compute()
    with pytest.raises(Forbidden) as refused, transaction():
        service.confirm(run, expected_output_digest=run.output_digest, by=world.first, now=NOW)
    assert "Another person has to confirm" in str(refused.value.message)
    world.confirm(run)
    assert (run.state, run.confirmed_by_id) == (RunState.CONFIRMED, world.second.user_id)


def test_the_database_itself_refuses_one_person_in_strict_mode(world: World) -> None:
    run = world.compute()
    with pytest.raises(Conflict) as refused, transaction():
        run.confirmed_by_id = run.computed_by_id
    assert "Another person has to confirm" in str(refused.value.message)


def test_a_lone_clerk_confirms_in_light_mode(app: object) -> None:
    world = a_world(mode=Mode.LIGHT)
    world.mark(world.enter("A-1"), 0, ("50", "20", "10"))
    run = world.compute()
    with transaction():
        service.confirm(run, expected_output_digest=run.output_digest, by=world.first, now=NOW)
    assert run.state == RunState.CONFIRMED


def test_a_confirmation_is_bound_to_the_outcome_that_was_looked_at(world: World) -> None:
    run = world.compute()
    with pytest.raises(Stale), transaction():
        service.confirm(run, expected_output_digest="0" * 64, by=world.second, now=NOW)


def test_a_change_after_the_computation_voids_it(world: World) -> None:
    run = world.confirm(world.compute())
    entry = world.entries[2]
    with transaction():
        entry.state = EntryState.WITHDRAWN
    with pytest.raises(Stale) as refused:
        world.publish(run)
    assert "changed after this ranking was computed" in str(refused.value.message)
    again = world.confirm(world.compute())
    assert (run.state, again.number) == (RunState.SUPERSEDED, 2)
    world.publish(again)
    assert [row[0] for row in _rows(again)] == ["A-1", "A-2"]


def test_a_changed_mark_is_noticed_even_when_it_was_changed_behind_the_services(world: World) -> None:
    run = world.compute()
    with transaction() as session:
        mark = session.scalars(select(Mark).where(Mark.criterion == "A1").limit(1)).one()
        mark.value = mark.value + 1
    with pytest.raises(Stale):
        world.confirm(run)


def test_a_published_ranking_has_its_notice_period_and_becomes_final_after_it(world: World) -> None:
    run = world.published()
    assert run.published_at == NOW
    assert run.notice_ends_at == NOW + timedelta(days=7)
    with pytest.raises(Forbidden) as refused, transaction():
        service.finish(run, by=world.first, now=NOW + timedelta(days=6, hours=23))
    assert str(refused.value.message) == "The notice period is still running."
    world.finish(run)
    assert (run.state, run.final_at) == (RunState.FINAL, NOW + timedelta(days=7))


def test_steps_are_taken_in_order_and_once(world: World) -> None:
    run = world.compute()
    with pytest.raises(Forbidden):
        world.publish(run)
    world.confirm(run)
    with pytest.raises(Forbidden):
        world.confirm(run)
    world.publish(run)
    with pytest.raises(Forbidden):
        world.publish(run)
    with pytest.raises(Forbidden), transaction():
        service.reject(run, reason="Too late", by=world.second, now=NOW)


def test_a_run_is_rejected_with_a_reason_and_stays_on_the_record(world: World) -> None:
    run = world.compute()
    with pytest.raises(Invalid), transaction():
        service.reject(run, reason="  ", by=world.second, now=NOW)
    with transaction():
        service.reject(run, reason="A-1 was marked by its own unit.", by=world.second, now=NOW)
    assert (run.state, run.reason) == (RunState.REJECTED, "A-1 was marked by its own unit.")
    with pytest.raises(Forbidden):
        world.confirm(run)


def test_a_new_computation_sets_an_undecided_one_aside(world: World) -> None:
    first = world.compute()
    second = world.compute()
    assert (first.state, second.state, second.number) == (RunState.SUPERSEDED, RunState.COMPUTED, 2)


def test_a_new_publication_replaces_the_standing_one_and_its_promotions(world: World) -> None:
    old = world.published()
    with transaction():
        assert [one.entry.number for one in service.promote(old, by=world.first, now=NOW)] == ["A-3"]
    with transaction():
        world.entries[2].state = EntryState.DISQUALIFIED
    new = world.published()
    assert (old.state, new.state) == (RunState.SUPERSEDED, RunState.PUBLISHED)
    there = db.session.scalars(select(Promotion)).all()
    assert sorted((one.entry.number, one.run_id) for one in there) == [("A-1", new.id), ("A-2", new.id)]


def test_nobody_is_taken_back_whom_judges_of_the_next_stage_have(world: World) -> None:
    old = world.published()
    with transaction():
        service.promote(old, by=world.first, now=NOW)
    final = make.stage_category(world.contest, "final")
    make.assignment(world.judges[0], world.entries[2], final)
    with transaction():
        world.entries[2].state = EntryState.DISQUALIFIED
    new = world.confirm(world.compute())
    with pytest.raises(Conflict) as refused:
        world.publish(new)
    assert "A-3" in str(refused.value.message)


def test_promotion_follows_the_cut_once(world: World) -> None:
    run = world.compute()
    with pytest.raises(Forbidden), transaction():
        service.promote(run, by=world.first, now=NOW)
    world.finish(world.publish(world.confirm(run)))
    for _ in range(2):
        with transaction():
            promoted = service.promote(run, by=world.first, now=NOW)
        assert [(one.entry.number, one.run_id) for one in promoted] == [("A-3", run.id)]
    told = db.session.scalars(select(Notice).where(Notice.kind == NoticeKind.PROMOTED)).all()
    assert [notice.user_id for notice in told] == [world.entries[2].owner_id]


def test_there_is_no_promotion_out_of_the_last_stage(world: World) -> None:
    world.stage_category = make.stage_category(world.contest, "final")
    for judge in world.judges:
        make.seat(judge, world.stage_category)
    make.save(
        Promotion(
            stage_category_id=world.stage_category.id,
            entry_id=world.entries[0].id,
            run_id=_any_run(world),
            promoted_at=NOW,
        )
    )
    world.mark(world.entries[0], 0, ("50", "20", "10"))
    run = world.published()
    assert [row[0] for row in _rows(run)] == ["A-1"]
    with pytest.raises(Conflict) as refused, transaction():
        service.promote(run, by=world.first, now=NOW)
    assert str(refused.value.message) == "This category has no later stage to go on to."


def _any_run(world: World) -> int:
    first = next(s for s in world.contest.stages if s.code == "initial").stage_categories[0]
    with transaction():
        return service.compute(first, by=world.first, now=NOW).id


def test_strangers_learn_nothing_and_contestants_may_not(world: World) -> None:
    outsider = world.actor(world.contestants[0])
    with pytest.raises(Forbidden), transaction():
        service.compute(world.stage_category, by=outsider, now=NOW)
    run = world.compute()
    with pytest.raises(NotFound), transaction():
        service.confirm(run, expected_output_digest=run.output_digest, by=outsider, now=NOW)


def test_people_are_told(world: World) -> None:
    run = world.compute()
    waits = db.session.scalars(select(Notice).where(Notice.kind == NoticeKind.RANKING_WAITS)).all()
    assert [notice.user_id for notice in waits] == [world.organizers[1].id]
    world.publish(world.confirm(run))
    told = db.session.scalars(select(Notice).where(Notice.kind == NoticeKind.RANKING_PUBLISHED)).all()
    assert {notice.user_id for notice in told} == {user.id for user in world.contestants}
    assert {notice.url for notice in told} == {f"/rankings/{run.public_id}"}


def test_each_step_is_in_the_trail_with_its_digests(world: World) -> None:
    run = world.final()
    with transaction():
        service.promote(run, by=world.first, now=NOW)
    events = [
        json.loads(row.canonical)
        for row in db.session.scalars(
            select(AuditEvent).where(AuditEvent.name.like("ranking.%") | (AuditEvent.name == Event.PROMOTION_APPLIED))
        )
    ]
    assert [event["event"] for event in events] == [
        "ranking.computed",
        "ranking.confirmed",
        "ranking.published",
        "ranking.made_final",
        "promotion.applied",
    ]
    assert {event["data"]["output"] for event in events} == {run.output_digest}
    assert events[0]["data"] == {
        "stage_category": world.stage_category.public_id,
        "number": 1,
        "document": run.document_digest,
        "input": run.input_digest,
        "output": run.output_digest,
        "entries": 3,
        "expected": 6,
        "received": 6,
        "excused": 0,
        "without_score": [],
    }
    assert events[2]["data"]["notice_ends_at"] == iso(NOW + timedelta(days=7))


def test_all_places_of_what_stands_are_one_text(world: World) -> None:
    assert queries.places_canonical(world.contest) == "[]"
    run = world.compute()
    assert queries.places_canonical(world.contest) == "[]"
    world.publish(world.confirm(run))
    assert queries.places_canonical(world.contest) == (
        '[{"category":"team.improvement","rows":['
        '{"entry":"A-3","place":1,"score":"90","tied":false},'
        '{"entry":"A-1","place":2,"score":"75","tied":true},'
        '{"entry":"A-2","place":2,"score":"75","tied":true}],"stage":"initial"}]'
    )
