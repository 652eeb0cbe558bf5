# SPDX-License-Identifier: Apache-2.0
"""How dates, numbers, names and sizes are written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from app.templating import page_numbers, wording

NOON = datetime(2026, 11, 20, 4, 5, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def babel() -> Iterator[None]:
    """A bare application whose pages are shown in Shanghai."""
    app = Flask("wording")
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Shanghai"
    Babel(app)
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("mark", "places", "written"),
    [
        (7, None, "7"),
        (0, None, "0"),
        (0, 2, "0.00"),
        (Fraction(187, 2), None, "93.5"),
        (Fraction(250, 3), None, "83.3333…"),
        (Fraction(250, 3), 2, "83.33"),
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(-1, 8), 2, "−0.13"),
        (Fraction(-1, 1000), 2, "0.00"),
        (Decimal("91.50"), None, "91.5"),
        (Decimal("91.5"), 2, "91.50"),
        (Fraction(1999, 200), 1, "10.0"),
        (None, None, "—"),
    ],
)
def test_marks_are_written_exactly_or_rounded_half_up(
    mark: int | Fraction | Decimal | None, places: int | None, written: str
) -> None:
    assert wording.number(mark, places) == written


@pytest.mark.parametrize("wrong", [0.5, True, "7"])
def test_a_mark_that_is_not_exact_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError):
        wording.number(wrong)  # type: ignore[arg-type]  # that is the point


def test_moments_are_shown_in_the_zone_and_language_of_the_reader() -> None:
    with force_locale("zh"):
        assert wording.moment(NOON) == "2026年11月20日 12:05"
        assert wording.month(NOON) == "2026年11月"
        assert wording.day(NOON.date()) == "2026年11月20日"
    with force_locale("en"):
        assert wording.moment(NOON) == "20 Nov 2026, 12:05"
        assert wording.moment(NOON, "UTC") == "20 Nov 2026, 04:05"
        assert wording.hour(NOON) == "12:05"
        assert wording.moment(None) == ""


def test_a_time_element_holds_the_exact_moment() -> None:
    with force_locale("en"):
        assert wording.when(NOON, "day") == (
            '<time datetime="2026-11-20T12:05:06+08:00" title="2026-11-20 12:05:06 CST">20 Nov 2026</time>'
        )
    with pytest.raises(ValueError, match="without a zone"):
        wording.moment(datetime(2026, 1, 1))


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(0), "ended"),
        (timedelta(seconds=1), "1 minute left"),
        (timedelta(minutes=119), "119 minutes left"),
        (timedelta(hours=47, minutes=59), "47 hours left"),
        (timedelta(days=2), "2 days left"),
        (timedelta(days=-1), "ended"),
    ],
)
def test_the_time_left_is_said_in_the_unit_that_helps(left: timedelta, said: str) -> None:
    with force_locale("en"):
        assert wording.time_left(NOON + left, NOON) == said


@pytest.mark.parametrize(
    ("name", "letters", "masked"),
    [
        ("欧阳明", "阳明", "欧*明"),
        ("张伟", "张伟", "张*"),
        ("Wei Zhang", "WZ", "W*******g"),
        ("", "?", ""),
        (None, "?", ""),
    ],
)
def test_names_are_shortened_and_masked(name: str | None, letters: str, masked: str) -> None:
    assert wording.initials(name) == letters
    assert wording.mask_name(name) == masked


def test_logins_sizes_and_digests() -> None:
    assert wording.mask_login("13800001234") == "138****1234"
    assert wording.mask_login("A7") == "**"
    with force_locale("en"):
        assert [wording.file_size(size) for size in (0, 1, 2048, 3355443, 5 << 30)] == [
            "0 bytes",
            "1 byte",
            "2.0 KB",
            "3.2 MB",
            "5.0 GB",
        ]
    assert wording.digest_groups("9f2c41aa0b7d55e1") == "9f2c 41aa 0b7d"


@pytest.mark.parametrize(
    ("page", "pages", "line"),
    [
        (1, 3, [1, 2, 3]),
        (7, 26, [1, None, 6, 7, 8, None, 26]),
        (4, 26, [1, 2, 3, 4, 5, None, 26]),
        (26, 26, [1, None, 25, 26]),
    ],
)
def test_the_line_of_pages(page: int, pages: int, line: list[int | None]) -> None:
    assert page_numbers(page, pages) == line
