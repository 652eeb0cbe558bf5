# SPDX-License-Identifier: Apache-2.0
"""What the pages of results read. Lists come as plain rows in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

import scoring
from app.competitions.models import Category, Competition, Stage, StageCategory
from app.db import db
from app.results.models import RankingRun, RunState
from app.results.stored import stored

STANDING = (RunState.PUBLISHED, RunState.FINAL)


def standing_runs(competition: Competition) -> Sequence[RankingRun]:
    """Return the newest published or final run of every stage and category of a contest, in their order."""
    query = (
        select(RankingRun)
        .join(StageCategory, StageCategory.id == RankingRun.stage_category_id)
        .join(Stage, Stage.id == StageCategory.stage_id)
        .where(Stage.competition_id == competition.id, RankingRun.state.in_(STANDING))
        .options(
            joinedload(RankingRun.stage_category).joinedload(StageCategory.stage),
            joinedload(RankingRun.stage_category).joinedload(StageCategory.category).joinedload(Category.division),
        )
        .order_by(Stage.position, StageCategory.id, RankingRun.number)
    )
    newest = {run.stage_category_id: run for run in db.session.scalars(query)}
    return list(newest.values())


def places_canonical(competition: Competition) -> str:
    """Return the canonical JSON of all places that stand: what two people compare by its digest."""
    db.session.scalars(
        select(RankingRun)
        .where(RankingRun.id.in_([run.id for run in standing_runs(competition)]))
        .options(undefer(RankingRun.output))
    ).all()
    return scoring.places_canonical(
        (run.stage_category.stage.code, code_of(run.stage_category), stored(run).standings)
        for run in standing_runs(competition)
    )


def code_of(stage_category: StageCategory) -> str:
    """Return the code of a category as archives write it."""
    category = stage_category.category
    return f"{category.division.code}.{category.code}"
