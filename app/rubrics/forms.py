# SPDX-License-Identifier: Apache-2.0
"""A document as a text to edit, or as a file."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import FileField, TextAreaField
from wtforms.validators import Optional

from app.accounts.forms import VersionedForm


class DocumentForm(VersionedForm):
    """The file form of a document: what is typed, unless a file is chosen."""

    text = TextAreaField(_l("The document (TOML)"), [Optional()])
    file = FileField(_l("Or take a file"), [Optional()], description=_l("It replaces the text above"))
