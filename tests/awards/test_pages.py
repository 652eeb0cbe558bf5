# SPDX-License-Identifier: Apache-2.0
"""Issuing on the organizers' page, the paper for its winner, and verification by everybody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import select

from app import clock, create_app, jobs
from app.awards.models import Certificate
from app.config import Settings
from app.db import db, transaction
from app.results.models import RankingRun
from app.security import limiter
from tests import factories as make
from tests.conftest import Client
from tests.results.conftest import World, a_world

NOW = make.NOW


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def issued(app: object) -> World:
    """A contest with one certificate on paper, for a person."""
    world = a_world(slug="verify-me")
    with transaction():
        world.contest.divisions[0].applicant = "person"
    world.mark(world.enter("A-1", applicant="张小三"), 0, ("50", "20", "10"))
    world.mark(world.enter("A-2"), 0, ("40", "20", "10"))
    world.final()
    return world


def _run() -> RankingRun:
    return db.session.scalars(select(RankingRun)).one()


def _certificate(world: World, client: Client) -> Certificate:
    client.sign_in(world.organizers[0])
    answer = client.post(f"/rankings/{_run().public_id}/certificates", data={"issuer": "Pump Committee"})
    assert answer.status_code == 303
    jobs.run_pending()
    db.session.expire_all()
    return db.session.scalars(select(Certificate)).one()


def test_an_organizer_issues_and_the_winner_downloads(issued: World, client: Client, app: object) -> None:
    certificate = _certificate(issued, client)
    page = client.get(f"/rankings/{_run().public_id}/certificates").get_data(as_text=True)
    assert certificate.serial in page
    assert "Grant awards" not in page
    assert certificate.facts["verify_at"] == "http://localhost/verify"
    url = f"/certificates/{certificate.public_id}.pdf"
    answers = {}
    people = {"stranger": None, "winner": issued.contestants[0], "rival": issued.contestants[1]}
    for name, person in people.items():
        reader: Client = app.test_client()  # type: ignore[attr-defined]
        if person is not None:
            reader.sign_in(person)
        answers[name] = reader.get(url)
    assert {name: answer.status_code for name, answer in answers.items()} == {
        "stranger": 303,
        "winner": 200,
        "rival": 404,
    }
    paper = answers["winner"]
    assert paper.data.startswith(b"%PDF")
    assert paper.headers["Content-Disposition"] == f'attachment; filename="{certificate.serial}.pdf"'
    assert paper.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_issuing_needs_an_issuer_and_a_final_ranking(issued: World, client: Client) -> None:
    client.sign_in(issued.organizers[0])
    url = f"/rankings/{_run().public_id}/certificates"
    assert client.post(url, data={"issuer": ""}).status_code == 422
    answer = client.post(url, data={"issuer": "x" * 81})
    assert answer.status_code == 422
    assert "x" * 81 in answer.get_data(as_text=True)
    client.sign_in(issued.contestants[0])
    assert client.post(url, data={"issuer": "Me"}).status_code == 403


def test_characters_without_glyph_are_shown_before_and_block(issued: World, client: Client) -> None:
    with transaction():
        issued.entries[0].applicant = "张😀"
    client.sign_in(issued.organizers[0])
    url = f"/rankings/{_run().public_id}/certificates"
    assert "“😀” (U+1F600)" in client.get(url).get_data(as_text=True)
    answer = client.post(url, data={"issuer": "Pump Committee"})
    assert answer.status_code == 409
    assert "A-1: “😀” (U+1F600)" in answer.get_data(as_text=True)
    assert db.session.scalars(select(Certificate)).all() == []


def test_a_code_is_verified_however_it_is_typed(issued: World, client: Client, app: object) -> None:
    certificate = _certificate(issued, client)
    stranger: Client = app.test_client()  # type: ignore[attr-defined]
    for typed in (certificate.check_code, certificate.check_code.lower().replace("-", " ")):
        answer = stranger.get("/verify", query_string={"code": typed})
        assert (answer.status_code, answer.location) == (303, f"/verify/{certificate.check_code}")
    page = stranger.get(f"/verify/{certificate.check_code.lower()}").get_data(as_text=True)
    for wanted in ("This certificate is valid", "张*三", "First prize", certificate.serial, "Pump Committee"):
        assert wanted in page
    assert "张小三" not in page


def test_unknown_codes_all_get_the_same_answer(issued: World, client: Client, app: object) -> None:
    _certificate(issued, client)
    stranger: Client = app.test_client()  # type: ignore[attr-defined]
    from app.awards.codes import new_check_code

    pages = set()
    for code in (new_check_code(), "AAAA-AAAA-AAAB", "You-have-won-a-prize", "0" * 40):
        answer = stranger.get(f"/verify/{code}")
        assert answer.status_code == 404
        pages.add(answer.get_data().replace(f"/verify/{quote(code)}".encode(), b"/verify/CODE"))  # the address itself
    assert len(pages) == 1
    assert b"won-a-prize" not in pages.pop()


def test_nothing_is_verified_before_the_paper_is_drawn(issued: World, client: Client) -> None:
    client.sign_in(issued.organizers[0])
    client.post(f"/rankings/{_run().public_id}/certificates", data={"issuer": "Pump Committee"})
    code = db.session.scalars(select(Certificate.check_code)).one()
    assert client.get(f"/verify/{code}").status_code == 404


def test_a_withdrawal_is_said_with_its_reason(issued: World, client: Client) -> None:
    certificate = _certificate(issued, client)
    url = f"/certificates/{certificate.public_id}/withdraw"
    assert client.post(url, data={"reason": ""}).status_code == 422
    assert client.post(url, data={"reason": "The entry was copied."}).status_code == 303
    page = client.get(f"/verify/{certificate.check_code}").get_data(as_text=True)
    assert "This certificate was withdrawn" in page
    assert "On 1 Jun 2026, because: The entry was copied." in page
    assert "is valid" not in page
    assert client.get(f"/certificates/{certificate.public_id}.pdf").status_code == 403


def test_guessing_is_slowed_down(tmp_path: Path) -> None:
    try:
        settings = Settings(instance=tmp_path, secret_key="x" * 40, database_url="sqlite://", jobs_url="memory:")
        client = create_app(settings).test_client()
        answers = [client.get("/verify/AAAA-AAAA-AAAA").status_code for _ in range(61)]
    finally:
        limiter.enabled = False  # one limiter serves every application of this process
    assert answers[:60] == [404] * 60
    assert answers[60] == 429
