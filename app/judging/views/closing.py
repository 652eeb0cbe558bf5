# SPDX-License-Identifier: Apache-2.0
"""Looking through one's marks, submitting them for good, the receipt, and a chair's return."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.db import transaction
from app.errors import DomainError, Message
from app.judging import queries, service, showing
from app.judging.forms import ReasonForm
from app.judging.models import Assignment
from app.judging.views.blueprint import blueprint
from app.judging.views.scoresheet import sheet_page
from app.policy import Action, actor, requires


@blueprint.get("/assignments/<assignment>/review")
@requires(Action.SHEET_VIEW, Assignment, "assignment")
def review(assignment: Assignment) -> ResponseReturnValue:
    """Show all marks of one scoresheet in a table before it is submitted."""
    return _review_page(assignment)


@blueprint.post("/assignments/<assignment>/submit")
@requires(Action.SHEET_MARK, Assignment, "assignment")
def submit(assignment: Assignment) -> ResponseReturnValue:
    """Submit the scoresheet that was looked at."""
    try:
        with transaction():
            service.submit(assignment, by=actor(), now=clock.now(), expected_digest=request.form.get("digest") or None)
    except DomainError as error:
        return _review_page(assignment, refusal=error.message, status=error.status)
    flash(_("The scoresheet is submitted and locked."), "good")
    return redirect(url_for("judging.receipt", assignment=assignment.public_id), 303)


def _review_page(assignment: Assignment, *, refusal: Message | None = None, status: int = 200) -> ResponseReturnValue:
    stage = assignment.stage_category.stage
    if assignment.stage_category.document is None:
        return render_template("judging/no_document.html", assignment=assignment, contest=stage.competition), status
    view = queries.sheet_of(assignment)
    if view.is_submitted and refusal is None:
        return redirect(url_for("judging.receipt", assignment=assignment.public_id), 303)
    page = render_template(
        "judging/review.html",
        assignment=assignment,
        contest=stage.competition,
        stage=stage,
        view=view,
        groups=showing.boxes_of(view),
        refusal=refusal,
    )
    return page, status


@blueprint.get("/assignments/<assignment>/receipt")
@requires(Action.SHEET_VIEW, Assignment, "assignment")
def receipt(assignment: Assignment) -> ResponseReturnValue:
    """Show a submitted scoresheet with its digest, to be printed."""
    stage = assignment.stage_category.stage
    if assignment.stage_category.document is None or assignment.sheet is None or assignment.sheet.digest is None:
        return redirect(url_for("judging.scoresheet", assignment=assignment.public_id), 303)
    view = queries.sheet_of(assignment)
    own = assignment.judge_id == actor().user_id
    following = queries.next_task(assignment.judge_id, stage) if own else None
    return render_template(
        "judging/receipt.html",
        assignment=assignment,
        contest=stage.competition,
        stage=stage,
        view=view,
        groups=showing.boxes_of(view),
        own=own,
        following=following,
    )


@blueprint.post("/assignments/<assignment>/return")
@requires(Action.SHEET_RETURN, Assignment, "assignment")
def return_sheet(assignment: Assignment) -> ResponseReturnValue:
    """Open a submitted scoresheet for its judge again."""
    form = ReasonForm()
    try:
        with transaction():
            service.return_sheet(assignment, reason=form.reason.data or "", by=actor(), now=clock.now())
    except DomainError as error:
        form.refuse(error)
        return sheet_page(assignment, returning=form, status=error.status)
    flash(_("The scoresheet went back to its judge, with your reason."), "good")
    panel = queries.panel_of(assignment.stage_category)
    assert panel is not None, "its chair has just acted"
    return redirect(url_for("judging.panel_sheets", panel=panel.public_id), 303)
