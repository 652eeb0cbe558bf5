# SPDX-License-Identifier: Apache-2.0
"""Walk over the boxes of which MP4, MOV and HEIC files are made."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator

from uploads.refusals import Code, Refused

BOXES = 200_000


def outer() -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start of the content and end of each outer box of the file; refuse one that goes beyond its end."""
    length, at, count = os.fstat(0).st_size, 0, 0
    while at + 8 <= length:
        size, kind = struct.unpack(">L4s", os.pread(0, 8, at))
        start = at + 8
        if size == 0:
            if kind == b"\0\0\0\0":
                return  # padding
            size = length - at
        elif size == 1:
            size, start = int.from_bytes(os.pread(0, 8, start), "big"), start + 8
        if size < start - at or not all(32 <= letter < 127 or letter == 0xA9 for letter in kind):
            raise Refused(Code.UNREADABLE)
        if at + size > length:
            raise Refused(Code.CUT_OFF)
        count += 1
        if count > BOXES:
            raise Refused(Code.BOMB)
        yield kind, start, at + size
        at += size


def inner(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and content of each box inside another."""
    at = 0
    while at + 8 <= len(body):
        size, kind = struct.unpack(">L4s", body[at : at + 8])
        if size == 0:
            return  # so QuickTime ends lists of user data
        if size < 8 or at + size > len(body):
            raise Refused(Code.UNREADABLE)
        yield kind, body[at + 8 : at + size]
        at += size
