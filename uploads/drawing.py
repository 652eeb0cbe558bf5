# SPDX-License-Identifier: Apache-2.0
"""Make the pictures that people see instead of the uploaded file, and store them."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from uploads.intake import refused_when_full, scratch
from uploads.kinds import FORMATS, HEAD, Format, Kind, guess
from uploads.office import as_pdf
from uploads.parse import ask, inspect
from uploads.records import Limits, Preview, Received
from uploads.refusals import Code, Refused
from uploads.storage import CHUNK, Storage

NAMES = ("display", "thumb", "page")
MEDIA_TYPE = "image/jpeg"
BAD_PAGES = 3
BATCH_SECONDS = 5.0  # of processor, then the next child goes on with a fresh allowance
SECONDS = 300.0  # for all pages of one document; children are ended one by one, this ends the row of them
BYTES = 16 << 20  # one picture


def previews(
    received_or_key: Received | str, kind: Kind, *, storage: Storage, workdir: Path, pages: int = 200
) -> Iterator[Preview]:
    """Draw, store and yield the previews of one stored file, each durable when it is yielded.

    Pictures give `display` and `thumb`; documents give one `page` each for their first pages, and `thumb`; video and
    text give nothing. Doing it again gives the same keys. Refused tells that the file cannot be drawn, or no further.
    """
    key = received_or_key.key if isinstance(received_or_key, Received) else received_or_key
    if kind in (Kind.VIDEO, Kind.TEXT):
        return
    with refused_when_full(), scratch(workdir) as folder:
        file = _fetched(key, storage, folder)
        if kind is Kind.OFFICE:
            # Looked at again, for which of the three it is, and because nothing unchecked goes into LibreOffice.
            seen = inspect(file, FORMATS["docx"], Limits(max_bytes=0), folder).format
            made = as_pdf(file, seen.extensions[0], folder)
            if made is None:
                return
            file, kind = made, Kind.PDF
        found = _format(file, kind)
        first, drawn, trouble = 1, 0, []
        until = time.monotonic() + SECONDS
        while first <= pages:
            if time.monotonic() >= until:
                raise Refused(Code.TIMEOUT)
            request: dict[str, object] = {"task": "draw", "format": found.name, "first": first, "last": pages}
            answer = ask({**request, "seconds": BATCH_SECONDS}, file, folder)
            last = first - 1
            for line in answer.lines:
                if "file" in line:
                    preview = _stored(line, key, storage, folder / "out")
                    last, drawn = max(last, preview.number), drawn + 1
                    yield preview
            if answer.refused is not None:
                trouble.append(answer.refused)
                if kind is not Kind.PDF or len(trouble) > BAD_PAGES or answer.refused.code is Code.DISK_FULL:
                    raise answer.refused
                first = last + 2  # one page that cannot be drawn does not hide the others
                continue
            following = answer.lines[-1].get("next")
            if type(following) is not int or following <= first:
                break
            first = following
        if trouble and not drawn:
            raise trouble[0]


def preview_key(key: str, name: str, number: int) -> str:
    """Return where a preview of the object is kept."""
    digest = key.rsplit("/", 1)[-1]
    return f"previews/{digest[:2]}/{digest}/{name}-{number:04}.jpg"


def original_key(key: str) -> str:
    """Return the key of the object that a preview was made from; of anything else, the key itself."""
    parts = key.split("/")
    return f"sha256/{parts[1]}/{parts[2]}" if len(parts) == 4 and parts[0] == "previews" else key


def _fetched(key: str, storage: Storage, folder: Path) -> Path:
    path = storage.local_path(key)
    if path is not None:
        return path
    path = folder / "original"
    with path.open("xb") as out, storage.open(key) as stream:
        while chunk := stream.read(CHUNK):
            out.write(chunk)
    return path


def _format(file: Path, kind: Kind) -> Format:
    with file.open("rb") as stream:
        found = guess(stream.read(HEAD), "")
    if found is None or found.kind is not kind:
        raise Refused(Code.UNREADABLE)
    return FORMATS[found.name]


def _stored(line: dict[str, object], key: str, storage: Storage, out: Path) -> Preview:
    """Store one picture that the child says it drew, believing nothing that could lead elsewhere."""
    name = line.get("name")
    number, width, height = (_small(line.get(part)) for part in ("number", "width", "height"))
    if not isinstance(name, str) or name not in NAMES:
        raise Refused(Code.UNREADABLE)
    target, path = preview_key(key, name, number), out / f"{name}-{number:04}.jpg"
    storage.put(target, _drawn(path))
    path.unlink(missing_ok=True)
    return Preview(number, name, target, MEDIA_TYPE, width, height)


def _small(value: object) -> int:
    if type(value) is not int or not 0 < value < 100_000:
        raise Refused(Code.UNREADABLE)
    return value


def _drawn(path: Path) -> bytes:
    """Read a picture the child made, if it is a plain file of its own and a JPEG."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Refused(Code.UNREADABLE) from error
    with os.fdopen(handle, "rb") as stream:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode) or facts.st_nlink != 1 or facts.st_size > BYTES:
            raise Refused(Code.UNREADABLE)
        content = stream.read(BYTES)
    if not content.startswith(b"\xff\xd8\xff"):
        raise Refused(Code.UNREADABLE)
    return content
