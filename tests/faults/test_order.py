# SPDX-License-Identifier: Apache-2.0
"""What was answered with success is on disk: strace sees the sync of database and file before the answer leaves."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from app import clock
from app.accounts.models import User
from app.competitions.models import DiaryRelease, Mode
from app.db import db
from app.policy import Role
from tests import factories as make
from tests.faults.server import Browser, Server, come_in

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")]


def answers(log: Path) -> list[tuple[str, list[str]]]:
    """Return each answer's status line with what was synced since the answer before."""
    found: list[tuple[str, list[str]]] = []
    synced: list[str] = []
    for line in log.read_text(errors="replace").splitlines():
        if match := re.search(r"f(?:data)?sync\(\d+<([^>]+)>", line):
            synced.append(match[1])
        elif match := re.search(r'(?:sendto|sendmsg|write|writev)\(\d+<TCP[^"]*"HTTP/1\.1 (\d+)', line):
            found.append((match[1], synced))
            synced = []
    return found


@pytest.mark.engines("sqlite")
def test_each_acknowledged_write_is_synced_before_its_answer(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make, "NOW", clock.now())
    contest = make.contest(slug="order", mode=Mode.STRICT, diary_release=DiaryRelease.AT_ONCE, notice_days=0)
    bureau, institute = make.unit(), make.unit()
    owner, judge, first, second = (make.user(of=unit) for unit in (bureau, institute, institute, institute))
    for organizer in (first, second):
        make.grant(organizer, contest, Role.ORGANIZER)
    join = make.stage_category(contest, "initial")
    make.seat(judge, join)
    entry = make.entry(contest, owner, of=bureau)
    assignment = make.assignment(judge, entry, join)
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(picture, "JPEG")
    db.session.rollback()
    log = tmp_path / "strace.log"
    done: list[tuple[str, int]] = []
    with Server(app, log) as server:

        def enter(user: User) -> Browser:
            done.append(("sign in", 303))
            return come_in(server.address, user)

        def act(
            browser: Browser, name: str, page: str, path: str, fields: dict[str, str], file: bytes | None = None
        ) -> None:
            browser.get(page)
            done.append((name, browser.post(path, fields, file)))

        writer = enter(owner)
        diary = f"/entries/{entry.public_id}/diary/new"
        note = {"title": "One day", "body": "Done.", "happened_on": clock.now().date().isoformat(), "place": "Here"}
        act(writer, "diary entry", diary, diary, note | {"action": "release"}, picture.getvalue())
        marker = enter(judge)
        sheet = f"/assignments/{assignment.public_id}"
        for code, text in (("A1", "40"), ("A2", "20"), ("B1", "15")):
            fields = {"text": text, "expected_version": "0"}
            act(marker, f"mark {code}", f"{sheet}/scoresheet", f"{sheet}/marks/{code}", fields)
        act(marker, "submit", f"{sheet}/review", f"{sheet}/submit", {})
        maker = enter(first)
        ranking = f"/stage-categories/{join.public_id}/ranking"
        act(maker, "compute", ranking, ranking, {})
    outcome = answers(log)
    written = [synced for status, synced in outcome if status in ("200", "303") and synced]
    assert all(status in (200, 303) for _, status in done), done
    # A GET syncs nothing, so each acknowledged write is one answer with a sync before it.
    database = str(db.engine.url.database)
    in_database = [synced for synced in written if any(path.startswith(database) for path in synced)]
    assert len(in_database) >= len(done), (done, outcome)
    with_file = [synced for synced in written if any("/store/" in path for path in synced)]
    assert with_file, outcome
    stored = with_file[0]
    file_at = next(index for index, path in enumerate(stored) if "/store/" in path)
    assert any(path.startswith(database) for path in stored[file_at:]), "the file is safe before the row that names it"
