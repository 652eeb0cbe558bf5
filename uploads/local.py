# SPDX-License-Identifier: Apache-2.0
"""Keep objects as files in a folder, each on the disk before it is acknowledged.

obstore's own local store renames without any fsync (seen with strace), so a power cut after the acknowledgement could
leave an empty file. Here: temporary file, write, fsync, rename, fsync of the folder, each step checked.
"""

from __future__ import annotations

import contextlib
import errno
import filecmp
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from uploads.storage import CHUNK, Storage, StorageError, StorageFull, checked_key

PART = ".part"  # ending of a temporary file; with the leading dot it can never be a key
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class LocalStorage(Storage):
    """A folder of objects; the key is the path below it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._durable: set[Path] = set()

    def put(self, key: str, source: Path | bytes) -> None:
        target = self._path(key)
        with _as_storage_error(key):
            self._make_folder(target.parent)
            temporary = target.parent / f".{secrets.token_hex(12)}{PART}"
            try:
                _write(temporary, source)
                os.replace(temporary, target)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
            _sync(target.parent)

    def adopt(self, key: str, path: Path) -> None:
        target = self._path(key)
        with _as_storage_error(key):
            self._make_folder(target.parent)
            if path.stat().st_dev != target.parent.stat().st_dev:
                if not _same(path, target):
                    self.put(key, path)
                    return
                # There already, but perhaps written by somebody who has not come to his fsync yet.
                _sync(target)
                _sync(target.parent)
                return
            _sync(path)
            os.replace(path, target)
            _sync(target.parent)

    def open(self, key: str) -> IO[bytes]:
        return self._path(key).open("rb")

    def size(self, key: str) -> int:
        return self._path(key).stat().st_size

    def stream(self, key: str, start: int | None = None, end: int | None = None) -> Iterator[bytes]:
        return _chunks(self.open(key), start or 0, end)

    def delete(self, key: str) -> None:
        path = self._path(key)
        with _as_storage_error(key):
            try:
                path.unlink()
            except FileNotFoundError:
                return
            _sync(path.parent)

    def keys(self, prefix: str = "") -> Iterator[str]:
        top = self.root / checked_key(prefix.rstrip("/")) if prefix else self.root
        for folder, names, files in os.walk(top):
            names[:] = sorted(name for name in names if not name.startswith("."))
            for name in files:
                if not name.startswith("."):
                    yield (Path(folder) / name).relative_to(self.root).as_posix()

    def local_path(self, key: str) -> Path | None:
        return self._path(key)

    def parts(self, *, older_than: float) -> Iterator[Path]:
        """Yield temporary files last changed before the given time: what a killed process left behind."""
        for folder, _, files in os.walk(self.root):
            for name in files:
                path = Path(folder) / name
                with contextlib.suppress(FileNotFoundError):
                    if name.startswith(".") and name.endswith(PART) and path.stat().st_mtime < older_than:
                        yield path

    def _path(self, key: str) -> Path:
        return self.root / checked_key(key)

    def _make_folder(self, folder: Path) -> None:
        """Make the folder and put its name, and those of the folders above it, on the disk.

        A folder found there may have been made by another process a moment ago and not be on the disk yet; so each is
        synced once by every process, whoever made it.
        """
        if folder in self._durable:
            if folder.is_dir():
                return
            self._durable.clear()
        folder.mkdir(parents=True, exist_ok=True)
        above = folder
        while True:
            _sync(above.parent)
            if above in (self.root, above.parent):
                break
            above = above.parent
        self._durable.add(folder)


def _same(path: Path, stored: Path) -> bool:
    return stored.is_file() and filecmp.cmp(path, stored, shallow=False)


def _write(path: Path, source: Path | bytes) -> None:
    with open(path, "xb", opener=_private) as out:
        if isinstance(source, Path):
            with source.open("rb") as taken:
                shutil.copyfileobj(taken, out, CHUNK)
        else:
            out.write(source)
        out.flush()
        os.fsync(out.fileno())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _chunks(stream: IO[bytes], start: int, end: int | None) -> Iterator[bytes]:
    with stream:
        stream.seek(start)
        left = None if end is None else end - start
        while left is None or left > 0:
            chunk = stream.read(CHUNK if left is None else min(CHUNK, left))
            if not chunk:
                return
            if left is not None:
                left -= len(chunk)
            yield chunk


@contextlib.contextmanager
def _as_storage_error(key: str) -> Iterator[None]:
    try:
        yield
    except StorageError:
        raise
    except OSError as error:
        kind = StorageFull if error.errno in _FULL else StorageError
        raise kind(error.errno, f"{error.strerror or error} ({key})") from error
