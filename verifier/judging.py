# SPDX-License-Identifier: Apache-2.0
"""Entries, assignments, sheets and marks: each legal, each belonging to the other, none missing."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from verifier.contest import Archive, refuse_surplus
from verifier.document import Document
from verifier.layout import CELL_STATES, SUBMITTED, table_path, version_path
from verifier.numbers import read_number
from verifier.outcome import sheet_total
from verifier.strictjson import JsonError, digest, parse_canonical
from verifier.tables import Row

_SHEET = ("stage", "category", "entry", "judge")


def check_entries(archive: Archive) -> None:
    """Check entries against categories, and handed-in versions against their digests."""
    report = archive.report
    categories = {
        f"{division['code']}.{category['code']}"
        for division in archive.contest["divisions"]
        for category in division["categories"]
    }
    entries = set()
    for row in archive.tables["entries"]:
        entries.add(row["entry"])
        if row["category"] not in categories:
            report.add("unknown_category", table_path("entries"), entry=row["entry"], category=row["category"])
    expected = set()
    for row in archive.tables["versions"]:
        path = version_path(row["digest"])
        expected.add(path)
        if row["entry"] not in entries:
            report.add("unknown_entry", table_path("versions"), entry=row["entry"])
        if path not in archive.source.sizes:
            report.add("file_missing", path)
            continue
        data = archive.source.read(path)
        if digest(data) != row["digest"]:
            report.add("named_digest", path, actual=digest(data))
        try:
            parse_canonical(data)
        except JsonError as error:
            report.add("json", path, detail=error)
    refuse_surplus(archive, "data/versions/", expected)


def check_assignments(archive: Archive) -> None:
    """Check each assignment's entry, judge and place, and that it has exactly one sheet unless it was removed."""
    report = archive.report
    path = table_path("assignments")
    categories = {row["entry"]: row["category"] for row in archive.tables["entries"]}
    judges = {row["judge"] for row in archive.tables["judges"]}
    sheets = {tuple(row[name] for name in _SHEET): row for row in archive.tables["sheets"]}
    assigned = set()
    for row in archive.tables["assignments"]:
        key = tuple(row[name] for name in _SHEET)
        if (row["stage"], row["category"]) not in archive.documents:
            report.add("no_document", path, stage=row["stage"], category=row["category"])
        if row["entry"] not in categories:
            report.add("unknown_entry", path, entry=row["entry"])
        elif categories[row["entry"]] != row["category"]:
            report.add("wrong_category", path, entry=row["entry"], category=row["category"])
        if row["judge"] not in judges:
            report.add("unknown_judge", path, judge=row["judge"])
        if row["state"] == "removed":
            continue
        assigned.add(key)
        sheet = sheets.get(key)
        if sheet is None:
            report.add("sheet_missing", table_path("sheets"), sheet=" / ".join(key))
        elif any((row["state"] == state) != (sheet["state"] == state) for state in ("recused", "abstained")):
            report.add("sheet_state", table_path("sheets"), sheet=" / ".join(key), state=row["state"])
    for key in sorted(set(sheets) - assigned):
        report.add("sheet_surplus", table_path("sheets"), sheet=" / ".join(key))


def check_sheets(archive: Archive) -> None:
    """Check every sheet: marks legal and complete, comments where they are required, the total right."""
    report = archive.report
    marks = archive.tables.by("marks", *_SHEET)
    for sheet in archive.tables["sheets"]:
        key = tuple(sheet[name] for name in _SHEET)
        found = marks.pop(key, [])
        document = archive.documents.get((sheet["stage"], sheet["category"]))
        if document is None:
            continue
        name = " / ".join(key)
        if sheet["state"] != SUBMITTED:
            if found or sheet["total"] or sheet["submitted_at"]:
                report.add("marks_without_sheet", table_path("marks"), sheet=name)
            continue
        if not sheet["submitted_at"] or not sheet["digest"]:
            report.add("sheet_unsigned", table_path("sheets"), sheet=name)
        cells = _cells(archive, document, name, found)
        total = sheet_total(document, cells)
        if len(cells) == len(document.criteria) and total != sheet["total"]:
            report.add("total", table_path("sheets"), sheet=name, stated=sheet["total"], actual=total)
    for key in sorted(marks):
        report.add("marks_without_sheet", table_path("marks"), sheet=" / ".join(key))


def _cells(archive: Archive, document: Document, name: str, rows: list[Row]) -> dict[str, Any]:
    """Return mark or None by criterion, noting what is illegal or missing."""
    report = archive.report
    path = table_path("marks")
    cells: dict[str, Any] = {}
    for row in rows:
        code, text = row["criterion"], row["value"]
        criterion = document.criteria.get(code)
        if criterion is None:
            report.add("unknown_criterion", path, sheet=name, criterion=code)
            continue
        if text in CELL_STATES:
            cells[code] = None
            continue
        mark = read_number(text)
        if mark is None or not criterion.legal(mark):
            report.add("mark_illegal", path, sheet=name, criterion=code, value=text)
            mark = Fraction(0) if mark is None else mark
        elif criterion.wants_comment(mark) and not row["comment"].strip():
            report.add("comment_missing", path, sheet=name, criterion=code, value=text)
        cells[code] = mark
    for code in document.criteria:
        if code not in cells:
            report.add("mark_missing", path, sheet=name, criterion=code)
    return cells


def check_control_totals(archive: Archive, standing: set[tuple[str, str]]) -> None:
    """Check sheets expected = submitted + excused, wherever a run stands."""
    report = archive.report
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for row in archive.tables["sheets"]:
        states = counts.setdefault((row["stage"], row["category"]), {})
        states[row["state"]] = states.get(row["state"], 0) + 1
    expected = sum(1 for row in archive.tables["assignments"] if row["state"] != "removed")
    submitted = sum(states.get(SUBMITTED, 0) for states in counts.values())
    outstanding = sum(states.get("not_yet", 0) for states in counts.values())
    excused = sum(sum(states.values()) for states in counts.values()) - submitted - outstanding
    report.counts.update(expected=expected, submitted=submitted, excused=excused, outstanding=outstanding)
    if expected != submitted + excused + outstanding:
        report.add("control_totals", table_path("sheets"), expected=expected, submitted=submitted, excused=excused)
    for key in sorted(standing):
        document = archive.documents.get(key)
        missing = counts.get(key, {}).get("not_yet", 0)
        if missing and document is not None and document.blocks["not_yet"]:
            report.add("outstanding", table_path("sheets"), stage=key[0], category=key[1], count=missing)
