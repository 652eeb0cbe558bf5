# SPDX-License-Identifier: Apache-2.0
"""Texts into documents: the two doors, for files and for canonical JSON."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

from scoring.canonical import load
from scoring.rules.document import FORMAT, Document
from scoring.rules.lines import key_lines
from scoring.rules.problems import Collector, DocumentError, Problem
from scoring.rules.read_rubric import read_rubric
from scoring.rules.read_rule import read_rule
from scoring.rules.reader import FloatText, Table
from scoring.rules.rubric import Rubric
from scoring.rules.rule import PanelMethod, PanelRule, Rule

MOST_CHARACTERS = 1_000_000


def document_from_toml(text: str) -> Document:
    """Read a document from its file form.

    Raises
    ------
    DocumentError
        With every problem of the text, each with its dotted path and line.
    """
    if len(text) > MOST_CHARACTERS:
        raise DocumentError([Problem("file_too_long", "", None, {"limit": str(MOST_CHARACTERS)})])
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"), parse_float=FloatText)
    except (tomllib.TOMLDecodeError, ValueError) as error:
        line = re.search(r"at line (\d+)", str(error))
        detail = re.sub(r"\s*\(at .*\)", "", str(error))
        raise DocumentError([Problem("not_toml", "", int(line[1]) if line else None, {"detail": detail})]) from error
    except RecursionError as error:
        raise DocumentError([Problem("not_toml", "", None, {"detail": "nested too deep"})]) from error
    return _document(data, Collector(key_lines(text.removeprefix("\ufeff"))))


def document_from_canonical(text: str | bytes) -> Document:
    """Read a document from its canonical JSON.

    Raises
    ------
    DocumentError
        When the text is not JSON, is no document, or is not the canonical text of the document it holds.
    """
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        data = load(decoded)
    except ValueError as error:
        raise DocumentError([Problem("not_json", "", None, {"detail": str(error)})]) from error
    if not isinstance(data, Mapping):
        raise DocumentError([Problem("not_json", "", None, {"detail": "the outermost value is not an object"})])
    document = _document(data, Collector())
    if document.canonical != decoded:
        raise DocumentError([Problem("not_canonical", "")])
    return document


def _document(data: Mapping[str, object], problems: Collector) -> Document:
    top = Table(data, (), problems)
    version = top.count("format", least=1)
    if version > FORMAT:
        # Its keys may mean something that this version does not know: do not complain about them one by one.
        top.problem("format_unsupported", "format", format=str(version), known=str(FORMAT))
        problems.close()
    title = top.line("title")
    rubric_table = top.table("rubric", required=True)
    rubric = read_rubric(rubric_table) if rubric_table else Rubric(())
    rule_table = top.table("rule", required=True)
    rule = read_rule(rule_table, rubric) if rule_table else Rule(PanelRule(PanelMethod.MEAN, 1))
    top.close()
    problems.close()
    return Document(version, title, rubric, rule)
