# SPDX-License-Identifier: Apache-2.0
"""Giving roles in a contest, and printing slips."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts.forms import FILL_IN, offered, unit_choices
from app.forms import Form
from app.policy import Role

ROLES = offered(
    (Role.ORGANIZER.value, _l("Organizer")),
    (Role.SUPERVISOR.value, _l("Supervisor")),
    (Role.UNIT_CLERK.value, _l("Unit clerk")),
    (Role.CONTESTANT.value, _l("Contestant")),
)


class GrantForm(Form):
    """A role for one person."""

    login = StringField(_l("Login name"), [FILL_IN], description=_l("Phone number, staff number or chosen name"))
    role = SelectField(_l("Role"), [FILL_IN], choices=ROLES)
    unit = SelectField(
        _l("Unit"), [Optional()], choices=[], description=_l("For a unit clerk: this unit and those below it")
    )

    def offer_units(self, units: list[tuple[str, str]]) -> None:
        """Fill the list of units."""
        self.unit.choices = unit_choices(units, _l("No unit"))


class SlipsForm(Form):
    """Who gets a slip, and until when it works."""

    people = SelectMultipleField(
        _l("For whom"),
        [InputRequired(message=_l("Choose at least one person."))],
        choices=[],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    days = SelectField(
        _l("Works for"),
        [FILL_IN],
        coerce=int,
        choices=offered((7, _l("7 days")), (30, _l("30 days")), (90, _l("90 days")), (180, _l("180 days"))),
        default=30,
    )
    replace = BooleanField(
        _l("End the earlier links of these people"),
        default=True,
        description=_l("A slip that was lost does not open any more"),
    )
