# SPDX-License-Identifier: Apache-2.0
"""What a judge types, and what is wrong or missing on a sheet."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import (
    Cell,
    CellState,
    Criterion,
    MarkError,
    SheetError,
    check,
    format_number,
    group_totals,
    parse_mark,
    partial_total,
    sheet_total,
)
from tests.scoring.contests import fixed, random_document, simple

DOCUMENT = simple(
    **{
        'title = "Craft"\n': 'title = "Craft"\ncomment_below = 3\ncomment_above = 9\n',
        'title = "Use"\n': 'title = "Use"\ncomment = "required"\n',
    }
)


def criterion(code: str) -> Criterion:
    found = DOCUMENT.rubric.criterion(code)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("8.5", "8.5"), ("8.50", "8.5"), (" 8 ", "8"), ("0", "0"), ("-0", "0"), ("+7", "7"), ("7.", "7"), (".5", "0.5"),
        ("８．５", "8.5"), ("８。５", "8.5"), ("8。5", "8.5"), ("8，5", "8.5"), ("8,5", "8.5"), ("8·5", "8.5"),
        ("０", "0"),
        ("010", "10"), ("\u30008\u3000", "8"),
    ],
)  # fmt: skip
def test_marks_are_understood_as_people_type_them(text: str, mark: str) -> None:
    assert parse_mark(criterion("A1"), text) == Fraction(mark)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"), ("  ", "empty"), ("\u3000", "empty"), ("NaN", "not_a_number"), ("inf", "not_a_number"),
        ("true", "not_a_number"), ("8分", "not_a_number"), ("1e1", "not_a_number"), ("8 5", "not_a_number"),
        ("8.5.1", "not_a_number"), ("--8", "not_a_number"), ("٨", "not_a_number"), ("½", "not_a_number"),
        ("0x8", "not_a_number"), ("1_0", "not_a_number"), ("9" * 40, "not_a_number"), ("8,500", "comma_unclear"),
        ("1,2,3", "comma_unclear"), ("-1", "below_minimum"), ("10.5", "above_maximum"), ("8.25", "off_step"),
        ("8.3", "off_step"),
    ],
)  # fmt: skip
def test_what_is_no_mark_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(MarkError) as error:
        parse_mark(criterion("A1"), text)
    finding = error.value.finding
    assert (finding.code, finding.criterion) == (code, "A1")
    assert finding.say("zh") != finding.say("en")


def test_mark_off_the_step_names_its_neighbours() -> None:
    with pytest.raises(MarkError, match=r"8\.3 is between two marks of step 0\.5; the nearest are 8 and 8\.5"):
        parse_mark(criterion("A1"), "8.3")


def test_level_is_given_by_its_code_or_its_mark() -> None:
    assert parse_mark(criterion("B1"), "high") == parse_mark(criterion("B1"), "10") == 10
    for text, code in (("best", "unknown_level"), ("7", "no_such_level"), ("", "empty")):
        with pytest.raises(MarkError) as error:
            parse_mark(criterion("B1"), text)
        assert error.value.finding.code == code


@fixed(150)
@given(st.integers(0, 2**32))
def test_exactly_the_marks_of_the_scale_are_legal(seed: int) -> None:
    for one in random_document(Random(seed)).rubric.criteria:
        marks = list(one.marks())
        assert (marks[0], marks[-1]) == (one.minimum, one.maximum)
        for mark in marks:
            assert parse_mark(one, format_number(mark)) == mark
        for wrong in (one.minimum - 1, one.maximum + 1, marks[0] + Fraction(1, 7)):
            with pytest.raises(MarkError):
                parse_mark(one, format_number(wrong, 6))


def test_sheet_is_checked_against_its_rubric() -> None:
    cells = {"A1": Cell.of("8.3"), "A2": Cell.of("2"), "B1": Cell.of("10", "Used daily"), "Z1": Cell.of("1")}
    assert [(one.code, one.criterion) for one in check(DOCUMENT.rubric, cells, complete=True)] == [
        ("off_step", "A1"),
        ("comment_missing", "A2"),
        ("unknown_criterion", "Z1"),
    ]
    assert [one.code for one in check(DOCUMENT.rubric, cells, complete=False)] == ["off_step", "unknown_criterion"]


def test_draft_may_lack_what_a_submitted_sheet_may_not() -> None:
    cells = {"A1": Cell.of(0), "B1": Cell.of("not_yet")}
    assert check(DOCUMENT.rubric, cells, complete=False) == ()
    found = check(DOCUMENT.rubric, cells, complete=True)
    assert [(one.code, one.criterion) for one in found] == [("missing", "A2"), ("missing", "B1")]
    assert found[0].say("zh") == "“Craft”还没有打分。"


def test_state_needs_neither_mark_nor_comment() -> None:
    cells = {"A1": Cell.of("absent"), "A2": Cell.of("abstained"), "B1": Cell.of("not_applicable")}
    assert check(DOCUMENT.rubric, cells, complete=True) == ()


@pytest.mark.parametrize(("mark", "needed"), [("2.5", True), ("3", False), ("9", False), ("9.5", True)])
def test_comment_is_needed_strictly_beyond_the_limits(mark: str, needed: bool) -> None:
    cells = {"A1": Cell.of(1), "A2": Cell.of(mark, "  "), "B1": Cell.of(4, "x")}
    assert bool(check(DOCUMENT.rubric, cells, complete=True)) is needed


def test_totals_are_weighted_and_a_blank_is_never_zero() -> None:
    cells = {"A1": Cell.of("8.5"), "A2": Cell.of("0"), "B1": Cell.of("10")}
    assert sheet_total(DOCUMENT, cells) == Fraction("28.5")
    assert group_totals(DOCUMENT, cells) == {"A": Fraction("8.5"), "B": 20}
    del cells["A2"]
    assert group_totals(DOCUMENT, cells) == {"A": None, "B": 20}
    assert partial_total(DOCUMENT, cells) == Fraction("28.5")
    with pytest.raises(SheetError) as error:
        sheet_total(DOCUMENT, cells)
    assert error.value.criteria == ("A2",)


def test_sheet_total_is_rounded_as_declared() -> None:
    rounded = simple('[rule.sheet]\nrounding = { mode = "half_even", places = 0 }\n')
    cells = {"A1": Cell.of("8.5"), "A2": Cell.of("0"), "B1": Cell.of("10")}
    assert sheet_total(rounded, cells) == 28


def test_cell_has_exactly_one_of_value_and_state() -> None:
    for value, state in ((None, None), (Fraction(1), CellState.ABSENT)):
        with pytest.raises(ValueError, match="either a value or a state"):
            Cell(value, state)
    for wrong in (1, 1.5, True, "1"):
        with pytest.raises(TypeError):
            Cell(wrong)
    for wrong in (1.5, True):
        with pytest.raises(TypeError):
            Cell.of(wrong)
    for text in ("", "1e3", "NaN", "missing", "1/2"):
        with pytest.raises(ValueError, match="neither a decimal nor a state"):
            Cell.of(text)
    assert [Cell.of(x).text for x in ("0", "8.50", "recused", CellState.ABSENT, Fraction(1, 2))] == [
        "0", "8.5", "recused", "absent", "0.5",
    ]  # fmt: skip
