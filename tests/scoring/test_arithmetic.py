# SPDX-License-Identifier: Apache-2.0
"""Rounding and printing, against the published vectors and against `decimal`."""

from __future__ import annotations

import decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import Rounding, RoundingMode, format_number, parse_number
from scoring.arithmetic import parse_decimal
from tests.scoring.contests import fixed

DECIMAL_MODE = {
    RoundingMode.HALF_UP: decimal.ROUND_HALF_UP,
    RoundingMode.HALF_EVEN: decimal.ROUND_HALF_EVEN,
    RoundingMode.DOWN: decimal.ROUND_FLOOR,
    RoundingMode.UP: decimal.ROUND_CEILING,
    RoundingMode.CUT: decimal.ROUND_DOWN,
}


def test_eight_judges_trimmed_give_the_published_mean() -> None:
    marks = sorted(map(Fraction, ["6.5", "6.75", "7", "7.25", "7.25", "7.5", "7", "7.5"]))
    half_up = Rounding(RoundingMode.HALF_UP, 2)
    assert format_number(half_up.apply(sum(marks[1:-1], Fraction(0)) / 6)) == "7.13"
    assert format_number(half_up.apply(sum(marks, Fraction(0)) / 8)) == "7.09"


def test_where_the_rounding_stands_changes_the_sum() -> None:
    half_up = Rounding(RoundingMode.HALF_UP, 2)
    factored = [Fraction(panel) * Fraction("1.2") for panel in ("9.29", "8.93", "9.32", "9.18", "9.25")]
    assert format_number(sum(map(half_up.apply, factored), Fraction(0))) == "55.17"
    assert format_number(half_up.apply(sum(factored, Fraction(0)))) == "55.16"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2.5", {"half_up": "3", "half_even": "2", "down": "2", "up": "3", "cut": "2"}),
        ("3.5", {"half_up": "4", "half_even": "4", "down": "3", "up": "4", "cut": "3"}),
        ("-2.5", {"half_up": "-3", "half_even": "-2", "down": "-3", "up": "-2", "cut": "-2"}),
        ("2.4", {"half_up": "2", "half_even": "2", "down": "2", "up": "3", "cut": "2"}),
        ("-0.4", {"half_up": "0", "half_even": "0", "down": "-1", "up": "0", "cut": "0"}),
        ("7", {"half_up": "7", "half_even": "7", "down": "7", "up": "7", "cut": "7"}),
    ],
)
def test_every_mode_at_the_half(value: str, expected: dict[str, str]) -> None:
    found = {mode: format_number(Rounding(RoundingMode(mode), 0).apply(Fraction(value))) for mode in expected}
    assert found == expected


@fixed(400)
@given(st.integers(-(10**9), 10**9), st.integers(0, 8), st.integers(0, 6), st.sampled_from(RoundingMode))
def test_rounding_agrees_with_decimal(digits: int, scale: int, places: int, mode: RoundingMode) -> None:
    value = decimal.Decimal(digits).scaleb(-scale)
    expected = value.quantize(decimal.Decimal(1).scaleb(-places), rounding=DECIMAL_MODE[mode])
    assert Rounding(mode, places).apply(Fraction(value)) == Fraction(expected)


@fixed(300)
@given(st.fractions())
def test_printed_numbers_read_back(value: Fraction) -> None:
    text = format_number(value)
    assert parse_number(text) == value
    assert "e" not in text.lower()


@fixed(200)
@given(st.decimals(-(10**6), 10**6, places=4))
def test_decimals_print_as_decimals_without_zeros_at_the_end(value: decimal.Decimal) -> None:
    text = format_number(Fraction(value))
    assert parse_decimal(text) == Fraction(value)
    assert not ("." in text and text.endswith("0"))
    assert text != "-0"


def test_fixed_places_are_filled_up() -> None:
    assert [format_number(Fraction(text), 2) for text in ("8", "8.005", "-0.004", "1/3")] == [
        "8.00",
        "8.01",
        "0.00",
        "0.33",
    ]


@pytest.mark.parametrize(
    "text", ["", "1e3", "NaN", "inf", "+1", ".5", "5.", "01", "1_0", "１", " 1", "1\n", "1/2", "0x1"]
)
def test_documents_know_one_way_to_write_a_number(text: str) -> None:
    assert parse_decimal(text) is None


@pytest.mark.parametrize("text", ["", "1/0", "a", "1/2/3", "1 / 2", "1e3"])
def test_what_was_never_printed_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="not a printed number"):
        parse_number(text)
