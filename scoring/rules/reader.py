# SPDX-License-Identifier: Apache-2.0
"""Reading one table of a document: typed keys, and every key that nobody asked for is a problem."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from scoring.arithmetic import format_number, parse_decimal
from scoring.rules.problems import Collector, Path

Choice = TypeVar("Choice", bound=StrEnum)

GROUP_CODE = re.compile(r"[A-Z][A-Z0-9]{0,7}\Z")
LEVEL_CODE = re.compile(r"[a-z][a-z0-9_]{0,15}\Z")
LONGEST_LINE = 400
LONGEST_TEXT = 20_000
LARGEST_COUNT = 1_000_000


class FloatText(str):
    """A bare decimal of a TOML file, kept as written so that the message can quote it."""

    __slots__ = ()


class Table:
    """One table being read. A faulty key is noted and a harmless stand-in returned.

    The stand-ins never leave the reader: `Collector.close` raises before a document is made of them.
    """

    def __init__(self, data: Mapping[str, object], path: Path, problems: Collector) -> None:
        self.data = data
        self.path = path
        self.problems = problems
        self._asked: set[str] = set()

    def has(self, key: str) -> bool:
        """Tell whether the key is written."""
        self._asked.add(key)
        return key in self.data

    def problem(self, code: str, key: str, /, **params: str) -> None:
        """Note a problem at one of this table's keys."""
        self.problems.add(code, (*self.path, key), **params)

    def line(self, key: str, *, required: bool = True) -> str:
        """Read a text of one line."""
        text = self.text(key, required=required, longest=LONGEST_LINE)
        if "\n" in text or "\t" in text:
            self.problem("more_than_a_line", key)
        return text

    def text(self, key: str, *, required: bool = False, longest: int = LONGEST_TEXT) -> str:
        """Read a text; empty text counts as missing where it is required."""
        if not self._present(key, required=required):
            return ""
        value = self.data[key]
        if not isinstance(value, str) or isinstance(value, FloatText):
            self._wrong_type(key, value, "text")
            return ""
        if not value.strip():
            self.problem("empty", key)
        elif len(value) > longest:
            self.problem("too_long", key, limit=str(longest), length=str(len(value)))
        elif bad := next((char for char in value if _is_unprintable(char)), None):
            self.problem("control_character", key, character=f"U+{ord(bad):04X}")
        return value

    def code(self, key: str, pattern: re.Pattern[str]) -> str:
        """Read a code of the given form."""
        text = self.text(key, required=True)
        if text.strip() and not pattern.match(text):
            self.problem("bad_code", key, text=text, form=pattern.pattern.removesuffix(r"\Z"))
        return text

    def choice(self, key: str, among: type[Choice], default: Choice | None = None) -> Choice:
        """Read one word of a closed list."""
        first = next(iter(among))
        if not self._present(key, required=default is None):
            return first if default is None else default
        value = self.data[key]
        if isinstance(value, str) and value in set(among):
            return among(value)
        if isinstance(value, str) and not isinstance(value, FloatText):
            self.problem("bad_choice", key, text=value, allowed=", ".join(among))
        else:
            self._wrong_type(key, value, "text")
        return first

    def count(self, key: str, *, least: int = 0, most: int = LARGEST_COUNT, default: int | None = None) -> int:
        """Read a whole number within bounds."""
        if not self._present(key, required=default is None):
            return least if default is None else default
        value = self.data[key]
        if isinstance(value, bool) or not isinstance(value, int):
            self._wrong_type(key, value, "integer")
            return least
        if value < least:
            self.problem("too_small", key, value=str(value), limit=str(least))
        elif value > most:
            self.problem("too_large", key, value=_short(str(value)), limit=str(most))
        else:
            return value
        return least

    def number(self, key: str, *, default: Fraction | None = None) -> Fraction | None:
        """Read an exact number; None when it is missing or faulty."""
        if key not in self.data:
            self.has(key)
            return default
        self._asked.add(key)
        value = self.data[key]
        if isinstance(value, FloatText):
            self.problem("float", key, text=_short(value))
            return None
        if isinstance(value, bool) or not isinstance(value, str | int):
            self._wrong_type(key, value, "number")
            return None
        number = parse_decimal(str(value)) if not isinstance(value, int) or abs(value) < 10**12 else None
        if number is None:
            self.problem("bad_number", key, text=_short(str(value)))
        return number

    def required_number(self, key: str) -> Fraction | None:
        """Read an exact number that must be there."""
        if self._present(key, required=True):
            return self.number(key)
        return None

    def table(self, key: str, *, required: bool = False) -> Table | None:
        """Read a table inside this one."""
        if not self._present(key, required=required):
            return None
        value = self.data[key]
        if not isinstance(value, Mapping):
            self._wrong_type(key, value, "table")
            return None
        return Table(value, (*self.path, key), self.problems)

    def tables(self, key: str, *, required: bool = False, most: int = 500) -> list[Table]:
        """Read a list of tables."""
        if not self._present(key, required=required):
            return []
        value = self.data[key]
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            self._wrong_type(key, value, "tables")
            return []
        if not value:
            self.problem("empty_list", key)
        if len(value) > most:
            self.problem("too_many", key, count=str(len(value)), limit=str(most))
            return []
        return [Table(item, (*self.path, key, index), self.problems) for index, item in enumerate(value)]

    def offers(self, key: str, among: type[StrEnum]) -> bool:
        """Tell whether the key holds a word of the list; other keys that hang on it can be judged only then."""
        value = self.data.get(key)
        return isinstance(value, str) and value in set(among)

    def accept(self, *keys: str) -> None:
        """Take keys as known without reading them."""
        self._asked.update(keys)

    def not_for(self, keys: tuple[str, ...], kind: str) -> None:
        """Refuse keys that mean something elsewhere but nothing here."""
        for key in keys:
            if self.has(key):
                self.problem("key_not_for_kind", key, key=key, kind=kind)

    def close(self) -> None:
        """Refuse every key that was not asked for, with the nearest known one beside it."""
        for key in self.data:
            if key not in self._asked:
                near = "".join(difflib.get_close_matches(key, sorted(self._asked), n=1))
                self.problem("unknown_key", key, key=_short(key), near=near, known=", ".join(sorted(self._asked)))

    def _present(self, key: str, *, required: bool) -> bool:
        if self.has(key):
            return True
        if required:
            self.problem("missing_key", key, key=key)
        return False

    def _wrong_type(self, key: str, value: object, expected: str) -> None:
        if isinstance(value, FloatText):
            self.problem("float" if expected == "number" else "float_here", key, text=_short(value), expected=expected)
        else:
            self.problem("wrong_type", key, expected=expected, found=_type_name(value))


def quantity(value: Fraction) -> str:
    """Print a number for a message."""
    return format_number(value)


def _type_name(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, str):
        return "text"
    if isinstance(value, Mapping):
        return "table"
    if isinstance(value, list):
        return "list"
    return "nothing" if value is None else "date"


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _is_unprintable(char: str) -> bool:
    # Lone surrogates (Cs) have no UTF-8 form and would break every digest.
    return unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t"
