# SPDX-License-Identifier: Apache-2.0
"""A real server on the database of a test, plain or under strace, and people who talk to it over plain HTTP."""

from __future__ import annotations

import http.client
import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from app import clock
from app.accounts import service as accounts
from app.accounts.models import User
from app.db import transaction
from app.policy import SYSTEM
from tests import servers

CALLS = "fsync,fdatasync,sendto,sendmsg,write,writev"
ROOT = Path(__file__).resolve().parents[2]
GUNICORN = ("-m", "gunicorn", "--no-control-socket", "--worker-class", "gthread", "--threads", "2")


class Server:
    """A gunicorn in a process group of its own, so that all of it ends at once."""

    def __init__(self, app: Flask, trace: Path | None = None) -> None:
        settings = app.config["YOUYIN"]
        self.port = servers.free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.env = os.environ | {
            "YOUYIN_INSTANCE": str(settings.instance),
            "YOUYIN_SECRET_KEY": settings.secret_key,
            "YOUYIN_DATABASE_URL": settings.database_url,
            "YOUYIN_STORAGE_URL": settings.storage_url,
            "YOUYIN_JOBS_URL": f"sqlite:///{settings.instance / 'jobs.sqlite'}",
            "YOUYIN_DEFAULT_LANGUAGE": "en",
        }
        strace = ["strace", "-f", "-yy", "-s", "40", "-e", f"trace={CALLS}", "-o", str(trace)] if trace else []
        self.command = [*strace, sys.executable, *GUNICORN, "--bind", f"127.0.0.1:{self.port}", "wsgi:app"]

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end(signal.SIGTERM)

    def start(self) -> None:
        """Start it and wait until pages answer."""
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, env=self.env, stderr=subprocess.DEVNULL, start_new_session=True
        )
        for _ in range(300):
            link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                link.request("GET", "/healthz")
                link.getresponse().read()
                return
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
            finally:
                link.close()
        raise TimeoutError("the server does not answer")

    def end(self, how: signal.Signals) -> None:
        """End the whole group."""
        os.killpg(self.process.pid, how)
        self.process.wait(timeout=30)


def come_in(address: str, user: User) -> Browser:
    """Sign somebody in by a personal link."""
    with transaction():
        token = accounts.make_link(user, expires_at=clock.now() + timedelta(hours=1), by=SYSTEM, now=clock.now())
    browser = Browser(address)
    browser.get(f"/link/{token}")
    assert browser.post(f"/link/{token}", {}) == 303
    return browser


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
