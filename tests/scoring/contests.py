# SPDX-License-Identifier: Apache-2.0
"""Random documents and sheets of every kind that format 1 knows; ties, states and blanks are frequent."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from hypothesis import settings

from scoring import (
    AwardRule,
    Cell,
    CellState,
    CommentRule,
    Criterion,
    CutRule,
    Document,
    EntrySheets,
    Group,
    Level,
    Rounding,
    RoundingMode,
    Rubric,
    Rule,
    Sheet,
    TieRule,
    TiesAtLine,
    document_from_toml,
)
from scoring.rules.rubric import CommentUse, LevelsCriterion, PointsCriterion
from scoring.rules.rule import (
    CellPolicy,
    CellRules,
    PanelMethod,
    PanelRule,
    PlacesRule,
    PlaceStyle,
    SheetRule,
    TieBy,
)


def fixed(examples: int) -> settings:
    """Return the settings of every property test: the same cases on every machine."""
    return settings(max_examples=examples, derandomize=True, deadline=None, database=None)


def random_document(random: Random) -> Document:
    """Return a legal document."""
    groups = []
    for letter in "ABC"[: random.randint(1, 3)]:
        criteria = tuple(_criterion(random, f"{letter}{n}") for n in range(1, random.randint(2, 4)))
        groups.append(Group(letter, f"Group {letter}", criteria))
    rubric = Rubric(tuple(groups), random.choice(["", "Read the diary first."]))
    return Document(1, "Random", rubric, _rule(random, rubric))


def _criterion(random: Random, code: str) -> Criterion:
    title, weight = f"Criterion {code}", Fraction(random.choice(["1", "1", "2", "0.5", "1.5", "0.3", "0.07"]))
    guidance = random.choice(["", "Look at the diary."])
    if random.random() < 0.5:
        low = Fraction(random.choice(["0", "0", "1", "-3", "0.5"]))
        step = Fraction(random.choice(["1", "0.5", "0.25", "0.1", "3"]))
        grid = [low + step * at for at in range(random.randint(2, 13))]
        comment, bands = _comment(random, grid), _bands(random, grid)
        return PointsCriterion(code, title, low, grid[-1], weight, guidance, comment, bands, grid=step)
    marks = random.sample(["0", "1", "2", "3.5", "5", "8", "10", "-1"], random.randint(2, 4))
    ordered = sorted(map(Fraction, marks), reverse=random.random() < 0.5)
    levels = tuple(Level(f"l{at}", f"Level {at}", mark, mark, guidance) for at, mark in enumerate(ordered))
    comment = _comment(random, sorted(ordered))
    return LevelsCriterion(code, title, min(ordered), max(ordered), weight, guidance, comment, levels)


def _comment(random: Random, grid: list[Fraction]) -> CommentRule:
    below = random.choice([None, None, grid[-1]])
    above = random.choice([None, None, None if below else grid[0]])
    return CommentRule(random.choice(list(CommentUse)), below, above)


def _bands(random: Random, grid: list[Fraction]) -> tuple[Level, ...]:
    if random.random() < 0.5:
        return ()
    starts = [0, *sorted(random.sample(range(1, len(grid)), random.randint(0, min(3, len(grid) - 1))))]
    ends = [*starts[1:], len(grid)]
    bands = [
        Level(f"b{at}", f"Band {at}", grid[start], grid[end - 1])
        for at, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]
    return tuple(bands if random.random() < 0.5 else bands[::-1])


def random_rounding(random: Random) -> Rounding | None:
    """Return a rounding, or none."""
    if random.random() < 0.4:
        return None
    return Rounding(random.choice(list(RoundingMode)), random.choice([0, 0, 1, 2, 3]))


def _rule(random: Random, rubric: Rubric) -> Rule:
    method = random.choice(list(PanelMethod))
    high, low = random.choice([(1, 1), (1, 0), (0, 1), (2, 1)]) if method is PanelMethod.TRIMMED_MEAN else (0, 0)
    least = high + low + 1
    panel = PanelRule(method, random.choice([least, least, least + 1]), high, low, random_rounding(random))
    chain = [TieRule(by) for by in (TieBy.MEDIAN, TieBy.LOWEST_SHEET, TieBy.HIGHEST_SHEET)]
    chain += [TieRule(TieBy.GROUP, group.code) for group in rubric.groups]
    chain += [TieRule(TieBy.CRITERION, criterion.code) for criterion in rubric.criteria]
    states = {state.value: random.choice(list(CellPolicy)) for state in CellState}
    awards = [
        AwardRule(code, code, random.randint(1, 3), random.choice(list(TiesAtLine)))
        for code in ("first", "second", "third")[: random.randint(0, 3)]
    ]
    cut = CutRule(random.randint(1, 5), random.choice(list(TiesAtLine)), random.choice([0, 0, 1, 2]))
    return Rule(
        panel=panel,
        sheet=SheetRule(random_rounding(random)),
        cells=random.choice([CellRules(), CellRules(**states)]),
        ties=tuple(random.sample(chain, random.randint(0, 3))),
        places=PlacesRule(random.choice(list(PlaceStyle))),
        cut=random.choice([None, cut]),
        awards=tuple(awards),
    )


def random_entries(random: Random, document: Document, most: int = 9) -> tuple[EntrySheets, ...]:
    """Return entries with sheets; marks come from few values, so that ties are frequent."""
    palette = {}
    for criterion in document.rubric.criteria:
        marks = list(criterion.marks())
        palette[criterion.code] = random.sample(marks, min(len(marks), random.choice([1, 2, 2, 5])))
    entries = []
    for number in range(random.randint(0, most)):
        judges = random.sample(range(1, 9), random.choice([0, 2, 3, 4, 5, 5, 7]))
        sheets = tuple(_sheet(random, f"J{judge}", palette) for judge in judges)
        entries.append(EntrySheets(f"E{number:02d}", sheets, random.random() > 0.1))
    random.shuffle(entries)
    return tuple(entries)


def _sheet(random: Random, judge: str, palette: dict[str, list[Fraction]]) -> Sheet:
    if random.random() < 0.06:
        return Sheet(judge, state=random.choice(list(CellState)))
    cells = {code: Cell(value=random.choice(marks)) for code, marks in palette.items()}
    if random.random() < 0.06:
        cells[random.choice(list(cells))] = Cell(state=random.choice(list(CellState)))
    if random.random() < 0.02:
        del cells[random.choice(list(cells))]
    return Sheet(judge, cells)


SIMPLE = """
format = 1
title = "Example"

