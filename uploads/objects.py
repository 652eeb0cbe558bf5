# SPDX-License-Identifier: Apache-2.0
"""Keep objects in an S3 bucket or in memory, through obstore."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

from uploads.storage import CHUNK, Storage, StorageError, checked_key

if TYPE_CHECKING:
    from obstore.store import MemoryStore, S3Store

_S3_OPTIONS = {"endpoint", "region", "access_key_id", "secret_access_key", "virtual_hosted_style_request"}


def s3_storage(bucket: str, prefix: str, options: Mapping[str, str]) -> ObjectStorage:
    """Open a bucket; the options are those of a storage URL's query."""
    unknown = set(options) - _S3_OPTIONS
    if not bucket or unknown:
        raise ValueError(f"an S3 URL needs a bucket and knows only {', '.join(sorted(_S3_OPTIONS))}")
    config: dict[str, Any] = {"region": "us-east-1", **options}
    plain_http = urlsplit(config.get("endpoint", "")).scheme == "http"

    def connect() -> S3Store:
        from obstore.store import S3Store

        return S3Store(
            bucket,
            prefix=prefix or None,
            config=config,  # type: ignore[arg-type]  # a TypedDict of obstore's; the names were checked above
            client_options={
                "allow_http": plain_http,
                "timeout": timedelta(minutes=5),
                "connect_timeout": timedelta(seconds=5),
            },
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=60)},
        )

    return ObjectStorage(connect)


def memory_storage() -> ObjectStorage:
    """Open an empty store that lives as long as the object."""
    from obstore.store import MemoryStore

    store = MemoryStore()
    return ObjectStorage(lambda: store)


class ObjectStorage(Storage):
    """A store behind obstore. S3 answers a put only when the object is durable, by its own promise."""

    def __init__(self, connect: Callable[[], S3Store | MemoryStore]) -> None:
        self._connect = connect
        self._store: S3Store | MemoryStore | None = None
        self._process = 0

    def put(self, key: str, source: Path | bytes) -> None:
        import obstore

        with _translated(checked_key(key)):
            obstore.put(self._here(), key, source)

    def adopt(self, key: str, path: Path) -> None:
        # What is stored under the key of its own content need not travel again.
        if key.startswith("sha256/") and self.exists(key) and self.size(key) == path.stat().st_size:
            return
        self.put(key, path)

    def open(self, key: str) -> IO[bytes]:
        import obstore

        with _translated(checked_key(key)):
            reader = obstore.open_reader(self._here(), key, buffer_size=CHUNK)
        return io.BufferedReader(_Raw(reader), CHUNK)

    def size(self, key: str) -> int:
        import obstore

        with _translated(checked_key(key)):
            return obstore.head(self._here(), key)["size"]

    def stream(self, key: str, start: int | None = None, end: int | None = None) -> Iterator[bytes]:
        size = self.size(key)
        first, last = start or 0, size if end is None else min(end, size)
        return self._chunks(key, first, last) if first < last else iter(())

    def _chunks(self, key: str, start: int, end: int) -> Iterator[bytes]:
        import obstore

        with _translated(key):
            answer = obstore.get(self._here(), key, options={"range": (start, end)})
            for chunk in answer.stream(min_chunk_size=CHUNK):
                yield bytes(chunk)

    def delete(self, key: str) -> None:
        import obstore

        try:
            with _translated(checked_key(key)):
                obstore.delete(self._here(), key)
        except FileNotFoundError:
            return

    def keys(self, prefix: str = "") -> Iterator[str]:
        import obstore

        with _translated(prefix):
            for batch in obstore.list(self._here(), prefix=prefix.rstrip("/") or None, chunk_size=1000):
                for found in batch:
                    yield found["path"]

    def _here(self) -> S3Store | MemoryStore:
        # A connection pool does not survive a fork: each worker opens its own.
        if self._store is None or self._process != os.getpid():
            self._store, self._process = self._connect(), os.getpid()
        return self._store


class _Raw(io.RawIOBase):
    """Give obstore's reader the interface of a Python file."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = bytes(self._reader.read(len(buffer)))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._reader.seek(offset, whence))

    def tell(self) -> int:
        return int(self._reader.tell())


@contextmanager
def _translated(key: str) -> Iterator[None]:
    from obstore import exceptions

    try:
        yield
    except (exceptions.NotFoundError, FileNotFoundError) as error:
        raise FileNotFoundError(f"no object {key}") from error
    except exceptions.BaseError as error:
        raise StorageError(f"{type(error).__name__} ({key})") from error
