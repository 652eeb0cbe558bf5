# SPDX-License-Identifier: Apache-2.0
"""What goes into a computation: refused whole when anything is wrong, and written down canonically."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scoring.canonical import Json, canonical, sha256
from scoring.exact.marks import Finding, check
from scoring.rules.document import Document
from scoring.rules.rubric import Rubric
from scoring.types import EntrySheets, Sheet
from scoring.wording.intake import input_sentence


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One reason why sheets cannot be computed.

    `code` is ``entry_repeated``, ``judge_repeated``, ``no_name`` or ``finding``; with the last, `finding` says
    what is wrong with which cell.
    """

    code: str
    entry: str
    judge: str = ""
    finding: Finding | None = None

    def say(self, language: str) -> str:
        """Return the problem as a sentence in ``zh`` or ``en``."""
        finding = "" if self.finding is None else self.finding.say(language)
        criterion = "" if self.finding is None else self.finding.criterion or ""
        return input_sentence(self.code, self.entry, self.judge, criterion, finding, language)


class InputError(ValueError):
    """Sheets cannot be computed; `problems` holds every reason."""

    def __init__(self, problems: Sequence[InputProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.say("en") for problem in self.problems))


def input_problems(rubric: Rubric, entries: Sequence[EntrySheets]) -> None:
    """Raise `InputError` when an entry or a judge stands twice or a cell is illegal."""
    problems: list[InputProblem] = []
    for entry, count in Counter(one.entry for one in entries).items():
        if not entry:
            problems.append(InputProblem("no_name", entry))
        if count > 1:
            problems.append(InputProblem("entry_repeated", entry))
    for one in entries:
        for judge, count in Counter(sheet.judge for sheet in one.sheets).items():
            if not judge:
                problems.append(InputProblem("no_name", one.entry, judge))
            if count > 1:
                problems.append(InputProblem("judge_repeated", one.entry, judge))
        for sheet in one.sheets:
            found = check(rubric, sheet.cells or {}, complete=False)
            problems.extend(InputProblem("finding", one.entry, sheet.judge, finding) for finding in found)
    if problems:
        raise InputError(problems)


def input_canonical(document: Document, entries: Iterable[EntrySheets]) -> str:
    """Return the canonical JSON of everything that a computation reads.

    Comments are not part of it: no number depends on them. A cell that is not there and one that says
    ``not_yet`` are the same.
    """
    value: dict[str, Json] = {
        "document": document.digest,
        "entries": [
            {
                "eligible": one.eligible,
                "entry": one.entry,
                "sheets": [_sheet(document, sheet) for sheet in sorted(one.sheets, key=lambda sheet: sheet.judge)],
            }
            for one in sorted(entries, key=lambda one: one.entry)
        ],
    }
    return canonical(value)


def input_digest(document: Document, entries: Iterable[EntrySheets]) -> str:
    """Return the SHA-256 of `input_canonical`."""
    return sha256(input_canonical(document, entries))


def _sheet(document: Document, sheet: Sheet) -> dict[str, Json]:
    if sheet.cells is None:
        return {"judge": sheet.judge, "state": None if sheet.state is None else sheet.state.value}
    cells: dict[str, Json] = {}
    for criterion in document.rubric.criteria:
        cell = sheet.cells.get(criterion.code)
        cells[criterion.code] = "not_yet" if cell is None else cell.text
    return {"cells": cells, "judge": sheet.judge}
