# SPDX-License-Identifier: Apache-2.0
"""The pages of a ranking: what each reader sees, and that its size says nothing about the number of statements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from app import clock
from app.audit import AccessLog
from app.db import db, transaction
from app.diaries.models import DiaryState
from app.judging import service as judging
from app.policy import Role
from app.results import service
from app.results.models import RankingRun, RunState
from tests import factories as make
from tests.conftest import Client
from tests.results.conftest import World, a_world, fast_sheets

NOW = make.NOW


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with clock.at(NOW):
        yield


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements that the database gets."""
    seen: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _get(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code)
    return answer.get_data(as_text=True)


def _workbench(world: World) -> str:
    return f"/stage-categories/{world.stage_category.public_id}/ranking"


def test_the_workbench_shows_coverage_first_and_names_the_missing(world: World, client: Client) -> None:
    world.assign(world.entries[0], 2)
    client.sign_in(world.organizers[0])
    page = _get(client, _workbench(world))
    assert "Control total: 7 expected = 6 received + 0 excused + 1 missing." in page
    assert "Judge Chen" in page
    assert page.index("Who is missing") < page.index("Compute the ranking") < page.index("Nothing computed yet")


def test_computing_leads_to_the_run_and_a_refusal_says_why(world: World, client: Client) -> None:
    client.sign_in(world.organizers[0])
    answer = client.post(_workbench(world))
    run = db.session.scalars(select(RankingRun)).one()
    assert (answer.status_code, answer.location) == (303, f"/rankings/{run.public_id}")
    world.assign(world.entries[0], 2)
    answer = client.post(_workbench(world))
    assert answer.status_code == 409
    assert "Scoresheets that are not in yet: 1. Judge Chen (1)." in answer.get_data(as_text=True)


def test_entries_without_a_score_are_listed_and_can_be_accepted(world: World, client: Client) -> None:
    world.enter("A-9")
    client.sign_in(world.organizers[0])
    answer = client.post(_workbench(world))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "<b>A-9</b> No sheet counts. No score: sheets that count: 0; the rule asks for at least 1." in page
    assert client.post(_workbench(world), data={"without_score": "y"}).status_code == 303


def test_two_people_take_a_ranking_to_the_public(world: World, client: Client, app: object) -> None:
    run = world.compute()
    url = f"/rankings/{run.public_id}"
    client.sign_in(world.organizers[0])
    page = _get(client, url)
    assert "Another person has to confirm" in page
    assert client.post(f"{url}/confirm", data={"output_digest": run.output_digest, "looked": "y"}).status_code == 403
    second: Client = app.test_client()  # type: ignore[attr-defined]
    second.sign_in(world.organizers[1])
    assert "Confirm this outcome" in _get(second, url)
    assert second.post(f"{url}/confirm", data={"output_digest": run.output_digest}).status_code == 422
    assert second.post(f"{url}/confirm", data={"output_digest": "0" * 64, "looked": "y"}).status_code == 409
    assert second.post(f"{url}/confirm", data={"output_digest": run.output_digest, "looked": "y"}).status_code == 303
    assert client.post(f"{url}/publish").status_code == 303
    db.session.refresh(run)
    assert run.state == RunState.PUBLISHED


def test_a_rejection_needs_a_reason_and_keeps_what_was_typed(world: World, client: Client) -> None:
    run = world.compute()
    client.sign_in(world.organizers[1])
    answer = client.post(f"/rankings/{run.public_id}/reject", data={"reason": "x" * 301})
    assert answer.status_code == 422
    assert "x" * 301 in answer.get_data(as_text=True)
    assert client.post(f"/rankings/{run.public_id}/reject", data={"reason": "Marks of A-1"}).status_code == 303


def test_the_page_says_when_inputs_changed_and_offers_no_publication(world: World, client: Client) -> None:
    run = world.confirm(world.compute())
    with transaction():
        world.entries[0].state = "withdrawn"
    client.sign_in(world.organizers[0])
    page = _get(client, f"/rankings/{run.public_id}")
    assert "Inputs changed since" in page
    assert "/publish" not in page
    assert "inputs changed since" in _get(client, _workbench(world))
    answer = client.post(f"/rankings/{run.public_id}/publish")
    assert answer.status_code == 409
    assert "changed after this ranking was computed" in answer.get_data(as_text=True)


def test_the_public_page_shows_places_ties_and_the_notice(world: World, client: Client) -> None:
    run = world.published()
    page = _get(client, f"/rankings/{run.public_id}")
    for wanted in (
        "Public notice",
        "8 Jun 2026, 12:00",
        "Ms Lin, room 3",
        "As registered.",
        "a second person confirmed",
    ):
        assert wanted in page
    assert page.count("tied</small>") == 2
    assert re.findall(r"<b>(\d+)</b>\s*</td>", page) == ["90", "75", "75"]
    assert "First prize" in page
    assert "Who did what" not in page
    with clock.at(NOW + timedelta(days=8)):
        assert "The organizers have still to make the ranking final." in _get(client, f"/rankings/{run.public_id}")


