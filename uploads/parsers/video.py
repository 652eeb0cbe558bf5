# SPDX-License-Identifier: Apache-2.0
"""Check the frame of MP4 and MOV files: the boxes, their lengths, the size of the picture. No frame is decoded."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator

from uploads.parsers.boxes import inner, outer
from uploads.refusals import Code, Refused

Json = dict[str, object]

HEADER_BYTES = 64 << 20


class _Track:
    def __init__(self) -> None:
        self.handler = b""
        self.size = (0, 0)


def check(request: Json) -> Json:
    """Walk over all boxes; the file must be whole, have a header, data and a track of pictures."""
    kinds, header = set(), b""
    for kind, start, end in outer():
        kinds.add(kind)
        if kind == b"moov":
            if header or end - start > HEADER_BYTES:
                raise Refused(Code.BOMB)
            header = os.pread(0, end - start, start)
    if not header or not kinds & {b"mdat", b"moof"}:
        # Cameras write the header last: without it the recording, or the copying, was broken off.
        raise Refused(Code.CUT_OFF if kinds & {b"ftyp", b"moov", b"mdat"} else Code.UNREADABLE)
    shown = [track.size for track in _tracks(header) if track.handler == b"vide"]
    if not shown:
        raise Refused(Code.UNREADABLE)
    width, height = max(shown)
    return {"width": width, "height": height} if width and height else {}


def _tracks(header: bytes) -> Iterator[_Track]:
    for kind, body in inner(header):
        if kind == b"cmov":
            raise Refused(Code.UNREADABLE)  # a packed header, out of use for twenty years
        if kind == b"trak":
            track = _Track()
            _fill(track, body)
            yield track


def _fill(track: _Track, body: bytes) -> None:
    for kind, content in inner(body):
        if kind == b"mdia":
            _fill(track, content)
        elif kind == b"tkhd":
            track.size = _shown_size(content)
        elif kind == b"hdlr" and not track.handler:
            track.handler = content[8:12]


def _shown_size(header: bytes) -> tuple[int, int]:
    """Read width and height from a track header, turned as its matrix turns them."""
    matrix_at = 52 if header[:1] == b"\x01" else 40
    if len(header) < matrix_at + 44:
        raise Refused(Code.UNREADABLE)
    a, b = struct.unpack(">ll", header[matrix_at : matrix_at + 8])
    width, height = (side >> 16 for side in struct.unpack(">LL", header[matrix_at + 36 : matrix_at + 44]))
    return (height, width) if a == 0 and b != 0 else (width, height)
