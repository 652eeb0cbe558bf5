# SPDX-License-Identifier: Apache-2.0
"""The application form 申报书 of a division: one object turns a field's configuration into check, input and wording."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import format_date
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField, StringField, TextAreaField, ValidationError, widgets
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from app.accounts.names import EMPTY, INVISIBLE, is_invisible
from app.diaries.texts import fault_of, tidy, too_long
from app.errors import Message

PREFIX = "field_"  # of the inputs, so that a code never meets the name of another input
NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,6})?", re.ASCII)
LONGEST = {"line": 200, "text": 20_000}
RADIO_UP_TO = 6  # choices; more are a list to unfold


class Kind(StrEnum):
    """What a field takes."""

    LINE = "line"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of an application form. Values are text: a number as decimal digits, a date as YYYY-MM-DD."""

    code: str
    label: str
    kind: Kind
    required: bool = False
    max_length: int | None = None
    help: str = ""
    choices: tuple[str, ...] = ()
    section: str = ""

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> FormField:
        """Read one field of a division's form."""
        return cls(
            code=config["code"],
            label=config["label"],
            kind=Kind(config["kind"]),
            required=bool(config.get("required", False)),
            max_length=config.get("max_length"),
            help=config.get("help", ""),
            choices=tuple(config.get("choices", ())),
            section=config.get("section", ""),
        )

    @property
    def name(self) -> str:
        """The name of the input."""
        return PREFIX + self.code

    @property
    def limit(self) -> int | None:
        """How many characters are taken; None for what has no length."""
        return self.max_length or LONGEST.get(self.kind)

    def clean(self, value: object) -> str:
        """Return a typed value in its stored form."""
        text = tidy(value) if isinstance(value, str) else ""
        if self.kind == Kind.LINE:
            return re.sub(r"\s+", " ", text)
        if self.kind in (Kind.NUMBER, Kind.DATE):
            return unicodedata.normalize("NFKC", text).replace(" ", "").replace(",", "")
        return text

    def fault(self, value: str, *, complete: bool = True) -> Message | None:
        """Return what is wrong with a cleaned value; a draft (`complete` false) may leave required fields empty."""
        if not value:
            return EMPTY if complete and self.required else None
        match self.kind:
            case Kind.LINE if any(is_invisible(char) for char in value):
                return INVISIBLE
            case Kind.LINE | Kind.TEXT:
                limit = self.limit
                return fault_of(value) or (too_long(limit, len(value)) if limit and len(value) > limit else None)
            case Kind.NUMBER if not NUMBER.fullmatch(value):
                return _l("Write a number in digits, such as 1200 or 0.5.")
            case Kind.DATE if not _is_date(value):
                return _l("Write the date as year-month-day, such as 2026-03-18.")
            case Kind.CHOICE if value not in self.choices:
                return _l("Choose one of the answers.")
        return None

    def say(self, value: str | None) -> str:
        """Return a stored value as people read it."""
        if value and self.kind == Kind.DATE and _is_date(value):
            return str(format_date(date.fromisoformat(value), "long"))
        return value or ""

    def input(self) -> Any:
        """Return the WTForms field that takes it."""
        options: dict[str, Any] = {"label": self.label, "description": self.help, "validators": [Checked(self)]}
        match self.kind:
            case Kind.TEXT:
                rows = max(3, min(8, (self.limit or 400) // 100))
                return TextAreaField(**options, render_kw={"rows": rows, "data-grow": ""})
            case Kind.NUMBER:
                return StringField(**options, render_kw={"inputmode": "decimal", "autocomplete": "off"})
            case Kind.DATE:
                return StringField(**options, widget=widgets.DateInput())
            case Kind.CHOICE:
                return self._choice(options)
            case _:
                return StringField(**options)

    def _choice(self, options: dict[str, Any]) -> Any:
        answers = [SelectChoice(choice) for choice in self.choices]
        if len(answers) <= RADIO_UP_TO:
            return RadioField(**options, choices=answers, validate_choice=False, default="")
        return SelectField(**options, choices=[SelectChoice("", "—"), *answers], validate_choice=False, default="")


class Checked:
    """Check an input as its field says; what is merely missing waits until the hand-in."""

    def __init__(self, field: FormField) -> None:
        self.field = field
        self.field_flags: dict[str, Any] = {}
        if field.required:
            self.field_flags["required"] = True
        if field.kind in (Kind.LINE, Kind.TEXT):
            self.field_flags["maxlength"] = field.limit

    def __call__(self, form: object, field: Field) -> None:
        fault = self.field.fault(self.field.clean(field.data), complete=False)
        if fault is not None:
            raise ValidationError(str(fault))


@dataclass(frozen=True, slots=True)
class Section:
    """The fields under one heading."""

    number: int
    title: str
    fields: tuple[FormField, ...]

    @property
    def anchor(self) -> str:
        return f"section-{self.number}"

    def missing(self, values: Mapping[str, Any]) -> list[FormField]:
        """Return the fields that keep this section from being complete."""
        return [field for field in self.fields if field.fault(field.clean(values.get(field.code))) is not None]


def fields_of(form: Iterable[Mapping[str, Any]]) -> list[FormField]:
    """Read a division's form."""
    return [FormField.of(config) for config in form]


def sections_of(fields: Iterable[FormField]) -> list[Section]:
    """Group fields under their headings, in the order of the form; a heading that comes again is the same section."""
    groups: dict[str, list[FormField]] = {}
    for field in fields:
        groups.setdefault(field.section, []).append(field)
    return [Section(number, title, tuple(group)) for number, (title, group) in enumerate(groups.items(), start=1)]


def missing(fields: Iterable[FormField], values: Mapping[str, Any]) -> list[FormField]:
    """Return the fields that still need something before the hand-in."""
    return [field for field in fields if field.fault(field.clean(values.get(field.code))) is not None]


def cleaned(
    fields: Iterable[FormField], values: Mapping[str, Any], *, complete: bool
) -> tuple[dict[str, str], dict[str, Message]]:
    """Return every value in its stored form, and the faults by input name."""
    stored, faults = {}, {}
    for field in fields:
        value = field.clean(values.get(field.code))
        fault = field.fault(value, complete=complete)
        if fault is not None:
            faults[field.name] = fault
        if value:
            stored[field.code] = value
    return stored, faults


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
