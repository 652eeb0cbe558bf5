# SPDX-License-Identifier: Apache-2.0
"""The codes under which persons, categories and runs appear in an archive."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.competitions.models import Category, Competition, Division, Stage, StageCategory
from app.db import db
from app.results.adapter import codes_of
from app.results.models import RankingRun


class Cast:
    """Names of one contest's archive; codes say nothing outside it."""

    def __init__(self, competition: Competition) -> None:
        self.competition = competition

    @cached_property
    def runs(self) -> list[RankingRun]:
        """The runs of the contest in the order of their stages and categories."""
        query = (
            select(RankingRun)
            .join(StageCategory, StageCategory.id == RankingRun.stage_category_id)
            .join(Stage, Stage.id == StageCategory.stage_id)
            .where(Stage.competition_id == self.competition.id)
            .options(joinedload(RankingRun.stage_category).joinedload(StageCategory.stage))
            .order_by(Stage.position, StageCategory.id, RankingRun.number)
        )
        return list(db.session.scalars(query))

    @cached_property
    def _categories(self) -> dict[int, str]:
        query = (
            select(Category.id, Division.code, Category.code)
            .join(Division, Division.id == Category.division_id)
            .where(Division.competition_id == self.competition.id)
        )
        return {category: f"{division}.{code}" for category, division, code in db.session.execute(query)}

    @cached_property
    def judges(self) -> dict[tuple[int, int], str]:
        """The code of each (stage and category, user), also of those who judged before the panel was exchanged."""
        joins = [join for stage in self.competition.stages for join in stage.stage_categories]
        return {(join.id, user): code for join in joins for user, code in codes_of(join).items()}

    @cached_property
    def _officials(self) -> dict[int, str]:
        people = sorted({person for run in self.runs for person in (run.computed_by_id, run.confirmed_by_id) if person})
        return {person: f"O-{number:02d}" for number, person in enumerate(people, start=1)}

    @cached_property
    def _run_codes(self) -> dict[int, str]:
        return {
            run.id: f"{run.stage_category.stage.code}--{self.category(run.stage_category.category_id)}--{run.number}"
            for run in self.runs
        }

    def category(self, category_id: int) -> str:
        """Return `<division>.<category>`."""
        return self._categories[category_id]

    def judge(self, stage_category_id: int, user_id: int) -> str:
        """Return a judge's code in a stage and category."""
        return self.judges[stage_category_id, user_id]

    def official(self, user_id: int | None) -> str | None:
        """Return the code of somebody who computed or confirmed."""
        return self._officials[user_id] if user_id is not None else None

    def run_code(self, run_id: int) -> str:
        """Return a run's code."""
        return self._run_codes[run_id]

    @staticmethod
    def canonical(value: Any) -> str:
        """Return RFC 8785 JSON."""
        return rfc8785.dumps(value).decode("utf-8")
