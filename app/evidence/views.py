# SPDX-License-Identifier: Apache-2.0
"""The files themselves and the pictures made of them, after the policy; striking a file."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app import clock
from app.db import Base, db, transaction
from app.errors import DomainError, NotFound
from app.evidence import service, showing
from app.evidence.forms import ReasonForm
from app.evidence.models import Evidence, Preview
from app.evidence.sending import send
from app.policy import ANONYMOUS, Action, actor, policy, requires

blueprint = Blueprint("evidence", __name__)
blueprint.add_app_template_global(showing.shots, "evidence_shots")
blueprint.add_app_template_global(showing.sheets, "evidence_sheets")
blueprint.add_app_template_global(showing.lines, "evidence_lines")


@blueprint.get("/files/<evidence>")
@requires(Action.EVIDENCE_VIEW, Evidence, "evidence")
def download(evidence: Evidence) -> Response:
    """Send the file as it was received, to be saved and never to be run."""
    return send(evidence.blob, file_name=evidence.file_name, inline=False, public=_is_public(evidence))


@blueprint.get("/files/<evidence>/<name>/<int:number>")
@requires(Action.EVIDENCE_VIEW, Evidence, "evidence")
def preview(evidence: Evidence, name: str, number: int) -> Response:
    """Show a picture made of the file: `thumb`, `display`, or `page` number."""
    picture = db.session.scalar(
        select(Preview).where(
            Preview.evidence_id == evidence.id, Preview.name == name[:10], Preview.number == min(number, 10**6)
        )
    )
    if picture is None:
        raise NotFound
    stem = evidence.file_name.rpartition(".")[0] or evidence.file_name
    return send(picture.blob, file_name=f"{stem}-{number}.jpg", inline=True, public=_is_public(evidence))


@blueprint.route("/files/<evidence>/strike", methods=["GET", "POST"])
@requires(Action.EVIDENCE_STRIKE, Evidence, "evidence")
def strike(evidence: Evidence) -> ResponseReturnValue:
    """Strike a file: it stays on the record, with the reason."""
    form, status, back = ReasonForm(), 200, _page_of(evidence)
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with transaction():
                    service.strike(evidence, reason=form.reason.data or "", by=actor(), now=clock.now())
                flash(_("The file is struck. It stays on the record."), "good")
                return redirect(back, 303)
            except DomainError as error:
                form.refuse(error)
    return render_template("evidence/strike.html", form=form, evidence=evidence, back=back), status


def _is_public(evidence: Evidence) -> bool:
    """Tell whether everybody may see the file: only then a cache between us and the reader may keep it."""
    return policy().permits(Action.EVIDENCE_VIEW, ANONYMOUS, evidence, clock.now())


def _page_of(evidence: Evidence) -> str:
    """Return the page on which a file stands; the pages belong to features on the right."""
    if evidence.diary_entry_id is not None:
        table, endpoint, owner = "diary_entry", "diaries.show", evidence.diary_entry_id
    else:
        table, endpoint, owner = "entry", "entries.result", evidence.entry_id or 0
    columns = Base.metadata.tables[table].c
    public_id = db.session.scalar(select(columns.public_id).where(columns.id == owner))
    return url_for(endpoint, **{table: public_id})
