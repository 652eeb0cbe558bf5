# SPDX-License-Identifier: Apache-2.0
"""A draw before it is saved: who would judge what, whom the rules keep apart, and how the work lies then."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from scoring import Coverage, balanced, coverage


class Bar(StrEnum):
    """Why a judge does not get an entry."""

    OWN_UNIT = "own_unit"
    UNIT_ABOVE = "unit_above"
    UNIT_BELOW = "unit_below"
    OWN_ENTRY = "own_entry"
    STEPPED_BACK = "stepped_back"
    ABSTAINED = "abstained"


BARS: dict[Bar, LazyString] = {
    Bar.OWN_UNIT: _l("of the entry's own unit"),
    Bar.UNIT_ABOVE: _l("of a unit above the entry's"),
    Bar.UNIT_BELOW: _l("of a unit below the entry's"),
    Bar.OWN_ENTRY: _l("takes part in the entry"),
    Bar.STEPPED_BACK: _l("stepped back from the entry"),
    Bar.ABSTAINED: _l("abstained from the entry"),
}


@dataclass(frozen=True, slots=True)
class Judge:
    """A seated judge. `seat` counts the panel's people in the order in which they were first seated."""

    id: int
    seat: int
    name: str
    units: frozenset[str] = frozenset()  # paths of the units that the judge belongs to or is clerk of


@dataclass(frozen=True, slots=True)
class Target:
    """An entry of the stage, with the path of its unit and the people who take part in it."""

    id: int
    number: str
    title: str
    unit: str
    people: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Plan:
    """What a draw with this seed would add, and what it would lead to."""

    seed: int
    wanted: int
    targets: tuple[Target, ...]
    judges: tuple[Judge, ...]
    added: Mapping[int, tuple[int, ...]]  # judges by entry, both by id
    short: Mapping[int, int]  # judges that an entry still lacks afterwards
    barred: Mapping[tuple[int, int], Bar]  # (entry, judge)
    before: Mapping[int, int]  # assignments of each judge in the whole panel
    after: Mapping[int, int]
    coverage: Coverage  # of this category afterwards

    @property
    def count(self) -> int:
        return sum(len(judges) for judges in self.added.values())

    @property
    def digest(self) -> str:
        """Return what tells this outcome from any other: a preview and the save that follows must agree."""
        pairs = sorted((entry, judge) for entry, judges in self.added.items() for judge in judges)
        return hashlib.sha256(repr((self.seed, self.wanted, pairs)).encode("ascii")).hexdigest()


def bar_of(target: Target, judge: Judge) -> Bar | None:
    """Return why the unit tree or the entry's own people keep a judge from an entry."""
    if judge.id in target.people:
        return Bar.OWN_ENTRY
    for unit in sorted(judge.units):
        if unit == target.unit:
            return Bar.OWN_UNIT
        if target.unit.startswith(unit):
            return Bar.UNIT_ABOVE
        if unit.startswith(target.unit):
            return Bar.UNIT_BELOW
    return None


def make_plan(
    targets: Sequence[Target],
    judges: Sequence[Judge],
    *,
    wanted: int,
    seed: int,
    assigned: Mapping[int, Collection[int]],
    left: Mapping[tuple[int, int], Bar],
    load: Mapping[int, int],
) -> Plan:
    """Fill what is missing to `wanted` judges for each entry.

    Entries that lack most are served first; an entry with too few judges free of conflict gets those there are and is
    reported as short. The engine draws over entry numbers and seat numbers, so that the seed gives the same outcome in
    every installation that holds the same contest.
    """
    barred = dict(left)
    for target in targets:
        for judge in judges:
            reason = bar_of(target, judge)
            if reason is not None:
                barred.setdefault((target.id, judge.id), reason)
    seats = {f"{judge.seat:05d}": judge.id for judge in judges}
    codes = {judge: code for code, judge in seats.items()}
    numbers = {target.number: target.id for target in targets}
    known = {target.id: target.number for target in targets}
    work = {judge.id: load.get(judge.id, 0) for judge in judges}
    after = dict(work)
    has = {target.id: frozenset(assigned.get(target.id, ())) for target in targets}
    missing = {target.id: max(0, wanted - len(has[target.id])) for target in targets}
    free = {
        target.id: [one.id for one in judges if one.id not in has[target.id] and (target.id, one.id) not in barred]
        for target in targets
    }
    gets = {entry: min(count, len(free[entry])) for entry, count in missing.items()}
    added: dict[int, tuple[int, ...]] = {}
    for size in sorted(set(gets.values()) - {0}, reverse=True):
        group = [entry for entry, count in gets.items() if count == size]
        forbidden = [
            (known[entry], codes[judge.id]) for entry in group for judge in judges if judge.id not in free[entry]
        ]
        drawn = balanced(
            [known[entry] for entry in group],
            list(seats),
            wanted=size,
            forbidden=forbidden,
            seed=seed,
            load={codes[judge]: count for judge, count in after.items()},
        )
        for number, chosen in drawn.items():
            added[numbers[number]] = tuple(seats[code] for code in chosen)
            for code in chosen:
                after[seats[code]] += 1
    whole = {
        target.number: [codes.get(judge, f"-{judge}") for judge in (*has[target.id], *added.get(target.id, ()))]
        for target in targets
    }
    return Plan(
        seed=seed,
        wanted=wanted,
        targets=tuple(targets),
        judges=tuple(judges),
        added=added,
        short={entry: missing[entry] - gets[entry] for entry in missing if missing[entry] > gets[entry]},
        barred=barred,
        before=work,
        after=after,
        coverage=coverage(whole, list(seats)),
    )


def loads(pairs: Collection[tuple[int, int]]) -> dict[int, int]:
    """Count the assignments of each judge."""
    return dict(Counter(judge for _, judge in pairs))
