# SPDX-License-Identifier: Apache-2.0
"""Take one file in: hash while it arrives, look at it in the child, store it under its content's name."""

from __future__ import annotations

import errno
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from uploads.kinds import BY_EXTENSION, HEAD, Format, Kind, guess
from uploads.names import clean_file_name, split_extension
from uploads.parse import inspect
from uploads.records import Limits, Received
from uploads.refusals import Code, Refused, size_words
from uploads.storage import CHUNK, Storage, StorageFull

SCRATCH = "youyin-upload-"  # how temporary folders begin, so that the sweeper knows its own
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Readable(Protocol):
    """Anything with read(size) that gives bytes: a request's stream, an open file."""

    def read(self, size: int, /) -> bytes: ...


def receive(stream: Readable, *, file_name: str | None, storage: Storage, limits: Limits, workdir: Path) -> Received:
    """Check and store one file and say what it is, or raise Refused; nothing is left behind when it is refused.

    When this returns, the bytes are durable under `sha256/<first two digits>/<digest>`; the same content again
    gives the same key. Whatever the stream or the store raises goes through.
    """
    name = clean_file_name(file_name)
    with refused_when_full(), scratch(workdir) as folder:
        spool = folder / "upload"
        size, digest, head = _spool(stream, spool, limits.max_bytes)
        if size == 0:
            raise Refused(Code.EMPTY)
        claimed = _claimed_format(name, head, limits)
        found = inspect(spool, claimed, limits, folder)
        key = content_key(digest)
        storage.adopt(key, spool)
        return Received(
            sha256=digest,
            size=size,
            media_type=found.format.media_type,
            kind=found.format.kind,
            key=key,
            file_name=_fitting_name(name, found.format),
            width=found.width,
            height=found.height,
            pages=found.pages,
        )


def content_key(digest: str) -> str:
    """Return the key of the content with this SHA-256 in lower-case hex."""
    return f"sha256/{digest[:2]}/{digest}"


def _spool(stream: Readable, path: Path, limit: int) -> tuple[int, str, bytes]:
    digest, size, head = hashlib.sha256(), 0, b""
    with path.open("xb") as out:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > limit:
                # The rest is not read: a sender without end costs no more than the limit.
                raise Refused(Code.TOO_LARGE, limit=size_words(limit), limit_bytes=limit)
            digest.update(chunk)
            out.write(chunk)
            if len(head) < HEAD:
                head = (head + chunk)[:HEAD]
    return size, digest.hexdigest(), head


def _claimed_format(name: str, head: bytes, limits: Limits) -> Format:
    """Hold the first bytes against the ending of the name; refuse what is not accepted and what is disguised."""
    extension = split_extension(name)[1].lower()
    claimed, named = guess(head, extension), BY_EXTENSION.get(extension)
    if claimed is None:
        if named is not None and named.kind in limits.kinds:
            raise Refused(Code.DISGUISED, extension=extension)
        raise _wrong_type(limits)
    if claimed.kind not in limits.kinds:
        raise _wrong_type(limits)
    # A PNG called .jpg, or a MOV called .mp4, is what phones and chat programs make: same kind, harmless, renamed.
    # Any other contradiction is a disguise, even if both kinds are accepted.
    if extension and (named is None or named.kind is not claimed.kind):
        raise Refused(Code.DISGUISED, extension=extension)
    return claimed


def _wrong_type(limits: Limits) -> Refused:
    return Refused(Code.WRONG_TYPE, accepted=tuple(kind.value for kind in Kind if kind in limits.kinds))


def _fitting_name(name: str, found: Format) -> str:
    """Return the name with an ending that tells the truth."""
    stem, extension = split_extension(name)
    if extension.lower() in found.extensions:
        return name
    return clean_file_name(stem + found.extensions[0])


@contextmanager
def scratch(workdir: Path) -> Iterator[Path]:
    """Give an own temporary folder and take it away afterwards, whatever happened."""
    workdir.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=workdir))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def refused_when_full() -> Iterator[None]:
    """Turn "no space left" of any disk on the way into a refusal."""
    try:
        yield
    except StorageFull as error:
        raise Refused(Code.DISK_FULL) from error
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise Refused(Code.DISK_FULL) from error
