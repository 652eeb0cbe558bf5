# SPDX-License-Identifier: Apache-2.0
"""Files become evidence, their pictures are made once, and what was shown is struck, never lost."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from werkzeug.datastructures import FileStorage

from app import jobs
from app.db import db, transaction
from app.errors import Conflict, Invalid
from app.evidence import limits, queries, service, storage
from app.evidence.intake import take
from app.evidence.models import Blob, Evidence, EvidenceState, Preview
from app.jobs import Job, JobState
from tests import factories as make
from tests.entries import scene as scenes
from tests.entries.scene import Scene
from tests.uploads import corpus
from uploads import Kind


@pytest.fixture
def scene(app: Flask) -> Scene:
    return scenes.undisturbed()


def keep(scene: Scene, received: Any, **owner: Any) -> Evidence:
    given = owner or {"diary_entry": make.diary_entry(scene.entry)}
    with transaction():
        return service.keep(received, **given, by=scene.actor("owner"), now=make.NOW)


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_the_same_content_is_stored_once_and_drawn_once(scene: Scene) -> None:
    content = corpus.picture("JPEG", (1600, 1200))
    first = keep(scene, scenes.received("a.jpg", content))
    second = keep(scene, scenes.received("b.jpg", content))
    assert first.blob_id == second.blob_id
    assert storage().read(first.blob.key) == content
    assert first.blob.sha256 == hashlib.sha256(content).hexdigest()
    assert jobs.run_pending() == 2
    db.session.expire_all()
    for kept in (first, second):
        assert kept.state == EvidenceState.READY
        assert {(p.name, p.number) for p in kept.previews} == {("display", 1), ("thumb", 1)}
    assert {p.blob_id for p in first.previews} == {p.blob_id for p in second.previews}
    assert count(Preview) == 4
    assert [file.file_name for file in queries.of_diary_entry(second.diary_entry_id or 0)] == ["b.jpg"]


def test_pages_of_a_document_are_drawn_in_small_transactions(scene: Scene) -> None:
    keep(scene, scenes.received("report.pdf", corpus.pdf(40)), entry=scene.entry)
    rows = [0]

    def inserted(*_: object) -> None:
        rows[-1] += 1

    def committed(*_: object) -> None:
        rows.append(0)

    event.listen(Preview, "after_insert", inserted)
    event.listen(db.engine, "commit", committed)
    try:
        jobs.run_pending()
    finally:
        event.remove(Preview, "after_insert", inserted)
        event.remove(db.engine, "commit", committed)
    assert sum(rows) == 41
    assert max(rows) <= 16
    (file,) = queries.of_entry(scene.entry.id)
    assert [sheet.number for sheet in file.sheets] == list(range(1, 41))
    assert file.pages == 40
    assert file.state == EvidenceState.READY


def test_a_job_that_runs_again_adds_nothing(scene: Scene) -> None:
    kept = keep(scene, scenes.received("report.pdf", corpus.pdf(3)), entry=scene.entry)
    jobs.run_pending()
    before = count(Preview)
    with transaction():
        kept.state = EvidenceState.WAITING
        for job in db.session.scalars(select(Job)):
            job.state = JobState.QUEUED
    assert jobs.run_pending() == 1
    assert count(Preview) == before
    assert queries.of_entry(scene.entry.id)[0].state == EvidenceState.READY


def test_a_text_has_no_pictures_and_a_file_discarded_meanwhile_is_no_error(scene: Scene) -> None:
    text = keep(scene, scenes.received("notes.txt", "一、二。\n".encode()))
    gone = keep(scene, scenes.received("a.jpg"))
    with transaction():
        service.discard(gone, by=scene.actor("owner"), now=make.NOW)
    assert jobs.run_pending() == 2
    assert {job.state for job in db.session.scalars(select(Job))} == {JobState.DONE}
    db.session.expire_all()
    assert text.state == EvidenceState.WITHOUT


def test_striking_keeps_the_file_and_says_when_and_why_once(scene: Scene) -> None:
    kept = keep(scene, scenes.received())
    later = make.NOW + timedelta(days=1)
    for reason in ("", "  ", "x" * 301):
        with pytest.raises(Invalid) as refused, transaction():
            service.strike(kept, reason=reason, by=scene.actor("owner"), now=later)
        assert list(refused.value.fields) == ["reason"]
    with transaction():
        service.strike(kept, reason=" Shows a face ", by=scene.actor("owner"), now=later)
    assert (kept.struck_at, kept.struck_reason) == (later, "Shows a face")
    assert storage().exists(kept.blob.key)
    with pytest.raises(Conflict), transaction():
        service.strike(kept, reason="again", by=scene.actor("owner"), now=later)


def test_captions_are_one_line_of_two_hundred_characters(scene: Scene) -> None:
    kept = keep(scene, scenes.received())
    with transaction():
        assert service.describe(kept, caption=" The  valve ", position=0)
        assert not service.describe(kept, caption="The valve", position=0)
    for caption in ("x" * 201, "turned \u202e"):
        with pytest.raises(Invalid):
            service.describe(kept, caption=caption, position=0)


WRONG = {
    "empty.jpg": (b"", "The file is empty"),
    "page.html": (b"<html><script>alert(1)</script>", "This kind of file is not accepted here"),
    "trick.txt": (b"notes\n" * 40 + b"<script>alert(1)</script>", "The name ends in .txt"),
    "shape.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This kind of file is not accepted here"),
    "film.swf": (b"FWS\x09" + b"\x00" * 60, "This kind of file is not accepted here"),
    "photo.exe.jpg": (b"MZ" + b"\x00" * 200, "The name ends in .jpg"),
    "report.pdf": (corpus.picture("JPEG"), "The name ends in .pdf"),
    "cut.jpg": (corpus.picture("JPEG", (800, 600))[:2000], "The file"),
    "bomb.png": (corpus.png_bomb(13_000), "The picture has 13000 × 13000 pixels"),
    "gif.js.gif": (corpus.gif_javascript(), None),
    "locked.pdf": (corpus.pdf(1, password="x", owner="y"), "The file is protected by a password"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_files_are_refused_with_the_reason_and_leave_nothing(scene: Scene, name: str) -> None:
    content, reason = WRONG[name]
    taken = take([FileStorage(io.BytesIO(content), filename=name)])
    if reason is None:  # a picture all the same; what else it says never runs
        assert len(taken.received) == 1
        return
    assert taken.received == []
    (said,) = taken.refused
    assert said.startswith(f"{name}: {reason}")
    assert list(storage().keys()) == []


def test_the_installations_limit_and_the_kinds_of_a_place_hold(scene: Scene) -> None:
    assert limits().max_bytes == 200 << 20
    pdf = FileStorage(io.BytesIO(corpus.pdf(1)), filename="a.pdf")
    taken = take([pdf, FileStorage(io.BytesIO(), filename="")], kinds=frozenset({Kind.PICTURE}))
    assert len(taken.refused) == 1
    assert count(Blob) == 0
