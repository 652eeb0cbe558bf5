# SPDX-License-Identifier: Apache-2.0
"""Files reach a reader after the policy, are saved and never run, in ranges and from the cache."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import jobs
from app.db import db, transaction
from app.diaries.models import DiaryState
from app.evidence import service
from app.evidence.models import Evidence
from tests import factories as make
from tests.conftest import Client
from tests.entries import scene as scenes
from tests.entries.scene import Scene
from tests.uploads import corpus

PICTURE = corpus.picture("JPEG", (1200, 900))


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def scene(app: Flask) -> Scene:
    return scenes.undisturbed()


@pytest.fixture
def crowd(app: Flask) -> Scene:
    return scenes.build()


def as_absent(client: Client, path: str) -> bool:
    """Tell whether an address answers as one where nothing is, byte for byte but for the address itself."""
    pages = []
    for asked in (path, "/files/" + "a" * 26):
        answer = client.get(asked)
        pages.append((answer.status_code, re.sub(r'value="[^"]*"', "", answer.text.replace(asked, ""))))
    return pages[0] == pages[1] and pages[0][0] == 404


def keep(scene: Scene, name: str = '阀门 现场"1".jpg', content: bytes = PICTURE, **owner: Any) -> Evidence:
    given = owner or {"diary_entry": make.diary_entry(scene.entry)}
    with transaction():
        kept = service.keep(scenes.received(name, content), **given, by=scene.actor("owner"), now=make.NOW)
    jobs.run_pending()
    return kept


def test_a_file_is_an_attachment_that_no_browser_runs(client: Client, scene: Scene) -> None:
    kept = keep(scene)
    answer = client.get(f"/files/{kept.public_id}")
    assert answer.status_code == 200
    assert answer.data == PICTURE
    assert dict(answer.headers) | {
        "Content-Type": "image/jpeg",
        "Content-Disposition": (
            "attachment; filename=\"__ ___1_.jpg\"; filename*=UTF-8''%E9%98%80%E9%97%A8%20%E7%8E%B0%E5%9C%BA_1_.jpg"
        ),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "public, max-age=300",
        "ETag": f'"{kept.blob.sha256}"',
        "Accept-Ranges": "bytes",
        "Content-Length": str(len(PICTURE)),
    } == dict(answer.headers)


def test_pictures_that_we_drew_are_shown_in_place(client: Client, scene: Scene) -> None:
    kept = keep(scene)
    for name in ("display", "thumb"):
        answer = client.get(f"/files/{kept.public_id}/{name}/1")
        assert answer.status_code == 200
        assert answer.data.startswith(b"\xff\xd8\xff")
        assert answer.headers["Content-Disposition"].startswith("inline; ")
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for missing in ("page/1", "display/2", "../../etc/1", "display/99999999999999999999"):
        assert client.get(f"/files/{kept.public_id}/{missing}").status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-9", 206, 0, 10),
        ("bytes=10-", 206, 10, None),
        ("bytes=-7", 206, -7, None),
        ("bytes=0-99999999", 206, 0, None),
        ("bytes=0-4,8-9", 200, 0, None),
        ("lines=0-4", 200, 0, None),
        ("bytes=x", 200, 0, None),
    ],
)
def test_a_range_is_sent_alone(
    client: Client, scene: Scene, asked: str, status: int, start: int, end: int | None
) -> None:
    kept = keep(scene)
    answer = client.get(f"/files/{kept.public_id}", headers={"Range": asked})
    assert (answer.status_code, answer.data) == (status, PICTURE[start:end])
    assert answer.headers["Content-Length"] == str(len(PICTURE[start:end]))
    if status == 206:
        first = start if start >= 0 else len(PICTURE) + start
        assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(answer.data) - 1}/{len(PICTURE)}"


def test_a_range_beyond_the_end_is_refused_and_one_of_older_content_gives_all(client: Client, scene: Scene) -> None:
    kept = keep(scene)
    answer = client.get(f"/files/{kept.public_id}", headers={"Range": f"bytes={len(PICTURE)}-"})
    assert (answer.status_code, answer.data) == (416, b"")
    assert answer.headers["Content-Range"] == f"bytes */{len(PICTURE)}"
    for condition, status in ((f'"{kept.blob.sha256}"', 206), ('"other"', 200)):
        headers = {"Range": "bytes=0-3", "If-Range": condition}
        assert client.get(f"/files/{kept.public_id}", headers=headers).status_code == status


def test_what_the_browser_has_is_not_sent_again(client: Client, scene: Scene) -> None:
    kept = keep(scene)
    answer = client.get(f"/files/{kept.public_id}", headers={"If-None-Match": f'W/"{kept.blob.sha256}"'})
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    head = client.head(f"/files/{kept.public_id}")
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(len(PICTURE)))


def test_what_is_not_public_asks_again_each_time_and_is_absent_for_others(client: Client, crowd: Scene) -> None:
    scene = crowd
    waiting = make.diary_entry(scene.entry, state=DiaryState.WAITING)
    kept = keep(scene, diary_entry=waiting)
    for path in (f"/files/{kept.public_id}", f"/files/{kept.public_id}/thumb/1"):
        assert as_absent(client, path)
    for position, status in (
        ("judge", 200),
        ("clerk above", 200),
        ("judge who recused", 404),
        ("judge of others", 404),
        ("organizer elsewhere", 404),
        ("other contestant", 404),
    ):
        other = client.application.test_client().sign_in(scene.people[position])  # type: ignore[attr-defined]  # ours
        answer = other.get(f"/files/{kept.public_id}")
        assert answer.status_code == status, position
        if status == 200:
            assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_struck_file_is_named_as_struck_to_readers_and_gone_for_the_public(client: Client, crowd: Scene) -> None:
    scene = crowd
    kept = keep(scene)
    address = f"/files/{kept.public_id}/strike"
    owner = client.application.test_client().sign_in(scene.people["owner"])  # type: ignore[attr-defined]  # ours
    refused = owner.post(address, data={"reason": " "})
    assert refused.status_code == 422
    assert "Say why." in refused.text
    long = owner.post(address, data={"reason": "typed " * 60})
    assert long.status_code == 422
    assert "typed typed" in long.text
    answer = owner.post(address, data={"reason": "Shows a face"})
    note = f"/diary/{make_public(kept)}"
    assert (answer.status_code, answer.headers["Location"]) == (303, note)
    assert client.get(f"/files/{kept.public_id}").status_code == 404
    assert "Shows a face" not in client.get(note).text
    judge = client.application.test_client().sign_in(scene.people["judge"])  # type: ignore[attr-defined]  # ours
    assert "struck: Shows a face" in judge.get(note).text
    assert judge.get(f"/files/{kept.public_id}").status_code == 200


def make_public(kept: Evidence) -> str:
    from app.diaries.models import DiaryEntry

    return str(db.session.scalar(select(DiaryEntry.public_id).where(DiaryEntry.id == kept.diary_entry_id)))


def test_a_large_file_is_streamed(client: Client, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    text = ("a line of an ordinary log\n" * 40_000).encode()
    kept = keep(scene, "log.txt", text)
    answer = client.get(f"/files/{kept.public_id}", buffered=False)
    chunks = [len(chunk) for chunk in answer.response]
    assert sum(chunks) == len(text)
    assert max(chunks) <= 256 * 1024
