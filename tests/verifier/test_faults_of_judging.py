# SPDX-License-Identifier: Apache-2.0
"""Archives with one fault each in contest, tables, documents, sheets and marks."""

from __future__ import annotations

from pathlib import Path

import pytest

import scoring
import verifier
from tests.scoring.contests import simple
from tests.verifier.archives import INITIAL, Archive, change_json, pack, sha, table_bytes
from tests.verifier.faults import Faults, adds_to, check_refused

FAULTS: Faults = {}
fault = adds_to(FAULTS)

DOCUMENT = "data/documents/initial--units.construction.json"


# ------------------------------------------------------------------------------------------------------ contest, tables


@fault("contest_key")
def contest_with_unknown_key(archive: Archive) -> None:
    archive.contest["extra"] = 1


@fault("json")
def contest_not_canonical(archive: Archive) -> None:
    files = Archive().bag()
    archive.files["data/competition.json"] = files["data/competition.json"].replace(b'{"', b'{ "', 1)


@fault("json")
def contest_with_repeated_key(archive: Archive) -> None:
    files = Archive().bag()
    data = files["data/competition.json"]
    archive.files["data/competition.json"] = data.replace(b'{"audit"', b'{"audit":1,"audit"', 1)


@fault("row_count")
def contest_states_other_number_of_rows(archive: Archive) -> None:
    archive.contest["rows"] = {table: len(rows) + (table == "marks") for table, rows in archive.tables.items()}


@fault("columns")
def table_with_other_columns(archive: Archive) -> None:
    columns = (*verifier.TABLES["entries"], "extra")
    rows = [{**row, "extra": ""} for row in archive.tables["entries"]]
    archive.files["data/tables/entries.csv"] = table_bytes(columns, rows)


@fault("width")
def table_with_a_short_row(archive: Archive) -> None:
    archive.files["data/tables/judges.csv"] = b"judge,name,unit\nJ1,a\n"


@fault("file_missing")
def table_missing(archive: Archive) -> None:
    rows = archive.tables.pop("citations")
    archive.contest["rows"] = {**{table: len(all_) for table, all_ in archive.tables.items()}, "citations": len(rows)}


@fault("not_utf8")
def table_in_another_encoding(archive: Archive) -> None:
    archive.files["data/tables/judges.csv"] = "judge,name,unit\nJ1,张三,\n".encode("gb18030")


@fault("formula")
def cell_that_is_a_formula(archive: Archive) -> None:
    archive.files["data/tables/judges.csv"] = b"judge,name,unit\nJ1,=1+1,\n"


@fault("bad_cell")
def time_in_another_form(archive: Archive) -> None:
    archive.tables["assignments"][0]["assigned_at"] = "2020-10-12 09:00"


@fault("row_repeated")
def mark_given_twice(archive: Archive) -> None:
    archive.tables["marks"].append(dict(archive.tables["marks"][0]))


# ------------------------------------------------------------------------------------------------------------ documents


@fault("document_digest")
def document_changed(archive: Archive) -> None:
    other = simple(INITIAL, Idea="Ideas")
    archive.files[DOCUMENT] = other.canonical.encode()


@fault("document_illegal")
def document_with_unknown_key(archive: Archive) -> None:
    change_json(archive.files, DOCUMENT, lambda value: value["rule"].update(extra=1))
    archive.contest["documents"][0]["digest"] = sha(archive.files[DOCUMENT])


@fault("json")
def document_not_canonical(archive: Archive) -> None:
    archive.files[DOCUMENT] = archive.files[DOCUMENT].replace(b'"format":1', b'"format": 1')


@fault("file_unused")
def document_of_nothing(archive: Archive) -> None:
    archive.files["data/documents/other--units.construction.json"] = archive.files[DOCUMENT]


@fault("file_missing")
def document_missing(archive: Archive) -> None:
    del archive.files[DOCUMENT]


@fault("document_place")
def document_of_an_unknown_stage(archive: Archive) -> None:
    archive.contest["documents"][0]["stage"] = "second"


# ----------------------------------------------------------------------------------------------- entries, sheets, marks


@fault("unknown_category")
def entry_in_no_category(archive: Archive) -> None:
    archive.tables["entries"][3]["category"] = "units.other"


@fault("named_digest")
def version_changed(archive: Archive) -> None:
    name = next(name for name in archive.files if name.startswith("data/versions/"))
    change_json(archive.files, name, lambda value: value.update(summary="Something else"))


