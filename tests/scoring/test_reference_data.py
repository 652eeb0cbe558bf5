# SPDX-License-Identifier: Apache-2.0
"""Real marks with official results, from the folder that YOUYIN_REFERENCE_DATA names."""

from __future__ import annotations

import csv
import os
from fractions import Fraction
from pathlib import Path

import pytest

from scoring import Cell, Document, EntrySheets, Sheet, document_from_toml, standings

ONE_MARK = """
format = 1
title = "One mark"
[[rubric.groups]]
code = "A"
title = "All"
[[rubric.groups.criteria]]
code = "A1"
title = "Mark"
kind = "points"
max = {most}
step = "{step}"
[rule.panel]
{panel}
{rounding}
"""
TRIMMED = 'method = "trimmed_mean"\ndrop_high = 1\ndrop_low = 1\nminimum = 3'
HALF_UP = 'rounding = { mode = "half_up", places = 2 }'


def folder(name: str) -> Path:
    """Return the folder of a set, or skip the test and say why."""
    root = os.environ.get("YOUYIN_REFERENCE_DATA")
    if not root:
        pytest.skip("YOUYIN_REFERENCE_DATA names no folder with reference data")
    found = Path(root) / name
    if not found.is_dir():
        pytest.skip(f"the reference data hold no {name}")
    return found


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def document(most: int, step: str, panel: str = TRIMMED, rounding: str = HALF_UP) -> Document:
    return document_from_toml(ONE_MARK.format(most=most, step=step, panel=panel, rounding=rounding))


def entry(name: str, marks: dict[str, str]) -> EntrySheets:
    """Return an entry with one mark of each judge; an empty mark is an absent judge."""
    cells = {judge: Cell.of(mark or "absent") for judge, mark in marks.items()}
    return EntrySheets(name, tuple(Sheet(judge, {"A1": cell}) for judge, cell in cells.items()))


def panels() -> tuple[list[dict[str, str]], list[EntrySheets]]:
    """Return the component panels of figure skating, and as many entries."""
    found = rows(folder("isu-figure-skating") / "components.csv")
    judges = [f"J{number}" for number in range(1, 10)]
    return found, [entry(f"{at:05d}", {judge: row[judge] for judge in judges}) for at, row in enumerate(found)]


def matches(rule: Document, official: list[dict[str, str]], entries: list[EntrySheets]) -> int:
    scores = {row.entry: row.score for row in standings(rule, entries)}
    return sum(scores[f"{at:05d}"] == Fraction(row["panel"]) for at, row in enumerate(official))


def test_figure_skating_component_panels() -> None:
    official, entries = panels()
    matched = matches(document(10, "0.25"), official, entries)
    print(f"figure skating, component panels: {matched} of {len(official)}")
    assert matched == len(official) > 4000


def test_figure_skating_plain_mean_does_not_match() -> None:
    """The set tells rules apart: it would notice if nothing were dropped."""
    official, entries = panels()
    matched = matches(document(10, "0.25", 'method = "mean"\nminimum = 1'), official, entries)
    print(f"figure skating, plain mean instead: {matched} of {len(official)}")
    assert matched < len(official) // 2


def test_figure_skating_component_totals() -> None:
    official, entries = panels()
    scores = {row.entry: row.score or Fraction(0) for row in standings(document(10, "0.25"), entries)}
    totals: dict[str, Fraction] = {}
    rounding = document(10, "0.25").rule.panel.rounding
    assert rounding is not None
    for at, row in enumerate(official):
        factored = rounding.apply(scores[f"{at:05d}"] * Fraction(row["factor"]))
        totals[row["perf"]] = totals.get(row["perf"], Fraction(0)) + factored
    performances = rows(folder("isu-figure-skating") / "performances.csv")
    matched = sum(totals[row["perf"]] == Fraction(row["tcs"]) for row in performances)
    print(f"figure skating, component totals: {matched} of {len(performances)}")
    assert matched == len(performances)


def test_ski_jumping_style() -> None:
    """Five style marks, highest and lowest dropped, the other three added: three times their mean."""
    official = rows(folder("ski-jumping") / "worldcup-2016.csv")
    names = [f"judge{letter}" for letter in "ABCDE"]
    entries = [
        entry(f"{at:05d}", {name: row[name].removesuffix(".0") for name in names}) for at, row in enumerate(official)
    ]
    scores = {row.entry: row.score or Fraction(0) for row in standings(document(20, "0.5", rounding=""), entries)}
    matched = sum(3 * scores[f"{at:05d}"] == Fraction(row["stylePoints"]) for at, row in enumerate(official))
    print(f"ski jumping, style points: {matched} of {len(official)}")
    assert matched == len(official) > 1000
