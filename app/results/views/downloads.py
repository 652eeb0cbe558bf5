# SPDX-License-Identifier: Apache-2.0
"""Rankings and marks to take along: tables for office programs, canonical JSON for whoever computes again."""

from __future__ import annotations

from flask import Response, send_file
from flask.typing import ResponseReturnValue

from app import audit, clock
from app.audit import Event
from app.competitions.models import StageCategory
from app.db import db, transaction
from app.errors import NotFound
from app.policy import Action, actor, requires
from app.results import queries
from app.results.models import RankingRun
from app.results.stored import stored
from app.results.tables import Table, as_csv, as_xlsx, matrix_table, ranking_table
from app.results.views.blueprint import blueprint
from app.results.views.ranking import note_reading
from app.rubrics.queries import document_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/rankings/<ranking_run>.xlsx")
@requires(Action.RANKING_VIEW, RankingRun, "ranking_run")
def ranking_xlsx(ranking_run: RankingRun) -> ResponseReturnValue:
    """Send a ranking as an Excel workbook."""
    return _xlsx(_ranking(ranking_run), _name(ranking_run.stage_category, f"ranking-{ranking_run.number}"))


@blueprint.get("/rankings/<ranking_run>.csv")
@requires(Action.RANKING_VIEW, RankingRun, "ranking_run")
def ranking_csv(ranking_run: RankingRun) -> ResponseReturnValue:
    """Send a ranking as CSV."""
    return _csv(_ranking(ranking_run), _name(ranking_run.stage_category, f"ranking-{ranking_run.number}"))


@blueprint.get("/rankings/<ranking_run>/<any(input,standings,derivations):part>.json")
@requires(Action.RANKING_VIEW, RankingRun, "ranking_run")
def part(ranking_run: RankingRun, part: str) -> ResponseReturnValue:
    """Send what a ranking was computed from, or what came of it, byte for byte as its digest covers it."""
    if ranking_run.published_at is None and queries.withheld(actor(), ranking_run.stage_category):
        raise NotFound
    outcome = stored(ranking_run)
    content = {
        "input": ranking_run.input,
        "standings": outcome.standings_canonical,
        "derivations": outcome.derivations_canonical,
    }[part]
    name = _name(ranking_run.stage_category, f"{part}-{ranking_run.number}")
    note_reading(ranking_run)
    return Response(content, mimetype="application/json", headers=_attachment(f"{name}.json"))


@blueprint.get("/stage-categories/<stage_category>/matrix.xlsx")
@requires(Action.MATRIX_EXPORT, StageCategory, "stage_category")
def matrix_xlsx(stage_category: StageCategory) -> ResponseReturnValue:
    """Send every mark of a stage and category as an Excel workbook."""
    return _xlsx(_matrix(stage_category, "xlsx"), _name(stage_category, "marks"))


@blueprint.get("/stage-categories/<stage_category>/matrix.csv")
@requires(Action.MATRIX_EXPORT, StageCategory, "stage_category")
def matrix_csv(stage_category: StageCategory) -> ResponseReturnValue:
    """Send every mark of a stage and category as CSV."""
    return _csv(_matrix(stage_category, "csv"), _name(stage_category, "marks"))


def _ranking(run: RankingRun) -> Table:
    join = run.stage_category
    hidden = queries.withheld(actor(), join) if run.published_at is None else ()
    awards = {award.code: award.title for award in document_of(join).rule.awards}
    table = ranking_table(f"ranking {run.number}", queries.lines_of(run, hidden), awards)
    note_reading(run)
    return table


def _matrix(stage_category: StageCategory, form: str) -> Table:
    """Build the matrix, and write into the trail that it left the house."""
    table = matrix_table("marks", stage_category, queries.withheld(actor(), stage_category))
    with transaction():
        audit.record(
            Event.EXPORT_MADE,
            stage_category,
            by=actor(),
            now=clock.now(),
            competition=stage_category.competition,
            data={"what": "marks", "form": form, "rows": len(table.rows)},
        )
    return table


def _name(stage_category: StageCategory, what: str) -> str:
    stage = stage_category.stage
    return f"{stage.competition.slug}-{stage.code}-{queries.code_of(stage_category)}-{what}"


def _attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}  # codes of a contest are ASCII


def _csv(table: Table, name: str) -> Response:
    db.session.rollback()
    return Response(as_csv(table), mimetype="text/csv", headers=_attachment(f"{name}.csv"))


def _xlsx(table: Table, name: str) -> Response:
    db.session.rollback()
    return send_file(as_xlsx(table), XLSX, as_attachment=True, download_name=f"{name}.xlsx")
