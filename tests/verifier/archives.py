# SPDX-License-Identifier: Apache-2.0
"""A whole small archive as a dictionary of files, so that a test can spoil one thing in it and pack it again."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import scoring
import verifier
from scoring import Cell, CellState, Document, EntrySheets, Sheet, Standings
from tests.scoring.contests import simple
from verifier.proofs import merkle_root

Files = dict[str, bytes]
Rows = list[dict[str, str]]

NAME = "small-contest"
CATEGORIES = ("units.construction", "people.guards")
WHEN = "2020-10-12T01:00:00.{:06d}Z"

INITIAL = """
[[rule.ties]]
by = "group"
code = "B"
[rule.cut]
promote = 2
ties = "include"
reserve = 1
"""
FINAL = """
[[rule.ties]]
by = "median"
[[rule.awards]]
code = "first"
title = "First prize"
count = 1
ties = "include"
[[rule.awards]]
code = "second"
title = "Second prize"
count = 2
ties = "include"
"""
MARKS = (("8.5", "7", "10"), ("6", "9.5", "4"), ("8.5", "7", "10"), ("0", "5", "4"), ("9", "9", "10"))


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def canonical(value: Any) -> bytes:
    return scoring.canonical.canonical(value).encode()


def entries_of(category: str) -> list[str]:
    letter = "U" if category == CATEGORIES[0] else "P"
    return [f"{letter}-{number:03d}" for number in range(1, 5)]


def documents() -> dict[tuple[str, str], Document]:
    trimmed = 'method = "trimmed_mean"\ndrop_high = 1\ndrop_low = 1\nminimum = 3'
    final = simple(FINAL, **{'method = "mean"\nminimum = 2': trimmed})
    found = {}
    for category in CATEGORIES:
        found["initial", category] = simple(INITIAL)
        found["final", category] = final
    return found


def sheets_of(stage: str, entry: str) -> tuple[Sheet, ...]:
    """Five judges for each entry; J4 is recused from the first entries, J5 left one criterion unmarked."""
    sheets = []
    for number in range(1, 6):
        row = MARKS[(number + int(entry[-1]) + (stage == "final")) % len(MARKS)]
        cells = {code: Cell.of(mark) for code, mark in zip(("A1", "A2", "B1"), row, strict=True)}
        if number == 4 and entry.endswith("1"):
            sheets.append(Sheet("J4", state=CellState.RECUSED))
            continue
        if number == 5 and entry.endswith("2"):
            cells["A2"] = Cell.of("abstained")
        sheets.append(Sheet(f"J{number}", cells))
    return tuple(sheets)


class Writer:
    """Collects the tables and files of the archive."""

    def __init__(self) -> None:
        self.tables: dict[str, Rows] = {table: [] for table in verifier.TABLES}
        self.files: Files = {}
        self.clock = 0

    def row(self, table: str, **values: str) -> None:
        self.tables[table].append({column: values.get(column, "") for column in verifier.TABLES[table]})

    def time(self) -> str:
        self.clock += 1
        return WHEN.format(self.clock)

    def entries(self) -> None:
        for category in CATEGORIES:
            for entry in entries_of(category):
                self.row(
                    "entries", entry=entry, category=category, title=f"=Works of {entry}", applicant=f"Unit {entry}",
                    unit="Bureau", state="handed_in",
                )  # fmt: skip
                form = canonical({"entry": entry, "summary": "What was done"})
                self.files[verifier.version_path(sha(form))] = form
                self.row(
                    "versions", entry=entry, part="application", number="1", handed_in_at=self.time(), digest=sha(form)
                )
                self.row(
                    "diary", diary_entry=f"d-{entry}", entry=entry, title="A day", happened_on="2019-05-01",
                    place="Dam", body="line one\nline two, \"quoted\"", state="released", written_at=self.time(),
                )  # fmt: skip
                picture = b"picture of " + entry.encode()
                self.files[verifier.file_path(sha(picture))] = picture
                self.row(
                    "evidence", evidence=f"e-{entry}", diary_entry=f"d-{entry}", kind="picture", file_name="a.jpg",
                    media_type="image/jpeg", size=str(len(picture)), sha256=sha(picture), state="ready",
                    received_at=self.time(),
                )  # fmt: skip
        for number in range(1, 6):
            self.row("judges", judge=f"J{number}", name=f"Judge {number}", unit="Institute")

    def stage(self, stage: str, category: str, document: Document, names: Iterable[str]) -> Standings:
        given = tuple(EntrySheets(name, sheets_of(stage, name)) for name in names)
        for one in given:
            for sheet in one.sheets:
                self.sheet(stage, category, document, one.entry, sheet)
        found = scoring.standings(document, given)
        self.run(f"{stage}--{category}--2", stage, category, document, given, "final")
        # An earlier run that was superseded, from other sheets: it is recomputed from its own input.
        changed = (*given[1:], EntrySheets(given[0].entry, given[0].sheets[:3], eligible=False))
        self.run(f"{stage}--{category}--1", stage, category, document, changed, "superseded")
        return found

    def sheet(self, stage: str, category: str, document: Document, entry: str, sheet: Sheet) -> None:
        key = {"stage": stage, "category": category, "entry": entry, "judge": sheet.judge}
        if sheet.state is not None:
            self.row("assignments", **key, panel="P1", state="recused", assigned_at=self.time())
            self.row("sheets", **key, state="recused")
            return
        self.row("assignments", **key, panel="P1", state="active", assigned_at=self.time())
        cells = sheet.cells or {}
        whole = all(cell.value is not None for cell in cells.values())
        total = scoring.format_number(scoring.sheet_total(document, cells)) if whole else ""
        self.row("sheets", **key, state="submitted", submitted_at=self.time(), total=total, digest=sha(total.encode()))
        for code, cell in cells.items():
            self.row("marks", **key, criterion=code, value=cell.text, comment="-3 for order")
        self.row("citations", **key, criterion="A1", diary_entry=f"d-{entry}")
        self.row("citations", **key, criterion="B1", evidence=f"e-{entry}", page="2")

    def run(
        self, run: str, stage: str, category: str, document: Document, given: tuple[EntrySheets, ...], state: str
    ) -> None:
        found = scoring.standings(document, given)
        data = scoring.input_canonical(document, given).encode()
        self.files[verifier.input_path(run)] = data
        self.files[verifier.standings_path(run)] = found.canonical.encode()
        self.files[verifier.derivations_path(run)] = found.derivations_canonical.encode()
        self.row(
            "runs", run=run, stage=stage, category=category, number=run[-1], state=state, mode="strict",
            engine=scoring.ENGINE, document_digest=document.digest, input_digest=sha(data),
            standings_digest=found.digest, derivations_digest=sha(found.derivations_canonical.encode()),
            computed_at=self.time(), computed_by="u1", confirmed_at=self.time(), confirmed_by="u2",
            published_at=self.time(), notice_ends_at="2020-11-12T01:00:00.000000Z", final_at=self.time(),
        )  # fmt: skip
        taken = scoring.cut(found, document.rule.cut) if document.rule.cut else None
        given_awards = {e: one.code for one in scoring.awards(found, document.rule.awards) for e in one.entries}
        for position, row in enumerate(found.rows, 1):
            self.row(
                "rows", run=run, position=str(position), entry=row.entry, place=str(row.place or ""),
                tied="yes" if row.tied else "no", score="" if row.score is None else scoring.format_number(row.score),
                eligible="yes" if row.eligible else "no",
                promoted="yes" if taken and row.entry in taken.promoted else "no",
                reserve=str(taken.turn.get(row.entry, "")) if taken else "", award=given_awards.get(row.entry, ""),
            )  # fmt: skip

    def awards(self, category: str, found: Standings, document: Document) -> None:
        run = f"final--{category}--2"
        for award in scoring.awards(found, document.rule.awards):
            for name in award.entries:
                self.row("awards", run=run, entry=name, code=award.code, title=award.title, granted_at=self.time())
                row = found.row(name)
                facts = canonical({"award": award.title, "entry": name, "place": row.place if row else None})
                pdf = b"%PDF " + name.encode()
                self.files[verifier.file_path(sha(pdf))] = pdf
                self.row(
                    "certificates", certificate=f"c-{name}", serial=f"2020-{name}", check_code=f"K7-{name}", run=run,
                    entry=name, award=award.code, state="issued", issued_at=self.time(), facts=facts.decode(),
                    digest=sha(facts), file=sha(pdf),
                )  # fmt: skip


@cache
def _sound() -> tuple[Mapping[str, bytes], Mapping[str, Rows]]:
    writer = Writer()
    writer.entries()
    for category in CATEGORIES:
        initial = documents()["initial", category]
        found = writer.stage("initial", category, initial, entries_of(category))
        assert initial.rule.cut is not None
        promoted = scoring.cut(found, initial.rule.cut).promoted
        for name in promoted:
            writer.row(
                "promotions", run=f"initial--{category}--2", stage="final", category=category, entry=name,
                promoted_at=writer.time(),
            )  # fmt: skip
        document = documents()["final", category]
        writer.awards(category, writer.stage("final", category, document, promoted), document)
    for (stage, category), document in documents().items():
        writer.files[verifier.document_path(stage, category)] = document.canonical.encode()
    lines = [canonical(event(number)) for number in range(1, 8)]
    writer.files[verifier.AUDIT] = b"".join(line + b"\n" for line in lines)
    return writer.files, writer.tables


def event(sequence: int) -> dict[str, Any]:
    """Return one event of the trail."""
    return {
        "v": 1, "trail": "contest-id", "sequence": sequence, "at": WHEN.format(sequence), "event": "entry.handed_in",
        "actor": "u1", "via": "web", "subject": {"type": "entry", "id": "x"}, "data": {},
    }  # fmt: skip


class Archive:
    """The sound archive, ready to be spoiled.

    `files` and `tables` may be changed before `pack`, which then writes everything that follows from them: the
    forger of a test knows BagIt as well as we do.
    """

    def __init__(self) -> None:
        files, tables = _sound()
        self.files: Files = dict(files)
        self.tables: dict[str, Rows] = {table: [dict(row) for row in rows] for table, rows in tables.items()}
        self.contest: dict[str, Any] = self._contest()

    def _contest(self) -> dict[str, Any]:
        return {
            "format": 1, "id": "contest-id", "slug": NAME, "title": "Small contest", "language": "zh",
            "timezone": "Asia/Shanghai", "mode": "strict", "rehearsal": True, "made_at": WHEN.format(0), "files": "all",
            "stages": [{"code": "initial", "title": "初评"}, {"code": "final", "title": "终评"}],
            "divisions": [
                {
                    "code": division, "title": division, "applicant": "unit",
                    "categories": [{"code": category, "title": category}],
                }
                for division, category in (key.split(".") for key in CATEGORIES)
            ],
            "documents": [
                {
                    "stage": stage, "category": category, "digest": document.digest, "frozen_at": WHEN.format(1),
                    "judges": 5,
                }
                for (stage, category), document in documents().items()
            ],
        }  # fmt: skip

    def bag(self) -> Files:
        """Return all files of the bag, manifests last."""
        files = dict(self.files)
        for table, rows in self.tables.items():
            files.setdefault(verifier.table_path(table), table_bytes(verifier.TABLES[table], rows))
        if verifier.COMPETITION not in files:
            lines = files[verifier.AUDIT].split(b"\n")[:-1]
            audit = {"events": len(lines), "root": merkle_root(lines).hex()}
            rows_of = {table: len(rows) for table, rows in self.tables.items()}
            files[verifier.COMPETITION] = canonical({"audit": audit, "rows": rows_of, **self.contest})
        return seal(files)


def table_bytes(columns: Iterable[str], rows: Rows) -> bytes:
    """Write a table as the archive's page says."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([guarded(cell) for cell in row.values()] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def guarded(cell: str) -> str:
    risky = cell.startswith(("=", "+", "-", "@", "\t", "\r", "'"))
    return f"'{cell}" if risky and not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell) else cell


