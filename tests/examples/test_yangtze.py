# SPDX-License-Identifier: Apache-2.0
"""The river-basin competition has the size that was reported, and its cuts give 186 with any marks."""

from __future__ import annotations

import random
from collections import Counter

from scoring import Cell, Document, EntrySheets, Kind, Sheet, cut, format_number, standings
from tests.examples.folders import example


def test_reported_numbers() -> None:
    folder = example("yangtze-2020")
    division_of = folder.division_of()
    entries = Counter(division_of[row["category"]] for row in folder.entries)
    assert entries == {"collective": 43, "individual": 31, "river-chief": 83, "guardian": 101}
    assert entries.total() == 258
    assert len(division_of) == 9
    assert len({row["login"] for row in folder.entries}) == 235
    assert len([row for row in folder.seats if row["panel"] != "F"]) == 65
    assert len(folder.judges_of("F")) == 20
    assert len({row["login"] for row in folder.seats}) == 85


def test_nobody_applies_twice_in_one_division() -> None:
    folder = example("yangtze-2020")
    division_of = folder.division_of()
    applications = Counter((row["login"], division_of[row["category"]]) for row in folder.entries)
    assert set(applications.values()) == {1}
    assert Counter(Counter(row["login"] for row in folder.entries).values()) == {1: 212, 2: 23}


def test_judges_for_each_entry_and_panels() -> None:
    folder = example("yangtze-2020")
    assert {(join.stage, join.judges) for join in folder.joins} == {("initial", 5), ("final", 7)}
    assert {panel: len(folder.judges_of(panel)) for panel in ("P1", "P2", "P3", "P4")} == {
        "P1": 11,
        "P2": 8,
        "P3": 21,
        "P4": 25,
    }
    for join in folder.joins:
        panel = join.document.rule.panel
        expected = (0, 0, 3) if join.stage == "initial" else (1, 1, 5)
        assert (panel.drop_high, panel.drop_low, panel.minimum) == expected


def test_avoidance_has_something_to_refuse() -> None:
    folder = example("yangtze-2020")
    refused = {
        entry["number"]
        for join in folder.joins
        for entry in folder.entries_of(join.category)
        for judge in folder.judges_of(join.panel)
        if folder.unit_of[judge] == entry["unit"]
    }
    assert len(refused) >= 10


def test_documents_are_as_rich_as_such_contests_have_them() -> None:
    folder = example("yangtze-2020")
    assert len(folder.joins) == len({join.document.canonical for join in folder.joins}) == 18
    for join in folder.joins:
        rubric = join.document.rubric
        assert 8 <= len(rubric.criteria) <= 12
        assert 3 <= len(rubric.groups) <= 5
        assert any(criterion.kind is Kind.LEVELS for criterion in rubric.criteria)
        assert all(3 <= len(criterion.levels) <= 4 for criterion in rubric.criteria)
        assert all(level.descriptor for criterion in rubric.criteria for level in criterion.levels)
        assert all(criterion.guidance for criterion in rubric.criteria)
        assert "日记" in rubric.instructions
        asked = [
            (group.title, criterion.title, criterion.guidance)
            for group in rubric.groups
            for criterion in group.criteria
        ]
        assert any("日记" in wording for texts in asked for wording in texts)


def test_cuts_sum_to_186() -> None:
    folder = example("yangtze-2020")
    cuts = {join.category: join.document.rule.cut for join in folder.joins if join.stage == "initial"}
    assert sum(rule.promote for rule in cuts.values() if rule) == 186


def test_invented_marks_promote_exactly_186() -> None:
    folder = example("yangtze-2020")
    for seed in range(3):
        dice = random.Random(seed)
        promoted = 0
        for join in folder.joins:
            rule = join.document.rule.cut
            if rule is None:
                continue
            count = len(folder.entries_of(join.category))
            marked = [EntrySheets(f"E{n}", _sheets(join.document, dice, join.judges)) for n in range(count)]
            found = standings(join.document, marked)
            assert len({row.place for row in found.rows}) == count
            promoted += len(cut(found, rule).promoted)
        assert promoted == 186


def _sheets(document: Document, dice: random.Random, judges: int) -> tuple[Sheet, ...]:
    """Invent the sheets of one entry: a quality, a severity for each judge, some noise."""
    quality = dice.gauss(0.75, 0.08)
    return tuple(Sheet(f"J{n}", _cells(document, dice, quality + dice.gauss(0, 0.04))) for n in range(judges))


def _cells(document: Document, dice: random.Random, quality: float) -> dict[str, Cell]:
    cells = {}
    for criterion in document.rubric.criteria:
        share = min(1.0, max(0.0, quality + dice.gauss(0, 0.08)))
        if criterion.kind is Kind.POINTS:
            halves = round(share * float(criterion.maximum) * 2)
            cells[criterion.code] = Cell.of(f"{halves // 2}.5" if halves % 2 else str(halves // 2))
        else:
            level = criterion.levels[round((1 - share) * (len(criterion.levels) - 1))]
            cells[criterion.code] = Cell.of(format_number(level.low))
    return cells
