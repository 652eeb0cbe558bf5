# SPDX-License-Identifier: Apache-2.0
"""Archives with one fault each in runs, promotions, awards, certificates, evidence and the trail."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import scoring
import verifier
from tests.verifier.archives import Archive, change_json, event, sha
from tests.verifier.faults import Faults, adds_to, check_refused

FAULTS: Faults = {}
fault = adds_to(FAULTS)

RUN = "initial--units.construction--2"
FINAL_RUN = "final--units.construction--2"


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
    check_refused(FAULTS, name, tmp_path)
