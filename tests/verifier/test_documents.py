# SPDX-License-Identifier: Apache-2.0
"""Documents as the verifier reads them: what the engine accepts it accepts, and nothing that changes a number more."""

from __future__ import annotations

import json
from collections import Counter
from random import Random
from typing import Any

import pytest

from scoring import DocumentError, document_from_canonical
from scoring.canonical import canonical
from tests.scoring.contests import random_document, simple
from tests.verifier.spoiling import JUNK, spoiled
from verifier.document import IllegalError, read_document

# Slips that the engine refuses for the sake of people; no number depends on them.
HARMLESS = {
    "more_than_a_line", "too_long", "control_character", "levels_disordered", "threshold_unreachable",
    "thresholds_cross", "repeated_code", "repeated_tie", "too_many", "too_large", "drops_nothing", "empty",
}  # fmt: skip
PLAUSIBLE: list[Any] = [
    *JUNK, "0", "1", "0.5", "-1", "10", "2.5", "01", "1.0", 1, 2, 3, "mean", "trimmed_mean", "block", "leave_out",
    "include", "points", "levels", "required", "group", "criterion", "median", "A", "A1", "B1", "half_up", "dense",
]  # fmt: skip


def refusals(value: Any) -> tuple[set[str], str]:
    """Return why the engine refuses a document, and where the verifier does; nothing where they accept."""
    codes = set()
    try:
        document_from_canonical(canonical(value))
    except DocumentError as error:
        codes = {problem.code for problem in error.problems}
    try:
        read_document(value)
    except IllegalError as error:
        return codes, str(error)
    return codes, ""


def test_both_refuse_the_same_documents() -> None:
    counted: Counter[str] = Counter()
    for seed in range(3000):
        random = Random(seed)
        value = spoiled(
            random, json.loads(random_document(random).canonical), [one for one in PLAUSIBLE if one != 2**53]
        )
        codes, where = refusals(value)
        if not codes:
            assert where == "", value
            counted["accepted"] += 1
        elif where == "":
            assert codes <= HARMLESS | {"not_canonical"}, (codes, value)
            counted["harmless"] += 1
        else:
            counted["refused"] += 1
    assert counted["accepted"] > 50
    assert counted["refused"] > 1500


def change(path: str, new: object) -> Any:
    """Return the example document with one part replaced; no value removes it."""
    value = json.loads(simple('[rule.cut]\npromote = 2\nties = "include"\n').canonical)
    part = value
    *steps, last = path.split(".")
    for step in steps:
        part = part[int(step) if step.isdigit() else step]
    if new is None:
        del part[last]
    else:
        part[last] = new
    return value


BANDS = [
    {"code": "good", "from": "5", "title": "Good", "to": "10"},
    {"code": "poor", "from": "0", "title": "Poor", "to": "4.5"},
]
A1 = "rubric.groups.0.criteria.0"
AT = "rubric.groups[1].criteria[1]"


@pytest.mark.parametrize(
    ("path", "new", "where"),
    [
        ("format", 2, "format"), ("format", True, "format"), ("title", " ", "title"), ("rule", None, "rule"),
        ("rubric.groups", [], "rubric.groups"), ("rubric.groups.0.code", "a", "rubric.groups[1].code"),
        ("rubric.groups.1.code", "A1", "rubric.groups[2].code"), (f"{A1}.weight", "0", f"{AT}.weight"),
        (f"{A1}.weight", 1, f"{AT}.weight"), (f"{A1}.kind", "bands", f"{AT}.kind"),
        (f"{A1}.step", "0.3", f"{AT}.step"), (f"{A1}.step", "0", f"{AT}.step"),
        (f"{A1}.max", "0", f"{AT}.step"), (f"{A1}.max", "10.0", f"{AT}.max"),
        (f"{A1}.comment", "always", f"{AT}.comment"),
        (f"{A1}.comment_below", "x", f"{AT}.comment_below"),
        (f"{A1}.levels", BANDS[:1], f"{AT}.levels"),
        (f"{A1}.levels", [{**BANDS[0], "to": "9.5"}, BANDS[1]], f"{AT}.levels"),
        (f"{A1}.levels", [BANDS[0], {**BANDS[1], "to": "5"}], f"{AT}.levels"),
        (f"{A1}.levels", [BANDS[0], {**BANDS[1], "from": "0.5"}], f"{AT}.levels"),
        (f"{A1}.levels", [{**BANDS[0], "code": "Good"}, BANDS[1]], f"{AT}.levels[1].code"),
        ("rubric.groups.1.criteria.0.levels.1.points", "10", "rubric.groups[2].criteria[1].levels"),
        ("rubric.groups.1.criteria.0.min", "0", "rubric.groups[2].criteria[1].min"),
        ("rule.panel.method", "median", "rule.panel.method"), ("rule.panel.minimum", 0, "rule.panel.minimum"),
        ("rule.panel.drop_high", 1, "rule.panel.drop_high"),
        ("rule.panel.rounding.places", 11, "rule.panel.rounding.places"),
        ("rule.panel.rounding.mode", "near", "rule.panel.rounding.mode"),
        ("rule.cells.absent", None, "rule.cells.absent"),
        ("rule.cells.absent", "zero", "rule.cells.absent"), ("rule.places.style", "ordinal", "rule.places.style"),
        ("rule.ties", [{"by": "group", "code": "Z"}], "rule.ties[1].code"),
        ("rule.ties", [{"by": "draw", "code": "A"}], "rule.ties[1].by"),
        ("rule.ties", [{"by": "median", "code": "A"}], "rule.ties[1].code"),
        ("rule.cut.promote", 0, "rule.cut.promote"),
        ("rule.cut.ties", "drop", "rule.cut.ties"), ("rule.cut.reserve", None, "rule.cut.reserve"),
        ("rule.awards", [{"code": "a", "title": "A", "count": 0, "ties": "include"}], "rule.awards[1].count"),
        ("rule.extra", 1, "rule.extra"),
        ("rubric.instructions", 1, "rubric.instructions"),
        ("rubric.groups.0.guidance", " ", "rubric.groups[1].guidance"),
    ],
)  # fmt: skip
def test_illegal_key_is_named(path: str, new: object, where: str) -> None:
    assert refusals(change(path, new))[1] == where


def test_bands_that_cover_the_scale_are_legal() -> None:
    assert refusals(change(f"{A1}.levels", BANDS)) == (set(), "")