def seal(files: Files) -> Files:
    """Add bagit.txt, bag-info.txt, the program and the manifests, where they are not there."""
    payload = {name: data for name, data in files.items() if name.startswith("data/")}
    oxum = f"Payload-Oxum: {sum(map(len, payload.values()))}.{len(payload)}\n".encode()
    sealed = dict(files)
    sealed.setdefault(verifier.BAGIT, verifier.BAGIT_TEXT.encode())
    sealed.setdefault(verifier.BAG_INFO, b"Bagging-Date: 2020-12-01\n" + oxum)
    sealed.setdefault(verifier.PROGRAM, verifier.pack())
    sealed.setdefault(verifier.MANIFEST, manifest(payload))
    tags = {name: data for name, data in sealed.items() if not name.startswith("data/")}
    sealed.setdefault(verifier.TAG_MANIFEST, manifest(tags))
    return sealed


def manifest(files: Files) -> bytes:
    return "".join(f"{sha(data)}  {name}\n" for name, data in sorted(files.items())).encode()


def pack(files: Files, path: Path, spoil: Callable[[zipfile.ZipFile], None] | None = None) -> Path:
    """Write a zip with the bag in one top folder."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(f"{NAME}/{name}", data)
        if spoil is not None:
            spoil(archive)
    return path


def change_json(files: Files, name: str, change: Callable[[Any], None]) -> None:
    """Change one JSON file and keep it canonical."""
    value = json.loads(files[name])
    change(value)
    files[name] = canonical(value)
