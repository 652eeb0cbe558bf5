# SPDX-License-Identifier: Apache-2.0
"""Why nothing is ranked yet, in words that say who and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import LazyString, format_datetime
from flask_babel import lazy_gettext as _l

from app import i18n
from app.competitions.models import StageCategory, WindowKind
from app.competitions.predicates import window
from app.errors import Conflict, Message
from app.results.coverage import Coverage
from scoring import InputError, Row, Standings

NAMED = 5  # judges or entries in one sentence; the page lists them all


class WithoutScore(Conflict):
    """Some entries would stand in the ranking without score and place; `rows` says which and why."""

    def __init__(self, found: Standings) -> None:
        self.rows: Sequence[Row] = found.blocked
        listed = _listed([row.entry for row in self.rows])
        if len(self.rows) == len(found.rows):
            super().__init__(_l("No entry has a score: %(entries)s.", entries=listed))
        else:
            super().__init__(
                _l(
                    "These entries have no score: %(entries)s. Draw further judges for them, or say that they shall "
                    "stand in the ranking without a place.",
                    entries=listed,
                )
            )


def refuse_undecided(covered: Coverage, stage_category: StageCategory, *, blocks: bool, now: datetime) -> None:
    """Refuse to compute while sheets are missing that may still come or that the rule waits for."""
    if not covered.missing:
        return
    stage = stage_category.stage
    found = window(stage.competition, WindowKind.MARKING, stage.id)
    names = _listed([f"{one.name} ({len(one.entries)})" for one in covered.late])
    if found is not None and now < found.ends_at:
        raise Conflict(
            _l(
                "Marking is open until %(end)s. Scoresheets that are not in yet: %(count)s. %(names)s.",
                end=LazyString(lambda: format_datetime(found.ends_at, "short")),
                count=covered.missing,
                names=names,
            )
        )
    if blocks:
        raise Conflict(
            _l(
                "Scoresheets that are missing, while the rule waits for every one: %(count)s. %(names)s. Remind these "
                "judges, or take the entries back from them.",
                count=covered.missing,
                names=names,
            )
        )


def illegal_input(error: InputError) -> Message:
    """Word what the engine refused to read."""
    return LazyString(lambda: " ".join(problem.say(i18n.language()) for problem in error.problems[:NAMED]))


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMED])
    return shown if len(names) <= NAMED else f"{shown}, … ({len(names)})"
