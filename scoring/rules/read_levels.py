# SPDX-License-Identifier: Apache-2.0
"""Reading levels: bands that tile the scale without overlap or gap, and choices with a mark each."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from scoring.rules.reader import LEVEL_CODE, Table, quantity
from scoring.rules.rubric import Kind, Level

FEWEST_CHOICES = 2


def read_bands(tables: list[Table], low: Fraction, high: Fraction, step: Fraction) -> tuple[Level, ...]:
    """Read the bands of a points criterion, best first or worst first, covering its whole scale."""
    read = [(table, _band(table, low, high, step)) for table in tables]
    _refuse_repeats(read)
    whole = [(table, level) for table, level in read if level is not None]
    if len(whole) < len(read) or not whole:
        return ()
    levels = tuple(level for _, level in whole)
    rising = sorted(whole, key=lambda pair: pair[1].low)
    for (_, lower), (table, upper) in pairwise(rising):
        if upper.low <= lower.high:
            table.problem("bands_overlap", "from", code=upper.code, other=lower.code)
        elif upper.low != lower.high + step:
            missing = _stretch(lower.high + step, upper.low - step)
            table.problem("band_gap", "from", code=upper.code, missing=missing)
    (first_table, first), (last_table, last) = rising[0], rising[-1]
    if first.low != low:
        first_table.problem("band_gap", "from", code=first.code, missing=_stretch(low, first.low - step))
    if last.high != high:
        last_table.problem("band_gap", "to", code=last.code, missing=_stretch(last.high + step, high))
    _refuse_disorder(tables, [level.low for level in levels])
    return levels


def read_choices(table: Table) -> tuple[Level, ...]:
    """Read the levels of a levels criterion, best first or worst first."""
    tables = table.tables("levels", required=True)
    read = [(item, _choice(item)) for item in tables]
    _refuse_repeats(read)
    levels = tuple(level for _, level in read if level is not None)
    if len(levels) < len(read) or not levels:
        return ()
    if len(levels) < FEWEST_CHOICES:
        table.problem("too_few_levels", "levels", count=str(len(levels)))
    for index, (item, level) in enumerate(zip(tables, levels, strict=True)):
        twin = next((other for other in levels[:index] if other.low == level.low), None)
        if twin is not None:
            item.problem("points_repeated", "points", points=quantity(level.low), other=twin.code)
            return levels
    _refuse_disorder(tables, [level.low for level in levels])
    return levels


def _band(table: Table, low: Fraction, high: Fraction, step: Fraction) -> Level | None:
    code, title = table.code("code", LEVEL_CODE), table.line("title")
    table.not_for(("points",), Kind.POINTS.value)
    start, end = table.required_number("from"), table.required_number("to")
    descriptor = table.text("descriptor")
    table.close()
    if start is None or end is None:
        return None
    legal = True
    for key, value in (("from", start), ("to", end)):
        if not low <= value <= high:
            table.problem("band_outside", key, value=quantity(value), minimum=quantity(low), maximum=quantity(high))
            legal = False
        elif ((value - low) / step).denominator != 1:
            table.problem("band_off_step", key, value=quantity(value), step=quantity(step))
            legal = False
    if start > end:
        table.problem("band_reversed", "from", start=quantity(start), end=quantity(end))
        legal = False
    return Level(code, title, start, end, descriptor) if legal else None


def _choice(table: Table) -> Level | None:
    code, title = table.code("code", LEVEL_CODE), table.line("title")
    table.not_for(("from", "to"), Kind.LEVELS.value)
    points = table.required_number("points")
    descriptor = table.text("descriptor")
    table.close()
    return None if points is None else Level(code, title, points, points, descriptor)


def _refuse_repeats(read: list[tuple[Table, Level | None]]) -> None:
    taken: set[str] = set()
    for table, level in read:
        if level is not None and level.code in taken:
            table.problem("repeated_code", "code", code=level.code)
        elif level is not None:
            taken.add(level.code)


def _refuse_disorder(tables: list[Table], values: list[Fraction]) -> None:
    """Refuse levels that neither only rise nor only fall; judges read them as a ladder."""
    steps = {later > earlier for earlier, later in pairwise(values)}
    if len(steps) > 1:
        first = values[1] > values[0]
        index = next(i for i in range(2, len(values)) if (values[i] > values[i - 1]) != first)
        tables[index].problem("levels_disordered", "code")


def _stretch(low: Fraction, high: Fraction) -> str:
    return quantity(low) if low == high else f"{quantity(low)}–{quantity(high)}"
