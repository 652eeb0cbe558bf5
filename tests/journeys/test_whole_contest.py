# SPDX-License-Identifier: Apache-2.0
"""One entry's way through a contest in a real browser: diary, marks, ranking, reasons, certificate."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, expect

from app import jobs
from app.competitions.models import DiaryRelease, Mode
from app.db import db
from app.policy import Role
from tests import factories as make
from tests import world
from tests.live import chromium, come_in, served, window

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def cast(app: Flask) -> dict[str, Any]:
    """A strict contest without days of notice, one entry to be judged by one judge, another one judged already."""
    contest = make.contest(
        slug="valves",
        title="Better valves",
        mode=Mode.STRICT,
        diary_release=DiaryRelease.AT_ONCE,
        notice_days=0,
        contact="Ask the union.",
    )
    bureau, institute = make.unit("Bureau"), make.unit("Institute")
    owner, judge = make.user("Wang Li", of=bureau), make.user("Zhao Min", of=institute)
    first, second = make.user("Chen Yu", of=institute), make.user("Sun Hao", of=institute)
    make.grant(first, contest, Role.ORGANIZER)
    make.grant(second, contest, Role.ORGANIZER)
    join = make.stage_category(contest, "initial")
    make.seat(judge, join)
    entry = make.entry(contest, owner, of=bureau, title="A valve that says when it leaks")
    other = make.entry(contest, make.user(of=institute), of=institute, title="A lighter ladder")
    world.mark(make.assignment(judge, other, join), benefit="30")
    make.assignment(judge, entry, join)
    return {
        "contest": contest, "owner": owner, "judge": judge, "first": first, "second": second,
        "join": join, "entry": entry, "other": other,
    }  # fmt: skip


def photo(folder: Path) -> Path:
    path = folder / "valve.jpg"
    image = io.BytesIO()
    Image.new("RGB", (640, 480), (90, 120, 140)).save(image, "JPEG")
    path.write_bytes(image.getvalue())
    return path


def test_from_the_diary_to_the_certificate(app: Flask, cast: dict[str, Any], tmp_path: Path) -> None:
    with (
        time_machine.travel(make.NOW, tick=True),
        served(app) as address,
        chromium() as browser,
    ):
        note = _contestant_writes(browser, address, cast, photo(tmp_path))
        jobs.run_pending()
        _judge_marks(browser, address, cast, note)
        _organizers_rank(browser, address, cast)
        jobs.run_pending()
        _public_reads(browser, address, cast)


def _contestant_writes(browser: Browser, address: str, cast: dict[str, Any], picture: Path) -> str:
    title = "The new seal holds"
    with window(browser, width=360, height=740) as page:
        come_in(page, address, cast["owner"])
        page.goto(f"{address}/entries/{cast['entry'].public_id}/diary/new")
        page.locator("input[type=file][accept='image/*']").set_input_files(picture)
        page.get_by_label("Title").fill(title)
        page.get_by_label("Place").fill("Pump house")
        page.locator("textarea[name=body]").fill("Four hours under pressure, **no leak**.")
        page.get_by_role("button", name="Release", exact=True).click()
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    return title


def _judge_marks(browser: Browser, address: str, cast: dict[str, Any], note: str) -> None:
    with window(browser) as page:
        come_in(page, address, cast["judge"])
        page.goto(f"{address}/contests/valves/judging")
        page.get_by_role("link", name=re.compile(cast["entry"].title)).first.click()
        expect(page.get_by_text(note).first).to_be_visible()  # the diary stands beside the rubric
        page.wait_for_selector("form.is-live")
        page.locator("input[name='mark-A1']").fill("50.5")
        page.locator("#criterion-A2 input[type=radio]").first.check(force=True)
        page.locator("input[name='mark-B1']").fill("18")
        page.locator("input[name='mark-B1']").blur()
        expect(page.locator("[data-save-state]").last).to_contain_text("Saved", timeout=15_000)
        page.reload()
        expect(page.locator("input[name='mark-A1']")).to_have_value("50.5")
        expect(page.locator("#criterion-A2 input[type=radio]").first).to_be_checked()
        expect(page.locator("input[name='mark-B1']")).to_have_value("18")
        page.get_by_role("button", name="Look through and submit").click()
        page.get_by_role("button", name="Submit the scoresheet").click()
        expect(page.get_by_text("88.5").first).to_be_visible()
    db.session.rollback()


def _organizers_rank(browser: Browser, address: str, cast: dict[str, Any]) -> None:
    with window(browser) as page:
        come_in(page, address, cast["first"])
        page.goto(f"{address}/stage-categories/{cast['join'].public_id}/ranking")
        page.get_by_role("button", name="Compute the ranking").click()
        expect(page.get_by_text("Another person has to confirm")).to_be_visible()
        ranking = page.url
    with window(browser) as page:
        come_in(page, address, cast["second"])
        page.goto(ranking)
        page.get_by_text("Confirm this outcome").click()
        page.locator("form[action$='/confirm'] input[type=checkbox]").check()
        page.get_by_role("button", name="Confirm", exact=True).click()
    with window(browser) as page:
        come_in(page, address, cast["first"])
        page.goto(ranking)
        for step in ("publish", "finish"):
            page.locator(f"details:has(form[action$='/{step}']) > summary").click()
            page.locator(f"form[action$='/{step}'] button[type=submit]").click()
        page.goto(f"{ranking}/certificates")
        page.get_by_role("button", name="Grant awards and issue certificates").click()
        page.wait_for_load_state()
    db.session.rollback()


def _public_reads(browser: Browser, address: str, cast: dict[str, Any]) -> None:
    from sqlalchemy import select

    from app.awards.models import Certificate, CertificateState

    certificate = db.session.scalars(select(Certificate)).one()
    assert certificate.state == CertificateState.ISSUED
    with window(browser) as page:
        page.goto(f"{address}/contests/valves")
        page.locator("a[href*='/rankings/']").first.click()
        expect(page.get_by_text(cast["entry"].title).first).to_be_visible()
        page.locator(f"a[href*='/entries/{cast['entry'].public_id}']").first.click()
        if "/rankings/" not in page.url:  # the title leads to the entry, the score to its reasons
            page.locator("a[href*='/rankings/'][href*='/entries/']").first.click()
        expect(page.get_by_text("50.5").first).to_be_visible()  # down to the mark
        page.goto(f"{address}/verify")
        page.get_by_label(re.compile("code", re.IGNORECASE)).fill(certificate.check_code.lower().replace("-", " "))
        page.get_by_role("button", name="Verify").click()
        expect(page.get_by_text(certificate.serial)).to_be_visible()
