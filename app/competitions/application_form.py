# SPDX-License-Identifier: Apache-2.0
"""The application form of a division: its fields as plain values, read from the file form, every problem listed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l

from app.accounts.names import INVISIBLE, is_invisible
from app.errors import Invalid, Message

FORMAT = 1
CODE = re.compile(r"[a-z][a-z0-9_]{0,30}")
MOST_FIELDS = 60
MOST_CHARACTERS = 20_000
LIMITED = ("line", "text")
KNOWN = ("code", "label", "kind", "required", "max_length", "help", "choices", "section")


class FieldKind(StrEnum):
    """What a contestant fills in."""

    LINE = "line"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the field counted from 1 (0: the whole form), the key, what to do."""

    number: int
    key: str
    message: Message


class FormProblems(Invalid):
    """A form is not legal; `problems` holds everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(_l("The application form is not right yet."), fields={"form": problems[0].message})
        self.problems = tuple(problems)


@dataclass
class _Reader:
    problems: list[Problem] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)

    def add(self, number: int, key: str, message: Message) -> None:
        self.problems.append(Problem(number, key, message))

    def field(self, raw: Mapping[str, Any], number: int) -> dict[str, Any]:
        for key in raw:
            if key not in KNOWN:
                self.add(number, key, _l("This key is not known. Known are: %(known)s.", known=", ".join(KNOWN)))
        code, kind = raw.get("code"), raw.get("kind")
        if not isinstance(code, str) or not CODE.fullmatch(code):
            self.add(number, "code", _l("A code starts with a–z and holds a–z, 0–9 and _ only, at most 31."))
        elif code in self.codes:
            self.add(number, "code", _l("Another field has this code."))
        else:
            self.codes.add(code)
        if kind not in tuple(FieldKind):
            self.add(number, "kind", _l("Write one of: %(known)s.", known=", ".join(FieldKind)))
        value: dict[str, Any] = {
            "code": code,
            "label": self.text(raw, "label", number, 120, required=True),
            "kind": str(kind),
            "required": self.flag(raw, number),
        }
        if "max_length" in raw:
            value["max_length"] = self.limit(raw["max_length"], str(kind), number)
        for key, most in (("help", 500), ("section", 120)):
            text = self.text(raw, key, number, most)
            if text:
                value[key] = text
        if kind == FieldKind.CHOICE or "choices" in raw:
            value["choices"] = self.choices(raw.get("choices"), str(kind), number)
        return value

    def text(self, raw: Mapping[str, Any], key: str, number: int, most: int, *, required: bool = False) -> str:
        value = raw.get(key, "")
        if not isinstance(value, str):
            self.add(number, key, _l("Write text in quotes."))
            return ""
        if required and not value.strip():
            self.add(number, key, _l("Fill this in."))
        if any(is_invisible(char) and char not in "\n\t" for char in value):
            self.add(number, key, INVISIBLE)
        if len(value) > most:
            self.add(number, key, _l("Write at most %(most)s characters.", most=most))
        return value.strip()

    def flag(self, raw: Mapping[str, Any], number: int) -> bool:
        value = raw.get("required", False)
        if not isinstance(value, bool):
            self.add(number, "required", _l("Write true or false."))
            return False
        return value

    def limit(self, value: Any, kind: str, number: int) -> int:
        if kind not in LIMITED:
            self.add(number, "max_length", _l("Only a line or a text has a limit of length."))
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_CHARACTERS:
            self.add(number, "max_length", _l("Write a whole number from 1 to %(most)s.", most=MOST_CHARACTERS))
            return 1
        return value

    def choices(self, value: Any, kind: str, number: int) -> list[str]:
        if kind != FieldKind.CHOICE:
            self.add(number, "choices", _l("Only a choice has choices."))
            return []
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.add(number, "choices", _l("Write a list of texts."))
            return []
        items = [item.strip() for item in value]
        if len(items) < 2 or len(items) > 100 or len(set(items)) < len(items):
            self.add(number, "choices", _l("Give 2 to 100 choices, each of them once."))
        return items


def check_fields(raw: Any) -> list[dict[str, Any]]:
    """Return the fields of a form as they are stored, or raise FormProblems with everything that is wrong."""
    reader = _Reader()
    if not isinstance(raw, list) or not all(isinstance(item, Mapping) for item in raw):
        raise FormProblems([Problem(0, "fields", _l("Write the fields as [[fields]]."))])
    if len(raw) > MOST_FIELDS:
        reader.add(0, "fields", _l("Write at most %(most)s fields.", most=MOST_FIELDS))
    fields = [reader.field(item, number) for number, item in enumerate(raw, start=1)]
    if reader.problems:
        raise FormProblems(reader.problems)
    return fields


def form_from_toml(text: str) -> list[dict[str, Any]]:
    """Read a form from its file form (format 1)."""
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        message = _l("This is not readable as TOML: %(detail)s", detail=str(error))
        raise FormProblems([Problem(0, "", message)]) from error
    problems = [
        Problem(0, key, _l("This key is not known. Known are: %(known)s.", known="format, fields"))
        for key in data
        if key not in ("format", "fields")
    ]
    if data.get("format") != FORMAT:
        problems.append(Problem(0, "format", _l("Write format = 1; another format is not known here.")))
    try:
        fields = check_fields(data.get("fields", []))
    except FormProblems as error:
        raise FormProblems([*problems, *error.problems]) from error
    if problems:
        raise FormProblems(problems)
    return fields


def form_to_toml(fields: Sequence[Mapping[str, Any]]) -> str:
    """Return the file form of a form; reading it back gives the same fields."""
    lines = [f"format = {FORMAT}"]
    for item in fields:
        lines += ["", "[[fields]]"]
        for key in KNOWN:
            if key in item and item[key] != "":
                lines.append(f"{key} = {_value(item[key])}")
    return "\n".join(lines) + "\n"


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return '"' + "".join(_ESCAPES.get(char, char) for char in str(value)) + '"'
