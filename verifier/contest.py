# SPDX-License-Identifier: Apache-2.0
"""The contest of an archive: competition.json, its documents, and everything that later checks share."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from verifier.container import Source
from verifier.document import Document, IllegalError, read_document
from verifier.layout import COMPETITION, FORMAT, TABLES, document_path
from verifier.report import NotAnArchiveError, Report
from verifier.strictjson import JsonError, digest, parse_canonical
from verifier.tables import Tables

_SHA = re.compile(r"[0-9a-f]{64}\Z")
_STRINGS = ("id", "slug", "title", "language", "timezone", "mode", "made_at", "files")
_KEYS = {*_STRINGS, "format", "rehearsal", "stages", "divisions", "documents", "audit", "rows"}


@dataclass
class Archive:
    """An archive being checked; `listed` is the payload manifest, whose digests are known to be right."""

    source: Source
    report: Report
    listed: dict[str, str] = field(default_factory=dict)
    contest: dict[str, Any] = field(default_factory=dict)
    documents: dict[tuple[str, str], Document] = field(default_factory=dict)
    digests: dict[tuple[str, str], str] = field(default_factory=dict)
    tables: Tables = field(default_factory=Tables)

    @property
    def stages(self) -> list[str]:
        """The codes of the stages in order."""
        return [stage["code"] for stage in self.contest["stages"]]

    @property
    def has_files(self) -> bool:
        """Tell whether the bytes of evidence lie in the archive."""
        return bool(self.contest["files"] == "all")


def read_contest(archive: Archive) -> bool:
    """Read competition.json; without it nothing else can be checked."""
    report = archive.report
    if COMPETITION not in archive.source.sizes:
        report.add("file_missing", COMPETITION)
        return False
    try:
        value = parse_canonical(archive.source.read(COMPETITION))
    except JsonError as error:
        report.add("json", COMPETITION, detail=error)
        return False
    if isinstance(value, dict) and isinstance(value.get("format"), int) and value["format"] > FORMAT:
        raise NotAnArchiveError("format", format=str(value["format"]), known=str(FORMAT))
    fault = _fault(value)
    if fault:
        report.add("contest_key", COMPETITION, key=fault)
        return False
    archive.contest = value
    report.title = value["title"]
    report.rehearsal = value["rehearsal"]
    return True


def _fault(value: Any) -> str:
    """Return the first key that is missing, unknown or of the wrong form."""
    if not isinstance(value, dict):
        return "competition"
    for key in sorted(_KEYS ^ set(value)):
        return key
    if value["format"] is not FORMAT:
        return "format"
    for key in _STRINGS:
        if not isinstance(value[key], str) or not value[key]:
            return key
    if value["mode"] not in ("strict", "light") or value["files"] not in ("all", "none"):
        return "mode, files"
    if not isinstance(value["rehearsal"], bool):
        return "rehearsal"
    shapes = (("stages", {"code": str, "title": str}), ("documents", _DOCUMENT), ("divisions", _DIVISION))
    for key, shape in shapes:
        if not _is_list(value[key], shape):
            return key
    if not all(_is_list(one["categories"], {"code": str, "title": str}) for one in value["divisions"]):
        return "divisions.categories"
    if not _has_shape(value["audit"], {"events": int, "root": str}):
        return "audit"
    rows = value["rows"]
    if not isinstance(rows, dict) or set(rows) != set(TABLES) or not all(_is(int, one) for one in rows.values()):
        return "rows"
    return ""


_DOCUMENT = {"stage": str, "category": str, "digest": str, "frozen_at": (str, type(None)), "judges": int}
_DIVISION = {"code": str, "title": str, "applicant": str, "categories": list}


def _is(kind: Any, value: Any) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _has_shape(value: Any, shape: dict[str, Any]) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == set(shape)
        and all(_is(kind, value[key]) for key, kind in shape.items())
    )


def _is_list(value: Any, shape: dict[str, Any]) -> bool:
    return isinstance(value, list) and all(_has_shape(one, shape) for one in value)


def check_documents(archive: Archive) -> None:
    """Read every document; each must be canonical, legal, and have the digest that the contest states."""
    report = archive.report
    categories = {
        f"{division['code']}.{category['code']}"
        for division in archive.contest["divisions"]
        for category in division["categories"]
    }
    expected = set()
    for item in archive.contest["documents"]:
        key = (item["stage"], item["category"])
        path = document_path(*key)
        if item["stage"] not in archive.stages or item["category"] not in categories or path in expected:
            report.add("document_place", COMPETITION, stage=item["stage"], category=item["category"])
            continue
        expected.add(path)
        if path not in archive.source.sizes:
            report.add("file_missing", path)
            continue
        data = archive.source.read(path)
        if digest(data) != item["digest"] or not _SHA.match(item["digest"]):
            report.add("document_digest", path, stated=item["digest"], actual=digest(data))
        try:
            archive.documents[key] = read_document(parse_canonical(data))
            archive.digests[key] = digest(data)
        except JsonError as error:
            report.add("json", path, detail=error)
        except IllegalError as error:
            report.add("document_illegal", path, key=error)
    refuse_surplus(archive, "data/documents/", expected)


def refuse_surplus(archive: Archive, folder: str, expected: set[str]) -> None:
    """Note each file of a folder that nothing in the archive speaks of."""
    for name in sorted(archive.source.sizes):
        if name.startswith(folder) and name not in expected:
            archive.report.add("file_unused", name)


def check_row_counts(archive: Archive) -> None:
    """Compare the rows of each table with the number that the contest states."""
    for table in TABLES:
        actual, stated = len(archive.tables[table]), archive.contest["rows"][table]
        if actual != stated:
            archive.report.add("row_count", COMPETITION, table=table, actual=actual, stated=stated)
