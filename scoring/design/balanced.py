# SPDX-License-Identifier: Apache-2.0
"""Random balanced assignment: every entry its judges, every judge the same load, no conflict served."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence

from scoring.design.draw import Draw
from scoring.wording.design import design_sentence


class DesignError(ValueError):
    """No assignment exists.

    `code` is ``too_few_judges`` (with `entries`, each of which has fewer judges without a conflict than wanted) or
    ``bad_request`` (a repeated name, or fewer than one judge wanted).
    """

    def __init__(self, code: str, entries: Sequence[str], wanted: int) -> None:
        self.code = code
        self.entries = tuple(entries)
        self.wanted = wanted
        super().__init__(self.say("en"))

    def say(self, language: str) -> str:
        """Return the reason as a sentence in ``zh`` or ``en``."""
        return design_sentence(self.code, self.entries, self.wanted, language)


def balanced(
    entries: Sequence[str],
    judges: Sequence[str],
    *,
    wanted: int,
    forbidden: Collection[tuple[str, str]] = (),
    seed: int,
    load: Mapping[str, int] | None = None,
) -> dict[str, tuple[str, ...]]:
    """Give every entry `wanted` judges at random, with loads as even as the conflicts allow.

    Entries are served in random order; each takes the judges with the least work so far, equal ones at random.
    Then work is moved along chains of exchanges from the most to the least loaded judges until no chain makes
    the loads more even. Loads then differ by at most one wherever the conflicts allow it.

    Parameters
    ----------
    entries, judges : sequence of str
        Their order does not matter.
    wanted : int
        Judges for each entry.
    forbidden : collection of (entry, judge)
        Pairs that must not be.
    seed : int
        The same seed gives the same assignment on every machine; publish it with the assignment.
    load : mapping, optional
        Work that judges have already; it counts when loads are made even.

    Returns
    -------
    dict
        Judges of each entry, in their order; entries sorted.

    Raises
    ------
    DesignError
        With the entries for which too few judges are free of conflict.

    Examples
    --------
    >>> found = balanced(["a", "b", "c"], ["P", "Q", "R"], wanted=2, forbidden=[("a", "P")], seed=1)
    >>> found["a"], sorted(judge for pair in found.values() for judge in pair)
    (('Q', 'R'), ['P', 'P', 'Q', 'Q', 'R', 'R'])
    """
    if wanted < 1 or len(set(entries)) < len(entries) or len(set(judges)) < len(judges):
        raise DesignError("bad_request", (), wanted)
    barred = set(forbidden)
    allowed = {entry: [judge for judge in sorted(judges) if (entry, judge) not in barred] for entry in sorted(entries)}
    unserved = [entry for entry, free in allowed.items() if len(free) < wanted]
    if unserved:
        raise DesignError("too_few_judges", unserved, wanted)
    work = {judge: (load or {}).get(judge, 0) for judge in judges}
    seats = _deal(allowed, work, wanted, Draw(seed))
    _even_out(seats, allowed, work)
    return {entry: tuple(sorted(seats[entry])) for entry in allowed}


def _deal(allowed: Mapping[str, list[str]], work: dict[str, int], wanted: int, draw: Draw) -> dict[str, set[str]]:
    """Serve the entries one by one from the judges with the least work."""
    seats: dict[str, set[str]] = {}
    for entry in draw.shuffled(list(allowed)):
        # Sorting is stable, so judges with equal work stay in the order of the shuffle.
        chosen = sorted(draw.shuffled(allowed[entry]), key=work.__getitem__)[:wanted]
        seats[entry] = set(chosen)
        for judge in chosen:
            work[judge] += 1
    return seats


def _even_out(seats: dict[str, set[str]], allowed: Mapping[str, list[str]], work: dict[str, int]) -> None:
    """Move work along chains of exchanges until no chain leads from a judge to one with two less."""
    served: dict[str, set[str]] = {judge: set() for judge in work}
    for entry, chosen in seats.items():
        for judge in chosen:
            served[judge].add(entry)
    least = min(work.values(), default=0)
    busy = deque(sorted(work, key=lambda judge: (-work[judge], judge)))
    while busy:
        start = busy.popleft()
        if work[start] < least + 2:
            continue
        chain = _chain(start, seats, allowed, work, served)
        if chain is None:
            continue
        for giver, entry, taker in chain:
            seats[entry].remove(giver)
            seats[entry].add(taker)
            served[giver].remove(entry)
            served[taker].add(entry)
        work[start] -= 1
        work[chain[-1][2]] += 1
        least = min(work.values())
        # One exchange may open a way for everybody: look at all of them again.
        busy = deque(sorted(work, key=lambda judge: (-work[judge], judge)))


def _chain(
    start: str,
    seats: Mapping[str, set[str]],
    allowed: Mapping[str, list[str]],
    work: Mapping[str, int],
    served: Mapping[str, set[str]],
) -> list[tuple[str, str, str]] | None:
    """Return the shortest chain of (giver, entry, taker) that ends at a judge with at least two less work."""
    came: dict[str, tuple[str, str]] = {start: ("", "")}
    queue = deque([start])
    while queue:
        giver = queue.popleft()
        for entry in sorted(served[giver]):
            for taker in allowed[entry]:
                if taker in came or taker in seats[entry]:
                    continue
                came[taker] = (giver, entry)
                if work[taker] <= work[start] - 2:
                    return _traced(taker, came)
                queue.append(taker)
    return None


def _traced(end: str, came: Mapping[str, tuple[str, str]]) -> list[tuple[str, str, str]]:
    steps: list[tuple[str, str, str]] = []
    taker = end
    while came[taker][0]:
        giver, entry = came[taker]
        steps.append((giver, entry, taker))
        taker = giver
    return steps[::-1]
