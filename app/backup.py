# SPDX-License-Identifier: Apache-2.0
"""A backup is one zip: every row of every table as JSON lines, every stored file, and a manifest of digests.

It is taken under load: all tables are read in one snapshot of the database, and files are content-addressed and never
rewritten, so whatever the snapshot refers to is there. Being free of the engine, a backup of SQLite restores into
PostgreSQL and the other way round.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Column, Connection, Date, Engine, Table, func, insert, select, text, update

from app.clock import iso
from app.db import Base, Exact, UtcDateTime
from uploads import Storage

FORMAT = "youyin-backup 1"
MANIFEST = "manifest.json"
FILE_TABLES = ("blob", "archive")  # their column `key` names an object of the store
CHUNK = 1 << 20
ROWS = 500


class BackupError(RuntimeError):
    """Say what is wrong with a backup, or with the place it should go to."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a backup holds: the rows of each table, and how many files of how many bytes."""

    rows: Mapping[str, int]
    files: int
    bytes: int


def write(target: Path, *, engine: Engine, storage: Storage, revision: str, now: datetime) -> Report:
    """Write a backup to `target`; the name appears only once all bytes are on disk."""
    part = target.with_name(target.name + ".part")
    manifest: dict[str, Any] = {"format": FORMAT, "revision": revision, "made_at": iso(now), "members": {}, "rows": {}}
    with part.open("wb") as out:
        with zipfile.ZipFile(out, "w", allowZip64=True) as archive, _snapshot(engine) as connection:
            for table in Base.metadata.sorted_tables:
                name = f"tables/{table.name}.jsonl"
                lines = _Lines(connection, table)
                manifest["members"][name] = _add(archive, name, lines, zipfile.ZIP_DEFLATED)
                manifest["rows"][table.name] = lines.count
            keys = sorted(_keys(connection))
            for key in keys:
                name = f"files/{key}"
                manifest["members"][name] = _add(archive, name, storage.stream(key), zipfile.ZIP_STORED)
            archive.writestr(MANIFEST, json.dumps(manifest, sort_keys=True, indent=1))
        out.flush()
        os.fsync(out.fileno())
    part.replace(target)
    _sync_folder(target.parent)
    return Report(manifest["rows"], len(keys), target.stat().st_size)


def check(source: Path) -> dict[str, Any]:
    """Read a backup through and return its manifest; name the first member that is not as it was written."""
    try:
        with zipfile.ZipFile(source) as archive:
            names = archive.namelist()
            if MANIFEST not in names:
                raise BackupError(f"{source.name} is no backup: it has no {MANIFEST}.")
            manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
            if manifest.get("format") != FORMAT:
                raise BackupError(
                    f"{source.name} is of the form {manifest.get('format')!r}; this version reads {FORMAT!r}."
                )
            members: dict[str, list[Any]] = manifest["members"]
            surplus = set(names) - set(members) - {MANIFEST}
            missing = set(members) - set(names)
            if surplus or missing:
                raise BackupError(f"{source.name}: missing {sorted(missing)[:5]}, surplus {sorted(surplus)[:5]}.")
            for name, (digest, size) in members.items():
                hasher, count = hashlib.sha256(), 0
                with archive.open(name) as member:
                    while chunk := member.read(CHUNK):
                        hasher.update(chunk)
                        count += len(chunk)
                if hasher.hexdigest() != digest or count != size:
                    raise BackupError(f"{source.name}: {name} is not as it was written. Use another backup.")
    except (zipfile.BadZipFile, json.JSONDecodeError, EOFError, KeyError) as error:
        raise BackupError(f"{source.name} is damaged or cut off: {error}. Use another backup.") from error
    return manifest


