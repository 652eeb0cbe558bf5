# SPDX-License-Identifier: Apache-2.0
"""Ranking runs: each recomputed from its own input, and the one that stands compared with the tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from verifier.contest import Archive, refuse_surplus
from verifier.document import Document
from verifier.engine import ENGINE, InputError, Judged, check_input, compute
from verifier.layout import STANDING_STATES, SUBMITTED, derivations_path, input_path, standings_path, table_path
from verifier.outcome import awards, cut, derivations_value, standings_value
from verifier.report import Report
from verifier.strictjson import JsonError, canonical, digest, parse_canonical
from verifier.tables import Row

_TIMES = ("computed_at", "confirmed_at", "published_at", "final_at")
_NEEDED = {
    "confirmed": ("confirmed_at", "confirmed_by"),
    "published": ("confirmed_at", "confirmed_by", "published_at", "notice_ends_at"),
    "final": ("confirmed_at", "confirmed_by", "published_at", "notice_ends_at", "final_at"),
}


@dataclass
class Outcome:
    """What a run comes to."""

    stage: str
    category: str
    stands: bool
    judged: list[Judged] = field(default_factory=list)
    promoted: list[str] = field(default_factory=list)
    turns: dict[str, int] = field(default_factory=dict)
    awards: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)


def check_runs(archive: Archive) -> dict[str, Outcome]:
    """Recompute every run and compare it with what the archive says; return what the runs come to."""
    report = archive.report
    outcomes: dict[str, Outcome] = {}
    standing: dict[tuple[str, str], str] = {}
    for row in archive.tables["runs"]:
        key = (row["stage"], row["category"])
        _check_steps(row, report)
        document = archive.documents.get(key)
        if document is None:
            report.add("no_document", table_path("runs"), stage=row["stage"], category=row["category"])
            continue
        stands = row["state"] in STANDING_STATES
        if stands and key in standing:
            report.add("two_standing", table_path("runs"), run=row["run"], other=standing[key])
        elif stands:
            standing[key] = row["run"]
        outcome = Outcome(row["stage"], row["category"], stands)
        if _recompute(archive, row, document, outcome):
            outcomes[row["run"]] = outcome
    for folder, path in (("inputs", input_path), ("standings", standings_path), ("derivations", derivations_path)):
        refuse_surplus(archive, f"data/{folder}/", {path(row["run"]) for row in archive.tables["runs"]})
    _check_rows(archive, outcomes)
    return outcomes


def _check_steps(row: Row, report: Report) -> None:
    """Check who took which step, and in which order."""
    path = table_path("runs")
    for name in _NEEDED.get(row["state"], ()):
        if not row[name]:
            report.add("step_missing", path, run=row["run"], column=name)
    if row["mode"] == "strict" and row["confirmed_by"] and row["confirmed_by"] == row["computed_by"]:
        report.add("one_person", path, run=row["run"], person=row["confirmed_by"])
    taken = [row[name] for name in _TIMES if row[name]]
    if taken != sorted(taken):
        report.add("steps_disordered", path, run=row["run"])
    if row["engine"] != ENGINE:
        report.add("engine", path, run=row["run"], engine=row["engine"], known=ENGINE)


def _recompute(archive: Archive, row: Row, document: Document, outcome: Outcome) -> bool:
    """Compute a run from its input; tell whether that was possible."""
    report = archive.report
    run = row["run"]
    stated = archive.digests[(row["stage"], row["category"])]
    if row["document_digest"] != stated:
        report.add("run_document", table_path("runs"), run=run, stated=row["document_digest"], actual=stated)
    data = _bytes(archive, input_path(run))
    if data is None:
        return False
    if digest(data) != row["input_digest"]:
        report.add(
            "run_digest", input_path(run), column="input_digest", stated=row["input_digest"], actual=digest(data)
        )
    try:
        given = parse_canonical(data)
        check_input(document, given)
        if given["document"] != row["document_digest"]:
            report.add(
                "run_document", input_path(run), run=run, stated=given["document"], actual=row["document_digest"]
            )
        outcome.judged = compute(document, given)
    except JsonError as error:
        report.add("json", input_path(run), detail=error)
        return False
    except InputError as error:
        report.add("input_illegal", input_path(run), detail=error)
        return False
    outcome.promoted, outcome.turns = cut(document, outcome.judged)
    outcome.awards = awards(document, outcome.judged)
    outcome.titles = {award.code: award.title for award in document.awards}
    results: list[tuple[str, str, str, Any]] = [
        ("standings_digest", standings_path(run), "standings", standings_value(stated, outcome.judged)),
        ("derivations_digest", derivations_path(run), "derivations", derivations_value(document, outcome.judged)),
    ]
    for column, path, what, value in results:
        written = _bytes(archive, path)
        if written is None:
            continue
        if digest(written) != row[column]:
            report.add("run_digest", path, column=column, stated=row[column], actual=digest(written))
        if written != canonical(value):
            report.add(what, path, detail=_first_difference(written, value))
    if outcome.stands:
        _check_against_tables(archive, row, given)
    return True


def _bytes(archive: Archive, path: str) -> bytes | None:
    if path not in archive.source.sizes:
        archive.report.add("file_missing", path)
        return None
    return archive.source.read(path)


def _first_difference(written: bytes, expected: Any) -> str:
    """Name the first entry whose line differs from the recomputed one."""
    try:
        value = parse_canonical(written)
        rows = value["rows"] if isinstance(value, dict) else value
        wanted = expected["rows"] if isinstance(expected, dict) else expected
        for found, right in zip(rows, wanted):
            if found != right:
                return f"{right['entry']}: {right['place']} {right['score']}"
        return f"{len(rows)} / {len(wanted)}"
    except (JsonError, KeyError, TypeError):
        return ""


def _check_against_tables(archive: Archive, row: Row, given: dict[str, Any]) -> None:
    """Compare the input of the run that stands with sheets and marks."""
    report = archive.report
    key = (row["stage"], row["category"])
    expected = _sheets_of(archive, key)
    states = {one["entry"]: (one["category"], one["state"]) for one in archive.tables["entries"]}
    read = {one["entry"]: {sheet["judge"]: sheet for sheet in one["sheets"]} for one in given["entries"]}
    for entry in sorted(set(expected) | set(read)):
        if entry not in states or states[entry][0] != key[1]:
            report.add("input_entry", input_path(row["run"]), entry=entry)
        elif entry not in read:
            if states[entry][1] not in ("withdrawn", "disqualified"):
                report.add("input_lacks", input_path(row["run"]), entry=entry)
        elif read[entry] != expected.get(entry, {}):
            for judge in sorted(set(read[entry]) | set(expected.get(entry, {}))):
                if read[entry].get(judge) != expected.get(entry, {}).get(judge):
                    report.add("input_differs", input_path(row["run"]), entry=entry, judge=judge)


def _sheets_of(archive: Archive, key: tuple[str, str]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the sheets of a stage and category as an input would have them."""
    marks: dict[tuple[str, str], dict[str, str]] = {}
    for row in archive.tables["marks"]:
        if (row["stage"], row["category"]) == key:
            marks.setdefault((row["entry"], row["judge"]), {})[row["criterion"]] = row["value"]
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in archive.tables["sheets"]:
        if (row["stage"], row["category"]) != key:
            continue
        entry, judge = row["entry"], row["judge"]
        if row["state"] == SUBMITTED:
            sheet: dict[str, Any] = {"cells": marks.get((entry, judge), {}), "judge": judge}
        else:
            sheet = {"judge": judge, "state": row["state"]}
        found.setdefault(entry, {})[judge] = sheet
    return found


