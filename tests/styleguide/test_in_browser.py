# SPDX-License-Identifier: Apache-2.0
"""The style guide in a real browser: accessible, nothing cut off at 360 px, nothing that the policy forbids."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response, request
from flask_babel import Babel
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from app import templating
from app.security import CSP
from app.styleguide.views import PARTS, blueprint
from tests import servers

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]
WAYS = [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")]
# The guide shows a page header inside a page, so two "you are here" stand on one page.
ONLY_IN_THE_GUIDE = {("pieces", "landmark-unique")}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not (ROOT / "static/vendor").exists(), reason="front-end files are missing: start ./run once"),
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is missing: type npm ci"),
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The guide served from this process."""
    app = Flask("guide", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    Babel(app, locale_selector=lambda: "zh")
    templating.init_app(app)
    app.jinja_env.globals.update(csrf_token=lambda: "token", idempotency_key=lambda: "key")
    app.context_processor(lambda: {"theme": request.args.get("theme", "light")})
    app.register_blueprint(blueprint)

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CSP
        return response

    server = make_server("127.0.0.1", servers.free_port(), app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/styleguide"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=servers.chromium_path(), args=CHROMIUM)
        yield browser
        browser.close()


def _open(browser: Browser, url: str, width: int) -> tuple[Page, list[str]]:
    page = browser.new_page(viewport={"width": width, "height": 900}, locale="zh-CN")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(url)
    page.wait_for_load_state("networkidle")
    return page, said


@pytest.mark.parametrize(("width", "theme"), WAYS)
@pytest.mark.parametrize("part", PARTS)
def test_a_part_fits_obeys_the_policy_and_is_accessible(
    browser: Browser, address: str, part: str, width: int, theme: str
) -> None:
    page, said = _open(browser, f"{address}/{part}?theme={theme}", width)
    try:
        assert said == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run(document).then((result) => result.violations)")
        told = [
            (rule["id"], node["html"][:200])
            for rule in found
            if (part, rule["id"]) not in ONLY_IN_THE_GUIDE
            for node in rule["nodes"]
        ]
        assert told == []
    finally:
        page.close()


def test_pictures_open_in_place_and_close_by_key(browser: Browser, address: str) -> None:
    page, said = _open(browser, f"{address}/diary", 1280)
    page.click("[data-viewer-item] >> nth=3")
    page.wait_for_selector(".viewer-in .viewer-canvas img")
    assert page.get_attribute(".viewer-toolbar [data-viewer-action=zoom-in]", "aria-label") == "Larger"
    page.keyboard.press("Escape")
    page.wait_for_selector(".viewer-in", state="detached")
    assert said == []
    page.close()


def test_a_limit_is_counted_while_typing_and_nothing_is_cut_off(browser: Browser, address: str) -> None:
    page, _ = _open(browser, f"{address}/forms", 360)
    page.fill("#title", "水" * 41)
    assert page.inner_text("#title-count") == "41 / 40"
    assert page.input_value("#title") == "水" * 41
    assert "field-count-over" in (page.get_attribute("#title-count", "class") or "")
    page.close()


def test_a_line_of_the_error_summary_leads_into_its_field(browser: Browser, address: str) -> None:
    page, _ = _open(browser, f"{address}/forms", 1280)
    page.click(".error-summary a >> nth=0")
    assert page.evaluate("document.activeElement.id") == "wrong-title"
    page.close()
