# SPDX-License-Identifier: Apache-2.0
"""What organizers fill in about a contest and its parts. Rules are the service's; these ask for presence and kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.accounts.forms import FILL_IN, LANGUAGE_NAMES, VersionedForm, offered, text
from app.competitions.application_form import FieldKind
from app.competitions.fields import MomentField
from app.competitions.models import Applicant, DiaryRelease, Mode, WindowKind
from app.errors import DomainError
from app.forms import Form

ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "UTC")
WHOLE = _l("Write a whole number.")


class NewContestForm(Form):
    """A contest as it begins: everything else has a sensible default."""

    title = StringField(_l("Title"), [FILL_IN])
    slug = StringField(
        _l("Address"),
        [FILL_IN],
        description=_l("Small letters, digits and hyphens; it stands in links and on slips, such as yangtze-2026"),
    )
    language = RadioField(_l("Language of the contest"), [FILL_IN], choices=LANGUAGE_NAMES, default="zh")
    timezone = StringField(_l("Time zone"), [FILL_IN], description=_l("All times of the contest are shown in it"))


class SettingsForm(VersionedForm):
    """All settings of a contest."""

    title = StringField(_l("Title"), [FILL_IN, Length(max=200)])
    slug = StringField(_l("Address"), [FILL_IN], description=_l("Stays once the contest is open"))
    language = RadioField(_l("Language of the contest"), [FILL_IN], choices=LANGUAGE_NAMES)
    timezone = StringField(_l("Time zone"), [FILL_IN], description=_l("All times of the contest are shown in it"))
    intro = TextAreaField(
        _l("Introduction"), [Optional(), Length(max=20_000)], description=_l("Stands on the public page; Markdown")
    )
    contact = TextAreaField(
        _l("Who answers"),
        [Optional(), Length(max=20_000)],
        description=_l("Office, phone, address for questions and for objections during the public notice"),
    )
    names_rule = TextAreaField(
        _l("How names are published"),
        [Optional(), Length(max=20_000)],
        description=_l("Contestants accept this text when they hand in"),
    )
    mode = RadioField(
        _l("Who confirms a ranking"),
        [FILL_IN],
        choices=offered(
            (Mode.STRICT.value, _l("A second organizer")),
            (Mode.LIGHT.value, _l("The same person may")),
        ),
    )
    diary_release = RadioField(
        _l("When a diary entry becomes public"),
        [FILL_IN],
        choices=offered(
            (DiaryRelease.BY_UNIT.value, _l("When the unit releases it")),
            (DiaryRelease.AT_ONCE.value, _l("At once")),
        ),
    )
    notice_days = IntegerField(
        _l("Days of public notice"),
        [InputRequired(message=WHOLE), NumberRange(0, 365, message=_l("Write a number from 0 to 365."))],
        description=_l("How long a published ranking stays open to objections before it is final"),
    )

    def values(self) -> dict[str, Any]:
        """Return what was typed, by the names of the settings."""
        names = ("slug", "title", "language", "timezone", "intro", "contact", "names_rule", "mode", "diary_release")
        return {**{name: text(self[name]) for name in names}, "notice_days": self.notice_days.data}


class SeenForm(Form):
    """A form that knows the state it was opened with, by its fingerprint."""

    seen = HiddenField()


class TimesForm(SeenForm):
    """The windows that belong to the contest as a whole."""

    entry_starts = MomentField(_l("Registration begins"))
    entry_ends = MomentField(_l("Registration ends"))
    diary_starts = MomentField(_l("Diary begins"))
    diary_ends = MomentField(_l("Diary ends"))
    hand_in_starts = MomentField(_l("Hand-in of results begins"))
    hand_in_ends = MomentField(_l("Hand-in of results ends"))

    KINDS = (WindowKind.ENTRY, WindowKind.DIARY, WindowKind.HAND_IN)

    def pair(self, kind: WindowKind) -> tuple[Any, Any]:
        """Return the fields of one window."""
        return self[f"{kind.value}_starts"], self[f"{kind.value}_ends"]

    def times(self) -> dict[WindowKind, tuple[Any, Any]]:
        """Return the moments that were typed, by window."""
        return {kind: tuple(field.data for field in self.pair(kind)) for kind in self.KINDS}


class CodedForm(SeenForm):
    """Something with a title and a code."""

    title = StringField(_l("Title"), [FILL_IN])
    code = StringField(_l("Code"), [FILL_IN], description=_l("Small letters, digits and hyphens; stands in exports"))


class NewStageForm(CodedForm):
    """A stage to come."""


class CategoryForm(CodedForm):
    """A category."""


class FieldRow(PlainForm):
    """One field of an application form."""

    label = StringField(_l("Question"), [Optional()])
    code = StringField(_l("Code"), [Optional()])
    kind = SelectField(
        _l("Kind"),
        choices=offered(
            (FieldKind.LINE.value, _l("One line")),
            (FieldKind.TEXT.value, _l("Text")),
            (FieldKind.NUMBER.value, _l("Number")),
            (FieldKind.DATE.value, _l("Date")),
            (FieldKind.CHOICE.value, _l("Choice")),
        ),
        default=FieldKind.TEXT.value,
    )
    required = BooleanField(_l("Must be filled in"))
    max_length = IntegerField(_l("At most … characters"), [Optional()])
    help = StringField(_l("Help beside it"), [Optional()])
    choices = TextAreaField(_l("Choices, one on each line"), [Optional()])
    section = StringField(_l("Heading above it"), [Optional()])
    position = IntegerField(_l("Order"), [Optional()])
    remove = BooleanField(_l("Remove this question"))

    def is_empty(self) -> bool:
        """Tell whether nobody wrote anything into the row."""
        return not any(
            text(self[name]).strip() for name in ("label", "code", "help", "choices", "section", "max_length")
        )

    def value(self) -> dict[str, Any]:
        """Return the row as a field of the form."""
        found: dict[str, Any] = {
            "label": text(self.label).strip(),
            "code": text(self.code).strip(),
            "kind": self.kind.data,
            "required": bool(self.required.data),
        }
        if self.max_length.data is not None and self.kind.data in (FieldKind.LINE, FieldKind.TEXT):
            found["max_length"] = self.max_length.data
        for name in ("help", "section"):
            if text(self[name]).strip():
                found[name] = text(self[name]).strip()
        if self.kind.data == FieldKind.CHOICE:
            found["choices"] = [line.strip() for line in text(self.choices).splitlines() if line.strip()]
        return found


class DivisionForm(CodedForm):
    """A division with its application form, row by row."""

    applicant = RadioField(
        _l("Who applies"),
        [FILL_IN],
        choices=offered((Applicant.UNIT.value, _l("Units")), (Applicant.PERSON.value, _l("Persons"))),
    )
    fields = FieldList(FormField(FieldRow))

    def rows(self) -> list[Any]:
        """Return the rows that count, in the order that was asked for: a moved one goes before or after its place."""
        kept = [row for row in self.fields if not row.form.remove.data and not row.form.is_empty()]

        def key(pair: tuple[int, Any]) -> tuple[int, int, int]:
            number, row = pair
            wanted = number if row.form.position.data is None else row.form.position.data
            return wanted, (wanted > number) - (wanted < number), number

        return [row for _, row in sorted(enumerate(kept, start=1), key=key)]

    def value(self) -> list[dict[str, Any]]:
        """Return the application form as it was typed; a code that was left open becomes the next that is free."""
        found = [row.form.value() for row in self.rows()]
        taken = {item["code"] for item in found}
        free = (code for code in (f"field_{number}" for number in count(1)) if code not in taken)
        for item in found:
            item["code"] = item["code"] or next(free)
        return found

    def place(self, problems: Sequence[Any]) -> None:
        """Put the problems of the application form beside the rows they belong to."""
        rows = self.rows()
        for problem in problems:
            if 0 < problem.number <= len(rows) and problem.key in rows[problem.number - 1].form:
                field = rows[problem.number - 1].form[problem.key]
                field.errors = [*field.errors, str(problem.message)]
            else:
                self.form_errors = [*self.form_errors, str(problem.message)]


def rows_of(fields: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return stored fields as the rows of the editor."""
    return [
        {**item, "choices": "\n".join(item.get("choices", [])), "position": number, "remove": False}
        for number, item in enumerate(fields, start=1)
    ]


class PartRow(PlainForm):
    """What one category is in a stage."""

    category = HiddenField()
    takes_part = BooleanField(_l("Takes part"))
    judges_wanted = IntegerField(
        _l("Judges for each entry"), [Optional(), NumberRange(1, 99, message=_l("Write a number from 1 to 99."))]
    )
    panel = SelectField(_l("Panel"), [Optional()], choices=[])


class StageForm(CodedForm):
    """A stage: its marking window, and the categories that take part in it."""

    marking_starts = MomentField(_l("Marking begins"))
    marking_ends = MomentField(_l("Marking ends"))
    parts = FieldList(FormField(PartRow))

    def offer_panels(self, panels: Sequence[tuple[str, str]]) -> None:
        """Fill each row's list of panels."""
        for row in self.parts:
            row.form.panel.choices = offered(("", _l("No panel yet")), *panels)

    def refuse(self, error: DomainError) -> None:
        """Put a refusal beside the row of the category it names, or beside its field."""
        name, _, category = next(iter(error.fields), "").partition(":")
        for row in self.parts:
            if category and row.form.category.data == category and name in row.form:
                row.form[name].errors = [*row.form[name].errors, str(error.message)]
                return
        super().refuse(error)
