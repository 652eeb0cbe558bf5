# SPDX-License-Identifier: Apache-2.0
"""The migrations make what the models say, keep every row on the way up and down, and leave the trail append-only."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select, text

from app import audit, create_app
from app.audit import Event
from app.config import Settings
from app.db import Base, db, transaction
from app.errors import DomainError
from app.evidence.models import Blob, Evidence, Preview
from app.policy import SYSTEM
from tests import factories as make

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
ALTER_A_PARENT = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "9999", "{head}"
def upgrade():
    with op.batch_alter_table("evidence") as table:
        table.add_column(sa.Column("colour", sa.String(10)))
def downgrade():
    with op.batch_alter_table("evidence") as table:
        table.drop_column("colour")
"""


@pytest.fixture
def bare(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application whose database is empty: not even a table."""
    url = f"sqlite:///{tmp_path / 'bare.sqlite'}"
    if engine == "postgresql":
        url = request.getfixturevalue("postgres").create_database()
    app = create_app(
        Settings(
            instance=tmp_path,
            secret_key="only-for-tests-" + "0" * 32,
            database_url=url,
            jobs_url="memory:",
            storage_url=f"file://{tmp_path / 'store'}",
            default_language="en",
            testing=True,
        )
    )
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_migrated_is_what_the_models_say(bare: Flask) -> None:
    upgrade(directory=str(MIGRATIONS))
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    downgrade(directory=str(MIGRATIONS), revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade(directory=str(MIGRATIONS))


def test_altering_a_parent_keeps_its_children_and_the_trail_stays_append_only(bare: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    heads = sorted(path.name.split("_")[0] for path in (folder / "versions").glob("*.py"))
    (folder / "versions" / "9999_later.py").write_text(ALTER_A_PARENT.format(head=heads[-1]), encoding="utf-8")
    upgrade(directory=str(folder), revision=heads[-1])
    note = make.diary_entry(make.entry(make.contest(), make.user(), of=make.unit()))
    blob = make.save(Blob(sha256="ab" * 32, size=1, media_type="image/jpeg", key="a/b", created_at=make.NOW))
    evidence = make.save(
        Evidence(blob_id=blob.id, diary_entry_id=note.id, kind="picture", file_name="a.jpg", received_at=make.NOW)
    )
    make.save(Preview(evidence_id=evidence.id, name="thumb", number=1, blob_id=blob.id, width=4, height=3))
    with transaction():
        audit.record(Event.EVIDENCE_RECEIVED, evidence, by=SYSTEM, now=make.NOW)
    for step in ("up", "down"):
        db.session.remove()
        if step == "up":
            upgrade(directory=str(folder), revision="9999")
        else:
            downgrade(directory=str(folder), revision=heads[-1])
        assert db.session.scalar(select(func.count()).select_from(Preview)) == 1
        db.session.rollback()
        with pytest.raises((DomainError, Exception), match=r"append-only|cannot be stored"), transaction() as session:
            session.execute(text("UPDATE audit_event SET name = 'x'"))
        db.session.rollback()
        assert db.session.scalar(text("SELECT count(*) FROM audit_event WHERE name = 'evidence.received'")) == 1
        db.session.rollback()
