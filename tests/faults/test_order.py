# SPDX-License-Identifier: Apache-2.0
"""What was answered with success is on disk: strace sees the sync of database and file before the answer leaves."""

from __future__ import annotations

import http.client
import http.cookiejar
import io
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from app import clock
from app.accounts import service as accounts
from app.accounts.models import User
from app.competitions.models import DiaryRelease, Mode
from app.db import db, transaction
from app.policy import SYSTEM, Role
from tests import factories as make
from tests import servers, world

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")]
CALLS = "fsync,fdatasync,sendto,sendmsg,write,writev"
ROOT = Path(__file__).resolve().parents[2]


class Browser:
    """One signed-in person over plain HTTP."""

    def __init__(self, address: str) -> None:
        self.address = address
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar), _Stay())
        self.token = ""

    def get(self, path: str) -> str:
        with self.opener.open(self.address + path, timeout=60) as answer:
            text: str = answer.read().decode()
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
        self.token = found[1] if found else self.token
        return text

    def post(self, path: str, fields: dict[str, str], picture: bytes | None = None) -> int:
        body, kind = _encoded(fields | {"csrf_token": self.token}, picture)
        request = urllib.request.Request(self.address + path, body, {"Content-Type": kind, "Referer": self.address})
        try:
            with self.opener.open(request, timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _encoded(fields: dict[str, str], picture: bytes | None) -> tuple[bytes, str]:
    if picture is None:
        return urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded"
    line = "----one-part"
    parts = [
        f'--{line}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{line}\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n'
    head += "Content-Type: image/jpeg\r\n\r\n"
    parts += [head.encode(), picture, f"\r\n--{line}--\r\n".encode()]
    return b"".join(parts), f"multipart/form-data; boundary={line}"


@contextmanager
def traced(app: Flask, log: Path) -> Iterator[str]:
    """Serve the application's own database by gunicorn under strace."""
    settings = app.config["YOUYIN"]
    port = servers.free_port()
    env = os.environ | {
        "YOUYIN_INSTANCE": str(settings.instance),
        "YOUYIN_SECRET_KEY": settings.secret_key,
        "YOUYIN_DATABASE_URL": settings.database_url,
        "YOUYIN_STORAGE_URL": settings.storage_url,
        "YOUYIN_JOBS_URL": f"sqlite:///{settings.instance / 'jobs.sqlite'}",
        "YOUYIN_DEFAULT_LANGUAGE": "en",
    }
    server = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--worker-class", "gthread", "--threads", "2"]
    command = ["strace", "-f", "-yy", "-s", "40", "-e", f"trace={CALLS}", "-o", str(log), *server]
    process = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}", "wsgi:app"], cwd=ROOT, env=env, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            try:
                link.request("GET", "/healthz")
                link.getresponse().read()
                break
            except OSError:
                time.sleep(0.2)
            finally:
                link.close()
        yield f"http://127.0.0.1:{port}"
    finally:
        subprocess.run(["pkill", "-TERM", "-P", str(process.pid)], check=False)
        process.wait(timeout=30)


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
    with traced(app, log) as address:

        def come_in(user: User) -> Browser:
            with transaction():
                token = accounts.make_link(
                    user, expires_at=clock.now() + timedelta(hours=1), by=SYSTEM, now=clock.now()
                )
            browser = Browser(address)
            browser.get(f"/link/{token}")
            done.append(("sign in", browser.post(f"/link/{token}", {})))
            return browser

        def act(
            browser: Browser, name: str, page: str, path: str, fields: dict[str, str], file: bytes | None = None
        ) -> None:
            browser.get(page)
            done.append((name, browser.post(path, fields, file)))

        writer = come_in(owner)
        diary = f"/entries/{entry.public_id}/diary/new"
        note = {"title": "One day", "body": "Done.", "happened_on": clock.now().date().isoformat(), "place": "Here"}
        act(writer, "diary entry", diary, diary, note | {"action": "release"}, picture.getvalue())
        marker = come_in(judge)
        sheet = f"/assignments/{assignment.public_id}"
        for code, text in (("A1", "40"), ("A2", "20"), ("B1", "15")):
            fields = {"text": text, "expected_version": "0"}
            act(marker, f"mark {code}", f"{sheet}/scoresheet", f"{sheet}/marks/{code}", fields)
        act(marker, "submit", f"{sheet}/review", f"{sheet}/submit", {})
        maker = come_in(first)
        ranking = f"/stage-categories/{join.public_id}/ranking"
        act(maker, "compute", ranking, ranking, {})
    outcome = answers(log)
    written = [synced for status, synced in outcome if status in ("200", "303") and synced]
    assert all(status in (200, 303) for _, status in done), done
    # A GET syncs nothing, so each acknowledged write is one answer with a sync before it.
    database = str(world.db.engine.url.database)
    in_database = [synced for synced in written if any(path.startswith(database) for path in synced)]
    assert len(in_database) >= len(done), (done, outcome)
    with_file = [synced for synced in written if any("/store/" in path for path in synced)]
    assert with_file, outcome
    stored = with_file[0]
    file_at = next(index for index, path in enumerate(stored) if "/store/" in path)
    assert any(path.startswith(database) for path in stored[file_at:]), "the file is safe before the row that names it"
