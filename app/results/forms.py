# SPDX-License-Identifier: Apache-2.0
"""What people send on the way from sheets to a published ranking."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.forms import REQUIRED, Form
from app.results.service import REASON


class ComputeForm(Form):
    """Compute, and whether entries without a score shall stand in the ranking without a place."""

    without_score = BooleanField(_l("Let entries without a score stand in the ranking without a place"))


class ConfirmForm(Form):
    """Confirm the outcome that was looked at."""

    output_digest = HiddenField()
    looked = BooleanField(
        _l("I have looked through places, ties and reasons of this ranking."),
        validators=[InputRequired(_l("Look through the ranking first, then tick this."))],
    )


class RejectForm(Form):
    """Refuse a ranking with a reason."""

    reason = TextAreaField(
        _l("Reason"),
        validators=[InputRequired(REQUIRED), Length(max=REASON, message=_l("At most %(max)d characters."))],
    )
