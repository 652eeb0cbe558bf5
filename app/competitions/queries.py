# SPDX-License-Identifier: Apache-2.0
"""Reads about contests. Lists agree with the policy: `visible` holds exactly what COMPETITION_VIEW permits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.queries import PANEL, SEAT
from app.competitions.models import Category, Competition, Division, Stage, StageCategory, Window
from app.competitions.phases import Phase, in_order, phase_of
from app.db import db
from app.policy import Actor, Role


def visible(actor: Actor, now: datetime) -> Select[Competition]:
    """Return the query of the contests that an actor may see: open ones, own ones, all for an administrator."""
    query = select(Competition)
    if actor.is_administrator:
        return query
    claims: list[Any] = [Competition.opened_at <= now]
    own = {contest for contest, _ in actor.grants}
    if own:
        claims.append(Competition.id.in_(own))
    if actor.is_signed_in:
        claims.append(
            exists()
            .where(
                SEAT.c.user_id == actor.user_id,
                SEAT.c.left_at.is_(None),
                PANEL.c.id == SEAT.c.panel_id,
                Stage.id == PANEL.c.stage_id,
                Stage.competition_id == Competition.id,
            )
            .correlate(Competition)
        )
    return query.where(or_(*claims))


def visible_competitions(actor: Actor, now: datetime) -> Sequence[Competition]:
    """Return the contests an actor may see with stages and windows, the newest first."""
    query = visible(actor, now).options(selectinload(Competition.stages), selectinload(Competition.windows))
    return db.session.scalars(query.order_by(Competition.opened_at.is_(None), Competition.id.desc())).all()


def organized(actor: Actor) -> frozenset[int]:
    """Return the ids of the contests that an actor organizes."""
    return frozenset(contest for contest, role in actor.grants if role == Role.ORGANIZER)


def by_slug(slug: str) -> Competition | None:
    """Return the contest at an address; who may see it is the caller's question."""
    return db.session.scalar(select(Competition).where(Competition.slug == slug))


_WINDOWS = (
    select(Window.kind, Window.stage_id, Window.starts_at, Window.ends_at, Stage.title, Stage.position)
    .outerjoin(Stage, Stage.id == Window.stage_id)
    .where(Window.competition_id == bindparam("contest"))
)


def phase_now(competition: Competition, now: datetime) -> Phase:
    """Return where a contest stands by one small query, for pages that need its windows and stages for nothing else."""
    windows: Sequence[Any] = db.session.execute(_WINDOWS, {"contest": competition.id}).all()
    titles = {window.stage_id: window.title for window in windows}
    positions = {window.stage_id: window.position for window in windows}
    return phase_of(in_order(windows, positions), titles, ZoneInfo(competition.timezone), now)


def load_structure(competition: Competition) -> Competition:
    """Load divisions, categories, stages and windows of a contest: six queries, whatever its size."""
    db.session.scalar(
        select(Competition)
        .where(Competition.id == competition.id)
        .options(
            # Where a part points back to its stage or category, that is loaded already and found in the session.
            selectinload(Competition.divisions)
            .selectinload(Division.categories)
            .selectinload(Category.stage_categories),
            selectinload(Competition.stages).selectinload(Stage.stage_categories),
            selectinload(Competition.windows),
        )
        .execution_options(populate_existing=True)
    )
    return competition


def stage_categories(competition: Competition) -> Sequence[StageCategory]:
    """Return what every category is in every stage, in the order of stages, divisions and categories."""
    query = (
        select(StageCategory)
        .join(Stage, Stage.id == StageCategory.stage_id)
        .join(Category, Category.id == StageCategory.category_id)
        .join(Division, Division.id == Category.division_id)
        .where(Stage.competition_id == competition.id)
        .options(joinedload(StageCategory.stage), joinedload(StageCategory.category).joinedload(Category.division))
        .order_by(Stage.position, Division.position, Category.position)
    )
    return db.session.scalars(query).all()


def panels_of(competition: Competition) -> Sequence[Any]:
    """Return the panels of a contest as (id, stage_id, title), to choose from."""
    query = (
        select(PANEL.c.id, PANEL.c.stage_id, PANEL.c.public_id, PANEL.c.title)
        .join(Stage, Stage.id == PANEL.c.stage_id)
        .where(Stage.competition_id == competition.id)
        .order_by(Stage.position, PANEL.c.title)
    )
    return db.session.execute(query).all()
