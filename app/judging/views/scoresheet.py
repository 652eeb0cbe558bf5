# SPDX-License-Identifier: Apache-2.0
"""The marking page: evidence beside the rubric, saved as a whole form, skipped, left."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.competitions.models import WindowKind
from app.competitions.phases import phase
from app.db import transaction
from app.errors import DomainError, Forbidden, Message
from app.judging import queries, service, showing
from app.judging.forms import ReasonForm, SentSheet
from app.judging.models import Assignment
from app.judging.service import SaveReport
from app.judging.views.blueprint import blueprint
from app.policy import Action, actor, can, requires, why_not

FORM = "scoresheet"  # the id of the form that every control of the page belongs to


@blueprint.get("/assignments/<assignment>/scoresheet")
@requires(Action.SHEET_VIEW, Assignment, "assignment")
def scoresheet(assignment: Assignment) -> ResponseReturnValue:
    """Show an entry's evidence beside its scoresheet."""
    return sheet_page(assignment)


@blueprint.post("/assignments/<assignment>/scoresheet")
@requires(Action.SHEET_VIEW, Assignment, "assignment")
def save_sheet(assignment: Assignment) -> ResponseReturnValue:
    """Store the whole form, then go where the pressed button leads; what cannot be stored stays on the page."""
    sent = SentSheet.of(request.form)
    source = queries.source_of(sent.cite) if sent.cite else None
    try:
        with transaction():
            report = service.save_sheet(
                assignment,
                sent.marks,
                expected=sent.versions,
                note=sent.note,
                citing=(sent.cite_for or "", source) if source is not None else None,
                dropping=sent.uncite,
                skipping=sent.action == "skip",
                by=actor(),
                now=clock.now(),
            )
    except Forbidden as error:
        # The window closed or the sheet was locked meanwhile: what was typed is shown, so that it can be kept.
        return sheet_page(assignment, sent=sent, refusal=error.message, status=error.status)
    if not report.is_clean:
        return sheet_page(assignment, sent=sent, report=report, status=409 if report.stale else 422)
    return redirect(_onward(assignment, sent), 303)


def _onward(assignment: Assignment, sent: SentSheet) -> str:
    here = url_for("judging.scoresheet", assignment=assignment.public_id)
    if sent.cite or sent.uncite is not None:
        return f"{here}#criterion-{sent.cite_for}" if sent.cite_for else here
    if sent.action == "review":
        return url_for("judging.review", assignment=assignment.public_id)
    if sent.action in ("next", "skip"):
        return next_address(assignment)
    flash(_("Saved."), "good")
    return here


def next_address(assignment: Assignment) -> str:
    """Return the scoresheet that comes next, or the table of all own marks when every one is filled."""
    stage = assignment.stage_category.stage
    following = queries.next_task(assignment.judge_id, stage, after=assignment)
    if following is not None:
        return url_for("judging.scoresheet", assignment=following)
    return url_for("judging.review_stage", competition=stage.competition.slug, stage=stage.code)


@blueprint.post("/assignments/<assignment>/skip")
@requires(Action.SHEET_MARK, Assignment, "assignment")
def skip(assignment: Assignment) -> ResponseReturnValue:
    """Put an entry off."""
    with transaction():
        service.skip(assignment, by=actor(), now=clock.now())
    return redirect(next_address(assignment), 303)


@blueprint.post("/assignments/<assignment>/recuse")
@requires(Action.RECUSAL_DECLARE, Assignment, "assignment")
def recuse(assignment: Assignment) -> ResponseReturnValue:
    """Step back over a conflict of interest."""
    form = ReasonForm()
    try:
        with transaction():
            service.recuse(assignment, reason=form.reason.data or "", by=actor(), now=clock.now())
    except DomainError as error:
        form.refuse(error)
        return sheet_page(assignment, leaving=(form, "recuse"), status=error.status)
    flash(_("You stepped back from the entry. It is not shown to you any more."), "good")
    return redirect(_worklist(assignment), 303)


@blueprint.post("/assignments/<assignment>/abstain")
@requires(Action.RECUSAL_DECLARE, Assignment, "assignment")
def abstain(assignment: Assignment) -> ResponseReturnValue:
    """Leave an entry unmarked."""
    form = ReasonForm()
    try:
        with transaction():
            service.abstain(assignment, reason=form.reason.data or "", by=actor(), now=clock.now())
    except DomainError as error:
        form.refuse(error)
        return sheet_page(assignment, leaving=(form, "abstain"), status=error.status)
    flash(_("You abstained. Your marks for the entry do not count."), "good")
    return redirect(_worklist(assignment), 303)


def _worklist(assignment: Assignment) -> str:
    stage = assignment.stage_category.stage
    return url_for("judging.worklist", competition=stage.competition.slug, stage=stage.code, tab="conflict")


def sheet_page(
    assignment: Assignment,
    *,
    sent: SentSheet | None = None,
    report: SaveReport | None = None,
    refusal: Message | None = None,
    leaving: tuple[ReasonForm, str] | None = None,
    returning: ReasonForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Draw the marking page; for others than its judge, and once it is closed, only to be read."""
    now, stage = clock.now(), assignment.stage_category.stage
    contest = stage.competition
    own = assignment.judge_id == actor().user_id
    if assignment.stage_category.document is None:
        return render_template("judging/no_document.html", assignment=assignment, contest=contest), status
    view = queries.sheet_of(assignment)
    open_for_marks = own and refusal is None and can(Action.SHEET_MARK, assignment)
    reads = can(Action.ENTRY_READ, assignment.entry)
    page = render_template(
        "judging/scoresheet.html",
        assignment=assignment,
        contest=contest,
        stage=stage,
        span=phase(contest, now).span(WindowKind.MARKING, stage.id),
        view=view,
        groups=showing.boxes_of(view, sent=sent, report=report),
        cited=showing.cited_for(view),
        reading=queries.reading_of(assignment.entry, contest, actor(), now=now) if reads else None,
        standing=queries.standing(assignment.judge_id, stage) if own else None,
        form_id=FORM if open_for_marks else None,
        own=own,
        note=sent.note if sent is not None and sent.note is not None else (view.sheet.note if view.sheet else ""),
        report=report,
        typed_here=sent is not None,
        refusal=refusal if refusal is not None else (why_not(Action.SHEET_MARK, assignment) if own else None),
        leaving=leaving,
        returning=returning,
    )
    return page, status
