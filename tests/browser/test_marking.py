# SPDX-License-Identifier: Apache-2.0
"""A judge marks in a real browser: by keyboard, through a reload, two windows, a lost connection, up to the receipt."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright
from sqlalchemy import select, update
from werkzeug.serving import make_server

from app import clock
from app.accounts.models import User
from app.competitions.models import StageCategory, Window, WindowKind
from app.db import db, transaction
from app.diaries.models import DiaryEntry
from app.entries.models import Entry
from app.judging.models import Assignment, Citation, Mark, Scoresheet, SheetState
from tests import factories as make
from tests import servers
from tests.conftest import Client

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAVED = ".sheet-bar [data-save-state] [data-state=saved]"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=servers.chromium_path(), args=list(servers.CHROMIUM_FLAGS))
        yield browser
        browser.close()


class Hall:
    """One judge with two entries to mark, at the present moment, and the address of a running server."""

    judge: User
    entry: Entry
    first: Assignment
    second: Assignment
    note: DiaryEntry
    address: str

    def __init__(self, app: Flask) -> None:
        self.app = app
        contest = make.contest(slug="browser")
        initial: StageCategory = make.stage_category(contest)
        unit = make.unit("Power plant")
        owner = make.user("owner", of=unit)
        self.judge = make.user("judge", of=make.unit("University"))
        make.seat(self.judge, initial)
        self.entry = make.entry(contest, owner, of=unit, title="Quieter pumps", number="E-001")
        other = make.entry(contest, owner, of=unit, title="Cooler bearings", number="E-002")
        self.note = make.diary_entry(self.entry, title="Valve changed")
        self.first = make.assignment(self.judge, self.entry, initial)
        self.second = make.assignment(self.judge, other, initial)
        now = clock.now()
        with transaction() as session:  # the server keeps the real time
            session.execute(
                update(Window)
                .where(Window.kind == WindowKind.MARKING)
                .values(starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1))
            )

    def context(self, chromium: Browser, **options: Any) -> BrowserContext:
        """Return a signed-in browser."""
        client: Client = self.app.test_client()  # type: ignore[assignment]  # test_client_class says so
        client.sign_in(self.judge)
        cookie = client.get_cookie("youyin")
        assert cookie is not None
        context = chromium.new_context(locale="en-GB", **options)
        context.set_default_timeout(8000)
        context.add_cookies([{"name": "youyin", "value": cookie.value, "url": self.address}])
        return context

    def sheet(self, page: Page, *, live: bool = True) -> None:
        """Open the first scoresheet, and wait for its script where it has one to wait for."""
        page.goto(f"{self.address}/assignments/{self.first.public_id}/scoresheet")
        if live:
            expect(page.locator("form[data-sheet].is-live")).to_be_attached()


@pytest.fixture
def hall(app: Flask) -> Iterator[Hall]:
    found = Hall(app)
    app.config["WTF_CSRF_ENABLED"] = True
    port = servers.free_port()
    server = make_server(servers.LOOPBACK, port, app, threaded=True)
    found.address = f"http://{servers.LOOPBACK}:{port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()
    app.config["WTF_CSRF_ENABLED"] = False


def rows(model: Any) -> list[Any]:
    """Return all rows of a table as the server has left them by now."""
    db.session.rollback()
    return list(db.session.scalars(select(model)))


def stored() -> dict[str, Fraction | None]:
    """Return the marks of the first entry as the database has them."""
    db.session.rollback()
    rows = db.session.execute(
        select(Mark.criterion, Mark.value)
        .join(Scoresheet, Scoresheet.id == Mark.sheet_id)
        .join(Assignment, Assignment.id == Scoresheet.assignment_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .where(Entry.number == "E-001")
    )
    return {criterion: value for criterion, value in rows}


KEPT = "Object.keys(localStorage).some((name) => name.startsWith('youyin.sheet'))"


def nothing_is_kept(page: Page) -> None:
    """Wait until this device holds no copy of unsent marks any more."""
    for _ in range(50):  # Playwright's own waiting needs eval, which our policy for scripts forbids
        if not page.evaluate(KEPT):
            return
        page.wait_for_timeout(100)
    raise AssertionError("a copy of unsent marks stays on the device")


def mark_all(page: Page) -> None:
    """Mark the three criteria with the keyboard alone."""
    page.locator("#mark-A1").focus()
    page.keyboard.type("55")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.keyboard.type("12")
    expect(page.locator(SAVED)).to_be_visible()


def test_marking_by_keyboard_survives_a_reload_and_ends_in_a_receipt(hall: Hall, chromium: Browser) -> None:
    with hall.context(chromium) as context:
        page = context.new_page()
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        hall.sheet(page)
        mark_all(page)
        assert page.locator("[data-total]").inner_text() == "87.5"
        assert page.locator("[data-subtotal=A]").inner_text() == "75.5"
        assert stored() == {"A1": Fraction(111, 2), "A2": Fraction(20), "B1": Fraction(12)}
        nothing_is_kept(page)
        page.reload()
        assert page.locator("#mark-A1").input_value() == "55.5"
        assert page.locator("[data-mark=A2] input:checked").get_attribute("value") == "wide"

        page.locator("#mark-A1").focus()
        page.locator(f"[data-cite='diary:{hall.note.public_id}']").click()
        expect(page.locator("[data-citations=A1] a")).to_have_text("Valve changed")
        expect(page.locator(f"[data-cited='diary:{hall.note.public_id}']")).to_contain_text("A1")
        assert len(rows(Citation)) == 1

        page.locator("#mark-B1").focus()
        page.keyboard.press("Control+Enter")
        page.wait_for_url(f"**/{hall.second.public_id}/scoresheet")
        page.locator("[data-step=up]").first.click()
        page.wait_for_url("**/scoresheet")
        expect(page.locator(SAVED)).to_be_visible()
        assert page.locator("#mark-A1").input_value() == "30", "the first press starts in the middle of the scale"

        page.goto(f"{hall.address}/assignments/{hall.first.public_id}/review")
        page.get_by_role("button", name="Submit the scoresheet").click()
        page.wait_for_url("**/receipt")
        expect(page.locator(".receipt")).to_contain_text("87.5")
        hall.sheet(page, live=False)
        expect(page.locator("#mark-A1")).to_have_count(0)
        nothing_is_kept(page)
        assert problems == []
    states = {sheet.assignment_id: sheet.state for sheet in rows(Scoresheet)}
    assert states == {hall.first.id: SheetState.SUBMITTED, hall.second.id: SheetState.DRAFT}


def test_what_was_typed_in_the_last_moment_before_a_reload_is_not_lost(hall: Hall, chromium: Browser) -> None:
    with hall.context(chromium) as context:
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        held: list[Route] = []
        page.route("**/assignments/*/marks/*", lambda route: held.append(route))  # noqa: PLW0108 -- Playwright marks its handlers; the request leaves and no answer ever comes
        hall.sheet(page)
        page.locator("#mark-A1").fill("41")
        expect(page.locator(".sheet-bar [data-save-state] [data-state=saving]")).to_be_visible()
        assert page.evaluate(KEPT)
        page.unroute("**/assignments/*/marks/*")
        page.reload()
        expect(page.locator("#mark-A1")).to_have_value("41")
        expect(page.locator(SAVED)).to_be_visible()
        expect(page.locator(".sheet-bar [data-save-state]")).to_contain_text("Saved")
        nothing_is_kept(page)
        assert stored() == {"A1": Fraction(41)}
        assert held


def test_two_windows_never_overwrite_each_other(hall: Hall, chromium: Browser) -> None:
    with hall.context(chromium) as context:
        first, second = context.new_page(), context.new_page()
        for page in (first, second):
            hall.sheet(page)
        first.locator("#mark-B1").fill("10")
        expect(first.locator(".sheet-bar [data-save-state]")).to_contain_text(":")  # with the time of the save
        second.locator("#mark-B1").fill("3")
        conflict = second.locator("[data-mark=B1] [data-conflict]")
        expect(conflict).to_contain_text("10")
        assert second.locator("#mark-B1").input_value() == "3"
        assert stored()["B1"] == 10
        second.get_by_role("button", name="Save and next").click()
        expect(second.locator("[data-save-alarm]")).to_be_visible()
        conflict.locator("[data-choose=mine]").click()
        expect(second.locator(SAVED)).to_be_visible()
        assert stored()["B1"] == 3
        first.locator("#mark-B1").fill("11")
        first.locator("[data-mark=B1] [data-choose=theirs]").click()
        assert first.locator("#mark-B1").input_value() == "3"
        expect(first.locator(SAVED)).to_be_visible()
        assert stored()["B1"] == 3


def test_a_lost_connection_is_loud_and_everything_is_sent_afterwards(hall: Hall, chromium: Browser) -> None:
    with hall.context(chromium) as context:
        page = context.new_page()
        hall.sheet(page)
        context.set_offline(True)
        page.locator("#mark-A1").fill("20")
        page.locator("[name=comment-A1]").evaluate("(area) => area.closest('details').open = true")
        page.locator("[name=comment-A1]").fill("Typed in the hall")
        expect(page.locator("[data-save-alarm]")).to_contain_text("No connection")
        expect(page.locator(".sheet-bar [data-state=offline]")).to_be_visible()
        page.get_by_role("button", name="Save and next").click()
        expect(page.locator("[data-save-alarm]")).to_contain_text("Stay on this page until they are.")
        expect(page.locator("#mark-A1")).to_have_value("20")
        assert stored() == {}
        assert page.evaluate(KEPT)
        context.set_offline(False)
        expect(page.locator(SAVED)).to_be_visible(timeout=15000)
        expect(page.locator("[data-save-alarm]")).to_be_hidden()
        assert stored() == {"A1": Fraction(20)}
        assert [mark.comment for mark in rows(Mark)] == ["Typed in the hall"]
        nothing_is_kept(page)


def test_a_server_in_trouble_is_asked_again_and_an_illegal_mark_is_not(hall: Hall, chromium: Browser) -> None:
    with hall.context(chromium) as context:
        page = context.new_page()
        hall.sheet(page)
        page.route("**/assignments/*/marks/A1", lambda route: route.fulfill(status=500, body="no"), times=1)
        page.locator("#mark-A1").fill("20")
        expect(page.locator("[data-save-alarm]")).to_contain_text("Could not save")
        expect(page.locator(SAVED)).to_be_visible(timeout=15000)
        assert stored() == {"A1": Fraction(20)}
        page.locator("#mark-B1").fill("21")
        expect(page.locator("[data-mark=B1] .field-error")).to_contain_text("above the highest mark")
        expect(page.locator(".sheet-bar [data-state=unsaved]")).to_be_visible()
        page.locator("#mark-B1").fill("20")
        expect(page.locator(SAVED)).to_be_visible()
        expect(page.locator("[data-mark=B1] .field-error")).to_have_count(0)


def test_everything_works_without_script(hall: Hall, chromium: Browser) -> None:
    with hall.context(chromium, java_script_enabled=False) as context:
        page = context.new_page()
        hall.sheet(page, live=False)
        page.locator("#mark-A1").fill("7.3")
        page.locator("[data-mark=A2] input").first.check()
        page.locator("#mark-B1").fill("12")
        page.locator("[data-plain-save] button", has_text="Save").first.click()
        expect(page.locator("[data-mark=A1] .field-error")).to_contain_text("between two marks")
        expect(page.locator("#mark-A1")).to_have_value("7.3")
        page.locator("#mark-A1").fill("7.5")
        page.locator("[data-cite-for]").select_option("B1")
        page.locator(f"[data-cite='diary:{hall.note.public_id}']").click()
        expect(page.locator("[data-citations=B1]")).to_contain_text("Valve changed")
        assert stored() == {"A1": Fraction(15, 2), "A2": Fraction(20), "B1": Fraction(12)}
        page.get_by_role("button", name="Look through and submit").click()
        page.get_by_role("button", name="Submit the scoresheet").click()
        expect(page.locator(".receipt")).to_contain_text("39.5")


@pytest.mark.parametrize(("width", "height"), [(360, 740), (768, 1024), (1280, 800)])
def test_the_page_fits_and_the_total_is_always_in_sight(hall: Hall, chromium: Browser, width: int, height: int) -> None:
    with hall.context(chromium, viewport={"width": width, "height": height}) as context:
        page = context.new_page()
        hall.sheet(page)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        expect(page.locator("[data-total]")).to_be_in_viewport()
        if width < 992:
            expect(page.locator("#evidence")).to_be_hidden()
            page.locator("[data-pane-tab=evidence]").click()
            expect(page.locator("#rubric")).to_be_hidden()
            expect(page.locator(".pane-tabs [data-save-state]")).to_be_in_viewport()
        expect(page.locator("#evidence")).to_contain_text("Valve changed")
