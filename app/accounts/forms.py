# SPDX-License-Identifier: Apache-2.0
"""What people fill in about people. Lengths and characters are the service's rules; these ask for presence only."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import EqualTo, InputRequired, Optional
from wtforms.widgets import HiddenInput

from app.forms import REQUIRED, Form

FILL_IN = InputRequired(message=REQUIRED)
NOT_SAME = _l("The two do not agree. Type the new password twice.")


def offered(*pairs: tuple[Any, Any]) -> list[SelectChoice]:
    """Return values and their wording as the choices of a field."""
    return [SelectChoice(value=value, label=label) for value, label in pairs]


LANGUAGE_NAMES = offered(("zh", "中文"), ("en", "English"))


def text(field: Field) -> str:
    """Return what was typed into a field, nothing as the empty text."""
    return str(field.data or "")


class SignInForm(Form):
    """Login name and password."""

    login = StringField(_l("Login name"), [FILL_IN], description=_l("Phone number, staff number or chosen name"))
    password = PasswordField(_l("Password"), [FILL_IN])
    next = HiddenField()


class FirstForm(Form):
    """The first administrator of an installation."""

    login = StringField(_l("Login name"), [FILL_IN], description=_l("Phone number, staff number or chosen name"))
    name = StringField(_l("Name"), [FILL_IN])
    password = PasswordField(_l("Password"), [FILL_IN], description=_l("At least 10 characters"))
    again = PasswordField(_l("Password again"), [FILL_IN, EqualTo("password", message=NOT_SAME)])


class PasswordForm(Form):
    """A new password for oneself."""

    current = PasswordField(_l("Present password"), [FILL_IN])
    password = PasswordField(_l("New password"), [FILL_IN], description=_l("At least 10 characters"))
    again = PasswordField(_l("New password again"), [FILL_IN, EqualTo("password", message=NOT_SAME)])


class LanguageForm(Form):
    """The language a person reads in."""

    language = RadioField(_l("Language"), [FILL_IN], choices=LANGUAGE_NAMES)


class VersionedForm(Form):
    """A form that knows which version of the thing it was opened with."""

    version = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def has_seen(self, version: int) -> None:
        """Take it that the person now sees this version: what stands there is shown beside the text."""
        self.version.data, self.version.raw_data = version, None  # what was sent would be written out again


class PersonForm(VersionedForm):
    """A person, as an administrator sees one."""

    login = StringField(
        _l("Login name"), [FILL_IN], description=_l("Phone number, staff number or chosen name; unique here")
    )
    name = StringField(_l("Name"), [FILL_IN])
    unit = SelectField(_l("Unit"), [Optional()], choices=[])
    email = EmailField(_l("Mail address"), [Optional()], description=_l("For notices; may stay empty"))
    language = SelectField(
        _l("Language"), [Optional()], choices=[*offered(("", _l("As the browser says"))), *LANGUAGE_NAMES]
    )
    is_administrator = BooleanField(
        _l("Administrator of this installation"),
        description=_l("Makes contests, people and units; reads no entry and no mark by that alone"),
    )

    def offer_units(self, units: list[tuple[str, str]]) -> None:
        """Fill the list of units, by code and name."""
        self.unit.choices = unit_choices(units, _l("No unit"))


class UnitForm(VersionedForm):
    """A unit, a node of the tree."""

    code = StringField(_l("Code"), [FILL_IN], description=_l("Stands in rosters; unique here"))
    name = StringField(_l("Name"), [FILL_IN])
    region = StringField(_l("Region"), [Optional()])
    parent = SelectField(_l("Belongs to"), [Optional()], choices=[])

    def offer_units(self, units: list[tuple[str, str]]) -> None:
        """Fill the list of units that it may belong to."""
        self.parent.choices = unit_choices(units, _l("No unit above"))


def unit_choices(units: list[tuple[str, str]], none: Any) -> list[SelectChoice]:
    """Return the choices of a list of units; the code beside the name tells namesakes apart."""
    return offered(("", none), *((code, f"{name} ({code})") for code, name in units))


class LinkForm(Form):
    """How long a personal link shall be good."""

    days = SelectField(
        _l("Good for"),
        [FILL_IN],
        coerce=int,
        choices=offered(
            (1, _l("1 day")), (7, _l("7 days")), (30, _l("30 days")), (90, _l("90 days")), (365, _l("1 year"))
        ),
        default=30,
    )
    single_use = BooleanField(_l("Works only once"))
