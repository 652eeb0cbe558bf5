# SPDX-License-Identifier: Apache-2.0
"""Youyin's rules engine: numbers in, standings out, a reason for every number.

Pure: no framework, no clock, no files but those of its command line. Every number between mark and place is an
``int`` or a ``Fraction``; rounding happens only where the document declares it; the order of the input never
matters; ties are shown.

>>> document = document_from_toml('''
... format = 1
... title = "Example"
... [[rubric.groups]]
... code = "A"
... title = "Work"
... [[rubric.groups.criteria]]
... code = "A1"
... title = "Idea"
... kind = "points"
... max = 10
... step = "0.5"
... [rule.panel]
... method = "mean"
... minimum = 2
... rounding = { mode = "half_up", places = 2 }
... ''')
>>> def sheets(*marks):
...     return tuple(Sheet(f"J{n}", {"A1": Cell.of(mark)}) for n, mark in enumerate(marks, start=1))
>>> found = standings(document, [EntrySheets("x", sheets("8.5", "7", "8")), EntrySheets("y", sheets("9", "8"))])
>>> [(row.place, row.entry, format_number(row.score)) for row in found.rows]
[(1, 'y', '8.5'), (2, 'x', '7.83')]
"""

from scoring.arithmetic import Rounding, RoundingMode, format_number, parse_number
from scoring.design.balanced import DesignError, balanced
from scoring.design.coverage import Coverage, coverage
from scoring.exact.awards import AwardList, awards
from scoring.exact.cut import Cut, CutCode, CutLine, CutReason, cut
from scoring.exact.derivation import Derivation
from scoring.exact.intake import InputError, InputProblem, input_canonical, input_digest
from scoring.exact.marks import Finding, MarkError, check, parse_mark
from scoring.exact.panel import Block, BlockCode
from scoring.exact.sheet import SheetError, group_totals, partial_total, sheet_total
from scoring.exact.standings import ENGINE, Row, Standings, places_canonical, standings
from scoring.marksfile import MarksError, RowProblem, read_marks
from scoring.rules.document import FORMAT, Document
from scoring.rules.problems import DocumentError, Problem
from scoring.rules.read import document_from_canonical, document_from_toml
from scoring.rules.rubric import CommentRule, Criterion, Group, Kind, Level, Rubric
from scoring.rules.rule import AwardRule, CellState, CutRule, Rule, TieRule, TiesAtLine
from scoring.types import Cell, EntrySheets, Sheet

__all__ = [
    "ENGINE",
    "FORMAT",
    "AwardList",
    "AwardRule",
    "Block",
    "BlockCode",
    "Cell",
    "CellState",
    "CommentRule",
    "Coverage",
    "Criterion",
    "Cut",
    "CutCode",
    "CutLine",
    "CutReason",
    "CutRule",
    "Derivation",
    "DesignError",
    "Document",
    "DocumentError",
    "EntrySheets",
    "Finding",
    "Group",
    "InputError",
    "InputProblem",
    "Kind",
    "Level",
    "MarkError",
    "MarksError",
    "Problem",
    "Rounding",
    "RoundingMode",
    "Row",
    "RowProblem",
    "Rubric",
    "Rule",
    "Sheet",
    "SheetError",
    "Standings",
    "TieRule",
    "TiesAtLine",
    "awards",
    "balanced",
    "check",
    "coverage",
    "cut",
    "document_from_canonical",
    "document_from_toml",
    "format_number",
    "group_totals",
    "input_canonical",
    "input_digest",
    "parse_mark",
    "parse_number",
    "partial_total",
    "places_canonical",
    "read_marks",
    "sheet_total",
    "standings",
]