def test_light_mode_is_said_on_the_public_page(app: object, client: Client) -> None:
    world = a_world(mode="light")  # type: ignore[arg-type]
    world.mark(world.enter("A-1"), 0, ("50", "20", "10"))
    run = world.published()
    assert "Light mode: the same person may compute and confirm." in _get(client, f"/rankings/{run.public_id}")


def test_a_replaced_ranking_stays_readable_and_leads_to_the_one_that_stands(world: World, client: Client) -> None:
    old = world.published()
    with transaction():
        world.entries[1].state = "disqualified"
    new = world.published()
    page = _get(client, f"/rankings/{old.public_id}")
    assert "This ranking was replaced" in page
    assert f'href="/rankings/{new.public_id}"' in page
    assert "A-2" in page


def test_reasons_go_down_to_the_wording_the_comment_and_the_cited_diary(world: World, client: Client) -> None:
    entry = world.entries[2]
    note = make.diary_entry(entry, title="The valve was changed")
    task = world.assign(entry, 2)
    by = world.actor(world.judges[2])
    with transaction():
        judging.save_sheet(task, {"A1": ("55", "Well measured."), "A2": ("20", ""), "B1": ("15", "")}, by=by, now=NOW)
        judging.cite(task, "A1", diary_entry=note, by=by, now=NOW)
    with transaction():
        judging.save_note(task, "The private thought of a judge", by=by, now=NOW)
        judging.submit(task, by=by, now=NOW)
    run = world.published()
    page = _get(client, f"/rankings/{run.public_id}/entries/{entry.public_id}")
    for wanted in (
        "Judge 3",
        "Well measured.",
        "A1 Benefit",
        "Wide: Used by other units.",
        "Diary 27 May 2026: The valve was changed",
        f'href="/diary/{note.public_id}"',
        "Why place 1?",
        "The mean of 3 is 90",
    ):
        assert wanted in page
    for secret in ("Judge Chen", "private thought", "Judge Ada"):
        assert secret not in page


def test_what_is_cited_but_not_released_is_not_named_to_the_public(world: World, client: Client) -> None:
    entry = world.entries[2]
    note = make.diary_entry(entry, title="A secret recipe", state=DiaryState.WAITING)
    task = world.assign(entry, 2)
    by = world.actor(world.judges[2])
    with transaction():
        judging.save_sheet(task, {"A1": ("55", ""), "A2": ("20", ""), "B1": ("15", "")}, by=by, now=NOW)
        judging.cite(task, "A1", diary_entry=note, by=by, now=NOW)
        judging.submit(task, by=by, now=NOW)
    run = world.published()
    url = f"/rankings/{run.public_id}/entries/{entry.public_id}"
    page = _get(client, url)
    assert "cited material that is not open to you" in page
    assert "secret recipe" not in page
    assert note.public_id not in page
    client.sign_in(world.contestants[2])
    assert "A secret recipe" in _get(client, url)


def test_a_comment_of_a_mark_that_changed_since_is_not_shown_beside_the_old_one(world: World, client: Client) -> None:
    run = world.published()
    entry = world.entries[0]
    url = f"/rankings/{run.public_id}/entries/{entry.public_id}"
    assert _get(client, url).count("<q>Seen.</q>") == 6
    with transaction() as session:
        from app.judging.models import Mark

        mark = session.scalars(select(Mark).where(Mark.criterion == "A1").order_by(Mark.id).limit(1)).one()
        mark.value = mark.value - 1
    page = _get(client, url)
    assert page.count("<q>Seen.</q>") == 5


def test_an_organizer_who_judges_does_not_read_what_he_stepped_back_from(world: World, client: Client) -> None:
    judge = world.judges[2]
    make.grant(judge, world.contest, Role.ORGANIZER)
    task = world.assign(world.entries[2], 2)
    with transaction():
        judging.recuse(task, reason="My brother", by=world.actor(judge), now=NOW)
    run = world.compute()
    client.sign_in(judge)
    page = _get(client, f"/rankings/{run.public_id}")
    assert "<b>90</b>" not in page
    assert "not shown to you" in page
    assert page.index("A-1") < page.index("A-3")
    _get(client, f"/rankings/{run.public_id}/entries/{world.entries[2].public_id}", 404)
    _get(client, f"/rankings/{run.public_id}/entries/{world.entries[0].public_id}")
    _get(client, f"/rankings/{run.public_id}/input.json", 404)
    assert ",90," not in _get(client, f"/rankings/{run.public_id}.csv")
    assert "A-3" not in _get(client, f"/stage-categories/{world.stage_category.public_id}/matrix.csv")
    world.publish(world.confirm(run))
    assert "<b>90</b>" in _get(client, f"/rankings/{run.public_id}")


