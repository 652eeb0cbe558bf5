# SPDX-License-Identifier: Apache-2.0
"""What the tests of judging's pages share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from app.db import db
from app.judging.models import Assignment
from tests.conftest import Client

GOOD = {"mark-A1": "55.5", "mark-A2": "wide", "mark-B1": "12", "comment-B1": "Kept every week."}


@contextmanager
def counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def costs(app: Flask, client: Client, urls: list[str]) -> list[int]:
    """Count the statements of each page, each with a session of its own."""
    found = []
    for url in urls:
        with app.app_context(), counted() as statements:
            assert client.get(url).status_code == 200
        found.append(len(statements))
    return found


def address(task: Assignment, rest: str = "scoresheet") -> str:
    return f"/assignments/{task.public_id}/{rest}"