@fault("file_unused")
def version_of_nobody(archive: Archive) -> None:
    archive.files[verifier.version_path(sha(b"{}"))] = b"{}"


@fault("unknown_judge")
def assignment_of_an_unknown_judge(archive: Archive) -> None:
    archive.tables["judges"].pop(0)


@fault("sheet_missing")
def sheet_lost(archive: Archive) -> None:
    sheet = archive.tables["sheets"].pop(1)
    key = ("stage", "category", "entry", "judge")
    for table in ("marks", "citations"):
        archive.tables[table] = [row for row in archive.tables[table] if any(row[k] != sheet[k] for k in key)]


@fault("sheet_surplus")
def sheet_without_assignment(archive: Archive) -> None:
    archive.tables["assignments"].pop(1)


@fault("sheet_state")
def recused_judge_with_a_sheet(archive: Archive) -> None:
    archive.tables["assignments"][0]["state"] = "recused"


@fault("sheet_unsigned")
def submitted_sheet_without_digest(archive: Archive) -> None:
    archive.tables["sheets"][0]["digest"] = ""


@fault("marks_without_sheet")
def marks_of_a_sheet_that_was_not_submitted(archive: Archive) -> None:
    archive.tables["sheets"][0].update(state="not_yet", submitted_at="", total="", digest="")


@fault("outstanding")
def sheet_outstanding_where_a_run_stands(archive: Archive) -> None:
    for table, state in (("sheets", "not_yet"), ("assignments", "active")):
        next(row for row in archive.tables[table] if row["state"] == "recused")["state"] = state


@fault("mark_missing")
def mark_lost(archive: Archive) -> None:
    archive.tables["marks"].pop(0)


@fault("mark_illegal")
def mark_above_the_maximum(archive: Archive) -> None:
    archive.tables["marks"][0]["value"] = "10.5"


@fault("mark_illegal")
def mark_off_the_step(archive: Archive) -> None:
    archive.tables["marks"][0]["value"] = "8.25"


@fault("mark_illegal")
def mark_that_is_not_a_number(archive: Archive) -> None:
    archive.tables["marks"][0]["value"] = "NaN"


@fault("mark_illegal")
def mark_in_another_spelling(archive: Archive) -> None:
    archive.tables["marks"][0]["value"] += "0" if "." in archive.tables["marks"][0]["value"] else ".0"


@fault("unknown_criterion")
def mark_of_an_unknown_criterion(archive: Archive) -> None:
    archive.tables["marks"][0]["criterion"] = "Z9"


@fault("total")
def total_changed(archive: Archive) -> None:
    archive.tables["sheets"][0]["total"] = "99"


@fault("input_differs")
def mark_changed_after_the_run(archive: Archive) -> None:
    row = archive.tables["marks"][0]
    row["value"] = "9.5" if row["value"] != "9.5" else "9"
    sheet = archive.tables["sheets"][0]
    cells = {one["criterion"]: scoring.Cell.of(one["value"]) for one in archive.tables["marks"][:3]}
    sheet["total"] = scoring.format_number(scoring.sheet_total(simple(INITIAL), cells))


@pytest.mark.parametrize("name", FAULTS)
def test_archive_with_one_fault_is_refused(name: str, tmp_path: Path) -> None:
    check_refused(FAULTS, name, tmp_path)


def test_comment_that_the_document_requires_must_be_there(tmp_path: Path) -> None:
    archive = Archive()
    for name in [name for name in archive.files if name.startswith("data/documents/")]:
        change_json(
            archive.files, name, lambda value: value["rubric"]["groups"][0]["criteria"][0].update(comment="required")
        )
    archive.tables["marks"][0]["comment"] = " "
    report = verifier.verify(pack(archive.bag(), tmp_path / "a.zip"))
    assert {finding.code for finding in report.findings} == {"document_digest"}
    for item in archive.contest["documents"]:
        item["digest"] = sha(archive.files[verifier.document_path(item["stage"], item["category"])])
    report = verifier.verify(pack(archive.bag(), tmp_path / "a.zip"))
    assert [one.params["criterion"] for one in report.findings if one.code == "comment_missing"] == ["A1"]


def test_later_format_asks_for_a_later_verifier(tmp_path: Path) -> None:
    archive = Archive()
    archive.contest["format"] = 2
    with pytest.raises(verifier.NotAnArchiveError, match="knows formats up to 1"):
        verifier.verify(pack(archive.bag(), tmp_path / "a.zip"))
