# SPDX-License-Identifier: Apache-2.0
"""One entry's panel: which sheets count, which are left out, and the score of those that count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from scoring.exact.sheet import exact_total, rounded_total
from scoring.rules.document import Document
from scoring.rules.rule import CellPolicy, CellState, PanelRule
from scoring.types import Cell, Sheet


class BlockCode(StrEnum):
    """Why an entry has no score."""

    STATE = "state"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Block:
    """One reason why an entry has no score.

    With code ``state``: the sheet of `judge`, or its cell `criterion`, is in a state that blocks. With code
    ``too_few``: `counted` sheets count, fewer than the `minimum` of the rule.
    """

    code: BlockCode
    judge: str | None = None
    criterion: str | None = None
    state: CellState | None = None
    counted: int | None = None
    minimum: int | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sheet that does not count: its state, or the state of its first cell without a mark."""

    judge: str
    state: CellState
    criterion: str | None = None


@dataclass(frozen=True, slots=True)
class CountedSheet:
    """A sheet that counts, with its total before and after the rounding of the sheet."""

    judge: str
    cells: Mapping[str, Cell]
    exact: Fraction
    total: Fraction


@dataclass(frozen=True, slots=True)
class PanelReading:
    """The sheets of one entry, sorted by judge, put where the rule puts them."""

    counted: tuple[CountedSheet, ...]
    left_out: tuple[LeftOut, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Reduced:
    """Values of a panel made one: which were dropped, the mean, and the mean as the rule rounds it."""

    dropped_low: tuple[str, ...]
    dropped_high: tuple[str, ...]
    mean: Fraction
    score: Fraction


def read_panel(document: Document, sheets: Iterable[Sheet]) -> PanelReading:
    """Put each sheet where the rule puts it.

    A state of a cell acts on its whole sheet, because a total that lacks a part is not a total. States that
    block win over states that leave out.
    """
    counted: list[CountedSheet] = []
    left_out: list[LeftOut] = []
    blocks: list[Block] = []
    for sheet in sorted(sheets, key=lambda one: one.judge):
        states = _states(document, sheet)
        blocking = [
            Block(BlockCode.STATE, sheet.judge, criterion, state)
            for criterion, state in states
            if document.rule.cells.policy(state) is CellPolicy.BLOCK
        ]
        if blocking:
            blocks.extend(blocking)
        elif states:
            criterion, state = states[0]
            left_out.append(LeftOut(sheet.judge, state, criterion))
        else:
            cells = sheet.cells or {}
            exact = exact_total(document, cells)
            counted.append(CountedSheet(sheet.judge, cells, exact, rounded_total(document, exact)))
    minimum = document.rule.panel.minimum
    if not blocks and len(counted) < minimum:
        blocks.append(Block(BlockCode.TOO_FEW, counted=len(counted), minimum=minimum))
    return PanelReading(tuple(counted), tuple(left_out), tuple(blocks))


def _states(document: Document, sheet: Sheet) -> list[tuple[str | None, CellState]]:
    """Return every state on a sheet, in the order of the rubric."""
    if sheet.cells is None:
        return [(None, sheet.state or CellState.NOT_YET)]
    states: list[tuple[str | None, CellState]] = []
    for criterion in document.rubric.criteria:
        cell = sheet.cells.get(criterion.code)
        if cell is None:
            states.append((criterion.code, CellState.NOT_YET))
        elif cell.state is not None:
            states.append((criterion.code, cell.state))
    return states


def reduce_panel(values: Sequence[tuple[Fraction, str]], rule: PanelRule) -> Reduced:
    """Drop the highest and lowest as the rule says, and return the mean of the rest.

    Parameters
    ----------
    values : sequence of (Fraction, str)
        A value per judge. Among equal extremes one copy each is dropped; which judge's is then settled by the
        judge's code and has no effect on the mean.
    rule : PanelRule
        Its counts ``drop_high`` and ``drop_low`` are 0 for the plain mean.

    Examples
    --------
    >>> from scoring.arithmetic import Rounding, RoundingMode
    >>> from scoring.rules.rule import PanelMethod
    >>> marks = ["6.5", "6.75", "7", "7.25", "7.25", "7.5", "7", "7.5"]
    >>> rule = PanelRule(PanelMethod.TRIMMED_MEAN, 3, 1, 1, Rounding(RoundingMode.HALF_UP, 2))
    >>> reduce_panel([(Fraction(mark), f"J{n}") for n, mark in enumerate(marks)], rule).score
    Fraction(713, 100)
    """
    ordered = sorted(values)
    end = len(ordered) - rule.drop_high
    kept = ordered[rule.drop_low : end]
    if not kept:
        raise ValueError("nothing is left of the panel after dropping")
    mean = Fraction(sum((value for value, _ in kept), Fraction(0)), len(kept))
    score = mean if rule.rounding is None else rule.rounding.apply(mean)
    return Reduced(
        dropped_low=tuple(judge for _, judge in ordered[: rule.drop_low]),
        dropped_high=tuple(judge for _, judge in ordered[end:]),
        mean=mean,
        score=score,
    )
