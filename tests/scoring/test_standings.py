# SPDX-License-Identifier: Apache-2.0
"""From sheets to places: exact, whatever the order of the input, ties shown, a blank never a zero."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import (
    BlockCode,
    Cell,
    CellState,
    EntrySheets,
    InputError,
    Sheet,
    Standings,
    format_number,
    input_canonical,
    input_digest,
    places_canonical,
    standings,
)
from scoring.rules.rule import CellPolicy, CellRules
from tests.scoring.contests import entry, fixed, random_document, random_entries, sheet, simple

TRIMMED = 'method = "trimmed_mean"\ndrop_high = 1\ndrop_low = 1\nminimum = 3'


def trimmed(extra: str = "") -> object:
    return simple(extra, **{'method = "mean"\nminimum = 2': TRIMMED})


def placed(found: Standings) -> list[tuple[str, int | None, str | None]]:
    return [(row.entry, row.place, None if row.score is None else format_number(row.score)) for row in found.rows]


def with_totals(name: str, *totals: str) -> EntrySheets:
    """Return an entry whose sheets come to these totals (8 comes from B1)."""
    return entry(name, *((total, "0", "4") for total in totals))


def test_mean_is_rounded_half_up_after_the_mean() -> None:
    found = standings(simple(), [with_totals("a", "8.5", "7", "8"), with_totals("b", "8", "7.5", "8")])
    assert placed(found) == [("a", 1, "15.83"), ("b", 1, "15.83")]
    assert [row.tied for row in found] == [True, True]


def test_one_highest_and_one_lowest_are_dropped_even_when_they_are_equal() -> None:
    found = standings(trimmed(), [with_totals("a", "5", "5", "5", "9", "9"), with_totals("b", "5", "5", "6")])
    assert placed(found) == [("a", 1, "14.33"), ("b", 2, "13")]
    row = found.row("a")
    assert row is not None
    assert (row.derivation.dropped_low, row.derivation.dropped_high) == (("J1",), ("J5",))
    assert format_number(row.derivation.mean or Fraction(0)) == "43/3"


def test_zero_is_a_mark_and_a_blank_is_not() -> None:
    zero = standings(simple(), [with_totals("a", "0", "10")])
    assert placed(zero) == [("a", 1, "13")]
    for blank in (Cell.of("not_yet"), None):
        cells = {"A1": Cell.of(10), "A2": Cell.of(0), "B1": Cell.of(4)} | ({} if blank is None else {"A1": blank})
        if blank is None:
            del cells["A1"]
        given_entry = EntrySheets("a", (sheet("J1", "10", "0", "4"), sheet("J2", "10", "0", "4"), Sheet("J3", cells)))
        found = standings(simple(), [given_entry])
        assert placed(found) == [("a", None, None)]
        block = found.rows[0].blocked_by[0]
        assert (block.code, block.judge, block.criterion, block.state) == (
            BlockCode.STATE,
            "J3",
            "A1",
            CellState.NOT_YET,
        )


def test_absent_judge_is_left_out_and_never_counts_as_zero() -> None:
    sheets = (sheet("J1", "9", "0", "4"), sheet("J2", "8", "0", "4"), Sheet("J3", state=CellState.ABSENT))
    found = standings(simple(), [EntrySheets("a", sheets)])
    assert placed(found) == [("a", 1, "16.5")]
    assert [(out.judge, out.state, out.criterion) for out in found.rows[0].derivation.left_out] == [
        ("J3", "absent", None)
    ]


def test_state_of_one_cell_acts_on_its_whole_sheet() -> None:
    cells = {"A1": Cell.of(1), "A2": Cell.of("abstained"), "B1": Cell.of("recused")}
    sheets = (sheet("J1", "9", "0", "4"), sheet("J2", "8", "0", "4"), Sheet("J3", cells))
    found = standings(simple(), [EntrySheets("a", sheets)])
    assert placed(found) == [("a", 1, "16.5")]
    assert [(out.judge, out.state, out.criterion) for out in found.rows[0].derivation.left_out] == [
        ("J3", "abstained", "A2")
    ]


def test_too_few_sheets_give_no_score() -> None:
    sheets = (sheet("J1", "9", "0", "4"), Sheet("J2", state=CellState.RECUSED))
    found = standings(simple(), [EntrySheets("a", sheets), EntrySheets("b", ()), with_totals("c", "1", "1")])
    assert placed(found) == [("c", 1, "9"), ("a", None, None), ("b", None, None)]
    assert [(one.counted, one.minimum) for row in found.blocked for one in row.blocked_by] == [(1, 2), (0, 2)]


@pytest.mark.parametrize("state", list(CellState))
@pytest.mark.parametrize("policy", list(CellPolicy))
def test_rule_says_of_each_state_what_it_does(state: CellState, policy: CellPolicy) -> None:
    document = simple(f'[rule.cells]\n{state.value} = "{policy.value}"\n')
    sheets = (sheet("J1", "9", "0", "4"), sheet("J2", "8", "0", "4"), Sheet("J3", state=state))
    found = standings(document, [EntrySheets("a", sheets)])
    assert placed(found) == [("a", None, None) if policy is CellPolicy.BLOCK else ("a", 1, "16.5")]


def test_places_after_a_tie() -> None:
    given_entries = [with_totals(name, mark, mark) for name, mark in (("a", "9"), ("b", "8"), ("c", "8"), ("d", "7"))]
    assert [row.place for row in standings(simple(), given_entries)] == [1, 2, 2, 4]
    dense = simple('[rule.places]\nstyle = "dense"\n')
    assert [row.place for row in standings(dense, given_entries)] == [1, 2, 2, 3]


def test_chain_compares_only_the_tied_and_what_remains_equal_is_shown_as_tied() -> None:
    document = simple('[[rule.ties]]\nby = "group"\ncode = "B"\n[[rule.ties]]\nby = "criterion"\ncode = "A2"\n')
    given_entries = [
        entry("a", ("8", "0", "10"), ("8", "0", "10")),  # 28, B 20
        entry("b", ("10", "10", "4"), ("10", "10", "4")),  # 28, B 8
        entry("c", ("4", "4", "10"), ("4", "4", "10")),  # 28, B 20, A2 4
        entry("d", ("4", "4", "10"), ("4", "4", "10")),
        entry("e", ("10", "9.5", "4"), ("10", "9.5", "4")),  # 27.5: its marks never matter for the tie
    ]
    found = standings(document, given_entries)
    assert [(row.entry, row.place, row.tied) for row in found] == [
        ("c", 1, True), ("d", 1, True), ("a", 3, False), ("b", 4, False), ("e", 5, False),
    ]  # fmt: skip
    steps = {
        row.entry: [(s.by, s.code, format_number(s.value), s.among, s.equal) for s in row.derivation.ties]
        for row in found
    }
    assert steps == {
        "a": [("group", "B", "20", 4, 3), ("criterion", "A2", "0", 3, 1)],
        "b": [("group", "B", "8", 4, 1)],
        "c": [("group", "B", "20", 4, 3), ("criterion", "A2", "4", 3, 2)],
        "d": [("group", "B", "20", 4, 3), ("criterion", "A2", "4", 3, 2)],
        "e": [],
    }


@pytest.mark.parametrize(
    ("by", "first"),
    [("median", "wide"), ("lowest_sheet", "close"), ("highest_sheet", "wide")],
)
def test_comparators_over_the_sheets(by: str, first: str) -> None:
    document = simple(f'[[rule.ties]]\nby = "{by}"\n')
    given_entries = [with_totals("close", "5", "6", "7"), with_totals("wide", "1", "7", "10")]
    found = standings(document, given_entries)
    assert (found.rows[0].entry, found.rows[0].place) == (first, 1)
    assert found.rows[1].place == 2


def test_median_of_an_even_panel_is_the_mean_of_the_middle_two() -> None:
    document = simple('[[rule.ties]]\nby = "median"\n')
    given_entries = [with_totals("a", "0", "5", "6", "9"), with_totals("b", "1", "4", "6", "9")]
    steps = {row.entry: format_number(row.derivation.ties[0].value) for row in standings(document, given_entries)}
    assert steps == {"a": "13.5", "b": "13"}


def test_group_comparator_drops_and_rounds_like_the_total() -> None:
    document = trimmed('[[rule.ties]]\nby = "criterion"\ncode = "A2"\n')
    a = entry("a", ("0", "10", "4"), ("5", "5", "4"), ("5", "5", "4"), ("10", "0", "4"))
    b = entry("b", ("5", "5", "4"), ("5", "5", "4"), ("5.5", "4.5", "4"), ("4.5", "5.5", "4"))
    found = standings(document, [a, b])
    assert [(row.entry, row.place, row.tied) for row in found] == [("a", 1, True), ("b", 1, True)]
    assert format_number(found.rows[0].derivation.ties[0].value) == "5"


def test_scores_without_a_decimal_are_written_as_fractions() -> None:
    exact = simple(**{'rounding = { mode = "half_up", places = 2 }\n': ""})
    found = standings(exact, [with_totals("a", "8", "8", "7")])
    assert found.to_json()["rows"][0]["score"] == "47/3"


def test_nothing_is_computed_when_anything_is_wrong_and_everything_is_told() -> None:
    wrong = EntrySheets(
        "w", (Sheet("J1", {"A1": Cell.of("10.5"), "Z": Cell.of(1)}), Sheet("J1", state=CellState.ABSENT))
    )
    with pytest.raises(InputError) as error:
        standings(
            simple(),
            [
                wrong,
                with_totals("a", "1"),
                with_totals("a", "2"),
                EntrySheets("", ()),
                EntrySheets("n", (Sheet("", {}),)),
            ],
        )
    assert [(one.code, one.entry, one.judge, one.finding and one.finding.code) for one in error.value.problems] == [
        ("no_name", "", "", None),
        ("entry_repeated", "a", "", None),
        ("no_name", "n", "", None),
        ("judge_repeated", "w", "J1", None),
        ("finding", "w", "J1", "above_maximum"),
        ("finding", "w", "J1", "unknown_criterion"),
    ]
    for problem in error.value.problems:
        assert problem.say("zh") != problem.say("en")


def test_no_entries_make_empty_standings() -> None:
    assert standings(simple(), []).rows == ()


@fixed(250)
@given(st.integers(0, 2**32))
def test_order_of_the_input_never_matters(seed: int) -> None:
    random = Random(seed)
    document = random_document(random)
    entries = random_entries(random, document)
    shuffled = [replace(one, sheets=tuple(random.sample(one.sheets, len(one.sheets)))) for one in entries]
    random.shuffle(shuffled)
    first, second = standings(document, entries), standings(document, shuffled)
    assert first == second
    assert (first.canonical, first.derivations_canonical) == (second.canonical, second.derivations_canonical)
    assert input_digest(document, entries) == input_digest(document, shuffled)


@fixed(250)
@given(st.integers(0, 2**32))
def test_places_follow_from_scores_and_chain(seed: int) -> None:
    random = Random(seed)
    document = random_document(random)
    found = standings(document, random_entries(random, document))
    scored = [(row, row.place, row.score) for row in found if row.place is not None and row.score is not None]
    assert all((row.place is None) == (row.score is None) == bool(row.blocked_by) for row in found)
    for (one, place, score), (following, next_place, next_score) in itertools.pairwise(scored):
        assert score >= next_score
        if place == next_place:
            assert (one.tied, following.tied, score) == (True, True, next_score)
            assert one.entry < following.entry
        else:
            assert place < next_place
    for row, place, _ in scored:
        if document.rule.places.style == "competition":
            assert place == 1 + sum(1 for _, other, _ in scored if other < place)
        assert row.derivation.equal == sum(1 for _, other, _ in scored if other == place)


@fixed(250)
@given(st.integers(0, 2**32))
def test_missing_mark_never_lowers_a_score(seed: int) -> None:
    """A blank blocks or leaves out; turning a mark into a blank can never act like turning it into a zero."""
    random = Random(seed)
    document = random_document(random)
    document = replace(document, rule=replace(document.rule, cells=CellRules()))
    entries = [one for one in random_entries(random, document) if one.sheets]
    if not entries:
        return
    chosen = random.choice(entries)
    blanked = tuple(
        replace(one, cells={code: cell for code, cell in one.cells.items() if code != min(one.cells)})
        if one.cells and at == 0
        else one
        for at, one in enumerate(chosen.sheets)
    )
    if blanked[0].cells is None:
        return
    row = standings(document, [replace(chosen, sheets=blanked)]).rows[0]
    assert row.score is None
    assert any(block.state is CellState.NOT_YET for block in row.blocked_by)


def test_input_text_holds_everything_that_is_read() -> None:
    given_entry = EntrySheets(
        "a", (Sheet("J2", state=CellState.RECUSED), Sheet("J1", {"A1": Cell.of("8.50", "fine")})), False
    )
    document = simple()
    assert input_canonical(document, [given_entry]) == (
        f'{{"document":"{document.digest}","entries":[{{"eligible":false,"entry":"a","sheets":['
        '{"cells":{"A1":"8.5","A2":"not_yet","B1":"not_yet"},"judge":"J1"},{"judge":"J2","state":"recused"}]}]}'
    )


def test_all_places_of_a_competition_have_one_text() -> None:
    found = standings(simple(), [with_totals("a", "8", "8")])
    value = found.to_json()
    text = places_canonical([("initial", "a.a", value), ("final", "u.a", value), ("final", "p.a", value)])
    row = '{"entry":"a","place":1,"score":"16","tied":false}'
    assert text == (
        f'[{{"category":"p.a","rows":[{row}],"stage":"final"}},{{"category":"u.a","rows":[{row}],"stage":"final"}},'
        f'{{"category":"a.a","rows":[{row}],"stage":"initial"}}]'
    )