def _check_rows(archive: Archive, outcomes: dict[str, Outcome]) -> None:
    """Compare the table of rows with the recomputed standings, cut and awards."""
    report = archive.report
    by_run = archive.tables.by("rows", "run")
    known = {row["run"] for row in archive.tables["runs"]}
    for (run,) in sorted(by_run):
        if run not in known:
            report.add("unknown_run", table_path("rows"), run=run)
    for run, outcome in outcomes.items():
        expected = [_row(run, position, one, outcome) for position, one in enumerate(outcome.judged, 1)]
        written = by_run.get((run,), [])
        if len(written) != len(expected):
            report.add("row_number", table_path("rows"), run=run, actual=len(written), expected=len(expected))
        for found, right in zip(written, expected):
            for column, value in right.items():
                if found[column] != value:
                    report.add(
                        "row_differs",
                        table_path("rows"),
                        run=run,
                        entry=right["entry"],
                        column=column,
                        found=found[column],
                        expected=value,
                    )
                    break


def _row(run: str, position: int, one: Judged, outcome: Outcome) -> Row:
    value = standings_value("", [one])["rows"][0]
    return {
        "run": run,
        "position": str(position),
        "entry": one.entry,
        "place": "" if one.place is None else str(one.place),
        "tied": "yes" if value["tied"] else "no",
        "score": value["score"] or "",
        "eligible": "yes" if one.eligible else "no",
        "promoted": "yes" if one.entry in set(outcome.promoted) else "no",
        "reserve": str(outcome.turns.get(one.entry, "")),
        "award": outcome.awards.get(one.entry, ""),
    }
