# SPDX-License-Identifier: Apache-2.0
"""The CSV files of a competition folder: units, people, roles, seats, entries, and what they owe each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l

from app.accounts.service import login_key
from app.errors import DomainError
from app.exchange.problems import Problems
from app.exchange.tables import Row, read_rows
from app.judging.models import SeatRole
from app.policy import Role

UNITS = ("code", "name", "parent", "region")
PEOPLE = ("login", "name", "unit", "email")
GRANTS = ("login", "role", "unit")
SEATS = ("panel", "login", "role")
ENTRIES = ("number", "category", "title", "unit", "applicant", "login", "release")


@dataclass(frozen=True, slots=True)
class UnitRow:
    code: str
    name: str
    parent: str
    region: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    login: str
    name: str
    unit: str
    email: str


@dataclass(frozen=True, slots=True)
class GrantRow:
    login: str
    role: Role
    unit: str


@dataclass(frozen=True, slots=True)
class SeatRow:
    panel: str
    login: str
    role: SeatRole


@dataclass(frozen=True, slots=True)
class EntryRow:
    """`release`: None as the contest, "never", or the first day on which the diary is public."""

    number: str
    category: str
    title: str
    unit: str
    applicant: str
    login: str
    release: str | date | None


def read_rosters(folder: Path, categories: set[str], panels: set[str], problems: Problems) -> dict[str, Any]:
    """Read all five files and check every reference between them."""
    return _Rosters(folder, categories, panels, problems).read()


class _Rosters:
    def __init__(self, folder: Path, categories: set[str], panels: set[str], problems: Problems) -> None:
        self.folder, self.categories, self.panels, self.problems = folder, categories, panels, problems
        self.units: set[str] = set()
        self.logins: set[str] = set()

    def read(self) -> dict[str, Any]:
        units = self._units()
        people = self._people()
        return {
            "units": tuple(units),
            "people": tuple(people),
            "grants": tuple(self._grants()),
            "seats": tuple(self._seats()),
            "entries": tuple(self._entries()),
        }

    def _rows(self, name: str, columns: tuple[str, ...], required: tuple[str, ...]) -> list[Row]:
        rows = read_rows(self.folder, f"rosters/{name}.csv", columns, self.problems)
        for row in rows:
            for column in required:
                if not row[column]:
                    self._fault(row, column, _l("Fill this in."))
        return rows

    def _fault(self, row: Row, column: str, message: Any) -> None:
        self.problems.add(row.file, message, row=row.number, field=column)

    def _once(self, rows: list[Row], *columns: str) -> None:
        seen: dict[tuple[str, ...], int] = {}
        for row in rows:
            key = tuple(row[column] for column in columns)
            if key in seen:
                self._fault(row, columns[0], _l("The same stands in row %(row)s already.", row=seen[key]))
            seen.setdefault(key, row.number)

    def _known(self, row: Row, column: str, known: set[str], what: Any) -> None:
        if row[column] and row[column] not in known:
            self._fault(row, column, what)

    def _units(self) -> list[UnitRow]:
        rows = self._rows("units", UNITS, ("code", "name"))
        self._once(rows, "code")
        self.units = {row["code"] for row in rows}
        parents = {row["code"]: row["parent"] for row in rows}
        for row in rows:
            self._known(row, "parent", self.units, _l("There is no unit of this code in the file."))
            above, steps = row["parent"], 0
            while above and steps <= len(rows):
                above, steps = parents.get(above, ""), steps + 1
            if above:
                self._fault(row, "parent", _l("The units above this one form a circle."))
        return [UnitRow(row["code"], row["name"], row["parent"], row["region"]) for row in rows]

    def _people(self) -> list[PersonRow]:
        rows = self._rows("people", PEOPLE, ("login", "name"))
        keys: dict[str, int] = {}
        for row in rows:
            self._known(row, "unit", self.units, _l("There is no unit of this code in rosters/units.csv."))
            if not row["login"]:
                continue
            try:
                key = login_key(row["login"])
            except DomainError as error:
                self._fault(row, "login", error.message)
                continue
            if key in keys:
                self._fault(row, "login", _l("The same stands in row %(row)s already.", row=keys[key]))
            keys.setdefault(key, row.number)
        self.logins = {row["login"] for row in rows}
        return [PersonRow(row["login"], row["name"], row["unit"], row["email"]) for row in rows]

    def _person(self, row: Row) -> None:
        self._known(row, "login", self.logins, _l("Nobody in rosters/people.csv signs in with this name."))

    def _grants(self) -> list[GrantRow]:
        rows = self._rows("grants", GRANTS, ("login", "role"))
        self._once(rows, "login", "role", "unit")
        found = []
        for row in rows:
            self._person(row)
            self._known(row, "unit", self.units, _l("There is no unit of this code in rosters/units.csv."))
            if row["role"] not in set(Role):
                self._fault(row, "role", _l("This should be one of %(choices)s.", choices=", ".join(Role)))
                continue
            if (row["role"] == Role.UNIT_CLERK) != bool(row["unit"]):
                self._fault(row, "unit", _l("A unit clerk needs a unit; the other roles have none."))
            found.append(GrantRow(row["login"], Role(row["role"]), row["unit"]))
        return found

    def _seats(self) -> list[SeatRow]:
        rows = self._rows("panels", SEATS, SEATS)
        self._once(rows, "panel", "login")
        found = []
        for row in rows:
            self._person(row)
            self._known(row, "panel", self.panels, _l("There is no panel of this code in competition.toml."))
            if row["role"] not in set(SeatRole):
                self._fault(row, "role", _l("This should be one of %(choices)s.", choices=", ".join(SeatRole)))
                continue
            found.append(SeatRow(row["panel"], row["login"], SeatRole(row["role"])))
        return found

    def _entries(self) -> list[EntryRow]:
        rows = self._rows("entries", ENTRIES, ("number", "category", "title", "unit", "applicant", "login"))
        self._once(rows, "number")
        found = []
        for row in rows:
            self._person(row)
            self._known(row, "unit", self.units, _l("There is no unit of this code in rosters/units.csv."))
            self._known(row, "category", self.categories, _l("There is no category of this code in competition.toml."))
            release: str | date | None = row["release"] or None
            if release not in (None, "never"):
                try:
                    release = date.fromisoformat(row["release"])
                except ValueError:
                    self._fault(row, "release", _l("Leave this empty, or write never or a date like 2026-03-01."))
                    release = None
            found.append(
                EntryRow(
                    row["number"], row["category"], row["title"], row["unit"], row["applicant"], row["login"], release
                )
            )
        return found
