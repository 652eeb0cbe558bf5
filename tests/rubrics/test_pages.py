# SPDX-License-Identifier: Apache-2.0
"""A document as a page, as a file, and as a text to edit."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.accounts.models import User
from app.competitions.models import Competition, StageCategory, WindowKind
from app.competitions.predicates import window
from app.db import db, transaction
from app.policy import Role
from app.rubrics.example import EXAMPLE
from scoring import document_from_canonical, document_from_toml
from tests import factories as make
from tests.accounts.counting import statements
from tests.conftest import Client

DOCUMENT = document_from_toml(make.DOCUMENT)


@pytest.fixture
def contest(app: Flask) -> Competition:
    """A contest whose marking begins tomorrow."""
    contest = make.contest(slug="spring", title="Spring contest", opened=False)
    for row in contest.windows:
        if row.kind == WindowKind.MARKING:
            move(row, days=365_0)
    return contest


def move(row: Any, *, days: int) -> None:
    with transaction():
        row.starts_at += timedelta(days=days)
        row.ends_at += timedelta(days=days)


@pytest.fixture
def part(contest: Competition) -> StageCategory:
    found: StageCategory = make.stage_category(contest, frozen=False)
    return found


@pytest.fixture
def organizer(contest: Competition, client: Client) -> User:
    person = make.user()
    make.grant(person, contest, Role.ORGANIZER)
    client.sign_in(person)
    return person


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def open_it(contest: Competition) -> None:
    with transaction():
        contest.opened_at = make.NOW - timedelta(days=90)


# ---------------------------------------------------------------------------------------------------------- reading


def test_everybody_reads_the_document_of_an_open_contest_and_nobody_that_of_a_draft(
    contest: Competition, part: StageCategory, client: Client
) -> None:
    addresses = [f"/rubrics/{part.public_id}{end}" for end in ("", "/document.toml", "/document.json")]
    addresses.append("/contests/spring/rubrics")
    for address in addresses:
        assert client.get(address).status_code == 404
    open_it(contest)
    for address in addresses:
        assert client.get(address).status_code == 200, address
    for address in (f"/rubrics/{part.public_id}/edit",):
        assert client.get(address).headers["Location"].startswith("/sign-in")
    client.sign_in(make.user())
    assert client.get(f"/rubrics/{part.public_id}/edit").status_code == 403
    assert client.post(f"/rubrics/{part.public_id}/freeze").status_code == 403


def test_a_judge_with_a_seat_reads_it_before_the_contest_is_open(part: StageCategory, client: Client) -> None:
    judge = make.user()
    make.seat(judge, part)
    client.sign_in(judge)
    assert client.get(f"/rubrics/{part.public_id}").status_code == 200
    assert client.get(f"/rubrics/{part.public_id}/edit").status_code == 403


def test_the_page_says_everything_that_the_document_decides(
    part: StageCategory, organizer: User, client: Client
) -> None:
    page = text(client.get(f"/rubrics/{part.public_id}"))
    for sentence in (
        "A sheet adds up to at most 100 points.",
        "0 to 60 in steps of 0.5",
        "one of 2 levels",
        "20 points",
        "Used by other units.",
        "A mark below 5 needs a comment.",
        "What changed, and how it was measured.",
        *DOCUMENT.sentences("en"),
        DOCUMENT.digest,
    ):
        assert str(sentence).replace('"', "&#34;") in page, sentence


def test_the_files_are_the_document(part: StageCategory, organizer: User, client: Client) -> None:
    toml = client.get(f"/rubrics/{part.public_id}/document.toml")
    assert document_from_toml(text(toml)) == DOCUMENT
    assert toml.headers["Content-Disposition"] == 'attachment; filename="improvement-initial.toml"'
    canonical = client.get(f"/rubrics/{part.public_id}/document.json")
    assert canonical.data == DOCUMENT.canonical.encode()
    assert document_from_canonical(canonical.data).digest == part.digest


def test_a_digest_is_compared(part: StageCategory, organizer: User, client: Client) -> None:
    spaced = " ".join(DOCUMENT.digest[at : at + 4] for at in range(0, 64, 4)).upper()
    assert "The same document." in text(client.get(f"/rubrics/{part.public_id}", query_string={"digest": spaced}))
    assert "the digests differ" in text(client.get(f"/rubrics/{part.public_id}?digest=abc"))


def test_the_page_takes_the_same_statements_for_any_document(
    part: StageCategory, organizer: User, client: Client
) -> None:
    address, part_id = f"/rubrics/{part.public_id}", part.id

    def count() -> int:
        db.session.remove()
        with statements() as sent:
            assert client.get(address).status_code == 200
        return len(sent)

    few = count()
    groups = "".join(
        f'[[rubric.groups]]\ncode = "G{g}"\ntitle = "G"\n'
        + "".join(
            f'[[rubric.groups.criteria]]\ncode = "G{g}C{c}"\ntitle = "C"\nkind = "points"\nmax = 5\n' for c in range(9)
        )
        for g in range(9)
    )
    big = document_from_toml(f'format = 1\ntitle = "Big"\n{groups}[rule.panel]\nmethod = "mean"\nminimum = 1\n')
    with transaction() as session:
        row = session.get_one(StageCategory, part_id)
        row.document, row.digest = big.canonical, big.digest
    assert count() == few


# ---------------------------------------------------------------------------------------------------------- editing


def test_an_empty_editor_begins_with_a_legal_example(contest: Competition, organizer: User, client: Client) -> None:
    document_from_toml(EXAMPLE)
    row = contest.stages[0].stage_categories[0]
    address = f"/rubrics/{row.public_id}"
    assert client.get(address).headers["Location"] == f"{address}/edit", "nothing to read yet"
    assert "trimmed_mean" in text(client.get(f"{address}/edit"))


def test_a_text_is_saved_and_read_back(contest: Competition, organizer: User, client: Client) -> None:
    row = contest.stages[0].stage_categories[0]
    sent = {"text": make.DOCUMENT.replace("\n", "\r\n"), "version": row.version}
    answer = client.post(f"/rubrics/{row.public_id}/edit", data=sent)
    assert answer.headers["Location"] == f"/rubrics/{row.public_id}"
    db.session.expire_all()
    assert row.digest == DOCUMENT.digest
    assert "Kept while the work happened" in text(client.get(f"/rubrics/{row.public_id}/edit"))


def test_every_problem_is_listed_by_line_and_nothing_typed_is_lost(
    part: StageCategory, organizer: User, client: Client
) -> None:
    typed = make.DOCUMENT.replace("max = 60", "max = 6.5").replace('kind = "levels"', 'kind = "steps"')
    typed = typed.replace("minimum = 1", "minimum = 0").replace('title = "Diary"', 'title = "Diary" # my remark')
    answer = client.post(f"/rubrics/{part.public_id}/edit", data={"text": typed, "version": part.version})
    page = text(answer)
    assert answer.status_code == 422
    lines = typed.splitlines()
    for wrong in ("max = 6.5", 'kind = "steps"', "minimum = 0"):
        number = next(at for at, line in enumerate(lines, start=1) if wrong in line)
        assert f"<span>{number}</span>{wrong.replace(chr(34), '&#34;')}" in page
        assert f"line {number} " in page
    assert "# my remark" in page
    db.session.expire_all()
    assert part.digest == DOCUMENT.digest


@pytest.mark.parametrize("typed", ["", "format = ", "[[[", "x" * 50, 'format = 1\ntitle = "\u0000"'])
def test_what_is_no_document_is_refused_with_a_reason(
    part: StageCategory, organizer: User, client: Client, typed: str
) -> None:
    answer = client.post(f"/rubrics/{part.public_id}/edit", data={"text": typed, "version": part.version})
    assert answer.status_code == 422
    assert "needs another look" in text(answer) or "need another look" in text(answer)


def upload(client: Client, part: StageCategory, data: bytes, typed: str = "kept") -> Any:
    return client.post(
        f"/rubrics/{part.public_id}/edit",
        data={"text": typed, "version": part.version, "file": (io.BytesIO(data), "rubric.toml")},
        content_type="multipart/form-data",
    )


def test_a_file_takes_the_place_of_the_text(part: StageCategory, organizer: User, client: Client) -> None:
    other = make.DOCUMENT.replace("max = 60", "max = 50")
    assert upload(client, part, b"\xef\xbb\xbf" + other.encode()).status_code == 303
    db.session.expire_all()
    assert part.digest == document_from_toml(other).digest


def test_a_file_with_problems_becomes_the_text_to_correct(part: StageCategory, organizer: User, client: Client) -> None:
    answer = upload(client, part, make.DOCUMENT.replace("max = 60", "max = 6.5").encode())
    assert answer.status_code == 422
    assert "What changed, and how it was measured." in text(answer)


@pytest.mark.parametrize(
    ("data", "message"),
    [("评分细则".encode("gb18030"), "no UTF-8 text"), (b"\xff\xfe\x00", "no UTF-8 text"), (b"#" * 400_001, "400 KB")],
)
def test_a_file_that_is_no_text_is_refused_and_the_text_stays(
    part: StageCategory, organizer: User, client: Client, data: bytes, message: str
) -> None:
    answer = upload(client, part, data, typed="My own text")
    assert answer.status_code == 422
    assert message in text(answer)
    assert "My own text" in text(answer)


def test_of_two_who_save_the_second_sees_both_texts_and_may_go_on(
    part: StageCategory, organizer: User, client: Client
) -> None:
    address = f"/rubrics/{part.public_id}/edit"
    mine = {"text": make.DOCUMENT.replace("max = 60", "max = 40"), "version": part.version}
    theirs = {"text": make.DOCUMENT.replace("max = 60", "max = 50"), "version": part.version}
    assert client.post(address, data=theirs).status_code == 303
    answer = client.post(address, data=mine)
    page = text(answer)
    assert answer.status_code == 422
    assert "max = 50" in page
    assert "max = 40" in page
    db.session.expire_all()
    assert f'value="{part.version}"' in page
    assert client.post(address, data={**mine, "version": part.version}).status_code == 303


def test_a_frozen_document_is_not_edited(part: StageCategory, organizer: User, client: Client) -> None:
    assert client.post(f"/rubrics/{part.public_id}/freeze").status_code == 303
    page = text(client.get(f"/rubrics/{part.public_id}"))
    assert "from then on nobody can change it" in page
    assert "/edit" not in page.partition("<main")[2]
    for answer in (
        client.get(f"/rubrics/{part.public_id}/edit"),
        client.post(f"/rubrics/{part.public_id}/edit", data={"text": make.DOCUMENT}),
        client.post(f"/rubrics/{part.public_id}/freeze"),
    ):
        assert answer.status_code == 403
        assert "frozen" in text(answer)


def test_when_marking_has_begun_the_document_counts_as_frozen_before_anybody_wrote_it_down(
    contest: Competition, part: StageCategory, organizer: User, client: Client
) -> None:
    found = window(contest, WindowKind.MARKING, part.stage_id)
    move(found, days=-365_0)
    assert "counts as frozen" in text(client.get(f"/rubrics/{part.public_id}"))
    refused = client.get(f"/rubrics/{part.public_id}/edit")
    assert refused.status_code == 403
    assert "Marking has begun" in text(refused)
    assert client.post(f"/rubrics/{part.public_id}/freeze").status_code == 303
