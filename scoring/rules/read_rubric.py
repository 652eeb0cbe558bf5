# SPDX-License-Identifier: Apache-2.0
"""Reading `[rubric]`: groups, criteria, scales and comments."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from scoring.rules.read_levels import read_bands, read_choices
from scoring.rules.reader import GROUP_CODE, Table, quantity
from scoring.rules.rubric import (
    CommentRule,
    CommentUse,
    Criterion,
    Group,
    Kind,
    LevelsCriterion,
    PointsCriterion,
    Rubric,
)

LARGEST_GRID = 100_000
_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Scale:
    """The grid of a points criterion."""

    low: Fraction
    high: Fraction
    step: Fraction


def read_rubric(table: Table) -> Rubric:
    """Read the rubric."""
    instructions = table.text("instructions")
    taken: set[str] = set()
    groups = tuple(_group(item, taken) for item in table.tables("groups", required=True))
    table.close()
    return Rubric(groups, instructions)


def _group(table: Table, taken: set[str]) -> Group:
    code = _own_code(table, taken)
    title = table.line("title")
    guidance = table.text("guidance")
    criteria = tuple(_criterion(item, taken) for item in table.tables("criteria", required=True))
    table.close()
    return Group(code, title, criteria, guidance)


def _own_code(table: Table, taken: set[str]) -> str:
    code = table.code("code", GROUP_CODE)
    if code in taken:
        table.problem("repeated_code", "code", code=code[:40])
    elif code:
        taken.add(code)
    return code


def _criterion(table: Table, taken: set[str]) -> Criterion:
    code = _own_code(table, taken)
    title = table.line("title")
    kind = table.choice("kind", Kind)
    weight = table.number("weight", default=_ONE)
    if weight is not None and weight <= 0:
        table.problem("weight_not_positive", "weight", weight=quantity(weight))
    guidance = table.text("guidance")
    criterion = _unknown if not table.offers("kind", Kind) else _points if kind is Kind.POINTS else _levels
    found = criterion(table, code, title, weight or _ONE, guidance)
    table.close()
    return found


def _unknown(table: Table, code: str, title: str, weight: Fraction, guidance: str) -> Criterion:
    """Stand in for a criterion whose kind is not known: what its scale should be cannot be said."""
    table.accept("min", "max", "step", "levels")
    return PointsCriterion(code, title, Fraction(0), _ONE, weight, guidance, _comment(table, None, None))


def _points(table: Table, code: str, title: str, weight: Fraction, guidance: str) -> Criterion:
    scale = _scale(table)
    levels = read_bands(table.tables("levels"), scale.low, scale.high, scale.step) if scale else ()
    # Without a scale the bands cannot be judged; the keys still count as known.
    table.accept("levels")
    low, high, step = (scale.low, scale.high, scale.step) if scale else (Fraction(0), _ONE, _ONE)
    comment = _comment(table, low if scale else None, high if scale else None)
    return PointsCriterion(code, title, low, high, weight, guidance, comment, levels, grid=step)


def _levels(table: Table, code: str, title: str, weight: Fraction, guidance: str) -> Criterion:
    table.not_for(("min", "max", "step"), Kind.LEVELS.value)
    levels = read_choices(table)
    marks = [level.low for level in levels]
    comment = _comment(table, min(marks, default=None), max(marks, default=None))
    low, high = min(marks, default=Fraction(0)), max(marks, default=_ONE)
    return LevelsCriterion(code, title, low, high, weight, guidance, comment, levels)


def _scale(table: Table) -> Scale | None:
    low = table.number("min", default=Fraction(0))
    high = table.required_number("max")
    step = table.number("step", default=_ONE)
    if low is None or high is None or step is None:
        return None
    if step <= 0:
        table.problem("step_not_positive", "step", step=quantity(step))
    elif high <= low:
        table.problem("maximum_not_above", "max", minimum=quantity(low), maximum=quantity(high))
    elif ((high - low) / step).denominator != 1:
        table.problem("step_does_not_fit", "step", step=quantity(step), minimum=quantity(low), maximum=quantity(high))
    elif (high - low) / step > LARGEST_GRID:
        table.problem("grid_too_fine", "step", step=quantity(step), limit=str(LARGEST_GRID))
    else:
        return Scale(low, high, step)
    return None


def _comment(table: Table, low: Fraction | None, high: Fraction | None) -> CommentRule:
    """Read when a comment is needed; a threshold that no mark can pass is a slip."""
    use = table.choice("comment", CommentUse, CommentUse.OPTIONAL)
    below = table.number("comment_below")
    above = table.number("comment_above")
    if below is not None and low is not None and high is not None and not low < below <= high:
        table.problem("threshold_unreachable", "comment_below", value=quantity(below), reach=_reach(low, high))
    if above is not None and low is not None and high is not None and not low <= above < high:
        table.problem("threshold_unreachable", "comment_above", value=quantity(above), reach=_reach(low, high))
    if below is not None and above is not None and below > above:
        table.problem("thresholds_cross", "comment_below", below=quantity(below), above=quantity(above))
    return CommentRule(use, below, above)


def _reach(low: Fraction, high: Fraction) -> str:
    return f"{quantity(low)}–{quantity(high)}"