def test_reading_before_publication_is_noted_and_after_it_is_not(world: World, client: Client) -> None:
    run = world.compute()
    client.sign_in(world.organizers[1])
    entry = world.entries[0].public_id
    for path in ("", ".csv", ".xlsx", "/input.json", f"/entries/{entry}"):
        _ok = client.get(f"/rankings/{run.public_id}{path}")
        assert _ok.status_code == 200
        _ok.close()
    noted = db.session.scalars(select(AccessLog)).all()
    assert [(row.action, row.subject_id) for row in noted] == [("ranking.read", run.public_id)] * 5
    world.publish(world.confirm(run))
    _get(client, f"/rankings/{run.public_id}")
    assert len(db.session.scalars(select(AccessLog)).all()) == 5


PATHS = ("", ".csv", ".xlsx", "/input.json", "/standings.json", "/derivations.json")


@pytest.mark.parametrize("reader", ["stranger", "contestant", "judge"])
def test_nobody_else_learns_that_a_ranking_exists_before_it_is_public(
    world: World, client: Client, reader: str
) -> None:
    run = world.compute()
    if reader != "stranger":
        client.sign_in(world.contestants[0] if reader == "contestant" else world.judges[0])
    for path in (*PATHS, f"/entries/{world.entries[0].public_id}"):
        there = client.get(f"/rankings/{run.public_id}{path}")
        absent = client.get(f"/rankings/{'a' * 26}{path}")
        assert there.status_code == absent.status_code == 404
        assert there.get_data().replace(run.public_id.encode(), b"a" * 26) == absent.get_data()
    assert client.get(_workbench(world)).status_code in (303, 403)


def test_a_rehearsal_is_called_one(world: World, client: Client) -> None:
    with transaction():
        world.contest.is_rehearsal = True
    run = world.published()
    assert "This contest is a rehearsal" in _get(client, f"/rankings/{run.public_id}")


@pytest.mark.slow
def test_statements_do_not_grow_with_entries_and_judges(app: object, client: Client) -> None:
    counts: dict[int, dict[str, int]] = {}
    for size in (3, 40):
        world = a_world(slug=f"size-{size}")
        for number in range(size):
            world.enter(f"S{size}-{number:03d}")
        fast_sheets(world.stage_category, world.entries, world.judges, lambda at, judge: (at * 7 + judge) % 60)
        run = world.confirm(world.compute())
        client.sign_in(world.organizers[0])
        urls = {
            "workbench": _workbench(world),
            "run": f"/rankings/{run.public_id}",
            "reasons": f"/rankings/{run.public_id}/entries/{world.entries[0].public_id}",
            "csv": f"/rankings/{run.public_id}.csv",
            "matrix": f"/stage-categories/{world.stage_category.public_id}/matrix.csv",
        }
        _get(client, urls["run"])
        found = {}
        for name, url in urls.items():
            db.session.expire_all()
            with statements() as seen:
                _get(client, url)
            found[name] = len(seen)
        world.publish(run)
        stranger: Client = app.test_client()  # type: ignore[attr-defined]
        for name in ("run", "reasons"):
            db.session.expire_all()
            with statements() as seen:
                _get(stranger, urls[name])
            found[f"public {name}"] = len(seen)
        counts[size] = found
    assert counts[3] == counts[40]
    assert counts[40]["public run"] <= 16, counts[40]


def test_promotion_and_finish_by_their_buttons(world: World, client: Client) -> None:
    run = world.published()
    url = f"/rankings/{run.public_id}"
    client.sign_in(world.organizers[0])
    assert client.post(f"{url}/finish").status_code == 403
    with clock.at(NOW + timedelta(days=7)):
        client.sign_in(world.organizers[0])
        assert client.post(f"{url}/finish").status_code == 303
        assert "Promote to Final" in _get(client, url)
        assert client.post(f"{url}/promote").status_code == 303
        assert "Promoted to Final" in _get(client, url)


def test_the_state_graph_has_no_way_around_the_second_person(world: World) -> None:
    """Try every step from every state as the one who computed: none of them leads to a published ranking."""
    by = world.first
    steps = {
        "confirm": lambda run: service.confirm(run, expected_output_digest=run.output_digest, by=by, now=NOW),
        "reject": lambda run: service.reject(run, reason="x", by=by, now=NOW),
        "publish": lambda run: service.publish(run, by=by, now=NOW),
        "finish": lambda run: service.finish(run, by=by, now=NOW + timedelta(days=30)),
        "promote": lambda run: service.promote(run, by=by, now=NOW),
    }
    from app.errors import DomainError

    reached: set[str] = set()
    for first in steps:
        for second in steps:
            run = world.compute()
            for name in (first, second):
                try:
                    with transaction():
                        steps[name](run)
                except DomainError:
                    pass
                db.session.refresh(run)
                reached.add(str(run.state))
    assert reached == {"computed", "rejected"}
