# SPDX-License-Identifier: Apache-2.0
"""What follows from runs: promotions, awards, certificates, and the digest of all places."""

from __future__ import annotations

from typing import Any

from verifier.contest import Archive
from verifier.layout import file_path, table_path
from verifier.outcome import standings_value
from verifier.runs import Outcome
from verifier.strictjson import JsonError, canonical, digest, parse_canonical
from verifier.tables import Row


def check_promotions(archive: Archive, outcomes: dict[str, Outcome]) -> None:
    """Check that exactly those went on whom a cut took, and that nobody else was judged later."""
    report = archive.report
    path = table_path("promotions")
    went: dict[tuple[str, str], set[str]] = {}
    for (run,), rows in sorted(archive.tables.by("promotions", "run").items()):
        outcome = outcomes.get(run)
        if outcome is None or not outcome.stands:
            report.add("run_does_not_stand", path, run=run)
            continue
        later = archive.stages[archive.stages.index(outcome.stage) + 1 :]
        for row in rows:
            went.setdefault((row["stage"], row["category"]), set()).add(row["entry"])
            if row["stage"] not in later or row["category"] != outcome.category:
                report.add("promotion_place", path, run=run, entry=row["entry"], stage=row["stage"])
        promoted = {row["entry"] for row in rows}
        for entry in sorted(promoted - set(outcome.promoted)):
            report.add("promotion_surplus", path, run=run, entry=entry)
        for entry in sorted(set(outcome.promoted) - promoted):
            report.add("promotion_missing", path, run=run, entry=entry)
    cutting = {key for key, document in archive.documents.items() if document.cut is not None}
    judged = {
        (row["stage"], row["category"], row["entry"])
        for row in archive.tables["assignments"]
        if row["state"] != "removed"
    }
    for stage, category, entry in sorted(judged):
        if stage not in archive.stages:
            continue
        earlier = archive.stages[: archive.stages.index(stage)]
        needs = any((before, category) in cutting for before in earlier)
        if needs and entry not in went.get((stage, category), set()):
            report.add("judged_unpromoted", table_path("assignments"), entry=entry, stage=stage)


def check_awards(archive: Archive, outcomes: dict[str, Outcome]) -> None:
    """Check that awards are exactly those that the rule gives."""
    report = archive.report
    path = table_path("awards")
    for (run,), rows in sorted(archive.tables.by("awards", "run").items()):
        outcome = outcomes.get(run)
        if outcome is None or not outcome.stands:
            report.add("run_does_not_stand", path, run=run)
            continue
        granted = {(row["entry"], row["code"]) for row in rows}
        right = set(outcome.awards.items())
        for entry, code in sorted(granted - right):
            report.add("award_surplus", path, run=run, entry=entry, award=code)
        for entry, code in sorted(right - granted):
            report.add("award_missing", path, run=run, entry=entry, award=code)
        for row in rows:
            if row["title"] != outcome.titles.get(row["code"], row["title"]):
                report.add("award_title", path, run=run, award=row["code"], title=row["title"])


def check_certificates(archive: Archive, outcomes: dict[str, Outcome]) -> None:
    """Check that every certificate belongs to an award and states what the tables say."""
    report = archive.report
    path = table_path("certificates")
    granted = {(row["run"], row["entry"], row["code"]): row for row in archive.tables["awards"]}
    entries = {row["entry"]: row for row in archive.tables["entries"]}
    for column in ("serial", "check_code"):
        for (value,), rows in sorted(archive.tables.by("certificates", column).items()):
            if len(rows) > 1:
                report.add("certificate_repeated", path, column=column, value=value)
    for row in archive.tables["certificates"]:
        award = granted.get((row["run"], row["entry"], row["award"]))
        if award is None:
            report.add("certificate_without_award", path, serial=row["serial"], entry=row["entry"], award=row["award"])
            continue
        _check_state(archive, row)
        try:
            facts = parse_canonical(row["facts"].encode("utf-8"))
        except JsonError as error:
            report.add("facts_json", path, serial=row["serial"], detail=error)
            continue
        if digest(row["facts"].encode("utf-8")) != row["digest"]:
            report.add("facts_digest", path, serial=row["serial"])
        expected = _facts(row, award, entries.get(row["entry"], {}), outcomes.get(row["run"]))
        for key, value in expected.items():
            if isinstance(facts, dict) and key in facts and str(facts[key]) != value:
                report.add("facts_differ", path, serial=row["serial"], key=key, found=facts[key], expected=value)


def _check_state(archive: Archive, row: Row) -> None:
    path = table_path("certificates")
    needed = {"issued": ("issued_at", "file"), "withdrawn": ("withdrawn_at", "withdrawn_reason")}
    for column in needed.get(row["state"], ()):
        if not row[column]:
            archive.report.add("certificate_lacks", path, serial=row["serial"], column=column)
    if row["file"] and archive.has_files and file_path(row["file"]) not in archive.source.sizes:
        archive.report.add("file_missing", file_path(row["file"]))


def _facts(row: Row, award: Row, entry: Row, outcome: Any) -> dict[str, str]:
    """Return what facts of these names must say."""
    facts = {"entry": row["entry"], "award": award["title"], "serial": row["serial"]}
    if entry:
        facts.update(title=entry["title"], applicant=entry["applicant"])
    for one in outcome.judged if outcome is not None else ():
        if one.entry == row["entry"]:
            value = standings_value("", [one])["rows"][0]
            facts.update(place=str(value["place"]), score=str(value["score"]))
    return facts


def all_places(outcomes: dict[str, Outcome]) -> bytes:
    """Return the canonical JSON of all places of the runs that stand."""
    value = []
    for outcome in sorted(outcomes.values(), key=lambda one: (one.stage, one.category)):
        if outcome.stands:
            rows = [
                {key: row[key] for key in ("entry", "place", "score", "tied")}
                for row in standings_value("", outcome.judged)["rows"]
            ]
            value.append({"category": outcome.category, "rows": rows, "stage": outcome.stage})
    return canonical(value)
