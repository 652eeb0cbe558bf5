# SPDX-License-Identifier: Apache-2.0
"""The example contests read as plain tables, without the application."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from scoring import Document, document_from_toml

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ("harbor-2026", "tiny", "yangtze-2020")


@dataclass(frozen=True)
class Join:
    """A category in a stage."""

    category: str
    stage: str
    panel: str
    judges: int
    document: Document


class ExampleFolder:
    """One folder under examples/."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.path = EXAMPLES / name
        self.top: dict[str, Any] = tomllib.loads((self.path / "competition.toml").read_text(encoding="utf-8"))
        self.units = self.rows("units")
        self.people = self.rows("people")
        self.grants = self.rows("grants")
        self.seats = self.rows("panels")
        self.entries = self.rows("entries")
        self.joins = tuple(self._joins())
        self.unit_of = {row["login"]: row["unit"] for row in self.people}
        self.parent_of = {row["code"]: row["parent"] for row in self.units}

    def rows(self, name: str) -> list[dict[str, str]]:
        """Return the rows of one roster."""
        with (self.path / "rosters" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, strict=True))

    def _joins(self) -> Iterator[Join]:
        for division in self.top["divisions"]:
            for category in division["categories"]:
                for stage, join in category["stages"].items():
                    text = (self.path / join["document"]).read_text(encoding="utf-8")
                    yield Join(category["code"], stage, join["panel"], join["judges"], document_from_toml(text))

    def division_of(self) -> dict[str, str]:
        """Return the division of each category."""
        return {c["code"]: d["code"] for d in self.top["divisions"] for c in d["categories"]}

    def entries_of(self, category: str) -> list[dict[str, str]]:
        """Return the entries of a category."""
        return [row for row in self.entries if row["category"] == category]

    def judges_of(self, panel: str) -> list[str]:
        """Return the logins of a panel."""
        return [row["login"] for row in self.seats if row["panel"] == panel]

    def line_of(self, unit: str) -> set[str]:
        """Return a unit and everything above it."""
        line: set[str] = set()
        while unit:
            line.add(unit)
            unit = self.parent_of[unit]
        return line

    def related(self, judge: str, entry: dict[str, str]) -> bool:
        """Say whether the judge's unit is the entry's, or lies above or below it."""
        own, other = self.unit_of[judge], entry["unit"]
        return own in self.line_of(other) or other in self.line_of(own)


@cache
def example(name: str) -> ExampleFolder:
    """Return a folder, read once."""
    return ExampleFolder(name)
