# SPDX-License-Identifier: Apache-2.0
"""Balanced assignment: everybody served, loads even, no conflict, the same draw everywhere."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import DesignError, balanced, coverage
from scoring.design.draw import Draw
from tests.scoring.contests import fixed


def names(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{number:03d}" for number in range(count)]


def test_contest_of_full_size_is_even_and_connected() -> None:
    found = balanced(names("E", 258), names("J", 65), wanted=5, seed=1)
    summary = coverage(found, names("J", 65))
    assert (summary.least, summary.most, summary.components, summary.judges) == (19, 20, 1, {5: 258})


def test_draw_is_the_same_everywhere() -> None:
    """The draw of a published seed must come out alike in twenty years; so must the words behind it."""
    found = balanced(names("E", 4), names("J", 5), wanted=2, seed=2020)
    assert found == {
        "E000": ("J001", "J004"),
        "E001": ("J003", "J004"),
        "E002": ("J000", "J002"),
        "E003": ("J001", "J003"),
    }
    first = hashlib.sha256(b"youyin draw 7 0").digest()
    assert Draw(7).below(2**64) == int.from_bytes(first[:8], "big")


def test_numbers_of_the_draw_are_even() -> None:
    draw = Draw(3)
    counts = Counter(draw.below(6) for _ in range(6000))
    assert set(counts) == set(range(6))
    assert all(850 < count < 1150 for count in counts.values())
    orders = Counter("".join(Draw(seed).shuffled("abc")) for seed in range(1200))
    assert len(orders) == 6
    assert min(orders.values()) > 140


def test_seed_decides_and_order_of_names_does_not() -> None:
    entries, judges = names("E", 20), names("J", 7)
    first = balanced(entries, judges, wanted=3, seed=5)
    assert first == balanced(entries[::-1], judges[::-1], wanted=3, seed=5)
    assert first != balanced(entries, judges, wanted=3, seed=6)


@fixed(200)
@given(st.integers(0, 2**32))
def test_random_conflicts_are_kept_and_loads_are_as_even_as_they_allow(seed: int) -> None:
    random = Random(seed)
    entries, judges = names("E", random.randint(1, 9)), names("J", random.randint(1, 6))
    wanted = random.randint(1, 3)
    chance = random.choice([0, 0.2, 0.5])
    forbidden = {(entry, judge) for entry in entries for judge in judges if random.random() < chance}
    load = {judge: random.randint(0, 3) for judge in judges if random.random() < 0.4}
    free = {entry: [judge for judge in judges if (entry, judge) not in forbidden] for entry in entries}
    unserved = [entry for entry in entries if len(free[entry]) < wanted]
    if unserved:
        with pytest.raises(DesignError) as error:
            balanced(entries, judges, wanted=wanted, forbidden=forbidden, seed=seed, load=load)
        assert error.value.entries == tuple(unserved)
        assert unserved[0] in error.value.say("zh")
        return
    found = balanced(entries, judges, wanted=wanted, forbidden=forbidden, seed=seed, load=load)
    assert list(found) == sorted(entries)
    for entry, chosen in found.items():
        assert len(set(chosen)) == wanted
        assert set(chosen) <= set(free[entry])
    work = Counter({judge: load.get(judge, 0) for judge in judges})
    work.update(judge for chosen in found.values() for judge in chosen)
    if not forbidden and not load:
        assert max(work.values()) - min(work.values()) <= 1
    assert sum(count**2 for count in work.values()) == least_squares(free, wanted, load)


def least_squares(free: dict[str, list[str]], wanted: int, load: dict[str, int]) -> int:
    """Return the smallest possible sum of squared loads, by trying loads from all reachable ones."""
    judges = sorted({judge for one in free.values() for judge in one} | set(load))
    reachable = {tuple(load.get(judge, 0) for judge in judges)}
    for allowed in free.values():
        places = [judges.index(judge) for judge in allowed]
        reachable = {
            tuple(count + (at in chosen) for at, count in enumerate(loads))
            for loads in reachable
            for chosen in itertools.combinations(places, wanted)
        }
    return min(sum(count**2 for count in loads) for loads in reachable)


def test_work_that_judges_have_already_counts() -> None:
    found = balanced(names("E", 6), ["a", "b", "c"], wanted=1, seed=1, load={"a": 6})
    assert coverage(found, ["a", "b", "c"]).load == {"a": 0, "b": 3, "c": 3}


@pytest.mark.parametrize(
    ("entries", "judges", "wanted"),
    [(["a", "a"], ["J"], 1), (["a"], ["J", "J"], 1), (["a"], ["J"], 0)],
)
def test_bad_request_is_refused(entries: list[str], judges: list[str], wanted: int) -> None:
    with pytest.raises(DesignError) as error:
        balanced(entries, judges, wanted=wanted, seed=1)
    assert error.value.code == "bad_request"


def test_nothing_to_assign() -> None:
    assert balanced([], ["J"], wanted=1, seed=1) == {}
    assert coverage({}).components == 0


def test_coverage_counts_parts_that_share_no_judge() -> None:
    found = coverage({"a": ("P", "Q"), "b": ("Q", "R"), "c": ("S",), "d": ()})
    assert (found.components, found.least, found.most, found.judges) == (3, 1, 2, {0: 1, 1: 1, 2: 2})
