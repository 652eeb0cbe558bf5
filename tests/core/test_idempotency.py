# SPDX-License-Identifier: Apache-2.0
"""One press of a button has one effect, however often the request arrives; the answer is the same again."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app.audit import AuditEvent
from app.db import db
from app.idempotency import IdempotencyKey
from tests import world


def test_the_same_key_gives_the_same_answer_and_no_second_effect(app: Flask) -> None:
    scene = world.build()
    client: Any = app.test_client()
    client.sign_in(scene.people["organizer"])
    url = f"/contests/{scene.contest.slug}/archives"
    first = client.post(url, data={"idempotency_key": "k1"})
    events = db.session.scalar(select(func.count()).select_from(AuditEvent))
    again = client.post(url, data={"idempotency_key": "k1"})
    assert (again.status_code, again.headers["Location"]) == (first.status_code, first.headers["Location"]) != (200, "")
    assert again.content_type == first.content_type
    assert db.session.scalar(select(func.count()).select_from(AuditEvent)) == events
    assert db.session.scalar(select(func.count()).select_from(IdempotencyKey)) == 1


def test_the_same_key_with_another_body_is_refused(app: Flask) -> None:
    scene = world.build()
    client: Any = app.test_client()
    client.sign_in(scene.people["organizer"])
    url = f"/contests/{scene.contest.slug}/archives"
    client.post(url, data={"idempotency_key": "k1"})
    assert client.post(url, data={"idempotency_key": "k1", "more": "x"}).status_code == 422
