# SPDX-License-Identifier: Apache-2.0
"""Every way in which a document can be wrong, each told with its place and what to do."""

from __future__ import annotations

import pytest

from scoring import DocumentError, document_from_toml
from scoring.wording.problems import PROBLEMS
from tests.scoring.contests import SIMPLE

BANDS = """
[[rubric.groups.criteria.levels]]
code = "good"
title = "Good"
from = {}
to = {}
[[rubric.groups.criteria.levels]]
code = "poor"
title = "Poor"
from = {}
to = {}
"""
CRAFT = 'title = "Craft"\nkind = "points"\nmax = 10\nstep = "0.5"\n'
IDEA = 'title = "Idea"\nkind = "points"\nmax = 10\nstep = "0.5"\n'


def bands(*limits: str) -> tuple[str, str]:
    return CRAFT, CRAFT + BANDS.format(*limits)


# (text to replace, what to put there, code, dotted path)
CASES = [
    ("format = 1", "format = 2", "format_unsupported", "format"),
    ("format = 1", "format = 0", "too_small", "format"),
    ("format = 1", "format = true", "wrong_type", "format"),
    ("format = 1", "format = 1.5", "float_here", "format"),
    ("format = 1", "", "missing_key", "format"),
    ("format = 1", "format = 1\n=", "not_toml", ""),
    ("format = 1", "format = 1\nx = " + "[" * 500, "not_toml", ""),
    ("format = 1", "format = 1\ntitel = 1", "unknown_key", "titel"),
    ('title = "Example"', 'title = " "', "empty", "title"),
    ('title = "Example"', 'title = """a\nb"""', "more_than_a_line", "title"),
    ('title = "Example"', f'title = "{"x" * 401}"', "too_long", "title"),
    ('title = "Example"', 'title = "a\\u0007"', "control_character", "title"),
    ('title = "Example"', "title = 2020-01-01", "wrong_type", "title"),
    ('title = "Example"', "title = 1", "wrong_type", "title"),
    ('title = "Example"', "title = 1.5", "float_here", "title"),
    ('code = "A"', 'code = "a"', "bad_code", "rubric.groups[1].code"),
    ('code = "A"', 'code = "ABCDEFGHI"', "bad_code", "rubric.groups[1].code"),
    ('code = "A2"', 'code = "A1"', "repeated_code", "rubric.groups[1].criteria[2].code"),
    ('code = "B"\n', 'code = "A1"\n', "repeated_code", "rubric.groups[2].code"),
    ('kind = "levels"', 'kind = "level"', "bad_choice", "rubric.groups[2].criteria[1].kind"),
    ('kind = "levels"', "kind = {}", "wrong_type", "rubric.groups[2].criteria[1].kind"),
    ('kind = "levels"', "kind = 1", "wrong_type", "rubric.groups[2].criteria[1].kind"),
    ('kind = "levels"', 'kind = "levels"\nmax = 3', "key_not_for_kind", "rubric.groups[2].criteria[1].max"),
    ("weight = 2", "weight = 0", "weight_not_positive", "rubric.groups[2].criteria[1].weight"),
    ("weight = 2", 'weight = "-1"', "weight_not_positive", "rubric.groups[2].criteria[1].weight"),
    ("weight = 2", "weight = 0.5", "float", "rubric.groups[2].criteria[1].weight"),
    ("weight = 2", "weight = nan", "float", "rubric.groups[2].criteria[1].weight"),
    ("weight = 2", 'weight = "1e3"', "bad_number", "rubric.groups[2].criteria[1].weight"),
    ("weight = 2", 'weight = "１"', "bad_number", "rubric.groups[2].criteria[1].weight"),
    ("weight = 2", "weight = 1000000000000", "bad_number", "rubric.groups[2].criteria[1].weight"),
    ("weight = 2", "weight = true", "wrong_type", "rubric.groups[2].criteria[1].weight"),
    ("weight = 2", "weight = {}", "wrong_type", "rubric.groups[2].criteria[1].weight"),
    (CRAFT, CRAFT.replace("max = 10\n", ""), "missing_key", "rubric.groups[1].criteria[2].max"),
    (CRAFT, CRAFT.replace("max = 10", "max = 0"), "maximum_not_above", "rubric.groups[1].criteria[2].max"),
    (CRAFT, CRAFT.replace('"0.5"', '"0.3"'), "step_does_not_fit", "rubric.groups[1].criteria[2].step"),
    (CRAFT, CRAFT.replace('"0.5"', "0"), "step_not_positive", "rubric.groups[1].criteria[2].step"),
    (CRAFT, CRAFT.replace('"0.5"', '"0.00001"'), "grid_too_fine", "rubric.groups[1].criteria[2].step"),
    (CRAFT, CRAFT + 'comment = "always"\n', "bad_choice", "rubric.groups[1].criteria[2].comment"),
    (CRAFT, CRAFT + "comment_below = 0\n", "threshold_unreachable", "rubric.groups[1].criteria[2].comment_below"),
    (CRAFT, CRAFT + "comment_above = 10\n", "threshold_unreachable", "rubric.groups[1].criteria[2].comment_above"),
    (
        CRAFT,
        CRAFT + "comment_below = 7\ncomment_above = 6\n",
        "thresholds_cross",
        "rubric.groups[1].criteria[2].comment_below",
    ),
    (CRAFT, CRAFT + "levels = []\n", "empty_list", "rubric.groups[1].criteria[2].levels"),
    (CRAFT, CRAFT + "levels = 1\n", "wrong_type", "rubric.groups[1].criteria[2].levels"),
    (*bands("5", "10", "0", "5"), "bands_overlap", "rubric.groups[1].criteria[2].levels[1].from"),
    (*bands("6", "10", "0", "5"), "band_gap", "rubric.groups[1].criteria[2].levels[1].from"),
    (*bands("6", "10", "1", '"5.5"'), "band_gap", "rubric.groups[1].criteria[2].levels[2].from"),
    (*bands("6", "9", "0", '"5.5"'), "band_gap", "rubric.groups[1].criteria[2].levels[1].to"),
    (*bands("6", "11", "0", '"5.5"'), "band_outside", "rubric.groups[1].criteria[2].levels[1].to"),
    (*bands("6", "10", "0", '"5.7"'), "band_off_step", "rubric.groups[1].criteria[2].levels[2].to"),
    (*bands("10", "6", "0", '"5.5"'), "band_reversed", "rubric.groups[1].criteria[2].levels[1].from"),
    (*bands("6.5", "10", "0", '"5.5"'), "float", "rubric.groups[1].criteria[2].levels[1].from"),
    ('code = "low"', 'code = "high"', "repeated_code", "rubric.groups[2].criteria[1].levels[2].code"),
    ('code = "low"', 'code = "Low"', "bad_code", "rubric.groups[2].criteria[1].levels[2].code"),
    ("points = 4", "points = 10", "points_repeated", "rubric.groups[2].criteria[1].levels[2].points"),
    ("points = 4", "", "missing_key", "rubric.groups[2].criteria[1].levels[2].points"),
    ("points = 4", "points = 4\nto = 5", "key_not_for_kind", "rubric.groups[2].criteria[1].levels[2].to"),
    (
        "points = 4\n",
        'points = 4\n[[rubric.groups.criteria.levels]]\ncode = "m"\ntitle = "M"\npoints = 7\n',
        "levels_disordered",
        "rubric.groups[2].criteria[1].levels[3].code",
    ),
    (
        '[[rubric.groups.criteria.levels]]\ncode = "low"\ntitle = "Low"\npoints = 4\n',
        "",
        "too_few_levels",
        "rubric.groups[2].criteria[1].levels",
    ),
    ('method = "mean"', 'method = "median"', "bad_choice", "rule.panel.method"),
    ('method = "mean"', 'method = "mean"\ndrop_high = 1', "key_not_for_kind", "rule.panel.drop_high"),
    ('method = "mean"', 'method = "trimmed_mean"\ndrop_high = 1', "missing_key", "rule.panel.drop_low"),
    ('method = "mean"', 'method = "trimmed_mean"\ndrop_high = 0\ndrop_low = 0', "drops_nothing", "rule.panel.method"),
    (
        'method = "mean"',
        'method = "trimmed_mean"\ndrop_high = 1\ndrop_low = 1',
        "minimum_too_small",
        "rule.panel.minimum",
    ),
    ("minimum = 2", "minimum = 0", "too_small", "rule.panel.minimum"),
    ("minimum = 2", "minimum = 9999999999", "too_large", "rule.panel.minimum"),
    ("places = 2", "places = 11", "too_large", "rule.panel.rounding.places"),
    ('"half_up"', '"half-up"', "bad_choice", "rule.panel.rounding.mode"),
    ("places = 2 }", "places = 2, x = 1 }", "unknown_key", "rule.panel.rounding.x"),
    ("[rule.panel]", '[rule.cells]\nnot_yet = "zero"\n[rule.panel]', "bad_choice", "rule.cells.not_yet"),
    ("[rule.panel]", '[rule.cells]\nmissing = "block"\n[rule.panel]', "unknown_key", "rule.cells.missing"),
    ("[rule.panel]", '[[rule.ties]]\nby = "group"\n[rule.panel]', "missing_key", "rule.ties[1].code"),
    ("[rule.panel]", '[[rule.ties]]\nby = "group"\ncode = "A1"\n[rule.panel]', "unknown_code", "rule.ties[1].code"),
    ("[rule.panel]", '[[rule.ties]]\nby = "criterion"\ncode = "A"\n[rule.panel]', "unknown_code", "rule.ties[1].code"),
    ("[rule.panel]", '[[rule.ties]]\nby = "median"\ncode = "A"\n[rule.panel]', "key_not_for_kind", "rule.ties[1].code"),
    ("[rule.panel]", '[[rule.ties]]\nby = "median"\n' * 2 + "[rule.panel]", "repeated_tie", "rule.ties[2].by"),
    ("[rule.panel]", '[[rule.ties]]\nby = "draw"\n[rule.panel]', "bad_choice", "rule.ties[1].by"),
    ('method = "mean"', 'method = "sum"\ndrop_high = 1', "bad_choice", "rule.panel.method"),
    ("[rule.panel]", '[rule.places]\nstyle = "ordinal"\n[rule.panel]', "bad_choice", "rule.places.style"),
    ("[rule.panel]", '[rule.cut]\npromote = 0\nties = "include"\n[rule.panel]', "too_small", "rule.cut.promote"),
    ("[rule.panel]", "[rule.cut]\npromote = 1\n[rule.panel]", "missing_key", "rule.cut.ties"),
    ("[rule.panel]", '[rule]\ncut = 3\n[rule.panel]', "wrong_type", "rule.cut"),
    (
        "[rule.panel]",
        '[[rule.awards]]\ncode = "a"\ntitle = "A"\ncount = 1\nties = "include"\n' * 2 + "[rule.panel]",
        "repeated_code",
        "rule.awards[2].code",
    ),
    ("[rule.panel]", "[rule.panels]", "missing_key", "rule.panel"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "where"), CASES)
