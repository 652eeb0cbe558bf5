# SPDX-License-Identifier: Apache-2.0
"""What marks rest on and what was recorded: diary, evidence, citations, files, and the trail."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from verifier.contest import Archive, refuse_surplus
from verifier.layout import AUDIT, COMPETITION, file_path, table_path
from verifier.strictjson import JsonError, parse_canonical

_EVENT_KEYS = ("v", "trail", "sequence", "at", "event", "actor", "via", "subject", "data")


def check_evidence(archive: Archive) -> None:
    """Check diary, evidence and their files, and that citations point at evidence of the entry they mark."""
    report = archive.report
    entries = {row["entry"] for row in archive.tables["entries"]}
    owner: dict[tuple[str, str], str] = {}
    for row in archive.tables["diary"]:
        owner["diary_entry", row["diary_entry"]] = row["entry"]
        if row["entry"] and row["entry"] not in entries:
            report.add("unknown_entry", table_path("diary"), entry=row["entry"])
    expected = {file_path(row["file"]) for row in archive.tables["certificates"] if row["file"]}
    for row in archive.tables["evidence"]:
        path = table_path("evidence")
        if bool(row["entry"]) == bool(row["diary_entry"]):
            report.add("evidence_owner", path, evidence=row["evidence"])
        elif row["entry"] and row["entry"] not in entries:
            report.add("unknown_entry", path, entry=row["entry"])
        elif row["diary_entry"] and ("diary_entry", row["diary_entry"]) not in owner:
            report.add("unknown_diary_entry", path, diary_entry=row["diary_entry"])
        owner["evidence", row["evidence"]] = row["entry"] or owner.get(("diary_entry", row["diary_entry"]), "")
        _check_file(archive, row["evidence"], row["sha256"], row["size"])
        expected.add(file_path(row["sha256"]))
    refuse_surplus(archive, "data/files/", expected if archive.has_files else set())
    _check_citations(archive, owner)


def _check_file(archive: Archive, evidence: str, sha256: str, size: str) -> None:
    if not archive.has_files:
        return
    path = file_path(sha256)
    if path not in archive.source.sizes:
        archive.report.add("file_missing", path)
    elif str(archive.source.sizes[path]) != size:
        archive.report.add("file_size", path, evidence=evidence, stated=size, actual=archive.source.sizes[path])


def check_file_names(archive: Archive) -> None:
    """Check that every file under data/files/ has the SHA-256 that it is named by."""
    for name, sha256 in sorted(archive.listed.items()):
        if name.startswith("data/files/") and name != file_path(sha256):
            archive.report.add("named_digest", name, actual=sha256)


def _check_citations(archive: Archive, owner: dict[tuple[str, str], str]) -> None:
    report = archive.report
    path = table_path("citations")
    columns = ("stage", "category", "entry", "judge", "criterion")
    marks = set(archive.tables.by("marks", *columns))
    for row in archive.tables["citations"]:
        mark = tuple(row[column] for column in columns)
        if mark not in marks:
            report.add("citation_without_mark", path, mark=" / ".join(mark))
        if bool(row["diary_entry"]) == bool(row["evidence"]):
            report.add("citation_source", path, mark=" / ".join(mark))
            continue
        kind = "diary_entry" if row["diary_entry"] else "evidence"
        if owner.get((kind, row[kind])) != row["entry"]:
            report.add("citation_foreign", path, mark=" / ".join(mark), source=row[kind])


def check_trail(archive: Archive) -> None:
    """Check the trail: canonical lines of this contest, numbered without a gap, of the stated length and root."""
    report = archive.report
    if AUDIT not in archive.source.sizes:
        report.add("file_missing", AUDIT)
        return
    data = archive.source.read(AUDIT)
    if data and not data.endswith(b"\n"):
        report.add("trail_end", AUDIT)
    lines = data.split(b"\n")[:-1]
    for number, line in enumerate(lines, 1):
        try:
            event = parse_canonical(line)
        except JsonError as error:
            report.add("trail_line", AUDIT, line=number, detail=error)
            continue
        if not isinstance(event, dict) or sorted(event) != sorted(_EVENT_KEYS) or event["v"] != 1:
            report.add("trail_event", AUDIT, line=number)
        elif event["trail"] != archive.contest["id"]:
            report.add("trail_foreign", AUDIT, line=number, trail=event["trail"])
        elif event["sequence"] != number:
            report.add("trail_gap", AUDIT, line=number, sequence=event["sequence"])
            break
    stated = archive.contest["audit"]
    if stated["events"] != len(lines):
        report.add("trail_length", COMPETITION, stated=stated["events"], actual=len(lines))
    root = merkle_root(lines).hex()
    if stated["root"] != root:
        report.add("trail_root", COMPETITION, stated=stated["root"], actual=root)
    report.counts["events"] = len(lines)


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """Return the Merkle tree hash of RFC 6962, section 2.1, over SHA-256."""
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        height, node = 0, hashlib.sha256(b"\x00" + leaf).digest()
        while stack and stack[-1][0] == height:
            node = hashlib.sha256(b"\x01" + stack.pop()[1] + node).digest()
            height += 1
        stack.append((height, node))
    if not stack:
        return hashlib.sha256(b"").digest()
    _, node = stack.pop()
    while stack:
        node = hashlib.sha256(b"\x01" + stack.pop()[1] + node).digest()
    return node
