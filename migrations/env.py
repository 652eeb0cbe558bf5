# SPDX-License-Identifier: Apache-2.0
"""How Alembic runs here.

On SQLite a batch alter copies the table and drops the old one; with foreign keys enforced that silently deletes every
row that hangs on it by ON DELETE CASCADE. So enforcement is off while migrating, and every reference is checked after.
"""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from app.db import Base

# Tables that are never batch-altered: a copy would drop the triggers that keep them append-only.
NEVER_ALTERED = {"audit_event"}


def run(connection: Connection) -> None:
    """Migrate over one connection, all steps in one transaction where the engine allows it."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        _enforce(connection, "OFF")
        connection = connection.execution_options(youyin_write=True)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        user_module_prefix="app.db.",
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        if sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(
                    f"the migration would leave {len(broken)} rows without what they refer to: {broken[:5]}"
                )
    if sqlite:
        connection.commit()
        _enforce(connection, "ON")


def _enforce(connection: Connection, switch: str) -> None:
    """Switch foreign keys past SQLAlchemy: inside a transaction, which it would begin, SQLite ignores the pragma."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA foreign_keys={switch}")


if context.is_offline_mode():
    raise SystemExit("Migrations need the database: run `flask db upgrade` without --sql.")

with current_app.extensions["migrate"].db.engine.connect() as link:
    run(link)
