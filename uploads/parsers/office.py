# SPDX-License-Identifier: Apache-2.0
"""Check Office documents as what they are, zip files of XML, without trusting any number in them."""

from __future__ import annotations

import os
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from uploads.refusals import Code, Refused

Json = dict[str, object]

ENTRIES = 10_000
DIRECTORY_BYTES = 8 << 20
UNPACKED_BYTES = 512 << 20  # of the whole document, what is nested in it included
RATIO, RATIO_FROM = 100, 10 << 20  # a part above ten megabytes may be packed at most a hundred to one
NESTED_BYTES = 48 << 20
DEPTH = 2  # a sheet inside a slide is usual; a document in a document in a document is not
_CHUNK = 256 * 1024

_MAIN = {
    "docx": b"wordprocessingml.document.main+xml",
    "xlsx": b"spreadsheetml.sheet.main+xml",
    "pptx": b"presentationml.presentation.main+xml",
}
_MACRO_TYPES = (b"macroenabled", b"vbaproject", b"macrosheet", b"application/vnd.ms-office.activex")
_MACRO_NAME = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml|activex|macrosheets)(/|$)", re.IGNORECASE)
_BAD_NAME = re.compile(r'[\\\x00-\x1f\x7f<>:"|?*]|^/|(^|/)\.\.?(/|$)|//')
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class _Budget:
    """Count what has been unpacked, over all levels."""

    def __init__(self) -> None:
        self.left = UNPACKED_BYTES
        self.entries = ENTRIES

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise Refused(Code.BOMB)

    def entry(self) -> None:
        self.entries -= 1
        if self.entries < 0:
            raise Refused(Code.BOMB)


def check(request: Json) -> Json:
    """Unpack every part once, count, and say which of the three kinds of document it is."""
    stream = os.fdopen(os.dup(0), "rb")
    if stream.read(8) == _OLE:
        # An encrypted document is wrapped in the old container; so is everything from before 2007.
        raise (
            Refused(Code.ENCRYPTED)
            if _has_encrypted_package(stream)
            else Refused(Code.DISGUISED, extension=_dot(request))
        )
    types = _walk(stream, _Budget(), DEPTH)
    if types is None:
        raise Refused(Code.DISGUISED, extension=_dot(request))
    if any(macro in types for macro in _MACRO_TYPES):
        raise Refused(Code.MACROS)
    for name, main in _MAIN.items():
        if main in types:
            return {"format": name}
    raise Refused(Code.DISGUISED, extension=_dot(request))


def _walk(stream: IO[bytes], budget: _Budget, depth: int) -> bytes | None:
    """Check one zip file and what is nested in it; return its [Content_Types].xml in lower case, None without one."""
    _check_end(stream)
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError) as error:
        raise Refused(Code.UNREADABLE) from error
    parts = archive.infolist()
    _check_names(parts)
    _check_places(stream, parts, archive.start_dir)
    types = None
    for part in parts:
        budget.entry()
        if part.is_dir():
            continue
        if part.filename.lower() == "[content_types].xml":
            if part.file_size > 1 << 20:
                raise Refused(Code.BOMB)
            types = b"".join(_unpacked(archive, part, budget)).replace(b"\0", b"").lower()
            _check_xml(iter([types]))
        elif part.filename.lower().endswith((".xml", ".rels", ".vml")):
            _check_xml(_unpacked(archive, part, budget))
        else:
            _check_nested(archive, part, budget, depth)
    return types


def _check_end(stream: IO[bytes]) -> None:
    """Hold the directory to a size before anybody reads it into memory; nothing may follow it but its comment."""
    size = stream.seek(0, os.SEEK_END)
    tail_at = max(0, size - 65_557)
    stream.seek(tail_at)
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise Refused(Code.CUT_OFF)
    entries, length, start, comment = struct.unpack("<10xHLLH", tail[at : at + 22])
    if entries > ENTRIES or length > DIRECTORY_BYTES:  # also the marks by which Zip64 says "look elsewhere"
        raise Refused(Code.BOMB)
    if start + length != tail_at + at or at + 22 + comment != len(tail):
        raise Refused(Code.UNREADABLE)


