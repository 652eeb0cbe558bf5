# SPDX-License-Identifier: Apache-2.0
"""Check the frame of MP4 and MOV files: the boxes, their lengths, the size of the picture. No frame is decoded."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from uploads.refusals import Code, Refused

Json = dict[str, object]

BOXES = 200_000
HEADER_BYTES = 64 << 20
_PARENTS = (b"trak", b"mdia")


@dataclass
class _Track:
    handler: bytes = b""
    size: tuple[int, int] = (0, 0)


def check(request: Json) -> Json:
    """Walk over all boxes; the file must be whole, have a header, data and a track of pictures."""
    length = os.fstat(0).st_size
    kinds, header = set(), b""
    for count, (kind, start, end) in enumerate(_outer(length)):
        if count > BOXES or (kind == b"moov" and (end - start > HEADER_BYTES or header)):
            raise Refused(Code.BOMB)
        if end > length:
            raise Refused(Code.CUT_OFF)
        kinds.add(kind)
        if kind == b"moov":
            header = os.pread(0, end - start, start)
    if not header or not kinds & {b"mdat", b"moof"}:
        # Cameras write the header last: without it the recording, or the copying, was broken off.
        raise Refused(Code.CUT_OFF if kinds & {b"moov", b"mdat"} else Code.UNREADABLE)
    tracks = list(_tracks(header))
    shown = [track.size for track in tracks if track.handler == b"vide"]
    if not shown:
        raise Refused(Code.UNREADABLE)
    width, height = max(shown)
    return {"width": width, "height": height} if width and height else {}


def _outer(length: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start of the content and end of each outer box; the end may lie beyond the file."""
    at = 0
    while at + 8 <= length:
        size, kind = struct.unpack(">L4s", os.pread(0, 8, at))
        start = at + 8
        if size == 0:
            if kind == b"\0\0\0\0":
                return  # padding
            size = length - at
        elif size == 1:
            large = os.pread(0, 8, start)
            if len(large) < 8:
                raise Refused(Code.CUT_OFF)
            size, start = int.from_bytes(large, "big"), start + 8
        if size < start - at or not all(32 <= letter < 127 or letter == 0xA9 for letter in kind):
            raise Refused(Code.UNREADABLE)
        yield kind, start, at + size
        at += size


def _tracks(header: bytes) -> Iterator[_Track]:
    for kind, body in _inner(header):
        if kind == b"cmov":
            raise Refused(Code.UNREADABLE)  # a packed header, out of use for twenty years
        if kind == b"trak":
            track = _Track()
            _fill(track, body)
            yield track


def _fill(track: _Track, body: bytes) -> None:
    for kind, content in _inner(body):
        if kind in _PARENTS:
            _fill(track, content)
        elif kind == b"tkhd":
            track.size = _shown_size(content)
        elif kind == b"hdlr" and not track.handler:
            track.handler = content[8:12]


def _inner(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(body):
        size, kind = struct.unpack(">L4s", body[at : at + 8])
        if size < 8 or at + size > len(body):
            if size == 0:
                return  # QuickTime ends lists of user data so
            raise Refused(Code.UNREADABLE)
        yield kind, body[at + 8 : at + size]
        at += size


def _shown_size(header: bytes) -> tuple[int, int]:
    """Read width and height from a track header, turned as its matrix turns them."""
    matrix_at = 52 if header[:1] == b"\x01" else 40
    if len(header) < matrix_at + 44:
        raise Refused(Code.UNREADABLE)
    a, b = struct.unpack(">ll", header[matrix_at : matrix_at + 8])
    width, height = (side >> 16 for side in struct.unpack(">LL", header[matrix_at + 36 : matrix_at + 44]))
    return (height, width) if a == 0 and b != 0 else (width, height)
