# SPDX-License-Identifier: Apache-2.0
"""A competition folder loads whole or not at all, every fault has its place, and what is dumped loads as the same."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import User
from app.competitions.models import Competition
from app.db import db, transaction
from app.exchange.dump import dump
from app.exchange.folder import Folder, read
from app.exchange.load import load
from app.exchange.problems import FolderError
from app.policy import SYSTEM
from tests import factories as make

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    target = tmp_path / "tiny"
    shutil.copytree(EXAMPLES / "tiny", target)
    return target


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{name} has no {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults(folder: Path) -> list[str]:
    with pytest.raises(FolderError) as refused:
        read(folder)
    return [str(problem) for problem in refused.value.problems]


def comparable(folder: Folder) -> Folder:
    """Leave out what does not matter: the order of rows and the names of files."""
    return replace(
        folder,
        units=tuple(sorted(folder.units, key=lambda row: row.code)),
        people=tuple(sorted(folder.people, key=lambda row: row.login)),
        grants=tuple(sorted(folder.grants, key=lambda row: (row.login, row.role, row.unit))),
        seats=tuple(sorted(folder.seats, key=lambda row: (row.panel, row.login))),
        entries=tuple(sorted(folder.entries, key=lambda row: row.number)),
        panels=tuple(sorted(folder.panels, key=lambda row: row.code)),
        windows=tuple(sorted(folder.windows, key=lambda row: row.kind)),
        divisions=tuple(
            replace(
                division,
                form_file="",
                categories=tuple(
                    replace(
                        category,
                        joins=tuple(
                            replace(join, document=join.document.digest, document_file="")  # type: ignore[arg-type]  # compared by digest
                            for join in category.joins
                        ),
                    )
                    for category in division.categories
                ),
            )
            for division in folder.divisions
        ),
    )


@pytest.mark.parametrize("name", ["tiny", "harbor-2026", pytest.param("yangtze-2020", marks=pytest.mark.slow)])
def test_a_dumped_contest_is_the_folder_it_came_from(app: Flask, tmp_path: Path, name: str) -> None:
    found = read(EXAMPLES / name)
    with transaction():
        loaded = load(found, by=SYSTEM, now=make.NOW)
    dump(loaded.competition, tmp_path / "again")
    assert comparable(read(tmp_path / "again")) == comparable(found)


def test_a_folder_with_faults_loads_nothing_and_names_each(app: Flask, tiny: Path) -> None:
    change(tiny, "competition.toml", "[competition]", "[competition]\ncolour = 'red'")
    people = (tiny / "rosters/people.csv").read_text(encoding="utf-8").splitlines()
    (tiny / "rosters/people.csv").write_text("\n".join([*people, people[1], "x,,nowhere,"]), encoding="utf-8")
    found = faults(tiny)
    assert "competition.toml [competition.colour]: This key is not known here. Take it out or mend its name." in found
    number = len(people)
    assert f"rosters/people.csv:{number + 1} [login]: The same stands in row 2 already." in found
    assert f"rosters/people.csv:{number + 2} [name]: Fill this in." in found
    assert f"rosters/people.csv:{number + 2} [unit]: There is no unit of this code in rosters/units.csv." in found


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("competition.toml", "format = 1", "format = 9", "This version reads format 1."),
        ("competition.toml", 'mode = "light"', 'mode = "lax"', "This should be one of strict, light."),
        ("competition.toml", 'timezone = "UTC"', 'timezone = "Moon/Base"', "There is no time zone of this name."),
        ("competition.toml", "[[stages]]", "[[stages", "This is no valid TOML"),
        ("rosters/units.csv", "code,name", "name,code", "The first row should be code,name,parent,region"),
        ("rosters/entries.csv", "\n", "\n\n", None),
    ],
)
def test_faults_are_said_in_words(app: Flask, tiny: Path, name: str, old: str, new: str, says: str | None) -> None:
    change(tiny, name, old, new)
    if says is None:
        read(tiny)  # empty rows are no fault
        return
    assert any(says in fault for fault in faults(tiny))


def test_a_missing_file_and_one_outside_are_named(app: Flask, tiny: Path) -> None:
    (tiny / "rosters/grants.csv").unlink()
    assert faults(tiny) == ["rosters/grants.csv: This file is missing."]


def test_nothing_is_stored_when_the_address_is_taken(app: Flask, tiny: Path) -> None:
    make.contest(slug=read(tiny).slug)
    people = db.session.scalar(select(func.count()).select_from(User))
    with pytest.raises(FolderError, match="A contest has this address already"), transaction():
        load(read(tiny), by=SYSTEM, now=make.NOW)
    assert db.session.scalar(select(func.count()).select_from(User)) == people
    assert db.session.scalar(select(func.count()).select_from(Competition)) == 1


def test_people_and_units_that_are_there_are_found_again(app: Flask, tiny: Path) -> None:
    with transaction():
        load(read(tiny), by=SYSTEM, now=make.NOW)
    people = db.session.scalar(select(func.count()).select_from(User))
    with transaction():
        load(read(tiny), by=SYSTEM, now=make.NOW, slug="once-more")
    assert db.session.scalar(select(func.count()).select_from(User)) == people


def test_somebody_of_another_name_under_the_same_login_is_refused(app: Flask, tiny: Path) -> None:
    login = read(tiny).people[0].login
    make.user("Somebody else", login=login)
    with pytest.raises(FolderError, match="Somebody of another name signs in"), transaction():
        load(read(tiny), by=SYSTEM, now=make.NOW)
