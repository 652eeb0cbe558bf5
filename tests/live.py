# SPDX-License-Identifier: Apache-2.0
"""The application under test behind a real socket, and real Chromium in front of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from app import clock
from app.accounts import service as accounts
from app.accounts.models import User
from app.db import transaction
from app.policy import SYSTEM
from tests import servers

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  # the name is werkzeug's
        pass


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve the application on a free port and yield its address."""
    app.config["WTF_CSRF_ENABLED"] = True
    port = servers.free_port()
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.config["WTF_CSRF_ENABLED"] = False


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the distribution's Chromium."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=servers.chromium_path(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def window(browser: Browser, *, width: int = 1280, height: int = 900) -> Iterator[Page]:
    """Open a window in English; a console error or a blocked script fails the test."""
    context: BrowserContext = browser.new_context(viewport={"width": width, "height": height}, locale="en-US")
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert not faults, faults


def come_in(page: Page, address: str, user: User) -> None:
    """Sign in by a personal link, as printed on a slip."""
    now = clock.now()
    with transaction():
        token = accounts.make_link(user, expires_at=now + timedelta(days=1), by=SYSTEM, now=now)
    page.goto(f"{address}/link/{token}")
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url(lambda url: "/link/" not in url)
