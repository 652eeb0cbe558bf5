# SPDX-License-Identifier: Apache-2.0
"""What the engine is made of: no float, no clock, nothing imported but the standard library and rfc8785."""

from __future__ import annotations

import ast
import dataclasses
import doctest
import importlib
import re
import string
import sys
from pathlib import Path

import pytest

import scoring
from scoring.wording import derivation as derivation_words
from scoring.wording import design, findings, intake, language, marksfile, outcome, problems, rule, terms

ROOT = Path(scoring.__file__).parent
SOURCES = sorted(ROOT.rglob("*.py"))
FLOATING = {"float", "math", "random", "statistics", "numpy", "time", "datetime", "decimal"}


def named(path: Path) -> str:
    return path.relative_to(ROOT.parent).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_no_float_comes_near_a_number(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float | complex)), ast.dump(node)
        assert not (isinstance(node, ast.Name) and node.id == "float"), f"line {node.lineno}"
        assert not (isinstance(node, ast.Attribute) and node.attr in {"as_integer_ratio", "fsum", "sqrt"})
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            top = name.split(".")[0]
            assert top in {"scoring", "rfc8785"} or top in sys.stdlib_module_names, name
            assert top not in FLOATING, name


@pytest.mark.parametrize("path", sorted((ROOT / "exact").glob("*.py")), ids=named)
def test_nothing_is_divided_between_mark_and_place(path: Path) -> None:
    """The quotient of two integers is a float; `Fraction(a, b)` says what is meant."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        assert not (isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)), f"line {node.lineno}"


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_examples_in_docstrings_run(path: Path) -> None:
    if path.name == "__main__.py":
        return
    name = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_public_names_exist_and_have_docstrings() -> None:
    for name in scoring.__all__:
        assert hasattr(scoring, name)
        value = getattr(scoring, name)
        assert isinstance(value, str | int) or value.__doc__, name


def test_everything_that_comes_out_is_frozen() -> None:
    found = [value for value in vars(scoring).values() if dataclasses.is_dataclass(value)]
    assert len(found) > 20
    assert [value.__name__ for value in found if not value.__dataclass_params__.frozen] == []


TABLES = {
    "problems": problems.PROBLEMS,
    "findings": findings.FINDINGS,
    **{
        module.__name__.rsplit(".", 1)[1]: vars(module)["_SENTENCES"]
        for module in (design, intake, marksfile, outcome, rule, derivation_words)
    },
    "states": terms.STATES,
}


@pytest.mark.parametrize("name", TABLES)
def test_sentences_say_the_same_in_both_languages(name: str) -> None:
    for code, pair in TABLES[name].items():
        fields = [{part for _, part, _, _ in string.Formatter().parse(text) if part} for text in pair]
        assert fields[0] == fields[1], code
        assert all(pair), code


def test_every_problem_that_the_reader_notes_has_a_sentence_and_every_sentence_is_used() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "rules").glob("*.py"))
    noted = set(re.findall(r'(?:problem|add|Problem)\(\s*"([a-z_]+)"', source))
    noted |= set(re.findall(r'"(float|float_here)"', source))
    assert {code for code in problems.PROBLEMS if "~" not in code} == noted


def test_language_falls_back_to_english() -> None:
    assert [language.language_of(tag) for tag in ("zh", "zh-Hans-CN", "zh_CN", "en", "fr", "")] == [
        "zh", "zh", "zh", "en", "en", "en",
    ]  # fmt: skip
