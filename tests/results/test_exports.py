# SPDX-License-Identifier: Apache-2.0
"""Tables that leave the house: complete, readable, and without a single formula."""

from __future__ import annotations

import csv
import io
import json

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.audit import AuditEvent
from app.db import db
from app.results.stored import sha256
from app.results.tables import text
from tests.conftest import Client
from tests.results.conftest import World, a_world

HOSTILE = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    "|calc",
    "'=1+1",
    '=HYPERLINK("https://example.org","x")',
    "https://example.org",
    "mailto:a@example.org",
    "{=1+1}",
]


@pytest.fixture
def hostile(app: object) -> World:
    """Entries whose names try to be formulas."""
    world = a_world(slug="tables")
    for at, name in enumerate(HOSTILE):
        entry = world.enter(f"A-{at:02d}", applicant=name, title=name)
        world.mark(entry, 0, (str(at), "20", "10"), comments={"A1": name})
    return world


def _matrix(world: World, form: str) -> str:
    return f"/stage-categories/{world.stage_category.public_id}/matrix.{form}"


def _rows(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _unguarded(cell: str) -> str:
    return cell.removeprefix("'")


@pytest.mark.parametrize("what", ["ranking", "matrix"])
def test_no_cell_of_a_workbook_is_a_formula_or_a_link(hostile: World, client: Client, what: str) -> None:
    run = hostile.compute()
    client.sign_in(hostile.organizers[0])
    answer = client.get(f"/rankings/{run.public_id}.xlsx" if what == "ranking" else _matrix(hostile, "xlsx"))
    assert answer.mimetype.endswith("spreadsheetml.sheet")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert [cell.hyperlink for cell in cells if cell.hyperlink] == []
    names = {cell.value for cell in cells}
    for name in HOSTILE:
        assert name.replace("\r", "_x000D_") in names, name  # as the format writes what XML would fold
    answer.close()


@pytest.mark.parametrize("what", ["ranking", "matrix"])
def test_no_cell_of_a_csv_begins_like_a_formula_and_text_comes_back(hostile: World, client: Client, what: str) -> None:
    run = hostile.compute()
    client.sign_in(hostile.organizers[0])
    answer = client.get(f"/rankings/{run.public_id}.csv" if what == "ranking" else _matrix(hostile, "csv"))
    rows = _rows(answer.data)
    cells = [cell for row in rows for cell in row]
    assert [cell for cell in cells if cell[:1] in tuple("=+-@|＝＋－＠｜\t\r\n")] == []
    assert set(HOSTILE) <= {_unguarded(cell) for cell in cells}


@pytest.mark.parametrize(
    ("value", "shown"), [(-5, "-5"), ("-5", "-5"), ("-5.25", "-5.25"), ("-5a", "'-5a"), (None, "")]
)
def test_numbers_need_no_guard(value: int | str | None, shown: str) -> None:
    assert text(value) == shown


def test_the_matrix_has_every_mark_of_every_judge(world: World, client: Client) -> None:
    world.assign(world.entries[0], 2)
    client.sign_in(world.organizers[0])
    rows = _rows(client.get(_matrix(world, "csv")).data)
    assert rows[0] == [
        "entry", "title", "applicant", "unit", "judge", "state", "total", "A1", "A2", "B1",
        "A1 comment", "A2 comment", "B1 comment",
    ]  # fmt: skip
    assert [row[0:1] + row[4:11] for row in rows[1:]] == [
        ["A-1", "P-initial-01", "submitted", "80", "50", "20", "10", "Seen."],
        ["A-1", "P-initial-02", "submitted", "70", "40", "20", "10", "Seen."],
        ["A-1", "P-initial-03", "not_yet", "", "", "", "", ""],
        ["A-2", "P-initial-01", "submitted", "75", "45", "20", "10", "Seen."],
        ["A-2", "P-initial-02", "submitted", "75", "45", "20", "10", "Seen."],
        ["A-3", "P-initial-01", "submitted", "90", "55", "20", "15", "Seen."],
        ["A-3", "P-initial-02", "submitted", "90", "55", "20", "15", "Seen."],
    ]


def test_a_matrix_that_leaves_the_house_is_in_the_trail(world: World, client: Client) -> None:
    client.sign_in(world.organizers[0])
    client.get(_matrix(world, "xlsx")).close()
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.name == "export.made")).one()
    assert json.loads(event.canonical)["data"] == {"what": "marks", "form": "xlsx", "rows": 6}


def test_marks_are_exported_to_the_offices_of_the_contest_only(world: World, client: Client) -> None:
    assert client.get(_matrix(world, "csv")).status_code == 303
    for person in (world.contestants[0], world.judges[0]):
        client.sign_in(person)
        assert client.get(_matrix(world, "csv")).status_code == 403


def test_a_published_ranking_is_open_to_everybody_as_table_and_as_json(world: World, client: Client) -> None:
    run = world.published()
    rows = _rows(client.get(f"/rankings/{run.public_id}.csv").data)
    assert [row[:3] + row[6:10] for row in rows] == [
        ["place", "tied", "entry", "score", "promoted", "reserve", "award"],
        ["1", "no", "A-3", "90", "yes", "", "First prize"],
        ["2", "yes", "A-1", "75", "no", "", ""],
        ["2", "yes", "A-2", "75", "no", "", ""],
    ]
    given = client.get(f"/rankings/{run.public_id}/input.json").get_data(as_text=True)
    assert sha256(given) == run.input_digest
    found = client.get(f"/rankings/{run.public_id}/standings.json")
    assert sha256(found.get_data(as_text=True)) in client.get(f"/rankings/{run.public_id}").get_data(as_text=True)
    assert found.headers["Content-Disposition"].startswith("attachment")


def test_scores_without_an_end_in_decimals_stay_exact(app: object, client: Client) -> None:
    from tests import factories as make

    world = a_world(text=make.DOCUMENT.replace('rounding = { mode = "half_up", places = 2 }', ""), slug="exact")
    entry = world.enter("A-1")
    for judge, mark in enumerate(("50", "50", "40")):
        world.mark(entry, judge, (mark, "20", "10"))
    run = world.published()
    assert _rows(client.get(f"/rankings/{run.public_id}.csv").data)[1][6] == "230/3"
    assert "76.6666…" in client.get(f"/rankings/{run.public_id}").get_data(as_text=True)
