# SPDX-License-Identifier: Apache-2.0
"""The bag: every file listed, every listed file there, every digest right."""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from urllib.parse import unquote

from verifier.container import Source
from verifier.layout import BAG_INFO, BAGIT, BAGIT_TEXT, MANIFEST, PROGRAM, TAG_MANIFEST
from verifier.report import NotAnArchiveError, Report

_LINE = re.compile(r"([0-9A-Fa-f]{64,128})[ \t]+\*?(.+)\Z")
_OXUM = re.compile(r"^Payload-Oxum:\s*(\d+)\.(\d+)\s*$", re.MULTILINE)
_CHUNK = 1 << 20
# Checked where they are there; SHA-256 must be there.
_ALSO = {"manifest-sha512.txt": "sha512", "tagmanifest-sha512.txt": "sha512"}


def check_bag(source: Source, report: Report) -> dict[str, str]:
    """Check the bag as bytes; return the payload manifest."""
    if BAGIT not in source.sizes:
        raise NotAnArchiveError("no_bagit")
    missing = [name for name in (BAG_INFO, MANIFEST, TAG_MANIFEST, PROGRAM) if name not in source.sizes]
    for name in missing:
        report.add("file_missing", name)
    if missing:
        return {}
    if _read(source, BAGIT, report).replace(b"\r\n", b"\n") != BAGIT_TEXT.encode("ascii"):
        report.add("bagit_version", BAGIT)
    report.bag_sha256 = hashlib.sha256(_read(source, TAG_MANIFEST, report)).hexdigest()

    payload = _manifest(source, MANIFEST, report)
    tags = _manifest(source, TAG_MANIFEST, report)
    _check_listing(source, payload, tags, report)
    _check_digests(source, {**payload, **tags}, "sha256", report)
    for name, algorithm in _ALSO.items():
        if name in source.sizes:
            _check_digests(source, _manifest(source, name, report), algorithm, report)
    _check_oxum(source, report)
    return payload


def _manifest(source: Source, name: str, report: Report) -> dict[str, str]:
    """Read a manifest: path → digest."""
    found: dict[str, str] = {}
    try:
        text = _read(source, name, report).decode("utf-8")
    except UnicodeDecodeError:
        report.add("not_utf8", name)
        return found
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.match(line)
        if match is None:
            report.add("manifest_line", name, line=number)
            continue
        path = unquote(match.group(2), errors="strict") if "%" in match.group(2) else match.group(2)
        if path in found:
            report.add("manifest_repeated", name, path=path)
        found[path] = match.group(1).lower()
    return found


def _check_listing(source: Source, payload: dict[str, str], tags: dict[str, str], report: Report) -> None:
    """Every file in exactly the manifest where it belongs."""
    for name in sorted(source.sizes):
        if name.startswith("data/"):
            if name not in payload:
                report.add("file_surplus", name)
        elif name not in tags and not name.startswith("tagmanifest-"):
            report.add("file_surplus", name)
    for name in sorted(set(payload) | set(tags)):
        if name not in source.sizes:
            report.add("file_missing", name)
    for name in sorted(payload):
        if not name.startswith("data/"):
            report.add("manifest_place", MANIFEST, path=name)
    for name in sorted(tags):
        if name.startswith("data/"):
            report.add("manifest_place", TAG_MANIFEST, path=name)


def _check_digests(source: Source, listed: dict[str, str], algorithm: str, report: Report) -> None:
    for name in sorted(listed):
        if name not in source.sizes:
            continue
        actual = _digest(source, name, algorithm, report)
        if actual is not None and actual != listed[name]:
            report.add("file_changed", name)


def _digest(source: Source, name: str, algorithm: str, report: Report) -> str | None:
    """Hash a file in pieces, never trusting the size that the zip states."""
    state = hashlib.new(algorithm)
    size = 0
    try:
        with source.open(name) as stream:
            while True:
                piece = stream.read(_CHUNK)
                if not piece:
                    break
                size += len(piece)
                state.update(piece)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        report.add("file_damaged", name, detail=error)
        return None
    if size != source.sizes[name]:
        report.add("file_damaged", name, detail=f"{size} ≠ {source.sizes[name]}")
        return None
    return state.hexdigest()


def _read(source: Source, name: str, report: Report) -> bytes:
    try:
        return source.read(name)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        report.add("file_damaged", name, detail=error)
        return b""


def _check_oxum(source: Source, report: Report) -> None:
    """Compare the stated with the actual size of the payload."""
    match = _OXUM.search(_read(source, BAG_INFO, report).decode("utf-8", "replace"))
    sizes = [size for name, size in source.sizes.items() if name.startswith("data/")]
    if match is None:
        report.add("oxum_missing", BAG_INFO)
    elif (int(match.group(1)), int(match.group(2))) != (sum(sizes), len(sizes)):
        actual = f"{sum(sizes)}.{len(sizes)}"
        report.add("oxum", BAG_INFO, stated=f"{match.group(1)}.{match.group(2)}", actual=actual)
