# SPDX-License-Identifier: Apache-2.0
"""The cut line, ties across it, the reserve list, and awards."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import AwardRule, CutCode, CutRule, EntrySheets, Standings, TiesAtLine, awards, cut, standings
from tests.scoring.contests import entry, fixed, random_document, random_entries, simple

INCLUDE, EXCLUDE = TiesAtLine.INCLUDE, TiesAtLine.EXCLUDE


def table(*marks: str) -> Standings:
    """Return standings with these marks; a mark that ends with ! belongs to an ineligible entry, - to a blocked one."""
    entries = []
    for name, mark in zip("abcdefghij", marks, strict=False):
        value = mark.rstrip("!")
        if mark == "-":
            entries.append(EntrySheets(name, ()))
        else:
            entries.append(entry(name, (value, "0", "4"), (value, "0", "4"), eligible="!" not in mark))
    return standings(simple(), entries)


@pytest.mark.parametrize(
    ("marks", "rule", "promoted", "reserve"),
    [
        ("9 8 7 6", CutRule(2, INCLUDE), "ab", ""),
        ("9 8 7 6", CutRule(2, EXCLUDE, 1), "ab", "c"),
        ("9 8 8 6", CutRule(2, INCLUDE), "abc", ""),
        ("9 8 8 6", CutRule(2, EXCLUDE), "a", ""),
        ("9 8 8 6 5", CutRule(2, INCLUDE, 1), "abc", "d"),
        ("9 8 8 6 5", CutRule(2, EXCLUDE, 2), "a", "bc"),
        ("9 8 8 6 5", CutRule(2, EXCLUDE, 1), "a", ""),
        ("9 8 7 7 5", CutRule(2, INCLUDE, 1), "ab", "cd"),
        ("9 8 7 7 5", CutRule(2, EXCLUDE, 1), "ab", ""),
        ("9 9 9 9", CutRule(2, INCLUDE), "abcd", ""),
        ("9 9 9 9", CutRule(2, EXCLUDE), "", ""),
        ("9 8", CutRule(5, EXCLUDE, 5), "ab", ""),
        ("9 8! 7 6", CutRule(2, INCLUDE, 1), "ac", "d"),
        ("9 8 8! 6", CutRule(2, EXCLUDE, 1), "ab", "d"),
        ("9 - 7 6", CutRule(2, INCLUDE, 5), "ac", "d"),
        ("", CutRule(2, INCLUDE), "", ""),
    ],
)
def test_cut(marks: str, rule: CutRule, promoted: str, reserve: str) -> None:
    found = cut(table(*marks.split()), rule)
    assert ("".join(found.promoted), "".join(found.reserve)) == (promoted, reserve)


def test_every_entry_is_told_why() -> None:
    found = cut(table("9", "8", "8", "7", "7!", "6", "-"), CutRule(2, INCLUDE, 1))
    assert {name: reason.code for name, reason in found.reasons.items()} == {
        "a": CutCode.PROMOTED,
        "b": CutCode.PROMOTED_TIED,
        "c": CutCode.PROMOTED_TIED,
        "d": CutCode.RESERVE,
        "e": CutCode.INELIGIBLE,
        "f": CutCode.BELOW_LINE,
        "g": CutCode.BLOCKED,
    }
    assert found.line is not None
    assert (found.line.place, found.line.score) == (2, 16)
    assert found.to_json()["line"] == {"place": 2, "score": "16"}
    for reason in found.reasons.values():
        assert reason.say("zh") != reason.say("en")


def test_tie_that_stays_behind_is_told_so() -> None:
    found = cut(table("9", "8", "8", "7"), CutRule(2, EXCLUDE))
    assert [found.reasons[name].code for name in "abcd"] == ["promoted", "tied_at_line", "tied_at_line", "below_line"]
    assert "none of them goes on" in found.reasons["b"].say("en")
    assert cut(table("9", "9"), CutRule(1, EXCLUDE)).line is None
    exact = cut(table("9", "8", "8", "7"), CutRule(3, INCLUDE))
    assert [exact.reasons[name].code for name in "abcd"] == ["promoted", "promoted", "promoted", "below_line"]


def test_tied_entries_share_their_turn_in_reserve() -> None:
    found = cut(table("9", "8", "8", "7"), CutRule(1, INCLUDE, 3))
    assert found.turn == {"b": 1, "c": 1, "d": 3}
    assert found.to_json()["turn"] == {"b": 1, "c": 1, "d": 3}


def test_awards_take_from_what_is_left() -> None:
    rules = (AwardRule("first", "一等奖", 1, INCLUDE), AwardRule("second", "二等奖", 2, INCLUDE))
    found = awards(table("9", "9", "8", "8!", "7", "7", "6", "-"), rules)
    assert [(one.code, one.entries, one.vacant) for one in found] == [
        ("first", ("a", "b"), 0),
        ("second", ("c", "e", "f"), 0),
    ]
    strict = tuple(AwardRule(rule.code, rule.title, rule.count, EXCLUDE) for rule in rules)
    found = awards(table("9", "9", "8", "8!", "7", "7"), strict)
    assert [(one.code, one.entries, one.vacant) for one in found] == [("first", (), 1), ("second", ("a", "b"), 0)]


def test_ineligible_entry_keeps_its_place_and_takes_no_slot() -> None:
    """The fault of several contest systems: the guest takes the medal of the next one."""
    found = table("9!", "8", "7")
    assert [(row.entry, row.place) for row in found] == [("a", 1), ("b", 2), ("c", 3)]
    assert awards(found, [AwardRule("gold", "Gold", 1, INCLUDE)])[0].entries == ("b",)
    assert cut(found, CutRule(1, INCLUDE)).promoted == ("b",)


def test_vacant_awards_are_counted() -> None:
    assert awards(table("9"), [AwardRule("first", "一等奖", 3, INCLUDE)])[0].vacant == 2


@fixed(250)
@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(0, 3), st.sampled_from(TiesAtLine))
def test_cut_of_random_contests(seed: int, promote: int, reserve: int, ties: TiesAtLine) -> None:
    random = Random(seed)
    document = random_document(random)
    found = standings(document, random_entries(random, document, most=14))
    outcome = cut(found, CutRule(promote, ties, reserve))
    able = [row for row in found if row.place is not None and row.eligible]
    place = {row.entry: row.place or 0 for row in able}
    assert set(outcome.reasons) == {row.entry for row in found}
    assert set(outcome.promoted) | set(outcome.reserve) <= set(place)
    assert not set(outcome.promoted) & set(outcome.reserve)
    if ties is INCLUDE:
        assert len(outcome.promoted) >= min(promote, len(able))
    else:
        assert len(outcome.promoted) <= promote
        assert len(outcome.reserve) <= reserve
    ordered = [*outcome.promoted, *outcome.reserve]
    assert ordered == [row.entry for row in able][: len(ordered)]
    for one in place.values():  # nobody equal is treated differently
        equals = [name for name, other in place.items() if other == one]
        assert len({other in outcome.promoted for other in equals}) == 1
        assert len({other in outcome.reserve for other in equals}) == 1
    # One slot fewer never takes anybody more.
    if promote > 1:
        assert set(cut(found, CutRule(promote - 1, ties)).promoted) <= set(outcome.promoted)
