# SPDX-License-Identifier: Apache-2.0
"""A throw-away installation for a rehearsal: its own folder, its own database, gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from app.config import Settings


@contextmanager
def throw_away(database_url: str | None, language: str) -> Iterator[Flask]:
    """Make an installation in a temporary folder, migrated and empty; `database_url` names an empty database."""
    from app import create_app  # the application wires this feature too, so it can only be named here

    with tempfile.TemporaryDirectory(prefix="youyin-rehearsal-") as name:
        folder = Path(name)
        app = create_app(
            Settings(
                instance=folder,
                secret_key="rehearsal-" + "0" * 32,
                database_url=database_url or f"sqlite:///{folder / 'youyin.sqlite'}",
                jobs_url="memory:",
                storage_url=f"file://{folder / 'store'}",
                default_language=language,
                log_level="warning",
            )
        )
        with app.app_context():
            upgrade()
            yield app
