# SPDX-License-Identifier: Apache-2.0
"""Check that a text is text: one encoding from beginning to end, no control characters, no other format in disguise."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator

from uploads.parsers.content import detect
from uploads.refusals import Code, Refused

Json = dict[str, object]

_CHUNK = 1 << 20
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
# What a browser or another program would take for something other than text, told by its first characters.
_OTHER = re.compile(
    r"\s*(<!doctype|<html|<head|<body|<script|<svg|<\?xml|<\?php|<!--|<iframe|<img|%pdf-|\{\\rtf|#!|mime-version:)",
    re.IGNORECASE,
)
_OTHER_TYPES = ("text/html", "text/xml", "text/rtf", "text/x-php", "text/x-msdos-batch", "text/x-shellscript")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def check(request: Json) -> Json:
    """Read the whole text in pieces, in UTF-8, UTF-16 with its mark, or GB 18030."""
    head = os.pread(0, 4096, 0)
    named = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)
    for encoding in (named,) if named else ("utf-8", "gb18030"):
        try:
            _check_characters(_decoded(encoding))
        except UnicodeDecodeError:
            continue
        _check_format(request, head.decode(encoding, "ignore"))
        return {}
    raise Refused(Code.DISGUISED, extension=f".{request['format']}")


def _decoded(encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    at = 0
    while chunk := os.pread(0, _CHUNK, at):
        at += len(chunk)
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _check_characters(pieces: Iterator[str]) -> None:
    for piece in pieces:
        if _CONTROL.search(piece):
            raise UnicodeDecodeError("text", b"", 0, 1, "a control character")


def _check_format(request: Json, head: str) -> None:
    found = detect()
    if _OTHER.match(head.lstrip("\ufeff")) or found in _OTHER_TYPES or found.startswith("image/"):
        raise Refused(Code.DISGUISED, extension=f".{request['format']}")
