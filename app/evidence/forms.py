# SPDX-License-Identifier: Apache-2.0
"""A reason, asked for before something is struck, held back or ended."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from app.evidence.service import REASON, SAY_WHY
from app.forms import Form


class ReasonForm(Form):
    """Say why; it stays on the record."""

    reason = TextAreaField(_l("Reason"), validators=[InputRequired(SAY_WHY), Length(max=REASON)], render_kw={"rows": 3})
