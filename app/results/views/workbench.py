# SPDX-License-Identifier: Apache-2.0
"""An organizer's page of one stage and category: coverage first, then the computation, then its runs."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import clock, i18n
from app.competitions.models import StageCategory, WindowKind
from app.competitions.predicates import window
from app.db import transaction
from app.errors import DomainError
from app.policy import Action, actor, requires
from app.results import queries, service
from app.results.coverage import coverage
from app.results.forms import ComputeForm
from app.results.messages import WithoutScore
from app.results.views.blueprint import blueprint


@blueprint.get("/stage-categories/<stage_category>/ranking")
@requires(Action.PROGRESS_VIEW, StageCategory, "stage_category")
def workbench(stage_category: StageCategory) -> ResponseReturnValue:
    """Show who is missing, what was computed, and what comes next."""
    return _page(stage_category, ComputeForm())


@blueprint.post("/stage-categories/<stage_category>/ranking")
@requires(Action.RANKING_COMPUTE, StageCategory, "stage_category")
def compute(stage_category: StageCategory) -> ResponseReturnValue:
    """Compute the ranking as it stands now."""
    form = ComputeForm()
    form.validate()
    try:
        with transaction():
            run = service.compute(
                stage_category, by=actor(), now=clock.now(), without_score=bool(form.without_score.data)
            )
    except DomainError as error:
        form.refuse(error)
        return _page(stage_category, form, error=error, status=error.status)
    flash(gettext("Computed. Look through it; then it is confirmed."), "good")
    return redirect(url_for("results.show", ranking_run=run.public_id), 303)


def _page(
    stage_category: StageCategory, form: ComputeForm, *, error: DomainError | None = None, status: int = 200
) -> ResponseReturnValue:
    stage = stage_category.stage
    runs = queries.runs_of(stage_category)
    return render_template(
        "results/workbench.html",
        contest=stage.competition,
        join=stage_category,
        stage=stage,
        category=stage_category.category,
        covered=coverage(stage_category),
        runs=runs,
        present=service.present_input_digest(stage_category) if runs and stage_category.document else None,
        window=window(stage.competition, WindowKind.MARKING, stage.id),
        form=form,
        blocked=_blocked(error),
    ), status


def _blocked(error: DomainError | None) -> list[tuple[str, str]]:
    """Return the entries without a score and why, after a computation was refused over them."""
    if not isinstance(error, WithoutScore):
        return []
    language = i18n.language()
    return [(row.entry, " ".join(row.derivation.sentences(language))) for row in error.rows]
