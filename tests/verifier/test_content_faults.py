# SPDX-License-Identifier: Apache-2.0
"""Archives with one fault each in what they say, sealed anew by a forger who knows BagIt: refused all the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import scoring
import verifier
from tests.scoring.contests import simple
from tests.verifier.archives import INITIAL, Archive, change_json, event, pack, sha, table_bytes

Spoil = Callable[[Archive], None]
FAULTS: dict[str, tuple[Spoil, str]] = {}

RUN = "initial--units.construction--2"
FINAL_RUN = "final--units.construction--2"
DOCUMENT = "data/documents/initial--units.construction.json"


def fault(code: str) -> Callable[[Spoil], None]:
    return lambda spoil: FAULTS.update({spoil.__name__: (spoil, code)})


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


# ----------------------------------------------------------------------------------------------------------------- runs


def run_row(archive: Archive, run: str = RUN) -> dict[str, str]:
    return next(row for row in archive.tables["runs"] if row["run"] == run)


@fault("input_lacks")
def run_that_forgets_an_entry(archive: Archive) -> None:
    path = verifier.input_path(RUN)
    change_json(archive.files, path, lambda value: value["entries"].pop(3))
    run_row(archive)["input_digest"] = sha(archive.files[path])


@fault("input_entry")
def run_with_an_entry_of_another_category(archive: Archive) -> None:
    path = verifier.input_path(RUN)
    added = {"eligible": True, "entry": "X-9", "sheets": []}
    change_json(archive.files, path, lambda value: value["entries"].append(added))
    run_row(archive)["input_digest"] = sha(archive.files[path])


@fault("input_illegal")
def input_with_an_illegal_mark(archive: Archive) -> None:
    path = verifier.input_path(RUN)
    change_json(archive.files, path, lambda value: value["entries"][0]["sheets"][0]["cells"].update(A1="11"))
    run_row(archive)["input_digest"] = sha(archive.files[path])


@fault("run_digest")
def input_of_another_digest(archive: Archive) -> None:
    run_row(archive)["input_digest"] = "0" * 64


@fault("run_document")
def run_by_another_document(archive: Archive) -> None:
    run_row(archive)["document_digest"] = "0" * 64


def forge(archive: Archive, what: str, change: Callable[[Any], None]) -> None:
    """Change the standings or derivations of the final run and its digest with them."""
    path = getattr(verifier, f"{what}_path")(FINAL_RUN)
    change_json(archive.files, path, change)
    run_row(archive, FINAL_RUN)[f"{what}_digest"] = sha(archive.files[path])


@fault("standings")
def score_changed_in_the_standings(archive: Archive) -> None:
    forge(archive, "standings", lambda value: value["rows"][1].update(score="99"))


@fault("standings")
def places_swapped(archive: Archive) -> None:
    def swap(value: Any) -> None:
        rows = value["rows"]
        rows[0]["entry"], rows[1]["entry"] = rows[1]["entry"], rows[0]["entry"]

    forge(archive, "standings", swap)


@fault("derivations")
def reason_changed(archive: Archive) -> None:
    forge(archive, "derivations", lambda value: value[0].update(dropped_low=["J1"]))


@fault("row_differs")
def row_changed(archive: Archive) -> None:
    row = next(row for row in archive.tables["rows"] if row["run"] == FINAL_RUN)
    row["score"] = "99"


@fault("row_differs")
def promoted_flag_changed(archive: Archive) -> None:
    row = next(row for row in archive.tables["rows"] if row["run"] == RUN and row["promoted"] == "no")
    row["promoted"] = "yes"


@fault("row_number")
def row_lost(archive: Archive) -> None:
    archive.tables["rows"].pop()


@fault("two_standing")
def two_runs_that_stand(archive: Archive) -> None:
    run_row(archive, RUN[:-1] + "1")["state"] = "final"


@fault("one_person")
def run_confirmed_by_who_computed_it(archive: Archive) -> None:
    run_row(archive)["confirmed_by"] = "u1"


@fault("step_missing")
def published_without_confirmation(archive: Archive) -> None:
    run_row(archive)["confirmed_at"] = ""


@fault("steps_disordered")
def published_before_it_was_computed(archive: Archive) -> None:
    run_row(archive)["published_at"] = "2020-10-01T01:00:00.000000Z"


@fault("engine")
def run_of_an_unknown_engine(archive: Archive) -> None:
    run_row(archive)["engine"] = "scoring 9"


@fault("file_missing")
def standings_missing(archive: Archive) -> None:
    del archive.files[verifier.standings_path(RUN)]


# ------------------------------------------------------------------------------------- promotions, awards, certificates


@fault("promotion_missing")
def promotion_withheld(archive: Archive) -> None:
    archive.tables["promotions"].pop(0)


@fault("promotion_surplus")
def promotion_given_away(archive: Archive) -> None:
    taken = {row["entry"] for row in archive.tables["promotions"]}
    other = next(name for name in ("U-001", "U-002", "U-003", "U-004") if name not in taken)
    archive.tables["promotions"].append({**archive.tables["promotions"][0], "entry": other})


@fault("run_does_not_stand")
def promotion_by_a_superseded_run(archive: Archive) -> None:
    for row in archive.tables["promotions"]:
        row["run"] = row["run"][:-1] + "1"


@fault("promotion_place")
def promotion_backwards(archive: Archive) -> None:
    archive.tables["promotions"][0]["stage"] = "initial"


@fault("judged_unpromoted")
def judged_in_the_final_without_promotion(archive: Archive) -> None:
    archive.tables["promotions"] = []


@fault("award_surplus")
def award_given_away(archive: Archive) -> None:
    row = archive.tables["awards"][0]
    row["code"], row["title"] = ("second", "Second prize") if row["code"] == "first" else ("first", "First prize")


@fault("award_missing")
def award_withheld(archive: Archive) -> None:
    gone = archive.tables["awards"].pop(0)
    kept = [row for row in archive.tables["certificates"] if row["entry"] != gone["entry"]]
    archive.tables["certificates"] = kept
    archive.files.pop(verifier.file_path(sha(b"%PDF " + gone["entry"].encode())))


@fault("award_title")
def award_renamed(archive: Archive) -> None:
    archive.tables["awards"][0]["title"] = "Grand prize"


@fault("certificate_without_award")
def certificate_of_somebody_else(archive: Archive) -> None:
    archive.tables["certificates"][0]["entry"] = "P-001"


@fault("certificate_repeated")
def serial_given_twice(archive: Archive) -> None:
    first, second = archive.tables["certificates"][:2]
    second["serial"] = first["serial"]


@fault("facts_digest")
def facts_changed(archive: Archive) -> None:
    row = archive.tables["certificates"][0]
    row["facts"] = row["facts"].replace('"place":', '"plaque":')


@fault("facts_differ")
def certificate_with_a_better_place(archive: Archive) -> None:
    row = archive.tables["certificates"][1]
    row["facts"] = json.dumps({"entry": row["entry"], "place": 99}, separators=(",", ":"))
    row["digest"] = sha(row["facts"].encode())


@fault("facts_json")
def facts_that_are_not_canonical(archive: Archive) -> None:
    archive.tables["certificates"][0]["facts"] = "{ }"


@fault("certificate_lacks")
def withdrawn_without_a_reason(archive: Archive) -> None:
    archive.tables["certificates"][0]["state"] = "withdrawn"


# ------------------------------------------------------------------------------------------------------ evidence, trail


@fault("named_digest")
def picture_replaced(archive: Archive) -> None:
    name = next(name for name in archive.files if name.startswith("data/files/"))
    archive.files[name] = b"another picture"[: len(archive.files[name])].ljust(len(archive.files[name]))


@fault("file_missing")
def picture_removed(archive: Archive) -> None:
    del archive.files[verifier.file_path(archive.tables["evidence"][0]["sha256"])]


@fault("file_unused")
def picture_of_nobody(archive: Archive) -> None:
    archive.files[verifier.file_path(sha(b"x"))] = b"x"


@fault("file_size")
def size_misstated(archive: Archive) -> None:
    archive.tables["evidence"][0]["size"] = "1"


@fault("evidence_owner")
def evidence_of_two_owners(archive: Archive) -> None:
    archive.tables["evidence"][0]["entry"] = "U-001"


@fault("citation_foreign")
def citation_of_another_entry(archive: Archive) -> None:
    archive.tables["citations"][0]["diary_entry"] = "d-P-004"


@fault("citation_without_mark")
def citation_of_no_mark(archive: Archive) -> None:
    archive.tables["citations"][0]["criterion"] = "Z9"


@fault("citation_source")
def citation_of_nothing(archive: Archive) -> None:
    archive.tables["citations"][0]["diary_entry"] = ""


def trail(archive: Archive, *sequences: int) -> None:
    lines = [scoring.canonical.canonical(event(number)).encode() for number in sequences]
    archive.files[verifier.AUDIT] = b"".join(line + b"\n" for line in lines)


@fault("trail_gap")
def event_removed(archive: Archive) -> None:
    trail(archive, 1, 2, 4, 5)


@fault("trail_gap")
def events_swapped(archive: Archive) -> None:
    trail(archive, 1, 3, 2, 4)


@fault("trail_length")
def trail_cut_off(archive: Archive) -> None:
    archive.contest["audit"] = {"events": 7, "root": "0" * 64}
    trail(archive, 1, 2, 3)


@fault("trail_root")
def event_rewritten(archive: Archive) -> None:
    bag = Archive().bag()
    contest = json.loads(bag["data/competition.json"])
    archive.contest["audit"] = contest["audit"]
    archive.files[verifier.AUDIT] = archive.files[verifier.AUDIT].replace(b'"actor":"u1"', b'"actor":"u9"', 1)


@fault("trail_foreign")
def event_of_another_contest(archive: Archive) -> None:
    archive.files[verifier.AUDIT] = archive.files[verifier.AUDIT].replace(b"contest-id", b"other-id", 1)


@fault("trail_line")
def event_not_canonical(archive: Archive) -> None:
    archive.files[verifier.AUDIT] = archive.files[verifier.AUDIT].replace(b'"v":1', b'"v": 1', 1)


@fault("trail_event")
def line_that_is_no_event(archive: Archive) -> None:
    archive.files[verifier.AUDIT] += b"{}\n"


@fault("trail_end")
def trail_without_its_last_line_break(archive: Archive) -> None:
    archive.files[verifier.AUDIT] = archive.files[verifier.AUDIT][:-1]


@pytest.mark.parametrize("name", FAULTS)
def test_archive_with_one_fault_is_refused(name: str, tmp_path: Path) -> None:
    spoil, code = FAULTS[name]
    archive = Archive()
    spoil(archive)
    report = verifier.verify(pack(archive.bag(), tmp_path / "a.zip"))
    assert code in {finding.code for finding in report.findings}, [one.say("en") for one in report.findings]
    assert not report.standings_sha256


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


def test_faults_are_many() -> None:
    assert len(FAULTS) >= 60
