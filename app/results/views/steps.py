# SPDX-License-Identifier: Apache-2.0
"""What is done with a ranking: confirm, reject, publish, make final, promote."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app import clock
from app.db import transaction
from app.errors import HTTP_MESSAGES, DomainError, Invalid
from app.policy import Action, actor, requires
from app.results import service
from app.results.forms import ConfirmForm, RejectForm
from app.results.models import RankingRun
from app.results.views.blueprint import blueprint
from app.results.views.ranking import page


@blueprint.post("/rankings/<ranking_run>/confirm")
@requires(Action.RANKING_CONFIRM, RankingRun, "ranking_run")
def confirm(ranking_run: RankingRun) -> ResponseReturnValue:
    """Confirm the outcome that was looked at."""
    form = ConfirmForm()
    if not form.validate():
        return page(ranking_run, confirm=form, error=_unticked(form))
    digest = form.output_digest.data or ""
    return _step(
        ranking_run,
        lambda: service.confirm(ranking_run, expected_output_digest=digest, by=actor(), now=clock.now()),
        lambda: gettext("Confirmed. It can be published now."),
        confirm=form,
    )


@blueprint.post("/rankings/<ranking_run>/reject")
@requires(Action.RANKING_REJECT, RankingRun, "ranking_run")
def reject(ranking_run: RankingRun) -> ResponseReturnValue:
    """Refuse a ranking that is not published."""
    form = RejectForm()
    form.validate()
    return _step(
        ranking_run,
        lambda: service.reject(ranking_run, reason=form.reason.data or "", by=actor(), now=clock.now()),
        lambda: gettext("Rejected. It stays on the record; compute a new one."),
        reject=form,
    )


@blueprint.post("/rankings/<ranking_run>/publish")
@requires(Action.RANKING_PUBLISH, RankingRun, "ranking_run")
def publish(ranking_run: RankingRun) -> ResponseReturnValue:
    """Put a confirmed ranking before the public."""
    return _step(
        ranking_run,
        lambda: service.publish(ranking_run, by=actor(), now=clock.now()),
        lambda: gettext("Published. Everybody can read it now."),
    )


@blueprint.post("/rankings/<ranking_run>/finish")
@requires(Action.RANKING_FINISH, RankingRun, "ranking_run")
def finish(ranking_run: RankingRun) -> ResponseReturnValue:
    """Make a ranking final after its notice period."""
    return _step(
        ranking_run,
        lambda: service.finish(ranking_run, by=actor(), now=clock.now()),
        lambda: gettext("This ranking is final."),
    )


@blueprint.post("/rankings/<ranking_run>/promote")
@requires(Action.RANKING_PROMOTE, RankingRun, "ranking_run")
def promote(ranking_run: RankingRun) -> ResponseReturnValue:
    """Let the entries above the cut line go on to the next stage."""
    count = 0

    def step() -> None:
        nonlocal count
        count = len(service.promote(ranking_run, by=actor(), now=clock.now()))

    return _step(
        ranking_run,
        step,
        lambda: ngettext("%(num)d entry goes on to the next stage.", "%(num)d entries go on to the next stage.", count),
    )


def _step(
    run: RankingRun,
    act: Callable[[], object],
    said: Callable[[], str],
    *,
    confirm: ConfirmForm | None = None,
    reject: RejectForm | None = None,
) -> ResponseReturnValue:
    """Take one step in a transaction of its own, or show the page again with the reason why not."""
    try:
        with transaction():
            act()
    except DomainError as error:
        for form in (confirm, reject):
            if form is not None:
                form.refuse(error)
        return page(run, confirm=confirm, reject=reject, error=error)
    flash(said(), "good")
    return redirect(url_for("results.show", ranking_run=run.public_id), 303)


def _unticked(form: ConfirmForm) -> DomainError:
    return Invalid(str(next(iter(form.looked.errors), HTTP_MESSAGES[422])))
