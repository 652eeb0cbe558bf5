# SPDX-License-Identifier: Apache-2.0
"""Every example contest holds together: each reference leads somewhere, each panel suffices."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from datetime import date

import pytest

from scoring.design.balanced import balanced
from tests.examples.folders import EXAMPLES, NAMES, ExampleFolder, example

PHONE = re.compile(r"1[3-9]\d{9}")


@pytest.fixture(params=NAMES)
def folder(request: pytest.FixtureRequest) -> ExampleFolder:
    return example(request.param)


def test_every_folder_is_tested() -> None:
    assert sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir()) == sorted(NAMES)


def test_files_named_are_exactly_the_files_there(folder: ExampleFolder) -> None:
    head = folder.top["competition"]
    named = {"competition.toml", "README.md", "README.zh.md", head["intro"], head["contact"], head["names_rule"]}
    named |= {f"rosters/{name}.csv" for name in ("units", "people", "grants", "panels", "entries")}
    named |= {division["form"] for division in folder.top["divisions"]}
    named |= {
        join["document"]
        for division in folder.top["divisions"]
        for category in division["categories"]
        for join in category["stages"].values()
    }
    assert named == {str(path.relative_to(folder.path)) for path in folder.path.rglob("*") if path.is_file()}


def test_folder_is_named_by_its_slug(folder: ExampleFolder) -> None:
    assert folder.top["competition"]["slug"] == folder.name


def test_codes_stand_once(folder: ExampleFolder) -> None:
    divisions = folder.top["divisions"]
    for codes in (
        [row["code"] for row in folder.units],
        [row["number"] for row in folder.entries],
        [panel["code"] for panel in folder.top["panels"]],
        [division["code"] for division in divisions],
        [category["code"] for division in divisions for category in division["categories"]],
        [(row["panel"], row["login"]) for row in folder.seats],
        [(row["login"], row["role"], row["unit"]) for row in folder.grants],
    ):
        assert [code for code, count in Counter(codes).items() if count > 1] == []


def test_units_form_a_tree(folder: ExampleFolder) -> None:
    assert {row["parent"] for row in folder.units} - {""} <= set(folder.parent_of)
    for row in folder.units:
        assert row["code"] in folder.line_of(row["code"])


def test_every_login_and_unit_named_exists(folder: ExampleFolder) -> None:
    logins, units = set(folder.unit_of), set(folder.parent_of)
    assert {row["login"] for table in (folder.grants, folder.seats, folder.entries) for row in table} <= logins
    assert {row["unit"] for table in (folder.people, folder.entries) for row in table} <= units
    assert {row["unit"] for row in folder.grants} - {""} <= units


def test_everybody_listed_has_something_to_do(folder: ExampleFolder) -> None:
    busy = {row["login"] for table in (folder.grants, folder.seats, folder.entries) for row in table}
    assert set(folder.unit_of) == busy


def test_owners_have_the_role_of_contestant(folder: ExampleFolder) -> None:
    contestants = {row["login"] for row in folder.grants if row["role"] == "contestant"}
    assert {row["login"] for row in folder.entries} == contestants


def test_applicant_is_the_unit_or_the_person(folder: ExampleFolder) -> None:
    kinds = {division["code"]: division["applicant"] for division in folder.top["divisions"]}
    unit_names = {row["code"]: row["name"] for row in folder.units}
    person_names = {row["login"]: row["name"] for row in folder.people}
    for row in folder.entries:
        kind = kinds[folder.division_of()[row["category"]]]
        assert row["applicant"] == (unit_names[row["unit"]] if kind == "unit" else person_names[row["login"]])


def test_release_is_empty_never_or_a_date(folder: ExampleFolder) -> None:
    ends = next(window["ends"] for window in folder.top["windows"] if window["kind"] == "diary")
    held = {row["release"] for row in folder.entries} - {""}
    assert held
    assert all(date.fromisoformat(release).year >= ends.year for release in held - {"never"})


def test_entries_with_a_releasing_unit_have_a_clerk(folder: ExampleFolder) -> None:
    if folder.top["competition"]["diary_release"] == "by_unit":
        clerked = {row["unit"] for row in folder.grants if row["role"] == "unit_clerk"}
        assert {row["unit"] for row in folder.entries} <= clerked


def test_strict_mode_has_a_second_person(folder: ExampleFolder) -> None:
    organizers = [row for row in folder.grants if row["role"] == "organizer"]
    assert len(organizers) >= (2 if folder.top["competition"]["mode"] == "strict" else 1)


def test_organizers_and_judges_are_different_people(folder: ExampleFolder) -> None:
    organizers = {row["login"] for row in folder.grants if row["role"] in {"organizer", "supervisor"}}
    contestants = {row["login"] for row in folder.grants if row["role"] == "contestant"}
    judges = {row["login"] for row in folder.seats}
    assert not organizers & judges
    assert not contestants & judges


def test_each_panel_has_one_chair(folder: ExampleFolder) -> None:
    chairs = Counter(row["panel"] for row in folder.seats if row["role"] == "chair")
    assert chairs == {panel["code"]: 1 for panel in folder.top["panels"]}


def test_windows_follow_each_other(folder: ExampleFolder) -> None:
    windows = {window["kind"]: window for window in folder.top["windows"]}
    assert set(windows) == {"entry", "diary", "hand_in"}
    assert all(window["starts"] < window["ends"] for window in windows.values())
    assert windows["entry"]["ends"] <= windows["hand_in"]["starts"] < windows["diary"]["ends"]
    moments = [windows["hand_in"]["ends"]]
    for stage in folder.top["stages"]:
        moments += [stage["marking_starts"], stage["marking_ends"]]
    assert moments == sorted(moments)


def test_full_marks_are_100(folder: ExampleFolder) -> None:
    for join in folder.joins:
        total = sum(criterion.maximum * criterion.weight for criterion in join.document.rubric.criteria)
        assert (join.category, join.stage, total) == (join.category, join.stage, 100)


def test_first_stage_cuts_and_last_stage_awards_every_finalist(folder: ExampleFolder) -> None:
    first, last = folder.top["stages"][0]["code"], folder.top["stages"][-1]["code"]
    promoted = {}
    for join in folder.joins:
        rule = join.document.rule
        if join.stage == first:
            assert rule.cut is not None
            assert rule.awards == ()
            promoted[join.category] = rule.cut.promote
            assert rule.cut.promote + rule.cut.reserve <= len(folder.entries_of(join.category))
    for join in folder.joins:
        if join.stage == last:
            assert join.document.rule.cut is None
            assert sum(award.count for award in join.document.rule.awards) == promoted[join.category]


def test_panels_suffice_beside_every_related_unit(folder: ExampleFolder) -> None:
    for join in folder.joins:
        judges = folder.judges_of(join.panel)
        for entry in folder.entries_of(join.category):
            free = [judge for judge in judges if not folder.related(judge, entry)]
            assert len(free) >= join.judges, (entry["number"], join.stage)


def test_minimum_of_sheets_leaves_room_for_a_recusal(folder: ExampleFolder) -> None:
    # The smallest contest has no judge to spare in its final.
    spare = 0 if folder.name == "tiny" else 1
    assert all(join.document.rule.panel.minimum <= join.judges - spare for join in folder.joins)


def test_work_of_a_panel_is_dealt_evenly(folder: ExampleFolder) -> None:
    for panel in folder.top["panels"]:
        judges = folder.judges_of(panel["code"])
        load = dict.fromkeys(judges, 0)
        for join in folder.joins:
            if join.panel != panel["code"]:
                continue
            entries = folder.entries_of(join.category)
            forbidden = {(e["number"], judge) for e in entries for judge in judges if folder.related(judge, e)}
            found = balanced(
                [e["number"] for e in entries], judges, wanted=join.judges, forbidden=forbidden, seed=1, load=load
            )
            load.update(Counter(load) + Counter(judge for seats in found.values() for judge in seats))
        assert max(load.values()) - min(load.values()) <= 3, panel["code"]


def test_logins_and_units_of_all_examples_live_together() -> None:
    logins = Counter(
        unicodedata.normalize("NFKC", row["login"]).casefold() for name in NAMES for row in example(name).people
    )
    units = Counter(row["code"] for name in NAMES for row in example(name).units)
    assert [code for code, count in (logins + units).items() if count > 1] == []


def test_no_real_looking_contact_data() -> None:
    for path in EXAMPLES.rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert PHONE.search(text) is None, path
            hosts = re.findall(r"@([\w.-]+\w)", text)
            assert [host for host in hosts if not host.endswith(".example.org")] == [], path
