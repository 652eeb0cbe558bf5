# SPDX-License-Identifier: Apache-2.0
"""What the pages of results read. Lists come as plain rows in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased, joinedload, undefer

import scoring
from app.accounts.models import Unit, User
from app.competitions.models import Category, Competition, Stage, StageCategory
from app.db import db
from app.entries.models import Entry, EntryState
from app.judging.models import Assignment, AssignmentState, Panel, Scoresheet, SheetState
from app.policy import Actor
from app.results.models import Promotion, RankingRow, RankingRun, RunState
from app.results.stored import stored
from scoring import format_number, parse_number

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
    runs = standing_runs(competition)
    db.session.scalars(
        select(RankingRun).where(RankingRun.id.in_([run.id for run in runs])).options(undefer(RankingRun.output))
    ).all()
    return scoring.places_canonical(
        (run.stage_category.stage.code, code_of(run.stage_category), stored(run).standings) for run in runs
    )


def code_of(stage_category: StageCategory) -> str:
    """Return the code of a category as archives write it."""
    category = stage_category.category
    return f"{category.division.code}.{category.code}"


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in the list of a workbench."""

    public_id: str
    number: int
    state: RunState
    mode: str
    output_digest: str
    input_digest: str
    computed_at: datetime
    computed_by: str
    confirmed_at: datetime | None
    confirmed_by: str | None
    published_at: datetime | None
    notice_ends_at: datetime | None
    final_at: datetime | None
    reason: str | None


def runs_of(stage_category: StageCategory) -> list[RunLine]:
    """Return the runs of a stage and category, the newest first."""
    computing, confirming = aliased(User), aliased(User)
    rows: Any = db.session.execute(
        select(
            RankingRun.public_id,
            RankingRun.number,
            RankingRun.state,
            RankingRun.mode,
            RankingRun.output_digest,
            RankingRun.input_digest,
            RankingRun.computed_at,
            computing.name,
            RankingRun.confirmed_at,
            confirming.name,
            RankingRun.published_at,
            RankingRun.notice_ends_at,
            RankingRun.final_at,
            RankingRun.reason,
        )
        .join(computing, computing.id == RankingRun.computed_by_id)
        .outerjoin(confirming, confirming.id == RankingRun.confirmed_by_id)
        .where(RankingRun.stage_category_id == stage_category.id)
        .order_by(RankingRun.number.desc())
    )
    return [RunLine(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Line:
    """An entry's line in a ranking. A withheld one shows neither place nor score."""

    entry_id: int
    public_id: str
    number: str
    title: str
    applicant: str
    state: EntryState
    unit: str
    place: int | None = None
    tied: bool = False
    score: Fraction | None = None
    promoted: bool = False
    reserve: int | None = None
    award: str | None = None
    withheld: bool = False

    @property
    def is_public(self) -> bool:
        """Whether the entry still has a page for everybody."""
        return self.state == EntryState.HANDED_IN


def lines_of(run: RankingRun, withheld: Collection[int] = ()) -> list[Line]:
    """Return the lines of a run in the order of places; withheld ones at the end, in the order of numbers."""
    rows = db.session.execute(
        select(
            Entry.id,
            Entry.public_id,
            Entry.number,
            Entry.title,
            Entry.applicant,
            Entry.state,
            Unit.name.label("unit"),
            RankingRow,
        )
        .join(Entry, Entry.id == RankingRow.entry_id)
        .join(Unit, Unit.id == Entry.unit_id)
        .where(RankingRow.run_id == run.id)
        .order_by(RankingRow.position)
    )
    shown: list[Line] = []
    kept: list[Line] = []
    for id_, public_id, number, title, applicant, state, unit, row in rows:
        line = Line(id_, public_id, number, title, applicant, state, unit)
        if id_ in withheld:
            kept.append(replace(line, withheld=True))
            continue
        shown.append(
            replace(
                line,
                place=row.place,
                tied=row.tied,
                score=parse_number(row.score) if row.score is not None else None,
                promoted=row.promoted,
                reserve=row.reserve,
                award=row.award,
            )
        )
    return [*shown, *sorted(kept, key=lambda line: line.number)]


def decimals(lines: Iterable[Line]) -> int | None:
    """Return how many decimal places show every score of a ranking exactly; None where one has no end."""
    most = 0
    for line in lines:
        if line.score is not None:
            text = format_number(line.score)
            if "/" in text:
                return None
            most = max(most, len(text.partition(".")[2]))
    return most


def withheld(actor: Actor, stage_category: StageCategory) -> frozenset[int]:
    """Return the entries whose marks an actor may not read while they are not public, whatever his office.

    Those he stepped back from as a judge in any stage, and those whose scoresheet he has still to submit here.
    """
    if not actor.is_signed_in:
        return frozenset()
    unfinished = (
        (Assignment.stage_category_id == stage_category.id)
        & (Assignment.state == AssignmentState.ACTIVE)
        & or_(Scoresheet.id.is_(None), Scoresheet.state != SheetState.SUBMITTED)
    )
    return frozenset(
        db.session.scalars(
            select(Assignment.entry_id)
            .join(Entry, Entry.id == Assignment.entry_id)
            .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
            .where(
                Assignment.judge_id == actor.user_id,
                Entry.category_id == stage_category.category_id,
                or_(Assignment.state == AssignmentState.RECUSED, unfinished),
            )
        )
    )


def load(run: RankingRun) -> RankingRun:
    """Load with a run whatever its page names: one statement."""
    db.session.scalar(
        select(RankingRun)
        .where(RankingRun.id == run.id)
        .options(
            joinedload(RankingRun.stage_category).joinedload(StageCategory.stage).joinedload(Stage.competition),
            joinedload(RankingRun.stage_category).joinedload(StageCategory.category).joinedload(Category.division),
            joinedload(RankingRun.computed_by),
            joinedload(RankingRun.confirmed_by),
        )
        .execution_options(populate_existing=True)
    )
    return run


def replacement_of(run: RankingRun) -> RankingRun | None:
    """Return the run that stands in place of one that was published earlier."""
    if run.state != RunState.SUPERSEDED:
        return None
    query = select(RankingRun).where(
        RankingRun.stage_category_id == run.stage_category_id, RankingRun.state.in_(STANDING)
    )
    return db.session.scalar(query.order_by(RankingRun.number.desc()).limit(1))


def is_promoted(run: RankingRun) -> bool:
    """Tell whether the entries of a run have gone on to the next stage."""
    return db.session.scalar(select(Promotion.id).where(Promotion.run_id == run.id).limit(1)) is not None


def entry_of(run: RankingRun, public_id: str) -> Entry | None:
    """Return an entry of a run by its public id."""
    return db.session.scalar(
        select(Entry)
        .join(RankingRow, RankingRow.entry_id == Entry.id)
        .where(RankingRow.run_id == run.id, Entry.public_id == public_id)
        .options(joinedload(Entry.unit), joinedload(Entry.competition), joinedload(Entry.diary))
    )


def panel_code(stage_category: StageCategory) -> str | None:
    """Return the code of the panel that judges a stage and category."""
    return db.session.scalar(select(Panel.code).where(Panel.id == stage_category.panel_id))
