# SPDX-License-Identifier: Apache-2.0
"""Rankings and marks as tables for office programs. No cell is ever a formula."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import IO, Any

from sqlalchemy import select

from app.accounts.models import Unit
from app.competitions.models import StageCategory
from app.db import db
from app.entries.models import Entry
from app.judging.models import Assignment, AssignmentState, Mark, Scoresheet, SheetState
from app.judging.queries.drawing import entry_ids
from app.judging.sheets import text_of
from app.results.adapter import codes_of
from app.results.queries import Line
from app.rubrics.queries import document_of
from scoring import format_number

# What a spreadsheet takes for a formula: also in full width, which some input methods write and some programs fold.
_FORMULA = ("=", "+", "-", "@", "|", "＝", "＋", "－", "＠", "｜", "\t", "\r", "\n", "'")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,10})?\Z")

Value = str | int | Fraction | None


@dataclass(frozen=True)
class Table:
    """Rows under a heading, as values."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]


def ranking_table(name: str, lines: Iterable[Line], awards: Mapping[str, str]) -> Table:
    """Return the places of a run as a table."""
    columns = (
        "place", "tied", "entry", "title", "applicant", "unit", "score", "promoted", "reserve", "award", "state",
    )  # fmt: skip
    rows = [
        (
            line.place,
            _yes(line.tied),
            line.number,
            line.title,
            line.applicant,
            line.unit,
            line.score,
            _yes(line.promoted),
            line.reserve,
            awards.get(line.award or "", line.award),
            str(line.state),
        )
        for line in lines
    ]
    return Table(name, columns, rows)


def matrix_table(name: str, stage_category: StageCategory, withheld: Collection[int]) -> Table:
    """Return every mark of a stage and category, a row for each entry and judge: three statements.

    Marks in the making are the judge's own: a sheet that is not submitted has its state and nothing else. Entries whose
    marks the reader may not see are left out.
    """
    criteria = [criterion.code for criterion in document_of(stage_category).rubric.criteria]
    codes = codes_of(stage_category)
    rows: Any = db.session.execute(
        select(
            Entry.id,
            Entry.number,
            Entry.title,
            Entry.applicant,
            Unit.name,
            Assignment.judge_id,
            Assignment.state,
            Scoresheet.state,
            Scoresheet.total,
            Mark,
        )
        .join(Unit, Unit.id == Entry.unit_id)
        .join(Assignment, Assignment.entry_id == Entry.id)
        .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
        .outerjoin(
            Mark,
            (Mark.sheet_id == Scoresheet.id)
            & (Scoresheet.state == SheetState.SUBMITTED)
            & (Assignment.state == AssignmentState.ACTIVE),
        )
        .where(
            Entry.id.in_(entry_ids(stage_category)),
            Assignment.stage_category_id == stage_category.id,
            Assignment.state != AssignmentState.REMOVED,
        )
        .order_by(Entry.number, Assignment.judge_id)
    )
    sheets: dict[tuple[str, str], tuple[list[Value], dict[str, Mark]]] = {}
    for entry, number, title, applicant, unit, judge, task, sheet, total, mark in rows:
        if entry in withheld:
            continue
        counts = task == AssignmentState.ACTIVE and sheet == SheetState.SUBMITTED
        state = "submitted" if counts else str(task) if task != AssignmentState.ACTIVE else "not_yet"
        key = (number, codes[judge])
        head: list[Value] = [number, title, applicant, unit, codes[judge], state, total if counts else None]
        _, marks = sheets.setdefault(key, (head, {}))
        if mark is not None:
            marks[mark.criterion] = mark
    columns = ["entry", "title", "applicant", "unit", "judge", "state", "total"]
    columns += criteria + [f"{code} comment" for code in criteria]
    return Table(
        name,
        columns,
        [
            [
                *head,
                *(_mark(marks.get(code)) for code in criteria),
                *(marks[code].comment if code in marks else None for code in criteria),
            ]
            for _, (head, marks) in sorted(sheets.items())
        ],
    )


def _mark(mark: Mark | None) -> Value:
    if mark is None:
        return None
    return mark.value if mark.value is not None else text_of(mark)


def _yes(claim: bool) -> str:
    return "yes" if claim else "no"


def text(value: Value) -> str:
    """Write a value as a CSV cell that no program takes for a formula; one leading quote guards what might be one."""
    if value is None:
        return ""
    if isinstance(value, Fraction):
        return format_number(value)
    plain = str(value)
    return f"'{plain}" if plain.startswith(_FORMULA) and not _NUMBER.match(plain) else plain


def as_csv(table: Table) -> Iterator[str]:
    """Yield the table as CSV, UTF-8 with a byte order mark so that office programs read Chinese."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    yield "\ufeff"
    for row in [table.columns, *table.rows]:
        writer.writerow([text(value) for value in row])
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def as_xlsx(table: Table) -> IO[bytes]:
    """Return the table as an Excel workbook in a temporary file; text is text, whatever it begins with."""
    from xlsxwriter import Workbook

    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = Workbook(file, options)
    sheet = book.add_worksheet(table.name[:31])
    head = book.add_format({"bold": True, "bg_color": "#f3ede2", "border": 1})
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(table.columns):
        sheet.set_column(column, column, _width(title))
        sheet.write_string(0, column, title, head)
    for at, row in enumerate(table.rows, start=1):
        for column, value in enumerate(row):
            if value is None:
                continue
            plain = text(value) if isinstance(value, Fraction) else str(value)
            if isinstance(value, int | Fraction) and _NUMBER.match(plain):
                sheet.write_number(at, column, float(plain))  # for sorting; the exact one stays here
            else:
                sheet.write_string(at, column, plain)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    book.close()
    file.seek(0)
    return file


def _width(title: str) -> int:
    return {"title": 36, "applicant": 24, "unit": 24, "judge": 12}.get(title, 30 if title.endswith("comment") else 9)
