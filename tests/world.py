# SPDX-License-Identifier: Apache-2.0
"""A small contest with somebody in every role and one of everything, for tests that ask who may."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.accounts import service as accounts
from app.accounts.identity import actor_of, open_session
from app.accounts.models import SignInLink, User, UserSession
from app.archives.models import Archive
from app.awards import service as awards
from app.competitions.models import Competition, Mode
from app.db import db, transaction
from app.diaries.models import DiaryState
from app.entries import service as entries
from app.evidence.models import Blob, Evidence, EvidenceState, Preview
from app.evidence.store import storage
from app.jobs import Job
from app.judging import service as judging
from app.judging.models import Assignment, AssignmentState, Panel, SeatRole
from app.policy import SYSTEM, Role
from app.results import service as results
from tests import factories as make

AFTER = make.NOW + timedelta(days=31)  # marking is over


@dataclass
class World:
    """People by role, and one object for each argument that a route takes."""

    contest: Competition
    people: dict[str, User | None] = field(default_factory=dict)
    objects: dict[str, Any] = field(default_factory=dict)

    def actor(self, role: str) -> Any:
        """Return the actor of a role."""
        user = self.people[role]
        assert user is not None
        return actor_of(user)


def build() -> World:
    """Make the world: an open contest whose initial stage is ranked and published, its final still being marked."""
    contest = make.contest(slug="open-contest", title="Open contest", mode=Mode.STRICT)
    elsewhere = make.contest(slug="elsewhere", title="Another contest")
    basin = make.unit("Basin")
    bureau, institute = make.unit("Bureau", parent=basin), make.unit("Institute")
    world = World(contest)
    people = world.people
    people["anonymous"] = None
    for name, unit in (
        ("owner", bureau),
        ("other contestant", institute),
        ("judge", institute),
        ("chair", institute),
        ("recused judge", institute),
        ("unassigned judge", institute),
        ("clerk", basin),
        ("clerk elsewhere", institute),
        ("organizer", basin),
        ("second organizer", basin),
        ("organizer elsewhere", basin),
        ("supervisor", basin),
        ("administrator", basin),
        ("nobody", basin),
    ):
        people[name] = make.user(name.title(), of=unit, is_administrator=name == "administrator")
    make.grant(_person(world, "organizer"), contest, Role.ORGANIZER)
    make.grant(_person(world, "second organizer"), contest, Role.ORGANIZER)
    make.grant(_person(world, "organizer elsewhere"), elsewhere, Role.ORGANIZER)
    make.grant(_person(world, "supervisor"), contest, Role.SUPERVISOR)
    make.grant(_person(world, "clerk"), contest, Role.UNIT_CLERK, of=basin)
    make.grant(_person(world, "clerk elsewhere"), contest, Role.UNIT_CLERK, of=institute)
    _entries(world, bureau, institute)
    _judging(world)
    _results(world)
    return world


def _person(world: World, role: str) -> User:
    found = world.people[role]
    assert found is not None
    return found


def _entries(world: World, bureau: Any, institute: Any) -> None:
    entry = make.entry(world.contest, _person(world, "owner"), of=bureau, title="A better valve")
    with transaction():
        version = entries.hand_in(entry, accept_names=True, by=world.actor("owner"), now=make.NOW)
    world.objects["entry_version"] = version
    world.objects["other"] = make.entry(world.contest, _person(world, "other contestant"), of=institute)
    note = make.diary_entry(entry)
    world.objects["waiting"] = make.diary_entry(entry, state=DiaryState.WAITING, title="Not yet public")
    world.objects["draft"] = make.diary_entry(entry, state=DiaryState.DRAFT, title="Nobody's but mine")
    storage().put("sha256/ab/" + "ab" * 32, b"\xff\xd8\xff\xe0 a picture")
    blob = make.save(
        Blob(
            sha256="ab" * 32,
            size=14,
            media_type="image/jpeg",
            key="sha256/ab/" + "ab" * 32,
            created_at=make.NOW,
        )
    )
    evidence = make.save(
        Evidence(
            blob_id=blob.id,
            entry_id=entry.id,
            kind="picture",
            file_name="valve.jpg",
            state=EvidenceState.READY,
            received_at=make.NOW,
        )
    )
    make.save(Preview(evidence_id=evidence.id, name="thumb", number=0, blob_id=blob.id, width=4, height=3))
    world.objects |= {"entry": entry, "diary_entry": note, "evidence": evidence, "name": "thumb", "number": 0}


def _judging(world: World) -> None:
    initial = make.stage_category(world.contest, "initial")
    final = make.stage_category(world.contest, "final")
    judge, chair, recused = (_person(world, role) for role in ("judge", "chair", "recused judge"))
    make.seat(chair, initial, SeatRole.CHAIR)
    for person in (judge, recused, _person(world, "unassigned judge")):
        make.seat(person, initial)
    make.seat(judge, final)
    entry = world.objects["entry"]
    assignments = {}
    for person in (judge, chair):
        assignments[person.id] = make.assignment(person, entry, initial)
        make.assignment(person, world.objects["other"], initial)
    make.assignment(recused, entry, initial, state=AssignmentState.RECUSED, reason="My pupil")
    for assignment in initial_assignments(initial.id):
        mark(assignment)
    world.objects |= {
        "stage_category": initial,
        "assignment": assignments[judge.id],
        "panel": initial_panel(initial.panel_id),
        "criterion": "A1",
    }


def initial_panel(panel_id: int | None) -> Any:
    return db.session.get_one(Panel, panel_id)


def initial_assignments(stage_category_id: int) -> list[Any]:
    return list(
        db.session.scalars(
            select(Assignment).where(
                Assignment.stage_category_id == stage_category_id, Assignment.state == AssignmentState.ACTIVE
            )
        )
    )


def mark(assignment: Any, *, benefit: str = "40", submit: bool = True) -> None:
    """Fill in and submit a whole scoresheet."""
    actor = actor_of(assignment.judge)
    marks = {"A1": (benefit, ""), "A2": ("20", ""), "B1": ("15", "")}
    with transaction():
        judging.save_sheet(assignment, marks, by=actor, now=make.NOW)
        if submit:
            judging.submit(assignment, by=actor, now=make.NOW)


def _results(world: World) -> None:
    first, second = world.actor("organizer"), world.actor("second organizer")
    with transaction():
        run = results.compute(world.objects["stage_category"], by=first, now=AFTER)
    with transaction():
        results.confirm(run, expected_output_digest=run.output_digest, by=second, now=AFTER)
    with transaction():
        results.publish(run, by=first, now=AFTER)
    over = AFTER + timedelta(days=8)
    with transaction():
        results.finish(run, by=first, now=over)
    with transaction():
        awards.grant(run, by=first, now=over)
    with transaction():
        certificates = awards.issue(run, by=first, now=over)
    archive = make.save(
        Archive(
            competition_id=world.contest.id,
            key="archives/none.zip",
            sha256="cd" * 32,
            size=3,
            standings_digest="ef" * 32,
            made_at=over,
        )
    )
    storage().put("archives/none.zip", b"zip")
    job = make.save(Job(kind="archive", created_at=over, created_by_id=first.user_id, competition_id=world.contest.id))
    world.objects |= {"ranking_run": run, "certificate": certificates[0], "archive": archive, "job": job}
    _surroundings(world)


def _surroundings(world: World) -> None:
    """Add what only administrators and organizers manage, and what belongs to one person."""
    owner = _person(world, "owner")
    with transaction():
        accounts.make_link(owner, expires_at=make.NOW + timedelta(days=3), by=SYSTEM, now=make.NOW)
        open_session(owner, device="a phone", now=make.NOW)
    division = world.contest.divisions[0]
    panel: Panel = world.objects["panel"]
    world.objects |= {
        "division": division,
        "category": division.categories[0],
        "stage": world.contest.stages[0],
        "seat": panel.seats[0],
        "user": owner,
        "unit": owner.unit,
        "sign_in_link": db.session.scalars(select(SignInLink)).one(),
        "user_session": db.session.scalars(select(UserSession)).first(),
    }
