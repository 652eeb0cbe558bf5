# SPDX-License-Identifier: Apache-2.0
"""The tables of an archive: exact columns, typed cells, no formulas."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field

from verifier.container import Source
from verifier.layout import CELL_STATES, RUN_STATES, SUBMITTED, TABLES, table_path
from verifier.report import Report

Row = dict[str, str]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?\Z")

_KINDS = {
    "code": re.compile(r"[A-Za-z0-9._-]{1,80}\Z"),
    "category": re.compile(r"[a-z0-9_-]{1,40}\.[a-z0-9_-]{1,40}\Z"),
    "name": re.compile(r"\S(?:.{0,198}\S)?\Z"),
    "time": re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{6}Z\Z"),
    "date": re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]\Z"),
    "sha": re.compile(r"[0-9a-f]{64}\Z"),
    "count": re.compile(r"(?:0|[1-9][0-9]{0,15})\Z"),
    "yes": re.compile(r"(?:yes|no)\Z"),
    "text": re.compile(r".*\Z", re.DOTALL),
    "number": re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:/[0-9]+)?\Z"),
}

# Column → kind, the same in every table; a question mark allows an empty cell.
_COLUMNS = {
    **dict.fromkeys(("run", "stage", "judge", "criterion", "panel", "award", "code"), "code"),
    **dict.fromkeys(("diary_entry", "evidence", "certificate", "serial", "check_code"), "code"),
    **dict.fromkeys(("entry", "engine", "computed_by"), "name"),
    **dict.fromkeys(("assigned_at", "computed_at", "promoted_at", "granted_at", "handed_in_at", "received_at"), "time"),
    **dict.fromkeys(("submitted_at", "confirmed_at", "published_at", "notice_ends_at", "final_at"), "time?"),
    **dict.fromkeys(("issued_at", "withdrawn_at", "written_at", "released_at", "struck_at"), "time?"),
    **dict.fromkeys(("document_digest", "input_digest", "standings_digest", "derivations_digest", "sha256"), "sha"),
    **dict.fromkeys(("tied", "eligible", "promoted"), "yes"),
    **dict.fromkeys(("position", "number", "size"), "count"),
    **dict.fromkeys(("place", "reserve", "page"), "count?"),
    **dict.fromkeys(("score", "total"), "number?"),
    "category": "category",
    "confirmed_by": "name?",
    "digest": "sha",
    "happened_on": "date",
    "file": "sha?",
}
# Where one table differs from the rule above.
_EXCEPTIONS = {
    ("sheets", "digest"): "sha?",
    ("rows", "award"): "code?",
    ("diary", "entry"): "name?",
    ("diary", "place"): "text",
    ("evidence", "entry"): "name?",
    ("evidence", "diary_entry"): "code?",
    ("citations", "diary_entry"): "code?",
    ("citations", "evidence"): "code?",
    ("assignments", "panel"): "code?",
}
_WORDS = {
    ("entries", "state"): ("draft", "handed_in", "withdrawn", "disqualified"),
    ("versions", "part"): ("application", "result"),
    ("assignments", "state"): ("active", "recused", "abstained", "removed"),
    ("sheets", "state"): (SUBMITTED, *CELL_STATES),
    ("runs", "state"): RUN_STATES,
    ("runs", "mode"): ("strict", "light"),
    ("certificates", "state"): ("waiting", "issued", "withdrawn"),
}

# What must not stand twice in a table.
KEYS = {
    "entries": ("entry",),
    "versions": ("entry", "part", "number"),
    "judges": ("judge",),
    "assignments": ("stage", "category", "entry", "judge"),
    "sheets": ("stage", "category", "entry", "judge"),
    "marks": ("stage", "category", "entry", "judge", "criterion"),
    "citations": ("stage", "category", "entry", "judge", "criterion", "diary_entry", "evidence", "page"),
    "runs": ("run",),
    "rows": ("run", "entry"),
    "promotions": ("stage", "category", "entry"),
    "awards": ("run", "entry", "code"),
    "certificates": ("certificate",),
    "diary": ("diary_entry",),
    "evidence": ("evidence",),
}


@dataclass
class Tables:
    """All tables; each row knows the line that it began on, for messages."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    def __getitem__(self, table: str) -> list[Row]:
        return self.rows[table]

    def by(self, table: str, *columns: str) -> dict[tuple[str, ...], list[Row]]:
        """Return the rows of a table by the values of some columns."""
        found: dict[tuple[str, ...], list[Row]] = {}
        for row in self.rows[table]:
            found.setdefault(tuple(row[column] for column in columns), []).append(row)
        return found


def read_tables(source: Source, report: Report) -> Tables:
    """Read every table; faults go to the report."""
    csv.field_size_limit(16 * 1024 * 1024)
    tables = Tables()
    for table, columns in TABLES.items():
        path = table_path(table)
        if path not in source.sizes:
            report.add("file_missing", path)
            tables.rows[table] = []
            continue
        tables.rows[table] = _read(source.read(path), table, columns, path, report)
    return tables


def _read(data: bytes, table: str, columns: tuple[str, ...], path: str, report: Report) -> list[Row]:
    try:
        reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        lines = [(reader.line_num, cells) for cells in reader]
    except UnicodeDecodeError:
        report.add("not_utf8", path)
        return []
    except csv.Error as error:
        report.add("not_csv", path, detail=error)
        return []
    if not lines or tuple(lines[0][1]) != columns:
        report.add("columns", path, found=",".join(lines[0][1]) if lines else "", expected=",".join(columns))
        return []
    rows = []
    seen: dict[tuple[str, ...], int] = {}
    for line, cells in lines[1:]:
        if len(cells) != len(columns):
            report.add("width", path, line=line, found=len(cells), expected=len(columns))
            continue
        row = {}
        for column, cell in zip(columns, cells):
            fault, row[column] = _cell(table, column, cell)
            if fault is not None:
                report.add(fault, path, line=line, column=column, text=cell)
        key = tuple(row[column] for column in KEYS[table])
        if key in seen:
            report.add("row_repeated", path, line=line, other=seen[key], key=" / ".join(key))
        seen[key] = line
        rows.append(row)
    return rows


def _cell(table: str, column: str, cell: str) -> tuple[str | None, str]:
    """Return a fault, if any, and the text that a cell means."""
    if cell.startswith(_FORMULA) and not _NUMBER.match(cell):
        if not cell.startswith("'"):
            return "formula", cell
        cell = cell[1:]
    words = _WORDS.get((table, column))
    if words is not None:
        return (None if cell in words else "bad_cell"), cell
    kind = _EXCEPTIONS.get((table, column), _COLUMNS.get(column, "text"))
    if cell == "" and kind.endswith("?"):
        return None, cell
    return (None if _KINDS[kind.rstrip("?")].match(cell) else "bad_cell"), cell
