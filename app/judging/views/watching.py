# SPDX-License-Identifier: Apache-2.0
"""What a chair watches: the panel's scoresheets, how far they lie apart, which to return."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.judging import queries
from app.judging.models import Panel
from app.judging.views.blueprint import blueprint
from app.policy import Action, actor, requires


@blueprint.get("/panels/<panel>/sheets")
@requires(Action.PANEL_WATCH, Panel, "panel")
def panel_sheets(panel: Panel) -> ResponseReturnValue:
    """Show the scoresheets of a panel, entry by entry."""
    contest = panel.stage.competition
    line = next(line for line in queries.panels(contest) if line.panel.id == panel.id)
    return render_template(
        "judging/panel_sheets.html",
        panel=panel,
        contest=contest,
        crews=[queries.crew(category, actor().user_id) for category in line.categories],
    )
