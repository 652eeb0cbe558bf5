# SPDX-License-Identifier: Apache-2.0
"""The list of contests holds exactly what the policy permits each person to see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.accounts.identity import actor_of
from app.competitions import queries
from app.competitions.models import Competition
from app.db import db, transaction
from app.judging.models import SeatRole
from app.policy import ANONYMOUS, Action, Actor, Role, policy
from tests import factories as make

MOMENTS = [make.NOW - timedelta(days=200), make.NOW - timedelta(days=90), make.NOW]


@pytest.fixture
def people(app: Flask) -> list[Actor]:
    drafts = [make.contest(opened=False) for _ in range(2)]
    opened = [make.contest() for _ in range(2)]
    unit = make.unit()
    found = []
    for role in Role:
        for contest in (drafts[0], opened[0]):
            person = make.user()
            make.grant(person, contest, role, of=unit if role == Role.UNIT_CLERK else None)
            found.append(person)
    for contest in (drafts[1], opened[1]):
        person = make.user()
        make.seat(person, make.stage_category(contest), SeatRole.JUDGE)
        found.append(person)
    left = make.user()
    seat = make.seat(left, make.stage_category(make.contest(opened=False)))
    gone = make.user()
    grant = make.grant(gone, drafts[1], Role.ORGANIZER)
    with transaction():
        seat.left_at = grant.revoked_at = make.NOW
    found += [left, gone, make.user(), make.user(is_administrator=True)]
    return [ANONYMOUS, *(actor_of(person) for person in found)]


def test_a_list_agrees_with_the_policy_for_everybody_at_every_moment(people: list[Actor]) -> None:
    contests = db.session.scalars(db.select(Competition)).all()
    answers = set()
    for actor in people:
        for now in MOMENTS:
            listed = {contest.id for contest in queries.visible_competitions(actor, now)}
            permitted = {c.id for c in contests if policy().permits(Action.COMPETITION_VIEW, actor, c, now)}
            assert listed == permitted, (actor, now)
            answers.add(frozenset(listed))
    assert len(answers) > 4, "the people differ"