[[rubric.groups]]
code = "A"
title = "Work"

[[rubric.groups.criteria]]
code = "A1"
title = "Idea"
kind = "points"
max = 10
step = "0.5"

[[rubric.groups.criteria]]
code = "A2"
title = "Craft"
kind = "points"
max = 10
step = "0.5"

[[rubric.groups]]
code = "B"
title = "Effect"

[[rubric.groups.criteria]]
code = "B1"
title = "Use"
kind = "levels"
weight = 2

[[rubric.groups.criteria.levels]]
code = "high"
title = "High"
points = 10

[[rubric.groups.criteria.levels]]
code = "low"
title = "Low"
points = 4

[rule.panel]
method = "mean"
minimum = 2
rounding = { mode = "half_up", places = 2 }
"""


def simple(extra: str = "", **replaced: str) -> Document:
    """Return the example document, with `extra` rules at its end and texts of it replaced."""
    text = SIMPLE + extra
    for old, new in replaced.items():
        text = text.replace(old, new)
    return document_from_toml(text)


def sheet(judge: str, a1: str, a2: str, b1: str) -> Sheet:
    """Return a sheet of the example document."""
    return Sheet(judge, {"A1": Cell.of(a1), "A2": Cell.of(a2), "B1": Cell.of(b1)})


def entry(name: str, *rows: tuple[str, str, str], eligible: bool = True) -> EntrySheets:
    """Return an entry of the example document, one row of marks for each judge."""
    return EntrySheets(name, tuple(sheet(f"J{n}", *row) for n, row in enumerate(rows, 1)), eligible)
