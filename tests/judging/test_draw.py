# SPDX-License-Identifier: Apache-2.0
"""The draw: balanced, repeatable from its seed, never against the unit tree, filling only what is missing."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from app.accounts import identity
from app.accounts.models import Unit, User
from app.competitions.models import Competition, StageCategory
from app.db import Base, db, transaction
from app.entries.models import EntryMember, EntryState
from app.errors import Conflict, Invalid, Stale
from app.judging import queries, service
from app.judging.models import Assignment, AssignmentState, Panel, Seat, SeatRole
from app.judging.plans import Bar
from app.notify import Notice
from app.policy import SYSTEM, Role
from tests import factories as make


class Hall:
    """A panel of six judges from six units outside the tree of the entries."""

    def __init__(self, entries: int = 9) -> None:
        self.contest: Competition = make.contest()
        self.initial: StageCategory = make.stage_category(self.contest)
        self.root: Unit = make.unit("Group")
        self.unit: Unit = make.unit("Plant", parent=self.root)
        self.below: Unit = make.unit("Workshop", parent=self.unit)
        self.owner: User = make.user(of=self.unit)
        self.judges = [make.user(f"judge {n}", of=make.unit()) for n in range(6)]
        self.seats = [make.seat(judge, self.initial) for judge in self.judges]
        self.entries = [make.entry(self.contest, self.owner, of=self.unit, number=f"E{n:02d}") for n in range(entries)]

    def draw(self, seed: int = 1, **values: Any) -> list[Assignment]:
        with transaction():
            return service.draw(self.initial, seed=seed, by=SYSTEM, now=make.NOW, **values)

    def outcome(self) -> dict[str, list[str]]:
        """Return the active judges by entry number, strangers as `?`."""
        numbers = {entry.id: entry.number for entry in self.entries}
        names = {judge.id: judge.name for judge in self.judges}
        found: dict[str, list[str]] = {}
        active = select(Assignment.entry_id, Assignment.judge_id).where(
            Assignment.state == AssignmentState.ACTIVE, Assignment.stage_category_id == self.initial.id
        )
        for entry, judge in db.session.execute(active):
            found.setdefault(numbers[entry], []).append(names.get(judge, "?"))
        return {entry: sorted(judges) for entry, judges in sorted(found.items())}


def test_every_entry_gets_its_judges_and_loads_are_even(app: Flask) -> None:
    hall = Hall()
    assert len(hall.draw()) == 18
    outcome = hall.outcome()
    assert {len(judges) for judges in outcome.values()} == {2}
    assert set(Counter(judge for judges in outcome.values() for judge in judges).values()) == {3}
    notices = db.session.scalars(select(Notice)).all()
    assert sorted(notice.params["count"] for notice in notices) == [3] * 6


def test_the_seed_repeats_the_draw_in_another_installation(app: Flask) -> None:
    first, second = Hall(), Hall()
    first.draw(7)
    second.draw(7)
    assert first.outcome() == second.outcome()
    third = Hall()
    third.draw(8)
    assert third.outcome() != first.outcome()


def test_a_preview_changes_nothing_and_says_what_the_draw_will_do(app: Flask) -> None:
    hall = Hall()
    plan = queries.plan_of(hall.initial, seed=5)
    assert db.session.scalar(select(Assignment.id)) is None
    assert (plan.count, plan.short, plan.coverage.judges) == (18, {}, {2: 9})
    made = hall.draw(5, expected_digest=plan.digest)
    assert {(one.entry_id, one.judge_id) for one in made} == {
        (entry, judge) for entry, judges in plan.added.items() for judge in judges
    }
    (kept,) = queries.draws_of(hall.initial)
    assert (kept.seed, kept.count, kept.wanted) == (5, 18, 2)


def test_a_preview_that_no_longer_holds_is_not_saved(app: Flask) -> None:
    hall = Hall()
    plan = queries.plan_of(hall.initial, seed=5)
    make.entry(hall.contest, hall.owner, of=hall.unit, number="E99")
    with pytest.raises(Stale):
        hall.draw(5, expected_digest=plan.digest)


@pytest.mark.parametrize(
    ("place", "bar"),
    [("unit", Bar.OWN_UNIT), ("root", Bar.UNIT_ABOVE), ("below", Bar.UNIT_BELOW)],
)
def test_nobody_judges_his_own_unit_or_one_above_or_below(app: Flask, place: str, bar: Bar) -> None:
    hall = Hall(entries=3)
    cousin = make.user("cousin", of=getattr(hall, place))
    make.seat(cousin, hall.initial)
    plan = queries.plan_of(hall.initial, seed=1)
    assert {plan.barred[entry.id, cousin.id] for entry in hall.entries} == {bar}
    hall.draw()
    assert all("?" not in judges for judges in hall.outcome().values())
    with pytest.raises(Conflict, match="cannot get this entry"), transaction():
        service.add_assignment(hall.initial, hall.entries[0], cousin, by=SYSTEM, now=make.NOW)


def test_a_sibling_unit_is_no_conflict(app: Flask) -> None:
    hall = Hall(entries=1)
    sibling = make.user("sibling", of=make.unit("Other plant", parent=hall.root))
    make.seat(sibling, hall.initial)
    assert (hall.entries[0].id, sibling.id) not in queries.plan_of(hall.initial, seed=1).barred


def test_clerks_members_and_owners_are_kept_apart_too(app: Flask) -> None:
    hall = Hall(entries=1)
    clerk, member = hall.judges[0], hall.judges[1]
    make.grant(clerk, hall.contest, Role.UNIT_CLERK, of=hall.unit)
    make.save(EntryMember(entry_id=hall.entries[0].id, user_id=member.id, name=member.name))
    barred = queries.plan_of(hall.initial, seed=1).barred
    assert barred == {(hall.entries[0].id, clerk.id): Bar.OWN_UNIT, (hall.entries[0].id, member.id): Bar.OWN_ENTRY}


def test_a_late_entry_and_a_drop_out_are_repaired_and_the_rest_stays(app: Flask) -> None:
    hall = Hall()
    hall.draw(1)
    before = hall.outcome()
    hall.entries.append(make.entry(hall.contest, hall.owner, of=hall.unit, number="E50"))
    gone = hall.judges[0]
    with transaction():
        assert service.unseat(hall.seats[0], reason="Ill", by=SYSTEM, now=make.NOW) == 3
    made = hall.draw(2)
    after = hall.outcome()
    assert len(made) == 3 + 2
    assert {len(judges) for judges in after.values()} == {2}
    for number, judges in before.items():
        assert set(judges) - {gone.name} <= set(after[number])
    assert gone.name not in {name for judges in after.values() for name in judges}
    assert hall.draw(3) == [], "nothing is missing any more"


def test_who_stepped_back_is_replaced_and_never_drawn_again(app: Flask) -> None:
    hall = Hall(entries=1)
    (first, _) = hall.draw(1)
    judge = next(one for one in hall.judges if one.id == first.judge_id)
    with transaction():
        service.recuse(first, reason="My brother", by=identity.actor_of(judge), now=make.NOW)
    (replacement,) = hall.draw(1)
    assert replacement.judge_id != judge.id
    assert queries.plan_of(hall.initial, seed=1).barred[hall.entries[0].id, judge.id] == Bar.STEPPED_BACK


def test_a_judge_seated_again_takes_his_entries_up_with_his_marks(app: Flask) -> None:
    hall = Hall(entries=1)
    with transaction() as session:
        session.get_one(StageCategory, hall.initial.id).judges_wanted = 6
    made = hall.draw(1)
    with transaction():
        service.unseat(hall.seats[0], reason="Away", by=SYSTEM, now=make.NOW)
    with transaction():
        panel = db.session.get_one(Panel, hall.initial.panel_id)
        service.seat(panel, hall.judges[0], role=SeatRole.JUDGE, by=SYSTEM, now=make.NOW)
    (again,) = hall.draw(2)
    assert again.id in {one.id for one in made}
    assert (again.state, again.reason) == (AssignmentState.ACTIVE, None)


def test_too_few_judges_stop_the_draw_unless_that_is_wanted(app: Flask) -> None:
    hall = Hall(entries=2)
    with transaction() as session:
        session.get_one(StageCategory, hall.initial.id).judges_wanted = 7
    plan = queries.plan_of(hall.initial, seed=1)
    assert plan.short == {entry.id: 1 for entry in hall.entries}
    with pytest.raises(Conflict, match=r"E00 \(−1\), E01 \(−1\)"):
        hall.draw()
    assert len(hall.draw(allow_short=True)) == 12


def test_loads_of_the_panels_other_categories_count(app: Flask) -> None:
    hall = Hall(entries=3)
    final = next(stage for stage in hall.contest.stages if stage.code == "final").stage_categories[0]
    with transaction() as session:
        session.get_one(StageCategory, final.id).panel_id = hall.initial.panel_id
    for entry in hall.entries:
        for judge in hall.judges[:3]:
            make.assignment(judge, entry, final)
    hall.draw()
    drawn = {name for judges in hall.outcome().values() for name in judges}
    assert drawn == {judge.name for judge in hall.judges[3:]}


def test_later_stages_take_the_promoted_and_withdrawn_entries_take_nobody(app: Flask) -> None:
    hall = Hall(entries=3)
    final = make.stage_category(hall.contest, "final")
    run = Base.metadata.tables["ranking_run"]
    with transaction() as session:
        session.execute(
            insert(run).values(
                id=1, public_id="r" * 26, stage_category_id=hall.initial.id, number=1, state="published", mode="light",
                engine="x", document_digest="", input_digest="", output_digest="", input="", output="",
                computed_at=make.NOW, computed_by_id=hall.owner.id,
            )
        )  # fmt: skip
        promotion = Base.metadata.tables["promotion"]
        session.execute(
            insert(promotion).values(
                stage_category_id=final.id, entry_id=hall.entries[0].id, run_id=1, promoted_at=make.NOW
            )
        )
    assert [target.number for target in queries.targets_of(final)] == ["E00"]
    make.entry(hall.contest, hall.owner, of=hall.unit, number="W", state=EntryState.WITHDRAWN)
    make.entry(hall.contest, hall.owner, of=hall.unit, number="D", state=EntryState.DRAFT)
    assert [target.number for target in queries.targets_of(hall.initial)] == ["E00", "E01", "E02"]


def test_an_assignment_with_a_submitted_sheet_stays(app: Flask) -> None:
    hall = Hall(entries=1)
    hall.draw()
    row = db.session.scalar(select(Assignment))
    assert row is not None
    with pytest.raises(Invalid), transaction():
        service.remove_assignment(row, reason="", by=SYSTEM, now=make.NOW)
    with transaction():
        service.remove_assignment(row, reason="Wrong field", by=SYSTEM, now=make.NOW)
    assert db.session.scalar(select(Assignment.state).where(Assignment.id == row.id)) == AssignmentState.REMOVED


def test_a_seat_is_single_and_a_panel_needs_a_code(app: Flask) -> None:
    hall = Hall(entries=0)
    panel = db.session.get_one(Panel, hall.initial.panel_id)
    with pytest.raises(Conflict, match="has a seat"), transaction():
        service.seat(panel, hall.judges[0], role=SeatRole.JUDGE, by=SYSTEM, now=make.NOW)
    with pytest.raises(Invalid) as refused, transaction():
        service.create_panel(hall.initial.stage, code="a b", title="", by=SYSTEM, now=make.NOW)
    assert sorted(refused.value.fields) == ["code", "title"]
    with pytest.raises(Conflict, match="has this code"), transaction():
        service.create_panel(hall.initial.stage, code="P-initial", title="Again", by=SYSTEM, now=make.NOW)
    assert db.session.scalar(select(Seat.left_at)) is None