def restore(source: Path, *, engine: Engine, storage: Storage, revision: str) -> Report:
    """Fill an empty, migrated installation from a backup, after reading the backup through."""
    manifest = check(source)
    if manifest["revision"] != revision:
        raise BackupError(
            f"The backup is of schema {manifest['revision']}, this version has {revision}. "
            "Restore with the version that made it, then upgrade."
        )
    with zipfile.ZipFile(source) as archive:
        files = [name for name in manifest["members"] if name.startswith("files/")]
        with engine.connect().execution_options(youyin_write=True) as connection, connection.begin():
            for table in Base.metadata.sorted_tables:
                if connection.scalar(select(func.count()).select_from(table)):
                    raise BackupError(
                        f"The installation is not empty: {table.name} has rows. Restore into an empty one."
                    )
            for name in files:
                with archive.open(name) as member, tempfile.NamedTemporaryFile(dir=source.parent) as spool:
                    shutil.copyfileobj(member, spool, CHUNK)
                    spool.flush()
                    storage.put(name.removeprefix("files/"), Path(spool.name))
            for table in Base.metadata.sorted_tables:
                with archive.open(f"tables/{table.name}.jsonl") as lines:
                    count = _fill(connection, table, lines)
                if count != manifest["rows"][table.name]:
                    raise BackupError(f"{table.name}: {count} rows instead of {manifest['rows'][table.name]}.")
    return Report(manifest["rows"], len(files), source.stat().st_size)


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """One consistent view of the whole database: a read transaction in SQLite's WAL, REPEATABLE READ in PostgreSQL."""
    with engine.connect() as plain:
        postgresql = engine.dialect.name == "postgresql"
        connection = plain.execution_options(isolation_level="REPEATABLE READ") if postgresql else plain
        connection.execute(text("SELECT 1"))
        yield connection
        connection.rollback()


class _Lines:
    """The rows of a table as JSON lines, in the order of their ids, counted on the way."""

    def __init__(self, connection: Connection, table: Table) -> None:
        self.connection, self.table, self.count = connection, table, 0

    def __iter__(self) -> Iterator[bytes]:
        rows = self.connection.execution_options(yield_per=ROWS).execute(select(self.table).order_by(self.table.c.id))
        for row in rows.mappings():
            self.count += 1
            plain = {name: _plain(value) for name, value in row.items()}
            yield json.dumps(plain, ensure_ascii=False, sort_keys=True).encode("utf-8") + b"\n"


def _add(archive: zipfile.ZipFile, name: str, chunks: Any, method: int) -> list[Any]:
    hasher, size = hashlib.sha256(), 0
    info = zipfile.ZipInfo(name)
    info.compress_type = method
    with archive.open(info, "w", force_zip64=True) as member:
        for chunk in chunks:
            data = bytes(chunk)
            hasher.update(data)
            size += len(data)
            member.write(data)
    return [hasher.hexdigest(), size]


def _keys(connection: Connection) -> Iterator[str]:
    """Yield the storage key of every file that a row refers to."""
    for table in Base.metadata.sorted_tables:
        if table.name in FILE_TABLES:
            yield from connection.scalars(select(table.c.key).distinct())


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    return value


def _typed(column: Column[Any], value: Any) -> Any:
    if value is None or not isinstance(value, str):
        return value
    if isinstance(column.type, Exact):
        return Fraction(value)
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(column.type, Date) else value


def _fill(connection: Connection, table: Table, lines: IO[bytes]) -> int:
    """Insert the rows; references of a table to itself follow once all its rows are there."""
    own = [fk.parent for fk in table.foreign_keys if fk.column.table is table]
    waiting: list[dict[str, Any]] = []
    batch: list[dict[str, Any]] = []
    count = 0
    for line in lines:
        row = {name: _typed(table.c[name], value) for name, value in json.loads(line).items()}
        for column in own:
            if row[column.name] is not None:
                waiting.append({"id": row["id"], "column": column, "value": row[column.name]})
                row[column.name] = None
        batch.append(row)
        count += 1
        if len(batch) == ROWS:
            connection.execute(insert(table), batch)
            batch = []
    if batch:
        connection.execute(insert(table), batch)
    for item in waiting:
        connection.execute(update(table).where(table.c.id == item["id"]).values({item["column"]: item["value"]}))
    if connection.dialect.name == "postgresql":
        connection.execute(
            text(f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), max(id)) FROM \"{table.name}\"")  # noqa: S608  # a name of our own metadata
        )
    return count


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
