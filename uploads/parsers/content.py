# SPDX-License-Identifier: Apache-2.0
"""Ask libmagic what the file on standard input is."""

from __future__ import annotations

import os

import magic

from uploads.kinds import FORMATS, Kind
from uploads.refusals import Code, Refused

HEAD = 256 * 1024
_detectors: list[magic.Magic] = []


def load() -> None:
    """Read libmagic's table while the file system is still there."""
    _detectors.append(magic.Magic(mime=True))


def detect() -> str:
    """Return libmagic's name for the content."""
    return str(_detectors[0].from_buffer(os.pread(0, HEAD, 0)))


def confirm(name: str) -> None:
    """Refuse the file unless libmagic agrees that it is of this format."""
    claimed = FORMATS[name]
    if not claimed.magic:
        return
    found = detect()
    if found in claimed.magic:
        return
    # libmagic knows a fraction of the brands that MP4 has; the header check that follows is stricter.
    if claimed.kind is Kind.VIDEO and (found.startswith("video/") or found == "application/octet-stream"):
        return
    known = {media_type for f in FORMATS.values() for media_type in f.magic} - {"application/octet-stream"}
    if found.startswith("text/") or found in known:
        raise Refused(Code.DISGUISED, extension=claimed.extensions[0])
    raise Refused(Code.UNREADABLE)
