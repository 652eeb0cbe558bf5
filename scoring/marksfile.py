# SPDX-License-Identifier: Apache-2.0
"""Marks as a table: one row a mark, every fault of the file told with its row and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from scoring.exact.marks import MarkError, parse_mark
from scoring.rules.rubric import Rubric
from scoring.rules.rule import CellState
from scoring.types import Cell, EntrySheets, Sheet
from scoring.wording.marksfile import marks_sentence

REQUIRED = ("entry", "judge", "criterion", "value")
OPTIONAL = ("comment",)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One fault of a marks file; `row` counts lines of the table from 1, the header being row 1."""

    code: str
    row: int
    column: str
    params: Mapping[str, str] = field(default_factory=dict)
    detail: MarkError | None = None

    def say(self, language: str) -> str:
        """Return the fault as a sentence in ``zh`` or ``en``."""
        detail = "" if self.detail is None else self.detail.finding.say(language)
        return marks_sentence(self.code, self.row, self.column, {**self.params, "detail": detail}, language)


class MarksError(ValueError):
    """A marks file cannot be used; `problems` holds every fault."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.say("en") for problem in self.problems))


def read_marks(rubric: Rubric, text: str, ineligible: Collection[str] = ()) -> tuple[EntrySheets, ...]:
    """Read marks from CSV text with the columns ``entry,judge,criterion,value`` and, if wanted, ``comment``.

    A value is a mark or the code of a state. A row whose criterion is empty gives a state to the whole sheet.

    Raises
    ------
    MarksError
        With every fault of the file; nothing is returned then.
    """
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    columns = _columns(rows[0] if rows else [])
    reader = _Reader(rubric)
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(rows[0]):
            reader.note("width", number, "", found=str(len(row)), expected=str(len(rows[0])))
            continue
        reader.row(number, {name: row[at].strip() for name, at in columns.items()})
    for entry in sorted(set(ineligible) - set(reader.sheets)):
        reader.note("no_such_entry", 1, "entry", entry=entry)
    if reader.problems:
        raise MarksError(reader.problems)
    return reader.entries(set(ineligible))


def _columns(header: list[str]) -> dict[str, int]:
    names = [name.strip() for name in header]
    problems = [RowProblem("no_column", 1, name) for name in REQUIRED if name not in names]
    problems += [RowProblem("unknown_column", 1, name[:40]) for name in names if name not in REQUIRED + OPTIONAL]
    problems += [RowProblem("column_repeated", 1, name[:40]) for name in sorted(set(names)) if names.count(name) > 1]
    if problems:
        raise MarksError(problems)
    return {name: at for at, name in enumerate(names)}


class _Reader:
    """Collects sheets and faults row by row."""

    def __init__(self, rubric: Rubric) -> None:
        self.rubric = rubric
        self.problems: list[RowProblem] = []
        self.sheets: dict[str, dict[str, dict[str, Cell]]] = {}
        self.seen: dict[tuple[str, str, str], int] = {}

    def note(self, code: str, row: int, column: str, /, **params: str) -> None:
        self.problems.append(RowProblem(code, row, column, params))

    def row(self, number: int, values: Mapping[str, str]) -> None:
        entry, judge, code = values["entry"], values["judge"], values["criterion"]
        if not entry or not judge:
            self.note("empty", number, "judge" if entry else "entry")
            return
        earlier = self.seen.setdefault((entry, judge, code), number)
        if earlier != number:
            self.note("repeated", number, "criterion", row=str(earlier))
            return
        cells = self.sheets.setdefault(entry, {}).setdefault(judge, {})
        if cells and (code == "" or "" in cells):
            self.note("state_and_marks", number, "criterion", judge=judge, entry=entry)
            return
        cell = self.cell(number, code, values["value"], values.get("comment", ""))
        if cell is not None:
            cells[code] = cell

    def cell(self, number: int, code: str, value: str, comment: str) -> Cell | None:
        criterion = self.rubric.criterion(code)
        if code and criterion is None:
            self.note("unknown_criterion", number, "criterion", criterion=code[:40])
            return None
        if value in set(CellState):
            return Cell(state=CellState(value), comment=comment)
        if criterion is None:
            self.note("not_a_state", number, "value", value=value[:40], known=", ".join(CellState))
            return None
        try:
            return Cell(value=parse_mark(criterion, value), comment=comment)
        except MarkError as error:
            self.problems.append(RowProblem("mark", number, "value", {}, error))
            return None

    def entries(self, ineligible: set[str]) -> tuple[EntrySheets, ...]:
        return tuple(
            EntrySheets(entry, tuple(_sheet(judge, cells) for judge, cells in judges.items()), entry not in ineligible)
            for entry, judges in self.sheets.items()
        )


def _sheet(judge: str, cells: dict[str, Cell]) -> Sheet:
    whole = cells.get("")
    return Sheet(judge, cells=cells) if whole is None else Sheet(judge, state=whole.state)
