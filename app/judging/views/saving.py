# SPDX-License-Identifier: Apache-2.0
"""Saving while typing: one mark, the note, one citation at a time. Answers JSON to the script, a redirect to a form."""

from __future__ import annotations

from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from app import clock
from app.db import transaction
from app.errors import Invalid
from app.judging import queries, service, showing
from app.judging.forms import whole_number
from app.judging.models import Assignment
from app.judging.sheets import as_text
from app.judging.views.blueprint import blueprint, mark_value, wants_json
from app.policy import Action, actor, requires


def _sent() -> dict[str, Any]:
    """Return the fields that were sent, as JSON or as a form."""
    if not request.is_json:
        return request.form.to_dict()
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Invalid(_l("The request could not be understood. Go back, reload the page and try again."))
    return body


def _text(sent: dict[str, Any], name: str) -> str | None:
    value = sent.get(name)
    if value is None or isinstance(value, str):
        return value
    raise Invalid(_l("The request could not be understood. Go back, reload the page and try again."))


def _number(sent: dict[str, Any], name: str) -> int | None:
    value = sent.get(name)
    return value if type(value) is int and 0 <= value < 2**31 else whole_number(_text({name: value}, name))


@blueprint.post("/assignments/<assignment>/marks/<criterion>")
@requires(Action.SHEET_MARK, Assignment, "assignment")
def save_mark(assignment: Assignment, criterion: str) -> ResponseReturnValue:
    """Store one mark that expects the version it was typed over."""
    sent = _sent()
    with transaction():
        mark = service.save_mark(
            assignment,
            criterion,
            text=_text(sent, "text"),
            comment=_text(sent, "comment"),
            expected_version=_number(sent, "expected_version") or 0,
            by=actor(),
            now=clock.now(),
        )
    if wants_json():
        return jsonify({"criterion": criterion, **mark_value(as_text(mark))})
    return redirect(_back(assignment, criterion), 303)


@blueprint.post("/assignments/<assignment>/note")
@requires(Action.SHEET_MARK, Assignment, "assignment")
def save_note(assignment: Assignment) -> ResponseReturnValue:
    """Store the private note."""
    sent = _sent()
    with transaction():
        sheet = service.save_note(
            assignment, _text(sent, "text") or "", was=_text(sent, "was"), by=actor(), now=clock.now()
        )
    return jsonify({"text": sheet.note}) if wants_json() else redirect(_back(assignment), 303)


@blueprint.post("/assignments/<assignment>/cite")
@requires(Action.SHEET_MARK, Assignment, "assignment")
def cite(assignment: Assignment) -> ResponseReturnValue:
    """Tie a diary entry, a file or a page to a criterion."""
    sent = _sent()
    criterion = _text(sent, "criterion") or ""
    source = queries.source_of(_text(sent, "cite") or "")
    with transaction():
        service.cite(
            assignment,
            criterion,
            diary_entry=source.diary_entry,
            evidence=source.evidence,
            page=source.page,
            by=actor(),
            now=clock.now(),
        )
    return _citations(assignment, criterion)


@blueprint.post("/assignments/<assignment>/uncite")
@requires(Action.SHEET_MARK, Assignment, "assignment")
def uncite(assignment: Assignment) -> ResponseReturnValue:
    """Take a citation back."""
    sent = _sent()
    with transaction():
        criterion = service.uncite(assignment, _number(sent, "citation") or 0, by=actor(), now=clock.now())
    return _citations(assignment, criterion or _text(sent, "criterion") or "")


def _citations(assignment: Assignment, criterion: str) -> ResponseReturnValue:
    """Answer with what the criterion cites now, drawn as the page draws it."""
    if not wants_json():
        return redirect(_back(assignment, criterion), 303)
    view = queries.sheet_of(assignment)
    html = render_template("judging/_citations.html", cited=view.cited.get(criterion, ()), form_id="scoresheet")
    return jsonify({"criterion": criterion, "html": html, "cited": dict(showing.cited_for(view))})


def _back(assignment: Assignment, criterion: str = "") -> str:
    here = url_for("judging.scoresheet", assignment=assignment.public_id)
    return f"{here}#criterion-{criterion}" if criterion else here
