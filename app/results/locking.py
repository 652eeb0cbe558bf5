# SPDX-License-Identifier: Apache-2.0
"""Nobody changes a sheet, an assignment or a run between the look at them and the commit."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.audit import AuditHead
from app.competitions.models import StageCategory
from app.db import db
from app.errors import Conflict
from app.judging.models import Assignment
from app.results.models import RankingRun


def hold(stage_category: StageCategory) -> None:
    """Lock a stage's category and all its assignments until the commit; refuse while a judge is saving.

    The trail's head is taken before the assignments, and these without waiting: a judge who saves holds an assignment
    and waits for the head, so waiting for his assignment here would stop both for good.
    """
    session = db.session()
    session.execute(select(StageCategory.id).where(StageCategory.id == stage_category.id).with_for_update())
    session.execute(
        select(AuditHead.id).where(AuditHead.competition_id == stage_category.stage.competition_id).with_for_update()
    )
    try:
        session.execute(
            select(Assignment.id)
            .where(Assignment.stage_category_id == stage_category.id)
            .with_for_update(read=True, nowait=True)
        )
    except OperationalError as error:
        raise Conflict(_l("A judge is saving a scoresheet at this moment. Try again in a few seconds.")) from error


def hold_run(run: RankingRun) -> None:
    """Lock a run and everything it rests on, and read it anew."""
    hold(run.stage_category)
    db.session().scalars(
        select(RankingRun)
        .where(RankingRun.id == run.id)
        .with_for_update(of=RankingRun)
        .execution_options(populate_existing=True)
    ).one()
