# SPDX-License-Identifier: Apache-2.0
"""What the form macros need to know of a WTForms field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import LazyString
from markupsafe import Markup
from wtforms import Field, fields, widgets


def field_kind(field: Field) -> str:
    """Name the macro that draws a field: hidden, choices, tick, file, select, text or input."""
    if isinstance(field.widget, widgets.HiddenInput):
        return "hidden"
    if isinstance(field.widget, widgets.ListWidget):
        return "choices"
    if isinstance(field, fields.BooleanField):
        return "tick"
    if isinstance(field, fields.FileField):
        return "file"
    if isinstance(field, fields.SelectFieldBase):
        return "select"
    return "text" if isinstance(field.widget, widgets.TextArea) else "input"


def input_of(field: Field, attributes: Mapping[str, object] | None = None, **more: object) -> Markup:
    """Render a field's input without its empty attributes.

    A limit of length becomes a counter, never `maxlength`: browsers cut pasted text at it without a word.
    """
    given = {**(attributes or {}), **more, "maxlength": False}
    html = field(**{name: value for name, value in given.items() if value is not None})
    return Markup(html)  # noqa: S704 -- WTForms escapes every attribute and answers with markup


def error_lines(errors: object) -> list[str | LazyString]:
    """Flatten the errors of a field, a list of fields or a form in a form."""
    if not errors:
        return []
    if isinstance(errors, (str, LazyString)):
        return [errors]
    parts: Iterable[object] = errors.values() if isinstance(errors, Mapping) else errors  # type: ignore[assignment]  # WTForms nests them as it likes
    return [line for part in parts for line in error_lines(part)]
