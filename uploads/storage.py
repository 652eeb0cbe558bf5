# SPDX-License-Identifier: Apache-2.0
"""Keep bytes under keys: in a folder of this machine, in an S3 bucket, or in memory for tests."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import parse_qsl, unquote, urlsplit

CHUNK = 256 * 1024

_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,199}){0,9}")


class StorageError(OSError):
    """The store did not do what it was asked; nothing may be acknowledged."""


class StorageFull(StorageError):
    """The store has no room left."""


class Storage(ABC):
    """Bytes under keys. What put() or adopt() has returned from survives a power cut.

    A key is up to ten segments of ASCII letters, digits, dot, dash and underscore; no segment begins with a dot
    or a dash. A missing key raises FileNotFoundError, everything else that goes wrong StorageError.
    """

    @staticmethod
    def from_url(url: str) -> Storage:
        """Open the store that the URL names: file:///folder, s3://bucket/prefix?endpoint=URL, or memory:.

        S3 reads access_key_id, secret_access_key, region and endpoint from the query; what is left out comes from
        the standard environment of S3 clients.
        """
        parts = urlsplit(url)
        if parts.scheme == "file":
            from uploads.local import LocalStorage

            if parts.netloc not in ("", "localhost") or not parts.path.startswith("/") or parts.query:
                raise ValueError(f"write the folder as file:///absolute/path, not {url!r}")
            return LocalStorage(Path(unquote(parts.path)))
        if parts.scheme == "s3":
            from uploads.objects import s3_storage

            return s3_storage(parts.netloc, unquote(parts.path).strip("/"), dict(parse_qsl(parts.query)))
        if parts.scheme == "memory":
            from uploads.objects import memory_storage

            return memory_storage()
        raise ValueError("a storage URL begins with file:, s3: or memory:")

    @abstractmethod
    def put(self, key: str, source: Path | bytes) -> None:
        """Store a copy of the bytes, or of the file, under the key; an older object is replaced as a whole."""

    @abstractmethod
    def adopt(self, key: str, path: Path) -> None:
        """Store the file itself under the key, moving it where that saves copying; the path may be gone afterwards."""

    @abstractmethod
    def open(self, key: str) -> IO[bytes]:
        """Return a readable, seekable stream of the object."""

    @abstractmethod
    def size(self, key: str) -> int:
        """Return the number of bytes."""

    @abstractmethod
    def stream(self, key: str, start: int | None = None, end: int | None = None) -> Iterator[bytes]:
        """Return the bytes of the half-open range [start, end) in chunks; a missing key is reported at once."""

    @abstractmethod
    def delete(self, key: str) -> None:
        """Remove the object; a missing one is no error."""

    @abstractmethod
    def keys(self, prefix: str = "") -> Iterator[str]:
        """Yield every key whose leading segments are the prefix, in no particular order."""

    def read(self, key: str) -> bytes:
        """Return the whole object."""
        with self.open(key) as stream:
            return bytes(stream.read())

    def exists(self, key: str) -> bool:
        """Say whether there is an object under the key."""
        try:
            self.size(key)
        except FileNotFoundError:
            return False
        return True

    def local_path(self, key: str) -> Path | None:
        """Return the object's file if it is one on this machine, for sending it without copying; else None."""
        return None


def checked_key(key: str) -> str:
    """Return the key if it is one; ValueError otherwise."""
    if len(key) > 500 or _KEY.fullmatch(key) is None:
        raise ValueError(f"not a storage key: {key!r}")
    return key
