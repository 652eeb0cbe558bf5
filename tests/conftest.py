# SPDX-License-Identifier: Apache-2.0
"""The application under test, on both engines; a client that fails on work nobody committed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import clock, create_app
from app.accounts import identity
from app.accounts.models import User
from app.config import Settings
from app.db import Base, db, transaction
from tests import servers

ENGINES = ("sqlite", "postgresql")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that touches the database on both engines."""
    if "engine" in metafunc.fixturenames:
        marks = {"postgresql": pytest.mark.postgresql}
        wanted = metafunc.definition.get_closest_marker("engines")
        metafunc.parametrize(
            "engine",
            [pytest.param(name, marks=marks.get(name, ())) for name in (wanted.args if wanted else ENGINES)],
            scope="session",
        )


class Client(FlaskClient):
    """A browser without a screen."""

    def sign_in(self, user: User) -> Client:
        """Sign `user` in on this device."""
        with transaction():
            token = identity.open_session(user, device="test", now=clock.now())
        with self.session_transaction() as session:
            session[identity.TOKEN] = token
        return self


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.Postgres]:
    with servers.postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def prepared(engine: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> dict[str, Any]:
    """One application for each engine and worker, with an empty database to copy for each test."""
    folder = tmp_path_factory.mktemp(f"instance-{engine}")
    database = folder / "youyin.sqlite"
    if engine == "sqlite":
        url = f"sqlite:///{database}"
    else:
        server: servers.Postgres = request.getfixturevalue("postgres")
        url = server.create_database()
    settings = Settings(
        instance=folder,
        secret_key="only-for-tests-" + "0" * 32,
        database_url=url,
        jobs_url="memory:",
        storage_url=f"file://{folder / 'store'}",
        password_memory_kib=1024,
        default_language="en",
        testing=True,
    )
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Client
    app.after_request(_nothing_left_uncommitted)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        db.engine.dispose()
    template = folder / "template.sqlite"
    if engine == "sqlite":
        shutil.copy(database, template)
    return {"app": app, "database": database, "template": template, "engine": engine}


def _nothing_left_uncommitted(response: Any) -> Any:
    session = db.session()
    left = [*session.new, *session.dirty, *session.deleted]
    assert not left, f"this request left work that nobody commits: {left}"
    return response


@pytest.fixture
def app(prepared: dict[str, Any]) -> Iterator[Flask]:
    """The application with an empty database, inside an application context."""
    application: Flask = prepared["app"]
    with application.app_context():
        _empty(prepared)
        yield application
        db.session.remove()
        db.engine.dispose()
    shutil.rmtree(Path(application.instance_path) / "store", ignore_errors=True)


def _empty(prepared: dict[str, Any]) -> None:
    if prepared["engine"] == "sqlite":
        for suffix in ("-wal", "-shm"):
            Path(f"{prepared['database']}{suffix}").unlink(missing_ok=True)
        shutil.copy(prepared["template"], prepared["database"])
        return
    names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # past the append-only trigger
        connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")


@pytest.fixture
def client(app: Flask) -> Client:
    """A signed-out browser."""
    return app.test_client()  # type: ignore[return-value]  # test_client_class says so


@pytest.fixture
def runner(app: Flask) -> Any:
    """The command line."""
    return app.test_cli_runner()
