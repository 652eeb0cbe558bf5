# SPDX-License-Identifier: Apache-2.0
"""The administration of people and units."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.accounts import queries, service
from app.accounts.models import SignInLink, Unit, User, UserSession
from app.audit import AuditEvent
from app.db import db, transaction
from app.errors import Conflict, Invalid, Stale
from app.policy import SYSTEM
from tests import factories as make
from tests.accounts.counting import statements
from tests.conftest import Client


@pytest.fixture
def boss(app: Flask, client: Client) -> User:
    person = make.user("管理员", is_administrator=True)
    client.sign_in(person)
    return person


FORM = {"login": "S1001", "name": "王芳", "unit": "", "email": "", "language": ""}


def test_only_an_administrator_comes_here(client: Client) -> None:
    person = make.user()
    pages = ("/people", "/people/new", f"/people/{person.public_id}", "/units", "/units/new")
    for page in pages:
        assert client.get(page).headers["Location"].startswith("/sign-in"), page
    client.sign_in(person)
    contest = make.contest()
    make.grant(person, contest, make.Role.ORGANIZER)
    for page in pages:
        assert client.get(page).status_code in (403, 404), page
    client.sign_in(make.user(is_administrator=True))
    for page in pages:
        assert client.get(page).status_code == 200, page


def test_a_person_is_added_and_found(client: Client, boss: User) -> None:
    unit = make.unit("第一工程局", code="CJ-1")
    answer = client.post("/people/new", data={**FORM, "unit": unit.code, "email": "wang@example.com"})
    person = db.session.scalars(select(User).where(User.login == "S1001")).one()
    assert answer.headers["Location"] == f"/people/{person.public_id}"
    assert (person.unit_id, person.email, person.password_hash) == (unit.id, "wang@example.com", None)
    for words in ("王", "s1001", "Ｓ１００１", "第一工程"):
        assert "王芳" in client.get("/people", query_string={"q": words}).get_data(as_text=True)
    assert "王芳" not in client.get("/people?q=李").get_data(as_text=True)
    assert "王芳" not in client.get("/people?q=%25").get_data(as_text=True), "a sign of LIKE is a sign like others"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"login": ""}, "Fill this in"),
        ({"name": " "}, "Fill this in"),
        ({"login": "s 1001"}, "no spaces"),
        ({"login": "taken"}, "Somebody else signs in with this name"),
        ({"login": "ＴＡＫＥＮ"}, "Somebody else signs in with this name"),
        ({"email": "nowhere"}, "no mail address"),
        ({"name": "x" * 81}, "too long"),
        ({"unit": "no-such-unit"}, "Not a valid choice"),
        ({"language": "xx"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    client: Client, boss: User, values: dict[str, str], message: str
) -> None:
    make.user(login="taken")
    sent = {**FORM, "name": "王芳芳", **values}
    for address in ("/people/new", f"/people/{make.user().public_id}"):
        answer = client.post(address, data={**sent, "version": "1"})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422, address
        assert message in page
        assert f'value="{sent["name"]}"' in page
        assert f'value="{sent["login"]}"' in page or not sent["login"]


def test_of_two_administrators_the_second_sees_what_the_first_wrote(client: Client, boss: User) -> None:
    person = make.user("王芳", login="S1001")
    opened = {**FORM, "version": str(person.version)}
    assert client.post(f"/people/{person.public_id}", data={**opened, "name": "王方"}).status_code == 303
    answer = client.post(f"/people/{person.public_id}", data={**opened, "name": "王房"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "王方" in page
    assert 'value="王房"' in page
    assert f'name="version" type="hidden" value="{person.version}"' in page
    again = {**FORM, "name": "王房", "version": str(db.session.get_one(User, person.id).version)}
    assert client.post(f"/people/{person.public_id}", data=again).status_code == 303


def test_a_suspended_person_loses_sessions_and_links_and_comes_back(client: Client, boss: User) -> None:
    person = make.user()
    now = clock.now()
    make.save(UserSession(user_id=person.id, token_hash="x", created_at=now, seen_at=now, expires_at=now))
    client.post(f"/people/{person.public_id}/link", data={"days": "30"})
    client.post(f"/people/{person.public_id}/suspend")
    db.session.expire_all()
    assert db.session.scalars(select(SignInLink)).one().revoked_at is not None
    assert db.session.scalars(select(UserSession).where(UserSession.token_hash == "x")).one().ended_at is not None
    assert client.post(f"/people/{person.public_id}/suspend").status_code == 409
    assert client.post(f"/people/{person.public_id}/resume").status_code == 303
    assert db.session.get_one(User, person.id).suspended_at is None


def test_an_installation_never_loses_its_last_administrator(client: Client, boss: User) -> None:
    assert client.post(f"/people/{boss.public_id}/suspend").status_code == 409
    form = {"login": boss.login, "name": boss.name, "unit": "", "email": "", "language": "", "version": boss.version}
    answer = client.post(f"/people/{boss.public_id}", data=form)
    assert answer.status_code == 422
    assert "only administrator" in answer.get_data(as_text=True)
    make.user(is_administrator=True)
    assert client.post(f"/people/{boss.public_id}", data=form).status_code == 303


def test_a_link_is_shown_once_and_only_its_hash_is_kept(client: Client, boss: User) -> None:
    person = make.user()
    answer = client.post(
        f"/people/{person.public_id}/link", data={"days": "7", "single_use": "y", "idempotency_key": ""}
    )
    page = answer.get_data(as_text=True)
    token = page.partition("/link/<br /><b>")[2][:29]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "<svg" in page
    assert "style=" not in page.partition('class="slip"')[2].partition("</section>")[0]
    assert client.get(f"/link/{token}").status_code == 200
    everything = " ".join(str(row) for table in db.metadata.sorted_tables for row in db.session.execute(select(table)))
    assert token not in everything
    assert token.replace("-", "") not in everything
    assert client.post(f"/people/{person.public_id}/link", data={"days": "5000"}).status_code == 422


def test_lists_are_paged_and_take_the_same_statements_at_any_length(client: Client, boss: User) -> None:
    def count(address: str) -> int:
        with statements() as sent:
            assert client.get(address).status_code == 200
        return len(sent)

    few = count("/people"), count("/units")
    top = make.unit("Top")
    for number in range(60):
        make.user(f"Person {number:03d}", of=make.unit(f"Unit {number:03d}", parent=top))
    db.session.expire_all()
    assert (count("/people"), count("/units")) == few
    first, second = queries.people(), queries.people(page=2)
    assert (len(first.items), len(second.items), first.total, first.pages) == (50, 11, 61, 2)
    assert not {row.public_id for row in first.items} & {row.public_id for row in second.items}
    assert queries.people(page=99).page == 2
    assert client.get("/people?page=x").status_code == 200


def test_a_unit_moves_with_everything_below_it(client: Client, boss: User) -> None:
    root, branch, leaf = (make.unit(name) for name in ("Root", "Branch", "Leaf"))
    form = {"name": "Leaf", "code": leaf.code, "region": "South", "parent": branch.code, "version": leaf.version}
    assert client.post(f"/units/{leaf.public_id}", data=form).status_code == 303
    form = {"name": "Branch", "code": branch.code, "region": "", "parent": root.code, "version": branch.version}
    assert client.post(f"/units/{branch.public_id}", data=form).status_code == 303
    db.session.expire_all()
    paths = {unit.name: unit.path for unit in db.session.scalars(select(Unit))}
    assert paths == {
        "Root": f"/{root.id}/",
        "Branch": f"/{root.id}/{branch.id}/",
        "Leaf": f"/{root.id}/{branch.id}/{leaf.id}/",
    }
    form = {"name": "Root", "code": root.code, "region": "", "parent": leaf.code, "version": root.version}
    answer = client.post(f"/units/{root.public_id}", data=form)
    assert answer.status_code == 422
    assert "cannot stand below itself" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"code": "taken"}, "Another unit has this code"),
        ({"code": "a b"}, "no spaces"),
        ({"name": ""}, "Fill this in"),
        ({"region": "x" * 61}, "too long"),
    ],
)
def test_what_is_wrong_with_a_unit_is_said(client: Client, boss: User, values: dict[str, str], message: str) -> None:
    make.unit(code="taken")
    sent = {"name": "New unit", "code": "new", "region": "North", "parent": "", **values}
    answer = client.post("/units/new", data=sent)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert message in page
    assert f'value="{sent["region"]}"' in page


def test_a_unit_that_somebody_else_changed_is_shown_beside_the_text(client: Client, boss: User) -> None:
    unit = make.unit("Old name")
    form = {"name": "Mine", "code": unit.code, "region": "", "parent": "", "version": unit.version}
    assert client.post(f"/units/{unit.public_id}", data={**form, "name": "Theirs"}).status_code == 303
    page = client.post(f"/units/{unit.public_id}", data=form).get_data(as_text=True)
    assert "Theirs" in page
    assert 'value="Mine"' in page


def test_the_trail_knows_what_happened_and_names_nobody(app: Flask) -> None:
    with transaction():
        unit = service.create_unit(code="CJ", name="Bureau", by=SYSTEM, now=clock.now())
        person = service.create_user(
            login="13800001234",
            name="欧阳文静",
            unit=unit,
            email="ouyang@example.com",
            password="a long enough sentence",
            by=SYSTEM,
            now=clock.now(),
        )
    with transaction():
        service.start_session(person, device="WeChat · Android", now=clock.now())
        service.set_language(person, "en", by=SYSTEM, now=clock.now())
        service.suspend(person, by=SYSTEM, now=clock.now())
    rows = db.session.scalars(select(AuditEvent).order_by(AuditEvent.sequence)).all()
    assert [row.name for row in rows] == [
        "unit.created",
        "user.created",
        "session.started",
        "user.changed",
        "user.suspended",
    ]
    everything = json.dumps([row.canonical for row in rows], ensure_ascii=False)
    for secret in ("13800001234", "欧阳", "ouyang", "WeChat", "sentence"):
        assert secret not in everything


def test_services_refuse_what_is_stale_or_done_already(app: Flask) -> None:
    person, unit = make.user(), make.unit()
    with pytest.raises(Stale), transaction():
        service.change_user(
            person,
            expected_version=99,
            login="a",
            name="b",
            unit=None,
            email=None,
            language=None,
            is_administrator=False,
            by=SYSTEM,
            now=clock.now(),
        )
    with pytest.raises(Conflict), transaction():
        service.resume(person, by=SYSTEM, now=clock.now())
    with pytest.raises(Invalid), transaction():
        service.set_language(person, "xx", by=SYSTEM, now=clock.now())
    with pytest.raises(Stale), transaction():
        service.change_unit(
            unit, expected_version=9, code="a", name="b", parent=None, region="", by=SYSTEM, now=clock.now()
        )
