# SPDX-License-Identifier: Apache-2.0
"""A backup taken from either engine restores whole into an empty installation, and a damaged one is refused."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, select

from app import audit, backup
from app.audit import Event
from app.db import Base, db, transaction
from app.evidence.models import Blob, Evidence
from app.policy import SYSTEM
from tests import factories as make
from uploads import Storage


@pytest.fixture
def filled(app: Flask, tmp_path: Path) -> Storage:
    """A contest with an entry, a diary, a stored file and events."""
    storage = Storage.from_url(f"file://{tmp_path / 'store'}")
    storage.put("sha256/ab/abcd", b"bytes of a picture")
    contest = make.contest()
    parent = make.unit("Basin")
    child = make.unit("Bureau", parent=parent)
    owner = make.user("王 小明", of=child)
    entry = make.entry(contest, owner, of=child)
    note = make.diary_entry(entry)
    blob = make.save(
        Blob(sha256="ab" * 32, size=18, media_type="image/jpeg", key="sha256/ab/abcd", created_at=make.NOW)
    )
    make.save(
        Evidence(blob_id=blob.id, diary_entry_id=note.id, kind="picture", file_name="a.jpg", received_at=make.NOW)
    )
    with transaction():
        audit.record(Event.ENTRY_HANDED_IN, entry, by=SYSTEM, now=make.NOW, competition=contest)
    return storage


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path / 'restored.sqlite'}")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def rows(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(table.c.id))]
            for table in Base.metadata.sorted_tables
        }


def test_everything_comes_back(app: Flask, filled: Storage, empty: Engine, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    report = backup.write(file, engine=db.engine, storage=filled, revision="0001", now=make.NOW)
    assert report.files == 1
    target = Storage.from_url(f"file://{tmp_path / 'elsewhere'}")
    backup.restore(file, engine=empty, storage=target, revision="0001")
    assert rows(empty) == rows(db.engine)
    assert target.read("sha256/ab/abcd") == b"bytes of a picture"
    with pytest.raises(backup.BackupError, match="not empty"):
        backup.restore(file, engine=empty, storage=target, revision="0001")


def test_a_backup_of_another_schema_is_refused(app: Flask, filled: Storage, empty: Engine, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    backup.write(file, engine=db.engine, storage=filled, revision="0001", now=make.NOW)
    with pytest.raises(backup.BackupError, match="schema 0001, this version has 0002"):
        backup.restore(file, engine=empty, storage=filled, revision="0002")


@pytest.mark.parametrize("fault", ["cut", "changed", "member lost", "not a zip"])
def test_a_damaged_backup_is_refused_before_anything_is_written(
    app: Flask, filled: Storage, empty: Engine, tmp_path: Path, fault: str
) -> None:
    file = tmp_path / "backup.zip"
    backup.write(file, engine=db.engine, storage=filled, revision="0001", now=make.NOW)
    whole = file.read_bytes()
    if fault == "cut":
        file.write_bytes(whole[: len(whole) // 2])
    elif fault == "changed":
        at = whole.index(b"bytes of a picture")
        file.write_bytes(whole[:at] + b"B" + whole[at + 1 :])
    elif fault == "member lost":
        with zipfile.ZipFile(file) as old, zipfile.ZipFile(tmp_path / "less.zip", "w") as new:
            for name in old.namelist():
                if name != "tables/entry.jsonl":
                    new.writestr(name, old.read(name))
        (tmp_path / "less.zip").replace(file)
    else:
        file.write_bytes(b"nothing of the kind")
    before = rows(empty)
    with pytest.raises(backup.BackupError):
        backup.restore(file, engine=empty, storage=filled, revision="0001")
    assert rows(empty) == before
