# SPDX-License-Identifier: Apache-2.0
"""The pages of judging in one blueprint. A refusal is a page for people and JSON for the script of the scoresheet."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from app import errors
from app.clock import iso
from app.errors import DomainError
from app.judging import showing
from app.judging.service import StaleMark
from app.judging.sheets import MarkText

blueprint = Blueprint("judging", __name__)
blueprint.add_app_template_global(showing.shots, "citable_shots")
blueprint.add_app_template_global(showing.pages, "citable_pages")
blueprint.add_app_template_global(showing.others, "other_files")
blueprint.add_app_template_global(showing.anchor, "cited_anchor")
blueprint.add_app_template_global(showing.address, "cited_address")
blueprint.add_app_template_global(showing.key_of, "cited_key")


def wants_json() -> bool:
    """Tell whether the scoresheet's script asks; a browser that follows a form does not."""
    return request.accept_mimetypes.best == "application/json"


@blueprint.errorhandler(DomainError)
def refused(error: DomainError) -> ResponseReturnValue:
    """Answer a refusal in the form that was asked for."""
    if not wants_json():
        return errors.page(error.status, error.message, fields=error.fields)
    body: dict[str, object] = {
        "message": str(error.message),
        "fields": {name: str(message) for name, message in error.fields.items()},
    }
    if isinstance(error, StaleMark):
        body |= {"yours": mark_value(error.yours), "theirs": mark_value(error.theirs)}
    return jsonify(body), error.status


def mark_value(mark: MarkText) -> dict[str, object]:
    """Return a mark as JSON."""
    return {
        "text": mark.text,
        "comment": mark.comment,
        "version": mark.version,
        "saved_at": iso(mark.saved_at) if mark.saved_at is not None else None,
    }
