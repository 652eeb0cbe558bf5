# SPDX-License-Identifier: Apache-2.0
"""Reading the two kinds of file of a competition folder: TOML tables with known keys, CSV with known columns."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l

from app.exchange.problems import Problems

T = TypeVar("T")
LARGEST = 4 << 20


@dataclass
class Table:
    """One TOML table that remembers which keys were asked for; what is left over is refused by name."""

    file: str
    path: str
    values: Mapping[str, Any]
    problems: Problems
    asked: set[str] = field(default_factory=set)

    def get(self, key: str, kind: type[T], default: T | None = None, *, required: bool = True) -> T | None:
        """Return the value of `key`, or the default; note when it is missing or of another kind."""
        self.asked.add(key)
        if key not in self.values:
            if required and default is None:
                self.problems.add(self.file, _l("This key is missing. Add it."), field=self.path + key)
            return default
        value = self.values[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.problems.add(
                self.file,
                _l("This should be %(kind)s, not %(value)r.", kind=KINDS.get(kind, kind.__name__), value=value),
                field=self.path + key,
            )
            return default
        return value

    def text(self, key: str, default: str | None = None, *, longest: int = 200) -> str:
        """Return a text, or an empty one after noting the fault."""
        value = self.get(key, str, default)
        if value is not None and len(value) > longest:
            self.problems.add(
                self.file, _l("At most %(count)s characters, please.", count=longest), field=self.path + key
            )
        return value or ""

    def choice(self, key: str, choices: tuple[str, ...], default: str | None = None) -> str:
        """Return one of `choices`."""
        value = self.text(key, default)
        if value and value not in choices:
            self.problems.add(
                self.file, _l("This should be one of %(choices)s.", choices=", ".join(choices)), field=self.path + key
            )
            return choices[0]
        return value or choices[0]

    def tables(self, key: str) -> Iterator[Table]:
        """Yield the tables of an array of tables."""
        self.asked.add(key)
        values = self.values.get(key, [])
        if not isinstance(values, list) or not all(isinstance(item, dict) for item in values):
            self.problems.add(self.file, _l("This should be a list of tables: [[%(key)s]].", key=key), field=key)
            return
        for number, item in enumerate(values, start=1):
            yield Table(self.file, f"{self.path}{key}[{number}].", item, self.problems)

    def table(self, key: str) -> Table:
        """Return a table inside this one; an empty one when it is missing."""
        value = self.get(key, dict)
        return Table(self.file, f"{self.path}{key}.", value or {}, self.problems)

    def done(self) -> None:
        """Refuse every key that nobody asked for."""
        for key in self.values:
            if key not in self.asked:
                self.problems.add(
                    self.file, _l("This key is not known here. Take it out or mend its name."), field=self.path + key
                )


KINDS: dict[type, Any] = {
    str: _l("a text in quotes"),
    int: _l("a whole number"),
    bool: _l("true or false"),
    datetime: _l("a date and time like 2026-03-01T09:00:00"),
    dict: _l("a table"),
    list: _l("a list"),
}


def read_toml(folder: Path, name: str, problems: Problems) -> Table | None:
    """Read one TOML file of the folder."""
    text = read_text(folder, name, problems)
    if text is None:
        return None
    try:
        return Table(name, "", tomllib.loads(text), problems)
    except tomllib.TOMLDecodeError as error:
        problems.add(name, _l("This is no valid TOML: %(error)s.", error=str(error)))
        return None


def read_text(folder: Path, name: str, problems: Problems) -> str | None:
    """Read a text file inside the folder; nothing outside it, nothing huge."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        problems.add(name, _l("This file lies outside the folder. Put it inside."))
        return None
    try:
        if path.stat().st_size > LARGEST:
            problems.add(name, _l("This file is larger than 4 MiB."))
            return None
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        problems.add(name, _l("This file is missing."))
    except (OSError, UnicodeDecodeError) as error:
        problems.add(name, _l("This file cannot be read as UTF-8 text: %(error)s.", error=str(error)))
    return None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a CSV file with its number as a spreadsheet counts, the header being row 1."""

    file: str
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


def read_rows(folder: Path, name: str, columns: tuple[str, ...], problems: Problems) -> list[Row]:
    """Read a CSV file whose header is exactly `columns`; required cells are checked by the caller."""
    text = read_text(folder, name, problems)
    if text is None:
        return []
    lines = list(csv.reader(text.splitlines()))
    if not lines:
        problems.add(name, _l("The file is empty. Its first row names the columns."))
        return []
    header = tuple(cell.strip() for cell in lines[0])
    if header != columns:
        problems.add(
            name,
            _l(
                "The first row should be %(wanted)s; it is %(found)s.", wanted=",".join(columns), found=",".join(header)
            ),
            row=1,
        )
        return []
    rows = []
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            problems.add(
                name,
                _l("This row has %(found)s cells instead of %(wanted)s.", found=len(cells), wanted=len(columns)),
                row=number,
            )
            continue
        rows.append(Row(name, number, {c: cell.strip() for c, cell in zip(columns, cells, strict=True)}))
    return rows
