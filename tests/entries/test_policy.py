# SPDX-License-Identifier: Apache-2.0
"""Who may see and do what with an entry, its diary and its files; and lists that say the same as the policy."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from app.competitions.models import WindowKind
from app.db import db, transaction
from app.diaries.models import DiaryEntry, DiaryState, ReleaseRule
from app.entries import diary_queries, queries
from app.entries.models import Entry, EntryState
from app.evidence.models import Blob, Evidence
from app.policy import Action, Actor, policy
from tests import factories as make
from tests.entries import scene as scenes
from tests.entries.scene import POSITIONS, Scene

OWNERS = {"owner", "member"}
OFFICES = {"clerk", "clerk above", "organizer", "supervisor", "judge", "judge who abstained"}
READERS = OWNERS | OFFICES
EVERYBODY = set(POSITIONS)


@pytest.fixture
def scene(app: Flask) -> Scene:
    return scenes.build()


def allowed(scene: Scene, action: Action, obj: Any, now: Any = make.NOW) -> set[str]:
    table = policy()
    return {position for position in POSITIONS if table.permits(action, scene.actor(position), obj, now)}


def file(**owner: int) -> Evidence:
    blob = make.save(
        Blob(
            sha256=f"{len(owner):02x}{next(make._numbers):062x}",
            size=1,
            media_type="image/jpeg",
            key="k",
            created_at=make.NOW,
        )
    )
    return make.save(Evidence(blob_id=blob.id, kind="picture", file_name="a.jpg", received_at=make.NOW, **owner))


def test_a_handed_in_entry_is_known_to_all_and_read_by_its_people_and_offices(scene: Scene) -> None:
    assert allowed(scene, Action.ENTRY_VIEW, scene.entry) == EVERYBODY
    assert allowed(scene, Action.ENTRY_READ, scene.entry) == READERS


def test_a_draft_entry_is_hidden_from_the_public(scene: Scene) -> None:
    with transaction():
        scene.entry.state = EntryState.DRAFT
    assert allowed(scene, Action.ENTRY_VIEW, scene.entry) == READERS


@pytest.mark.parametrize(
    ("state", "readers"),
    [
        (DiaryState.DRAFT, OWNERS),
        (DiaryState.WAITING, READERS),
        (DiaryState.HELD, READERS),
        (DiaryState.STRUCK, READERS),
        (DiaryState.RELEASED, EVERYBODY),
    ],
)
def test_who_reads_a_diary_entry_and_its_files(scene: Scene, state: DiaryState, readers: set[str]) -> None:
    note = make.diary_entry(scene.entry, state=state)
    assert allowed(scene, Action.DIARY_ENTRY_VIEW, note) == readers
    assert allowed(scene, Action.EVIDENCE_VIEW, file(diary_entry_id=note.id)) == readers


def test_a_struck_file_of_a_public_entry_is_seen_by_readers_only(scene: Scene) -> None:
    kept = file(diary_entry_id=make.diary_entry(scene.entry).id)
    assert allowed(scene, Action.EVIDENCE_VIEW, kept) == EVERYBODY
    with transaction():
        kept.struck_at, kept.struck_reason = make.NOW, "A face"
    assert allowed(scene, Action.EVIDENCE_VIEW, kept) == READERS


@pytest.mark.parametrize(
    ("rule", "first", "readers"),
    [
        (ReleaseRule.NEVER, None, READERS),
        (ReleaseRule.FROM_DATE, date(2026, 6, 1), EVERYBODY),
        (ReleaseRule.FROM_DATE, date(2026, 6, 2), READERS),
    ],
)
def test_the_diarys_own_rule_keeps_released_entries_back(
    scene: Scene, rule: ReleaseRule, first: date | None, readers: set[str]
) -> None:
    note = make.diary_entry(scene.entry)
    with transaction():
        scene.entry.diary.release_rule, scene.entry.diary.release_from = rule, first
    assert allowed(scene, Action.DIARY_ENTRY_VIEW, note) == readers


def test_the_day_of_the_rule_begins_in_the_contests_zone(scene: Scene) -> None:
    note = make.diary_entry(scene.entry)
    with transaction():
        diary = scene.entry.diary
        diary.release_rule, diary.release_from = ReleaseRule.FROM_DATE, date(2026, 6, 2)
    midnight = make.NOW.replace(hour=16)  # 1 June 16:00 UTC is 2 June 00:00 in Shanghai
    assert "anonymous" not in allowed(scene, Action.DIARY_ENTRY_VIEW, note, midnight - timedelta(seconds=1))
    assert "anonymous" in allowed(scene, Action.DIARY_ENTRY_VIEW, note, midnight)


def test_files_of_a_result_report_are_never_public_and_reach_offices_by_the_hand_in(scene: Scene) -> None:
    kept = file(entry_id=scene.entry.id)
    assert allowed(scene, Action.EVIDENCE_VIEW, kept) == OWNERS
    with transaction():
        scene.entry.result_handed_in_at = make.NOW
    assert allowed(scene, Action.EVIDENCE_VIEW, kept) == READERS
    later = file(entry_id=scene.entry.id)
    with transaction():
        later.received_at = make.NOW + timedelta(seconds=1)
    assert allowed(scene, Action.EVIDENCE_VIEW, later) == OWNERS


def test_clerks_above_the_unit_and_organizers_release(scene: Scene) -> None:
    waiting = make.diary_entry(scene.entry, state=DiaryState.WAITING)
    assert allowed(scene, Action.DIARY_ENTRY_RELEASE, waiting) == {"clerk", "clerk above", "organizer"}
    for state in (DiaryState.DRAFT, DiaryState.STRUCK):
        assert allowed(scene, Action.DIARY_ENTRY_RELEASE, make.diary_entry(scene.entry, state=state)) == set()


def test_owners_write_while_the_window_holds_and_change_what_is_not_released(scene: Scene) -> None:
    end = next(window for window in scene.contest.windows if window.kind == WindowKind.DIARY).ends_at
    assert allowed(scene, Action.DIARY_WRITE, scene.entry) == OWNERS
    assert allowed(scene, Action.DIARY_WRITE, scene.entry, end - timedelta(microseconds=1)) == OWNERS
    assert allowed(scene, Action.DIARY_WRITE, scene.entry, end) == set()
    for state, may in (
        (DiaryState.DRAFT, OWNERS),
        (DiaryState.WAITING, OWNERS),
        (DiaryState.HELD, OWNERS),
        (DiaryState.RELEASED, set()),
        (DiaryState.STRUCK, set()),
    ):
        note = make.diary_entry(scene.entry, state=state)
        assert allowed(scene, Action.DIARY_ENTRY_EDIT, note) == may, state
        assert allowed(scene, Action.DIARY_ENTRY_EDIT, note, end) == set()


def test_an_entry_that_is_being_judged_is_frozen_and_says_so(scene: Scene) -> None:
    frozen = (Action.ENTRY_EDIT, Action.ENTRY_HAND_IN, Action.RESULT_EDIT, Action.RESULT_HAND_IN)
    for action in frozen:
        assert allowed(scene, action, scene.entry) == set()
        said = policy().why_not(action, scene.actor("owner"), scene.entry, make.NOW)
        assert str(said) == "The entry is frozen: judges are marking it."
    assert allowed(scene, Action.ENTRY_WITHDRAW, scene.entry) == OWNERS
    before = next(w for w in scene.contest.windows if w.kind == WindowKind.MARKING).starts_at
    with transaction():
        for window in scene.contest.windows:
            if window.kind == WindowKind.MARKING:
                window.starts_at = make.NOW + timedelta(days=1)
    assert before < make.NOW
    for action in frozen:
        assert allowed(scene, action, scene.entry) == OWNERS


def test_nothing_of_a_withdrawn_entry_is_public_and_nothing_can_be_changed(scene: Scene) -> None:
    note = make.diary_entry(scene.entry)
    with transaction():
        scene.entry.state = EntryState.WITHDRAWN
    assert allowed(scene, Action.ENTRY_VIEW, scene.entry) == READERS
    assert allowed(scene, Action.DIARY_ENTRY_VIEW, note) == READERS
    for action in (Action.DIARY_WRITE, Action.DIARY_SET_RELEASE, Action.ENTRY_WITHDRAW):
        assert allowed(scene, action, scene.entry) == set()
    assert allowed(scene, Action.DIARY_ENTRY_STRIKE, note) == set()


def test_a_contest_that_is_not_open_shows_nothing_to_the_public(scene: Scene) -> None:
    note = make.diary_entry(scene.entry)
    with transaction():
        scene.contest.opened_at = make.NOW + timedelta(seconds=1)
    assert allowed(scene, Action.ENTRY_VIEW, scene.entry) == READERS
    assert allowed(scene, Action.DIARY_ENTRY_VIEW, note) == READERS


def crowd(scene: Scene) -> tuple[list[Entry], list[DiaryEntry]]:
    """Make entries of every state under every release rule, each with a diary entry of every state."""
    entries, notes = [scene.entry], []
    other = scene.people["other contestant"]
    for state in EntryState:
        for rule, first in (
            (ReleaseRule.AS_CONTEST, None),
            (ReleaseRule.NEVER, None),
            (ReleaseRule.FROM_DATE, date(2026, 6, 1)),
            (ReleaseRule.FROM_DATE, date(2026, 6, 2)),
        ):
            entry = make.entry(scene.contest, other, of=other.unit, state=state)
            with transaction():
                entry.diary.release_rule, entry.diary.release_from = rule, first
            entries.append(entry)
    for entry in entries:
        notes += [make.diary_entry(entry, state=state) for state in DiaryState]
    return entries, notes


@pytest.mark.slow
def test_lists_are_equal_to_the_policy(scene: Scene) -> None:
    entries, notes = crowd(scene)
    entries = list(db.session.query(Entry).where(Entry.competition_id == scene.contest.id))
    table = policy()
    for opened in (True, False):
        if not opened:
            with transaction():
                scene.contest.opened_at = None
        for position in POSITIONS:
            actor: Actor = scene.actor(position)
            listed = {row[0] for row in db.session.execute(queries.visible_entries(actor, scene.contest, now=make.NOW))}
            assert listed == {e.id for e in entries if table.permits(Action.ENTRY_VIEW, actor, e, make.NOW)}, position
            query = diary_queries.visible_diary_entries(actor, scene.contest, now=make.NOW)
            seen = {row[0] for row in db.session.execute(query)}
            assert seen == {n.id for n in notes if table.permits(Action.DIARY_ENTRY_VIEW, actor, n, make.NOW)}, position
            public_ids = [note.public_id for note in notes]
            decided = {note.id for note in diary_queries.releasable(actor, scene.contest, public_ids)}
            may = {n.id for n in notes if table.permits(Action.DIARY_ENTRY_RELEASE, actor, n, make.NOW)}
            assert decided == may, position
            for entry in entries[:3]:
                assert diary_queries.reads(actor, entry) == table.permits(Action.ENTRY_READ, actor, entry, make.NOW)


def test_mine_are_those_that_one_owns_or_is_named_in(scene: Scene) -> None:
    for position in POSITIONS:
        numbers = {line.number for line in queries.mine(scene.actor(position), now=make.NOW)}
        own = {scene.entry.number} if position in OWNERS else set()
        assert (scene.entry.number in numbers) == bool(own), position
