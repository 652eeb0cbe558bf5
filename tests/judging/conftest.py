# SPDX-License-Identifier: Apache-2.0
"""A contest in the middle of its initial stage: a panel of three, two entries, one organizer."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from app.accounts import identity
from app.accounts.models import Unit, User
from app.competitions.models import Competition, StageCategory
from app.entries.models import Entry
from app.judging.models import Assignment, SeatRole
from app.policy import Actor, Role
from tests import factories as make


@dataclass
class World:
    """Who and what there is."""

    contest: Competition
    initial: StageCategory
    unit: Unit
    organizer: User
    chair: User
    judge: User
    other: User
    owner: User
    entry: Entry
    second: Entry
    task: Assignment  # the judge's, for `entry`
    others_task: Assignment

    @staticmethod
    def actor(who: User) -> Actor:
        return identity.actor_of(who)


@pytest.fixture
def world(app: Flask) -> World:
    contest = make.contest()
    initial = make.stage_category(contest)
    unit, elsewhere = make.unit("Power plant"), make.unit("University")
    people = {name: make.user(name, of=elsewhere) for name in ("organizer", "chair", "judge", "other")}
    owner = make.user("owner", of=unit)
    make.grant(people["organizer"], contest, Role.ORGANIZER)
    make.seat(people["chair"], initial, SeatRole.CHAIR)
    make.seat(people["judge"], initial)
    make.seat(people["other"], initial)
    entry = make.entry(contest, owner, of=unit, title="Quieter pumps", number="E-001")
    second = make.entry(contest, owner, of=unit, title="Cooler bearings", number="E-002")
    return World(
        contest=contest,
        initial=initial,
        unit=unit,
        owner=owner,
        entry=entry,
        second=second,
        task=make.assignment(people["judge"], entry, initial),
        others_task=make.assignment(people["other"], entry, initial),
        **people,
    )
