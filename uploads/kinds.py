# SPDX-License-Identifier: Apache-2.0
"""Name the kinds of file that are accepted, and how each is told from its first bytes and its name."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a file is to the people who use it."""

    PICTURE = "picture"
    PDF = "pdf"
    OFFICE = "office"
    VIDEO = "video"
    TEXT = "text"


ALL_KINDS = frozenset(Kind)


class Format(NamedTuple):
    """One accepted file format: the endings that may name it and what libmagic may call it.

    A named tuple, because the child would spend a fifth of its start on importing dataclasses.
    """

    name: str
    kind: Kind
    media_type: str
    extensions: tuple[str, ...]
    magic: frozenset[str]


_OOXML = "application/vnd.openxmlformats-officedocument."
# libmagic knows an Office file only when its parts lie in the usual order; otherwise it sees the zip, and the old
# container around an encrypted one. The parser's own look at the parts decides.
_OFFICE_MAGIC = frozenset(
    {
        *(
            _OOXML + name
            for name in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
        ),
        *("application/zip", "application/octet-stream", "application/encrypted", "application/CDFV2"),
        *("application/cdfv2", "application/x-ole-storage", "application/msword", "application/vnd.ms-excel"),
        *("application/vnd.ms-powerpoint", "application/vnd.ms-office"),
    }
)


def _office(name: str, media_type: str) -> Format:
    return Format(name, Kind.OFFICE, _OOXML + media_type, (f".{name}",), _OFFICE_MAGIC)


FORMATS: dict[str, Format] = {
    f.name: f
    for f in (
        Format("jpeg", Kind.PICTURE, "image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"), frozenset({"image/jpeg"})),
        Format("png", Kind.PICTURE, "image/png", (".png",), frozenset({"image/png", "image/apng"})),
        Format("webp", Kind.PICTURE, "image/webp", (".webp",), frozenset({"image/webp"})),
        Format("gif", Kind.PICTURE, "image/gif", (".gif",), frozenset({"image/gif"})),
        Format("heic", Kind.PICTURE, "image/heic", (".heic", ".heif", ".hif"), frozenset({"image/heic", "image/heif"})),
        Format("pdf", Kind.PDF, "application/pdf", (".pdf",), frozenset({"application/pdf"})),
        _office("docx", "wordprocessingml.document"),
        _office("xlsx", "spreadsheetml.sheet"),
        _office("pptx", "presentationml.presentation"),
        Format("mp4", Kind.VIDEO, "video/mp4", (".mp4", ".m4v"), frozenset({"video/mp4", "video/x-m4v", "video/3gpp"})),
        Format("mov", Kind.VIDEO, "video/quicktime", (".mov", ".qt"), frozenset({"video/quicktime"})),
        # The text parser asks libmagic itself, because libmagic has a name for every programming language.
        Format("txt", Kind.TEXT, "text/plain", (".txt",), frozenset()),
        Format("csv", Kind.TEXT, "text/csv", (".csv",), frozenset()),
    )
}
BY_EXTENSION: dict[str, Format] = {extension: f for f in FORMATS.values() for extension in f.extensions}

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEAD = 64  # bytes that guess() needs

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"})
_QUICKTIME_ATOMS = frozenset({b"moov", b"mdat", b"wide", b"skip", b"free", b"pnot"})


def guess(head: bytes, extension: str) -> Format | None:
    """Say which accepted format the first bytes claim to be; None for everything else.

    Only a handful of bytes are compared, so this may run outside the child. What it says is a claim: the child
    asks libmagic and the format's parser before anybody believes it.
    """
    if head.startswith(b"\xff\xd8\xff"):
        return FORMATS["jpeg"]
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return FORMATS["png"]
    if head.startswith((b"GIF87a", b"GIF89a")):
        return FORMATS["gif"]
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return FORMATS["webp"]
    if head.startswith(b"%PDF-"):
        return FORMATS["pdf"]
    if head.startswith((b"PK\x03\x04", _OLE)):
        named = BY_EXTENSION.get(extension)
        return named if named is not None and named.kind is Kind.OFFICE else None
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _HEIC_BRANDS:
            return FORMATS["heic"]
        if brand in {b"avif", b"avis", b"crx "}:
            return None
        return FORMATS["mov"] if brand == b"qt  " else FORMATS["mp4"]
    if head[4:8] in _QUICKTIME_ATOMS:
        return FORMATS["mov"]
    named = BY_EXTENSION.get(extension)
    return named if named is not None and named.kind is Kind.TEXT else None