def _check_names(parts: list[zipfile.ZipInfo]) -> None:
    seen = set()
    for part in parts:
        if part.flag_bits & 0x1:
            raise Refused(Code.ENCRYPTED)
        plain = unicodedata.normalize("NFC", part.orig_filename).casefold()
        link = stat.S_ISLNK(part.external_attr >> 16)
        if plain in seen or link or len(plain) > 255 or _BAD_NAME.search(plain):
            raise Refused(Code.UNREADABLE)
        seen.add(plain)
        if _MACRO_NAME.search(plain):
            raise Refused(Code.MACROS)


def _check_places(stream: IO[bytes], parts: list[zipfile.ZipInfo], directory: int) -> None:
    """Refuse parts that share bytes, by which a small file unpacks to any size, and parts with two names."""
    end = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.header_offset < end or (end == 0 and part.header_offset != 0):
            raise Refused(Code.BOMB)
        stream.seek(part.header_offset)
        head = stream.read(30)
        if len(head) < 30 or head[:4] != b"PK\x03\x04":
            raise Refused(Code.UNREADABLE)
        name, extra = struct.unpack("<HH", head[26:30])
        if stream.read(name).decode("utf-8" if part.flag_bits & 0x800 else "cp437", "replace") != part.orig_filename:
            raise Refused(Code.UNREADABLE)
        end = part.header_offset + 30 + name + extra + part.compress_size
        if end > directory:
            raise Refused(Code.BOMB)


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, budget: _Budget) -> Iterator[bytes]:
    """Unpack in pieces, counting what really comes out."""
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused(Code.UNREADABLE)
    size = 0
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                budget.take(len(chunk))
                if size > RATIO_FROM and size > RATIO * part.compress_size:
                    raise Refused(Code.BOMB)
                yield chunk
    except EOFError as error:
        raise Refused(Code.CUT_OFF) from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        raise Refused(Code.UNREADABLE) from error


def _check_xml(chunks: Iterator[bytes]) -> None:
    """Refuse document types and entities, which the format forbids and of which XML bombs are made."""
    tail = b""
    for chunk in chunks:
        text = tail + chunk.replace(b"\0", b"").lower()  # UTF-16 read as if it were ASCII
        if b"<!doctype" in text or b"<!entity" in text:
            raise Refused(Code.BOMB)
        tail = text[-16:]


def _check_nested(archive: zipfile.ZipFile, part: zipfile.ZipInfo, budget: _Budget, depth: int) -> None:
    chunks = _unpacked(archive, part, budget)
    first = next(chunks, b"")
    if not first.startswith(b"PK\x03\x04"):
        for _ in chunks:
            pass
        return
    if depth == 0 or part.file_size > NESTED_BYTES:
        raise Refused(Code.BOMB)
    with open("nested", "w+b", opener=_unlinked) as copy:
        copy.write(first)
        copy.writelines(chunks)
        copy.flush()
        types = _walk(copy, budget, depth - 1)
    if types is not None and any(macro in types for macro in _MACRO_TYPES):
        raise Refused(Code.MACROS)


def _unlinked(path: str, flags: int) -> int:
    """Open a temporary file that has no name any more."""
    handle = os.open(path, flags | os.O_EXCL, 0o600)
    os.unlink(path)
    return handle


def _has_encrypted_package(stream: IO[bytes]) -> bool:
    mark, tail = "EncryptedPackage".encode("utf-16-le"), b""
    while chunk := stream.read(_CHUNK):
        if mark in tail + chunk:
            return True
        tail = chunk[-len(mark) :]
    return False


def _dot(request: Json) -> str:
    return f".{request['format']}"
