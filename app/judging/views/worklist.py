# SPDX-License-Identifier: Apache-2.0
"""A judge's worklist, and the table of all own marks of a stage with its one submit."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app import clock
from app.competitions.models import Competition, Stage
from app.db import transaction
from app.errors import DomainError, Message, NotFound
from app.judging import queries, service
from app.judging.queries import Tab
from app.judging.views.blueprint import blueprint
from app.policy import Action, actor, requires


@blueprint.get("/contests/<competition>/judging")
@requires(Action.WORKLIST_VIEW, Competition, "competition", by="slug")
def worklist(competition: Competition) -> ResponseReturnValue:
    """Show what a judge has to do, stage by stage."""
    now, judge = clock.now(), actor().user_id or 0
    found = queries.worklist(judge, competition, now=now)
    work = found.stage(request.args.get("stage"))
    return render_template(
        "judging/worklist.html",
        contest=competition,
        found=found,
        work=work,
        chaired=queries.chaired(judge, competition),
        tab=_tab(work, request.args.get("tab")),
        following=queries.next_task(judge, _stage(competition, work.code)) if work is not None else None,
    )


def _tab(work: queries.StageWork | None, asked: str | None) -> Tab | None:
    """Return the tab that was asked for, else the first with something in it; None is all."""
    if asked == "all" or work is None:
        return None
    if asked in set(Tab):
        return Tab(asked)
    return next((tab for tab in (Tab.TODO, Tab.STARTED, Tab.SKIPPED, Tab.DONE) if work.counts[tab]), None)


@blueprint.get("/contests/<competition>/judging/review")
@requires(Action.WORKLIST_VIEW, Competition, "competition", by="slug")
def review_stage(competition: Competition) -> ResponseReturnValue:
    """Show all own marks of a stage in one table."""
    return _review_page(competition, _stage(competition, request.args.get("stage")))


@blueprint.post("/contests/<competition>/judging/submit")
@requires(Action.WORKLIST_VIEW, Competition, "competition", by="slug")
def submit_stage(competition: Competition) -> ResponseReturnValue:
    """Submit the chosen complete scoresheets together."""
    stage = _stage(competition, request.form.get("stage"))
    chosen = request.form.getlist("sheet")
    expected = {public_id: request.form.get(f"digest-{public_id}", "") for public_id in chosen}
    code = stage.code
    assignments = queries.own_assignments(actor().user_id or 0, stage, chosen)
    try:
        with transaction():
            sheets = service.submit_all(assignments, expected=expected, by=actor(), now=clock.now())
            count = len(sheets)
    except DomainError as error:
        return _review_page(competition, _stage(competition, code), refusal=error.message, status=error.status)
    flash(
        ngettext("%(num)d scoresheet is submitted and locked.", "%(num)d scoresheets are submitted and locked.", count),
        "good",
    )
    return redirect(url_for("judging.review_stage", competition=competition.slug, stage=code), 303)


def _review_page(
    competition: Competition, stage: Stage, *, refusal: Message | None = None, status: int = 200
) -> ResponseReturnValue:
    views = queries.sheets_of(actor().user_id or 0, stage)
    page = render_template(
        "judging/review_stage.html",
        contest=competition,
        stage=stage,
        categories=queries.by_category(views),
        ready=[view for view in views if view.is_complete and not view.is_submitted],
        open_count=sum(1 for view in views if not view.is_submitted),
        refusal=refusal,
    )
    return page, status


def _stage(competition: Competition, code: str | None) -> Stage:
    """Return a stage of the contest by its code; without one the first."""
    found = next((stage for stage in competition.stages if code in (stage.code, None)), None)
    if found is None:
        raise NotFound
    return found
