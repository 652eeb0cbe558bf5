# SPDX-License-Identifier: Apache-2.0
"""What an assignment covers: loads, judges per entry, and whether everything hangs together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Coverage:
    """A summary of an assignment.

    Attributes
    ----------
    load : mapping
        Entries of each judge, judges without any included.
    judges : mapping
        How many entries have how many judges.
    components : int
        Parts of the design that share no judge. Marks of different parts cannot be compared for severity, so one
        is best.
    """

    load: Mapping[str, int]
    judges: Mapping[int, int]
    components: int

    @property
    def least(self) -> int:
        """The smallest load."""
        return min(self.load.values(), default=0)

    @property
    def most(self) -> int:
        """The largest load."""
        return max(self.load.values(), default=0)


def coverage(assignment: Mapping[str, Iterable[str]], judges: Iterable[str] = ()) -> Coverage:
    """Return the summary of an assignment.

    Parameters
    ----------
    assignment : mapping
        The judges of each entry.
    judges : iterable of str
        All judges, so that those without work are counted too.

    Examples
    --------
    >>> found = coverage({"a": ["P", "Q"], "b": ["R", "S"]}, ["T"])
    >>> found.components, found.least, found.most, found.judges
    (2, 0, 1, {2: 2})
    """
    seats = {entry: tuple(chosen) for entry, chosen in assignment.items()}
    load = dict.fromkeys(sorted(judges), 0)
    for chosen in seats.values():
        for judge in chosen:
            load[judge] = load.get(judge, 0) + 1
    sizes = Counter(len(chosen) for chosen in seats.values())
    return Coverage(dict(sorted(load.items())), dict(sorted(sizes.items())), _components(seats))


def _components(seats: Mapping[str, tuple[str, ...]]) -> int:
    """Count the connected parts that hold an entry (union–find over judges)."""
    parent: dict[str, str] = {}

    def root(judge: str) -> str:
        while parent.setdefault(judge, judge) != judge:
            parent[judge] = parent[parent[judge]]
            judge = parent[judge]
        return judge

    alone = 0
    for chosen in seats.values():
        if not chosen:
            alone += 1
        for judge in chosen:
            parent[root(judge)] = root(chosen[0])
    return alone + len({root(judge) for judge in parent})
