# SPDX-License-Identifier: Apache-2.0
"""A contest with one entry and somebody in every position towards it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import FileStorage

from app.accounts.identity import actor_of
from app.accounts.models import Unit, User
from app.competitions.models import Competition, DiaryRelease
from app.db import db, transaction
from app.entries.models import Entry, EntryMember
from app.evidence.intake import take
from app.judging.models import AssignmentState
from app.policy import ANONYMOUS, Actor, Role
from tests import factories as make
from tests.uploads import corpus
from uploads import Received


@dataclass
class Scene:
    """Who is who; `people` by position."""

    contest: Competition
    unit: Unit
    entry: Entry
    people: dict[str, User]

    def actor(self, position: str) -> Actor:
        """Return somebody as an actor; `anonymous` is nobody."""
        return ANONYMOUS if position == "anonymous" else actor_of(self.people[position])


POSITIONS = (
    "anonymous",
    "owner",
    "member",
    "other contestant",
    "clerk",
    "clerk above",
    "clerk elsewhere",
    "clerk of another contest",
    "organizer",
    "organizer who recused",
    "organizer elsewhere",
    "supervisor",
    "judge",
    "judge who abstained",
    "judge who recused",
    "judge who left",
    "judge of others",
    "nobody",
)


def build(*, diary_release: DiaryRelease = DiaryRelease.BY_UNIT, **values: Any) -> Scene:
    """Make the scene."""
    contest, other = make.contest(diary_release=diary_release, **values), make.contest()
    above = make.unit("Bureau")
    unit, elsewhere = make.unit("Project 3", parent=above), make.unit("Project 4", parent=above)
    people = {
        position: make.user(position.title(), of=elsewhere if position == "other contestant" else unit)
        for position in POSITIONS
        if position != "anonymous"
    }
    make.grant(people["owner"], contest, Role.CONTESTANT)
    make.grant(people["other contestant"], contest, Role.CONTESTANT)
    make.grant(people["clerk"], contest, Role.UNIT_CLERK, of=unit)
    make.grant(people["clerk above"], contest, Role.UNIT_CLERK, of=above)
    make.grant(people["clerk elsewhere"], contest, Role.UNIT_CLERK, of=elsewhere)
    make.grant(people["clerk of another contest"], other, Role.UNIT_CLERK, of=unit)
    make.grant(people["organizer"], contest, Role.ORGANIZER)
    make.grant(people["organizer who recused"], contest, Role.ORGANIZER)
    make.grant(people["organizer elsewhere"], other, Role.ORGANIZER)
    make.grant(people["supervisor"], contest, Role.SUPERVISOR)
    entry = make.entry(contest, people["owner"], of=unit, title="A better valve")
    make.save(EntryMember(entry_id=entry.id, user_id=people["member"].id, name="Member", position=0))
    another = make.entry(contest, people["other contestant"], of=elsewhere)
    stage = make.stage_category(contest)
    for position, state in (
        ("judge", AssignmentState.ACTIVE),
        ("judge who abstained", AssignmentState.ABSTAINED),
        ("judge who recused", AssignmentState.RECUSED),
        ("organizer who recused", AssignmentState.RECUSED),
        ("judge who left", AssignmentState.ACTIVE),
    ):
        seat = make.seat(people[position], stage)
        make.assignment(people[position], entry, stage, state=state)
        if position == "judge who left":
            with transaction():
                seat.left_at = make.NOW
    make.seat(people["judge of others"], stage)
    make.assignment(people["judge of others"], another, stage)
    db.session.expire_all()
    return Scene(contest, unit, entry, people)


def undisturbed(**values: Any) -> Scene:
    """Make the scene without any assignment, so that nothing is frozen."""
    contest = make.contest(diary_release=values.pop("diary_release", DiaryRelease.BY_UNIT), **values)
    above = make.unit("Bureau")
    unit = make.unit("Project 3", parent=above)
    people = {name: make.user(name.title(), of=unit) for name in ("owner", "clerk", "organizer", "nobody")}
    make.grant(people["owner"], contest, Role.CONTESTANT)
    make.grant(people["clerk"], contest, Role.UNIT_CLERK, of=above)
    make.grant(people["organizer"], contest, Role.ORGANIZER)
    entry = make.entry(contest, people["owner"], of=unit, title="A better valve")
    db.session.expire_all()
    return Scene(contest, unit, entry, people)


def received(name: str = "现场.jpg", content: bytes | None = None) -> Received:
    """Take in a real file."""
    data = corpus.picture("JPEG") if content is None else content
    taken = take([FileStorage(io.BytesIO(data), filename=name)])
    assert taken.refused == []
    return taken.received[0]


def upload(name: str, content: bytes) -> tuple[io.BytesIO, str]:
    """Return a file as the test client sends it."""
    return io.BytesIO(content), name
