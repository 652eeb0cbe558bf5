# SPDX-License-Identifier: Apache-2.0
"""A document in plain sentences: scales, levels, comments, and what becomes of the sheets."""

from __future__ import annotations

from fractions import Fraction

from flask_babel import gettext, ngettext

from app.i18n import language
from scoring import Criterion, Document, Kind, Level, Rubric, format_number


def _(text: str, **values: object) -> str:
    return str(gettext(text, **values))


def number(value: Fraction) -> str:
    """Write an exact number of a document."""
    return format_number(value)


def points(value: Fraction) -> str:
    """Write a number of points: 1 point, 0.5 points."""
    return _("1 point") if value == 1 else _("%(number)s points", number=number(value))


# -------------------------------------------------------------------------------------------------- what is marked


def scale(criterion: Criterion) -> str:
    """Say which marks a criterion takes."""
    if criterion.kind == Kind.LEVELS:
        return str(ngettext("one of %(num)d level", "one of %(num)d levels", len(criterion.levels)))
    return _(
        "%(least)s to %(most)s in steps of %(step)s",
        least=number(criterion.minimum),
        most=number(criterion.maximum),
        step=number(criterion.step or Fraction(1)),
    )


def contribution(criterion: Criterion) -> str | None:
    """Say how a weighted criterion counts, or nothing when its weight is 1."""
    if criterion.weight == 1:
        return None
    return _(
        "counts %(weight)s times: at most %(most)s",
        weight=number(criterion.weight),
        most=number(criterion.weight * criterion.maximum),
    )


def band(level: Level) -> str:
    """Say which marks a level stands for."""
    if level.low == level.high:
        return points(level.low)
    return _("%(low)s to %(high)s points", low=number(level.low), high=number(level.high))


def comment_rule(criterion: Criterion) -> str | None:
    """Say when a mark needs a comment, or nothing when it never does."""
    rule = criterion.comment
    if rule.use == "required":
        return _("Every mark needs a comment.")
    if rule.below is not None and rule.above is not None:
        return _(
            "A mark below %(below)s or above %(above)s needs a comment.",
            below=number(rule.below),
            above=number(rule.above),
        )
    if rule.below is not None:
        return _("A mark below %(below)s needs a comment.", below=number(rule.below))
    if rule.above is not None:
        return _("A mark above %(above)s needs a comment.", above=number(rule.above))
    return None


def total(rubric: Rubric) -> str:
    """Say what a sheet can add up to."""
    if rubric.minimum == 0:
        return _("A sheet adds up to at most %(most)s points.", most=number(rubric.maximum))
    return _(
        "A sheet adds up to %(least)s to %(most)s points.", least=number(rubric.minimum), most=number(rubric.maximum)
    )


def rule(document: Document) -> list[str]:
    """Say the whole rule, one sentence a step, in the order of the computation: the engine's own words."""
    return document.sentences(language())
