# SPDX-License-Identifier: Apache-2.0
"""What people send about certificates."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.awards.service import ISSUER, REASON
from app.forms import REQUIRED, Form


class IssueForm(Form):
    """Who issues the certificates."""

    issuer = StringField(
        _l("Issued by"),
        description=_l("As it stands on every certificate, above the date."),
        validators=[InputRequired(REQUIRED), Length(max=ISSUER, message=_l("At most %(max)d characters."))],
    )


class WithdrawForm(Form):
    """Why a certificate is withdrawn."""

    reason = TextAreaField(
        _l("Reason"),
        validators=[InputRequired(REQUIRED), Length(max=REASON, message=_l("At most %(max)d characters."))],
    )


class CodeForm(Form):
    """A check code as somebody read it off paper."""

    class Meta:
        csrf = False  # a search: it changes nothing, and its address may be shared

    code = StringField(_l("Check code"), validators=[InputRequired(REQUIRED)])
