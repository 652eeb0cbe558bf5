# SPDX-License-Identifier: Apache-2.0
"""What every form shares."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from app.errors import DomainError


class Form(FlaskForm):
    """A form that can take a domain error and place it beside what was typed."""

    form_errors: list[str]

    @property
    def general_errors(self) -> list[str]:
        """Errors that belong to no single field."""
        return [str(message) for message in self.form_errors]

    def refuse(self, error: DomainError) -> None:
        """Put a refusal of the service beside its fields, or above the form."""
        placed = False
        for name, message in error.fields.items():
            if name in self:
                self[name].errors = [*self[name].errors, str(message)]
                placed = True
        if not placed:
            self.form_errors = [*self.form_errors, str(error.message)]


REQUIRED = _l("Fill this in.")
