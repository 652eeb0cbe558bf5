# SPDX-License-Identifier: Apache-2.0
"""What an entry is registered, described, handed in and reported on with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length

from app.diaries.forms import CAPTION
from app.diaries.texts import tidy
from app.entries.application import FormField
from app.entries.models import Entry
from app.entries.queries import Choice
from app.entries.service import APPLICANT, REPORT, TITLE, ReportFiles
from app.evidence.intake import take
from app.forms import REQUIRED, Form
from uploads import Received

ORDER = "order-"
_tidied = [lambda text: tidy(text) if text else ""]


class NewEntryForm(Form):
    """Choose a category; everything else can be changed later."""

    category = SelectField(_l("Category"), validators=[InputRequired(REQUIRED)])
    unit = SelectField(_l("Unit"), validators=[InputRequired(REQUIRED)])
    title = StringField(
        _l("Title"),
        validators=[InputRequired(REQUIRED), Length(max=TITLE)],
        filters=_tidied,
        description=_l("What the entry is called in lists, on the ranking and on the certificate."),
    )
    applicant = StringField(
        _l("Applicant"),
        validators=[Length(max=APPLICANT)],
        filters=_tidied,
        description=_l("The name that is published. Left empty: the unit's name, or your own where persons apply."),
    )

    def offer(self, categories: Iterable[Choice], units: Iterable[tuple[str, str]]) -> None:
        """Set what may be chosen: the categories by division, and the units one may register for."""
        offered = [SelectChoice(found.public_id, found.title, optgroup=found.division) for found in categories]
        self.category.choices = [SelectChoice("", "—"), *offered]
        self.unit.choices = [SelectChoice(public_id, name) for public_id, name in units]


class ApplicationForm(Form):
    """What every application form asks; the division's own fields are added to it."""

    title = StringField(_l("Title"), validators=[Length(max=TITLE)], filters=_tidied)
    applicant = StringField(
        _l("Applicant"),
        validators=[Length(max=APPLICANT)],
        filters=_tidied,
        description=_l("The name that is published, as the rule for names says."),
    )
    members = TextAreaField(
        _l("People who took part"), filters=_tidied, description=_l("One name on each line."), render_kw={"rows": 4}
    )
    version = HiddenField()

    @property
    def expected_version(self) -> int:
        """The version that was open, or 0 when the page did not say."""
        return _number(self.version.data)

    def show(self, entry: Entry, fields: Iterable[FormField]) -> None:
        """Fill the inputs from a stored entry."""
        self.title.process(None, entry.title)
        self.applicant.process(None, entry.applicant)
        self.members.process(None, "\n".join(member.name for member in entry.members))
        self.version.process(None, entry.version)
        for field in fields:
            self[field.name].process(None, entry.form.get(field.code, ""))

    def content(self, fields: Iterable[FormField]) -> dict[str, Any]:
        """Return what was typed as the service takes it."""
        return {
            "title": self.title.data or "",
            "applicant": self.applicant.data or "",
            "members": (self.members.data or "").splitlines(),
            "form": {field.code: self[field.name].data or "" for field in fields},
        }


def application_form(fields: Iterable[FormField]) -> ApplicationForm:
    """Return the form with the inputs of a division's fields."""
    own = {field.name: field.input() for field in fields}
    form: ApplicationForm = type("DivisionForm", (ApplicationForm,), own)()
    return form


class HandInForm(Form):
    """The last step: accept how names are published."""

    accept_names = BooleanField(_l("I have read this and accept it for everybody named in the entry."))


class ResultForm(Form):
    """The result report with its files."""

    report = TextAreaField(
        _l("Result report"),
        validators=[Length(max=REPORT)],
        filters=_tidied,
        description=_l(
            "What was reached, measured how, and what proves it. **bold**, # headings, lists with - and tables with | "
            "are understood."
        ),
    )
    files = MultipleFileField(_l("Evidence"))
    version = HiddenField()

    @property
    def expected_version(self) -> int:
        """The version that was open, or 0 when the page did not say."""
        return _number(self.version.data)

    def take_files(self) -> list[Received]:
        """Receive the files and say beside the input what was refused; call it before the transaction."""
        taken = take(self.files.data or [])
        self.files.errors = [*self.files.errors, *taken.refused]
        return taken.received

    def refused_files(self, received: list[Received]) -> None:
        """Say that what was received is kept."""
        if self.files.errors and received:
            self.files.errors = [
                *self.files.errors,
                _("The other files are kept. Choose only this one again, or go on without it."),
            ]


def report_files(sent: Mapping[str, str], removed: list[str], added: list[Received]) -> ReportFiles:
    """Read what becomes of the files that a report has already."""
    return ReportFiles(
        added=added,
        captions={name.removeprefix(CAPTION): text for name, text in sent.items() if name.startswith(CAPTION)},
        order={name.removeprefix(ORDER): _number(text) for name, text in sent.items() if name.startswith(ORDER)},
        removed=removed,
    )


def _number(text: str | None) -> int:
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
