# SPDX-License-Identifier: Apache-2.0
"""The chain of comparators: applied only among entries that are still equal, higher is better."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from scoring.exact.panel import CountedSheet, reduce_panel
from scoring.rules.document import Document
from scoring.rules.rubric import Criterion
from scoring.rules.rule import TieBy, TieRule

Comparator: TypeAlias = Callable[[Document, str | None, Sequence[CountedSheet]], Fraction]


@dataclass(frozen=True, slots=True)
class TieStep:
    """One comparison that an entry went through.

    Attributes
    ----------
    by, code
        The comparator.
    value : Fraction
        This entry's value.
    among, equal : int
        How many entries, this one included, were equal before and are equal after.
    """

    by: TieBy
    code: str | None
    value: Fraction
    among: int
    equal: int


@dataclass(frozen=True, slots=True)
class Scored:
    """An entry that has a score, with the sheets that the comparators read."""

    entry: str
    score: Fraction
    counted: tuple[CountedSheet, ...]


def _group(document: Document, code: str | None, counted: Sequence[CountedSheet]) -> Fraction:
    """Reduce the group's weighted sums just as the totals: same method, same counts dropped, same rounding."""
    group = document.rubric.group(code or "")
    if group is None:
        raise ValueError(f"the rubric has no group {code}")
    parts = [(sum((one.weight * _mark(sheet, one) for one in group.criteria), Fraction(0)), sheet) for sheet in counted]
    return _reduced(document, parts)


def _criterion(document: Document, code: str | None, counted: Sequence[CountedSheet]) -> Fraction:
    """Reduce the marks of one criterion, without its weight, just as the totals."""
    criterion = document.rubric.criterion(code or "")
    if criterion is None:
        raise ValueError(f"the rubric has no criterion {code}")
    return _reduced(document, [(_mark(sheet, criterion), sheet) for sheet in counted])


def _reduced(document: Document, values: Iterable[tuple[Fraction, CountedSheet]]) -> Fraction:
    return reduce_panel([(value, sheet.judge) for value, sheet in values], document.rule.panel).score


def _mark(sheet: CountedSheet, criterion: Criterion) -> Fraction:
    value = sheet.cells[criterion.code].value
    if value is None:
        raise ValueError(f"{sheet.judge} gave no mark for {criterion.code}")
    return value


def _median(document: Document, code: str | None, counted: Sequence[CountedSheet]) -> Fraction:
    """Return the middle total, or the mean of the two middle ones, before anything is dropped."""
    totals = sorted(sheet.total for sheet in counted)
    middle = len(totals) // 2
    if len(totals) % 2:
        return totals[middle]
    return Fraction(totals[middle - 1] + totals[middle], 2)


def _lowest_sheet(document: Document, code: str | None, counted: Sequence[CountedSheet]) -> Fraction:
    return min(sheet.total for sheet in counted)


def _highest_sheet(document: Document, code: str | None, counted: Sequence[CountedSheet]) -> Fraction:
    return max(sheet.total for sheet in counted)


COMPARATORS: Mapping[TieBy, Comparator] = {
    TieBy.GROUP: _group,
    TieBy.CRITERION: _criterion,
    TieBy.MEDIAN: _median,
    TieBy.LOWEST_SHEET: _lowest_sheet,
    TieBy.HIGHEST_SHEET: _highest_sheet,
}


def order(document: Document, scored: Iterable[Scored]) -> tuple[list[list[str]], dict[str, list[TieStep]]]:
    """Return groups of equal entries, best first, and the comparisons that each tied entry went through.

    What is still equal at the end of the chain stays one group: it is shown as tied, never drawn.
    """
    steps: dict[str, list[TieStep]] = {}
    groups = _split(list(scored), lambda one: one.score)
    for tie in document.rule.ties:
        finer: list[list[Scored]] = []
        for group in groups:
            finer.extend([group] if len(group) == 1 else _break(document, tie, group, steps))
        groups = finer
    return [sorted(one.entry for one in group) for group in groups], steps


def _break(
    document: Document, tie: TieRule, group: list[Scored], steps: dict[str, list[TieStep]]
) -> list[list[Scored]]:
    values = {one.entry: COMPARATORS[tie.by](document, tie.code, one.counted) for one in group}
    parts = _split(group, lambda one: values[one.entry])
    for part in parts:
        for one in part:
            step = TieStep(tie.by, tie.code, values[one.entry], len(group), len(part))
            steps.setdefault(one.entry, []).append(step)
    return parts


def _split(group: list[Scored], key: Callable[[Scored], Fraction]) -> list[list[Scored]]:
    """Split into groups of equal key, highest first."""
    by_key: dict[Fraction, list[Scored]] = {}
    for one in group:
        by_key.setdefault(key(one), []).append(one)
    return [by_key[value] for value in sorted(by_key, reverse=True)]
