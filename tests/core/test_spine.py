# SPDX-License-Identifier: Apache-2.0
"""What every feature stands on: one transaction, an append-only trail in gapless order, a complete policy."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select, text

from app import audit, clock, policy
from app.accounts.models import User
from app.audit import AuditEvent, Event
from app.db import db, transaction
from app.errors import Conflict, DomainError
from app.policy import SYSTEM
from tests import factories as make


def test_a_write_outside_a_transaction_is_refused(app: Flask) -> None:
    db.session.add(User(login="x", login_key="x", name="X", created_at=clock.now()))
    with pytest.raises(RuntimeError, match="outside transaction"):
        db.session.flush()
    db.session.rollback()


def test_transactions_do_not_nest(app: Flask) -> None:
    with transaction(), pytest.raises(RuntimeError, match="does not nest"), transaction():
        pass


def test_the_database_keeps_a_login_single_and_the_refusal_says_what_to_do(app: Flask) -> None:
    make.user(login="worker")
    with pytest.raises(Conflict) as refused:
        make.user(login="worker")
    assert str(refused.value.message) == "Somebody else signs in with this name. Choose another one."


def test_hooks_run_after_the_commit_and_never_after_a_failure(app: Flask) -> None:
    from app.db import after_commit

    ran: list[str] = []
    with transaction():
        after_commit(lambda: ran.append("stored"))
        assert ran == []
    assert ran == ["stored"]
    with pytest.raises(DomainError), transaction():
        after_commit(lambda: ran.append("never"))
        raise DomainError("no")
    assert ran == ["stored"]


def test_events_are_numbered_without_gaps_and_never_changed(app: Flask) -> None:
    contest = make.contest()
    person = make.user()
    for number in range(3):
        with transaction():
            audit.record(
                Event.USER_CHANGED, person, by=SYSTEM, now=make.NOW, competition=contest, data={"n": str(number)}
            )
    with pytest.raises(DomainError), transaction():
        audit.record(Event.USER_CHANGED, person, by=SYSTEM, now=make.NOW, competition=contest)
        raise DomainError("rolled back")
    with transaction():
        audit.record(Event.USER_SUSPENDED, person, by=SYSTEM, now=make.NOW, competition=contest)
    rows = db.session.scalars(
        select(AuditEvent).where(AuditEvent.competition_id == contest.id).order_by(AuditEvent.sequence)
    ).all()
    assert [row.sequence for row in rows] == [1, 2, 3, 4]
    first = json.loads(rows[0].canonical)
    assert first["trail"] == contest.public_id
    assert first["subject"] == {"type": "user", "id": person.public_id}
    for statement in ("UPDATE audit_event SET name = 'x'", "DELETE FROM audit_event"):
        with pytest.raises(Exception, match=r"append-only|cannot be stored"), transaction() as session:
            session.execute(text(statement))
        db.session.rollback()
    assert db.session.scalar(text("SELECT count(*) FROM audit_event WHERE name = 'x'")) == 0


def test_a_commitment_says_nothing_once_its_salt_is_gone(app: Flask) -> None:
    person = make.user()
    with transaction():
        first = audit.commitment("Zhang San", user_id=person.id)
        assert audit.commitment("Zhang San", user_id=person.id) == first
    with transaction() as session:
        session.execute(text("DELETE FROM personal_salt"))
    with transaction():
        assert audit.commitment("Zhang San", user_id=person.id) != first


def test_every_route_has_a_policy_line(app: Flask) -> None:
    assert policy.unguarded(app) == []
