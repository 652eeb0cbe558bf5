# SPDX-License-Identifier: Apache-2.0
"""Making a contest out of nothing, changing it, opening it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.identity import actor_of
from app.audit import AuditEvent
from app.competitions import service
from app.competitions.models import Applicant, Competition, StageCategory, WindowKind
from app.db import db, transaction
from app.errors import Conflict, Invalid, Stale
from app.policy import SYSTEM, Actor, Role
from tests import factories as make

NOW = make.NOW
FORM = [{"code": "summary", "label": "Summary", "kind": "text", "required": True, "max_length": 800}]


def organizer() -> Actor:
    return actor_of(make.user("Organizer"))


def draft(by: Actor = SYSTEM, **values: object) -> Competition:
    with transaction():
        return service.create(slug="spring-2026", title="Spring contest", by=by, now=NOW, **values)  # type: ignore[arg-type]  # as given


def build(contest: Competition, by: Actor = SYSTEM) -> StageCategory:
    """Give a contest one of everything."""
    with transaction():
        division = service.add_division(
            contest, code="team", title="Teams", applicant=Applicant.UNIT, form=FORM, by=by, now=NOW
        )
        category = service.add_category(division, code="idea", title="Ideas", by=by, now=NOW)
        stage = service.add_stage(contest, code="initial", title="Initial", by=by, now=NOW)
        service.set_window(contest, WindowKind.ENTRY, starts_at=NOW, ends_at=NOW + timedelta(days=10), by=by, now=NOW)
        service.set_window(
            contest,
            WindowKind.MARKING,
            stage=stage,
            starts_at=NOW + timedelta(days=20),
            ends_at=NOW + timedelta(days=30),
            by=by,
            now=NOW,
        )
        return service.join(stage, category, judges_wanted=3, by=by, now=NOW)


def events(contest: Competition) -> list[str]:
    query = select(AuditEvent.name).where(AuditEvent.competition_id == contest.id).order_by(AuditEvent.sequence)
    return list(db.session.scalars(query))


def test_whoever_makes_a_contest_organizes_it(app: Flask) -> None:
    by = organizer()
    contest = draft(by)
    person = actor_of(make.db.session.get(make.User, by.user_id))
    assert person.grants == {(contest.id, Role.ORGANIZER)}
    assert events(contest) == ["competition.created", "role.granted"]


def test_the_system_makes_a_contest_without_an_organizer(app: Flask) -> None:
    assert events(draft()) == ["competition.created"]


def test_everything_wrong_with_a_new_contest_is_said_at_once(app: Flask) -> None:
    with pytest.raises(Invalid) as refused, transaction():
        service.create(
            slug="Spring 2026",
            title=" ",
            timezone="Mars/Olympus",
            language="xx",
            notice_days=-1,
            by=SYSTEM,
            now=NOW,
        )
    assert sorted(refused.value.fields) == ["language", "notice_days", "slug", "timezone", "title"]


def test_an_address_is_taken_once(app: Flask) -> None:
    draft()
    with pytest.raises(Conflict, match="Another contest has this address"):
        draft()


def test_a_contest_opens_when_nothing_is_in_the_way(app: Flask) -> None:
    contest = draft(contact="Office, 010-1", names_rule="Names are published in full.")
    with pytest.raises(Conflict, match="There is no category yet"), transaction():
        service.open_to_public(contest, by=SYSTEM, now=NOW)
    build(contest)
    with transaction():
        service.open_to_public(contest, by=SYSTEM, now=NOW)
    assert contest.opened_at == NOW
    with pytest.raises(Conflict, match="open already"), transaction():
        service.open_to_public(contest, by=SYSTEM, now=NOW)
    assert events(contest) == [
        "competition.created",
        "division.created",
        "category.created",
        "stage.created",
        "window.set",
        "window.set",
        "stage_category.joined",
        "competition.opened",
    ]


def test_the_address_of_an_open_contest_stays(app: Flask) -> None:
    contest = make.contest()
    with pytest.raises(Invalid) as refused, transaction():
        service.change(contest, expected_version=contest.version, values={"slug": "another"}, by=SYSTEM, now=NOW)
    assert list(refused.value.fields) == ["slug"]


def test_of_two_who_change_the_settings_the_second_reads_both_texts(app: Flask) -> None:
    contest = draft()
    opened = contest.version
    with transaction():
        service.change(contest, expected_version=opened, values={"intro": "First"}, by=SYSTEM, now=NOW)
    with pytest.raises(Stale) as refused, transaction():
        service.change(contest, expected_version=opened, values={"intro": "Second"}, by=SYSTEM, now=NOW)
    assert refused.value.yours == {"intro": "Second"}
    assert refused.value.theirs["intro"] == "First"  # type: ignore[index]  # set here


def test_a_window_that_ends_before_it_begins_is_refused_beside_its_end(app: Flask) -> None:
    contest = draft()
    for ends in (NOW, NOW - timedelta(seconds=1)):
        with pytest.raises(Invalid) as refused, transaction():
            service.set_window(contest, WindowKind.ENTRY, starts_at=NOW, ends_at=ends, by=SYSTEM, now=NOW)
        assert list(refused.value.fields) == ["ends_at"]


def test_a_window_is_set_again_and_not_twice(app: Flask) -> None:
    contest = draft()
    for days in (1, 2):
        with transaction():
            service.set_window(
                contest, WindowKind.DIARY, starts_at=NOW, ends_at=NOW + timedelta(days=days), by=SYSTEM, now=NOW
            )
    db.session.expire_all()
    assert [window.ends_at for window in contest.windows] == [NOW + timedelta(days=2)]


def test_a_field_with_answers_stays_in_the_form(app: Flask) -> None:
    contest = make.contest()
    unit = make.unit()
    make.entry(contest, make.user(of=unit), of=unit)
    division = contest.divisions[0]
    other = [{"code": "other", "label": "Other", "kind": "line", "required": False}]
    with pytest.raises(Invalid) as refused, transaction():
        service.change_division(
            division, code="team", title="Teams", applicant=Applicant.UNIT, form=other, by=SYSTEM, now=NOW
        )
    assert "summary" in str(refused.value.fields["form"])
    with transaction():
        service.change_division(
            division,
            code="team",
            title="Teams",
            applicant=Applicant.UNIT,
            form=[*division.form, *other],
            by=SYSTEM,
            now=NOW,
        )
    assert [item["code"] for item in division.form] == ["summary", "other"]


def test_a_category_joins_a_stage_once_and_leaves_until_judging_begins(app: Flask) -> None:
    contest = draft()
    joined = build(contest)
    with pytest.raises(Conflict, match="part of this stage already"), transaction():
        service.join(joined.stage, joined.category, judges_wanted=3, by=SYSTEM, now=NOW)
    with transaction():
        service.leave(joined, by=SYSTEM, now=NOW)
    assert db.session.scalars(select(StageCategory)).all() == []
    frozen = make.stage_category(make.contest())
    with pytest.raises(Conflict, match="Judging of this category has begun"), transaction():
        service.leave(frozen, by=SYSTEM, now=NOW)


def test_the_panel_of_another_stage_is_refused(app: Flask) -> None:
    contest = make.contest()
    initial = make.stage_category(contest, "initial", frozen=False)
    final = make.stage_category(contest, "final", frozen=False)
    panel = db.session.get(make.Panel, final.panel_id)
    with pytest.raises(Invalid) as refused, transaction():
        service.change_join(initial, judges_wanted=2, panel=panel, by=SYSTEM, now=NOW)
    assert list(refused.value.fields) == ["panel"]
