# SPDX-License-Identifier: Apache-2.0
"""A document as a draft, and frozen for good."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from flask import Flask

from app.competitions.models import Competition, StageCategory, WindowKind
from app.competitions.predicates import window
from app.db import db, transaction
from app.errors import Conflict, Invalid, NotFound, Stale
from app.policy import SYSTEM
from app.rubrics import queries, service
from scoring import document_from_toml
from tests import factories as make

NOW = make.NOW
BEFORE = NOW - timedelta(days=40)  # the factories open every window thirty days before NOW
DOCUMENT = document_from_toml(make.DOCUMENT)
OTHER = document_from_toml(make.DOCUMENT.replace("max = 60", "max = 50"))


def part(contest: Competition) -> StageCategory:
    return contest.stages[0].stage_categories[0]


def save(row: StageCategory, document: object = DOCUMENT, **values: object) -> None:
    with transaction():
        service.save_document(row, document, by=SYSTEM, **{"now": BEFORE, **values})  # type: ignore[arg-type]  # mixed


def test_a_draft_is_saved_and_saved_again(app: Flask) -> None:
    row = part(make.contest())
    with pytest.raises(NotFound):
        service.document_of(row)
    save(row)
    save(row, OTHER)
    assert service.document_of(row) == OTHER
    assert (row.digest, row.frozen_at) == (OTHER.digest, None)


def test_of_two_who_save_the_second_is_told(app: Flask) -> None:
    row = part(make.contest())
    opened = row.version
    save(row, expected_version=opened)
    with pytest.raises(Stale):
        save(row, OTHER, expected_version=opened)
    assert service.document_of(row) == DOCUMENT


def test_a_frozen_document_has_rows_and_never_changes(app: Flask) -> None:
    row = part(make.contest())
    save(row)
    with transaction():
        service.freeze(row, by=SYSTEM, now=BEFORE)
    found = [(c.group_code, c.code, c.maximum, [level.code for level in c.levels]) for c in queries.criteria(row)]
    assert found == [
        ("A", "A1", Fraction(60), []),
        ("A", "A2", Fraction(20), ["wide", "none"]),
        ("B", "B1", Fraction(20), []),
    ]
    with pytest.raises(Conflict, match="frozen"):
        save(row, OTHER)
    with pytest.raises(Conflict, match="frozen already"), transaction():
        service.freeze(row, by=SYSTEM, now=NOW)


def test_marking_freezes_what_is_there_when_it_opens(app: Flask) -> None:
    contest = make.contest()
    row = part(contest)
    save(row)
    opens = window(contest, WindowKind.MARKING, row.stage_id)
    assert opens is not None
    with transaction():
        assert service.freeze_due(opens.starts_at - timedelta(microseconds=1)) == []
    with pytest.raises(Conflict, match="frozen"):
        save(row, OTHER, now=opens.starts_at)
    with transaction():
        assert service.freeze_due(opens.starts_at) == [row]
    with transaction():
        assert service.freeze_due(NOW) == []
    assert row.frozen_at == opens.starts_at


def test_a_first_document_after_marking_began_freezes_at_once(app: Flask) -> None:
    row = part(make.contest())
    save(row, now=NOW)
    assert row.frozen_at == NOW
    assert len(queries.criteria(row)) == 3


def test_nothing_to_freeze_is_said(app: Flask) -> None:
    row = part(make.contest())
    with pytest.raises(Conflict, match="no document"), transaction():
        service.freeze(row, by=SYSTEM, now=NOW)
    with transaction():
        assert service.freeze_if_due(row, now=NOW) is False


def test_marks_too_fine_for_the_database_are_refused_when_saved(app: Flask) -> None:
    fine = make.DOCUMENT.replace('step = "0.5"', 'step = "0.5"\nweight = "0.0000001"')
    with pytest.raises(Invalid, match="A1"):
        save(part(make.contest()), document_from_toml(fine))


def test_a_document_is_parsed_once_for_each_digest(app: Flask) -> None:
    contest = make.contest()
    first, second = make.stage_category(contest, "initial"), make.stage_category(contest, "final")
    db.session.expire_all()
    assert service.document_of(first) is service.document_of(second)