def test_problem_is_told(old: str, new: str, code: str, where: str) -> None:
    assert old in SIMPLE
    with pytest.raises(DocumentError) as error:
        document_from_toml(SIMPLE.replace(old, new, 1))
    found = {(problem.code, problem.where): problem for problem in error.value.problems}
    assert (code, where) in found
    problem = found[code, where]
    assert where == "" or problem.line is not None
    for language in ("zh", "en"):
        assert where in problem.say(language)
        assert "{" not in problem.say(language).replace("{0,7}", "").replace("{0,15}", "")


def test_one_slip_gives_one_message() -> None:
    for old, new, code, where in CASES:
        if code in {"not_toml", "unknown_key"} or (old, code) == ("[rule.panel]", "missing_key"):
            continue
        with pytest.raises(DocumentError) as error:
            document_from_toml(SIMPLE.replace(old, new, 1))
        assert len(error.value.problems) == 1, (where, [problem.say("en") for problem in error.value.problems])


def test_every_problem_has_its_case() -> None:
    elsewhere = {"not_json", "not_canonical", "too_many", "file_too_long", "unknown_key~near"}
    assert set(PROBLEMS) - elsewhere == {code for _, _, code, _ in CASES}


def test_near_key_is_suggested() -> None:
    with pytest.raises(DocumentError, match="did you mean title"):
        document_from_toml(SIMPLE.replace('title = "Example"', 'title = "Example"\ntitel = "x"'))


def test_too_many_of_anything_is_refused() -> None:
    many = "".join('[[rule.ties]]\nby = "median"\n' for _ in range(501))
    with pytest.raises(DocumentError) as error:
        document_from_toml(SIMPLE + many)
    assert [problem.code for problem in error.value.problems] == ["too_many"]
    with pytest.raises(DocumentError) as error:
        document_from_toml("#" * 1_000_001)
    assert [problem.code for problem in error.value.problems] == ["file_too_long"]
