# SPDX-License-Identifier: Apache-2.0
"""One sheet: its total, and the part of each group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from scoring.rules.document import Document
from scoring.rules.rubric import Criterion
from scoring.types import Cell


class SheetError(ValueError):
    """A sheet has no total, because `criteria` carry no mark."""

    def __init__(self, criteria: tuple[str, ...]) -> None:
        self.criteria = criteria
        super().__init__(f"no mark for {', '.join(criteria)}")


def exact_total(document: Document, cells: Mapping[str, Cell]) -> Fraction:
    """Return the sum of mark × weight over all criteria, before the rounding of the sheet.

    Raises
    ------
    SheetError
        When any criterion carries no mark: a blank is never a zero.
    """
    missing = tuple(one.code for one in document.rubric.criteria if _value(cells, one) is None)
    if missing:
        raise SheetError(missing)
    return _weighted(document.rubric.criteria, cells)


def sheet_total(document: Document, cells: Mapping[str, Cell]) -> Fraction:
    """Return a sheet's total: Σ mark × weight, then the rounding of ``[rule.sheet]``.

    Raises
    ------
    SheetError
        When any criterion carries no mark: a blank is never a zero.
    """
    return rounded_total(document, exact_total(document, cells))


def rounded_total(document: Document, total: Fraction) -> Fraction:
    """Return an exact total after the rounding of the sheet."""
    rounding = document.rule.sheet.rounding
    return total if rounding is None else rounding.apply(total)


def group_totals(document: Document, cells: Mapping[str, Cell]) -> dict[str, Fraction | None]:
    """Return each group's Σ mark × weight, unrounded; None for a group that lacks a mark."""
    totals: dict[str, Fraction | None] = {}
    for group in document.rubric.groups:
        lacking = any(_value(cells, one) is None for one in group.criteria)
        totals[group.code] = None if lacking else _weighted(group.criteria, cells)
    return totals


def partial_total(document: Document, cells: Mapping[str, Cell]) -> Fraction:
    """Return Σ mark × weight over what is marked so far; for showing while judging, never for ranking."""
    return _weighted([one for one in document.rubric.criteria if _value(cells, one) is not None], cells)


def _weighted(criteria: Iterable[Criterion], cells: Mapping[str, Cell]) -> Fraction:
    return sum((one.weight * (_value(cells, one) or 0) for one in criteria), Fraction(0))


def _value(cells: Mapping[str, Cell], criterion: Criterion) -> Fraction | None:
    cell = cells.get(criterion.code)
    return None if cell is None else cell.value
