# SPDX-License-Identifier: Apache-2.0
"""The page of a ranking, and the page that says why an entry has its place."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import audit, clock, i18n
from app.db import transaction
from app.errors import DomainError, NotFound
from app.policy import Action, actor, policy, requires
from app.results import queries, service
from app.results.forms import ConfirmForm, RejectForm
from app.results.models import RankingRun, RunState
from app.results.promotion import next_of
from app.results.reasons import alias_number, reasons_of
from app.results.stored import stored
from app.results.views.blueprint import blueprint
from app.rubrics.queries import document_of

OPEN = (RunState.COMPUTED, RunState.CONFIRMED, RunState.PUBLISHED)


@blueprint.get("/rankings/<ranking_run>")
@requires(Action.RANKING_VIEW, RankingRun, "ranking_run")
def show(ranking_run: RankingRun) -> ResponseReturnValue:
    """Show a ranking: to everybody once it is published, to the contest's offices before."""
    return page(ranking_run)


def page(
    run: RankingRun,
    *,
    confirm: ConfirmForm | None = None,
    reject: RejectForm | None = None,
    error: DomainError | None = None,
) -> ResponseReturnValue:
    """Build the page of a run, with what was refused and what was typed."""
    queries.load(run)
    join = run.stage_category
    is_out = run.published_at is not None
    office = policy().permits(Action.PROGRESS_VIEW, actor(), join, clock.now())
    lines = queries.lines_of(run, () if is_out else queries.withheld(actor(), join))
    document = document_of(join)
    text = render_template(
        "results/show.html",
        run=run,
        contest=join.stage.competition,
        join=join,
        stage=join.stage,
        category=join.category,
        lines=lines,
        document=document,
        places=queries.decimals(lines),
        awards={award.code: award.title for award in document.rule.awards},
        rule=document.sentences(i18n.language()),
        outcome=stored(run),
        office=office,
        changed=office and run.state in OPEN and service.present_input_digest(join) != run.input_digest,
        replacement=queries.replacement_of(run),
        later=next_of(join) if office else None,
        promoted=queries.is_promoted(run) if office else False,
        confirm=confirm or ConfirmForm(formdata=None, output_digest=run.output_digest),
        reject=reject or RejectForm(formdata=None),
        error=error,
    )
    note_reading(run)
    return text, (error.status if error is not None else 200)


def note_reading(run: RankingRun) -> None:
    """Note who read a ranking that is not public; the page is built already."""
    if run.published_at is None:
        competition_id = run.competition.id
        with transaction():
            audit.note_access("ranking.read", run, by=actor(), now=clock.now(), competition_id=competition_id)


@blueprint.get("/rankings/<ranking_run>/entries/<entry>")
@requires(Action.RANKING_VIEW, RankingRun, "ranking_run")
def reasons(ranking_run: RankingRun, entry: str) -> ResponseReturnValue:
    """Show why an entry has its place, down to the marks and what they rest on."""
    run = queries.load(ranking_run)
    found = queries.entry_of(run, entry)
    if found is None:
        raise NotFound
    join, now = run.stage_category, clock.now()
    if run.published_at is None and found.id in queries.withheld(actor(), join):
        raise NotFound
    panel = queries.panel_code(join)

    def alias(code: str) -> str:
        number = alias_number(code, panel)
        return str(gettext("Judge %(number)s", number=code if number is None else number))

    document = document_of(join)
    lines = queries.lines_of(run)
    at = next(index for index, line in enumerate(lines) if line.entry_id == found.id)
    text = render_template(
        "results/reasons.html",
        run=run,
        contest=join.stage.competition,
        join=join,
        stage=join.stage,
        category=join.category,
        entry=found,
        line=lines[at],
        count=len(lines),
        tied_with=[line for line in lines if line.place == lines[at].place and line.entry_id != found.id]
        if lines[at].place is not None
        else [],
        before=_shown(lines, at - 1, run),
        after=_shown(lines, at + 1, run),
        places=queries.decimals(lines),
        awards={award.code: award.title for award in document.rule.awards},
        reasons=reasons_of(
            run,
            found,
            language=i18n.language(),
            alias=alias,
            may_read=lambda action, part: policy().permits(action, actor(), part, now),
        ),
    )
    note_reading(run)
    return text, 200


def _shown(lines: list[queries.Line], at: int, run: RankingRun) -> queries.Line | None:
    """Return the neighbour in the ranking, unless it is not there or withheld."""
    if not 0 <= at < len(lines):
        return None
    if run.published_at is None and lines[at].entry_id in queries.withheld(actor(), run.stage_category):
        return None
    return lines[at]
