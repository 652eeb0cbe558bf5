# SPDX-License-Identifier: Apache-2.0
"""What one judge is asked: groups of criteria, their scales, levels and comments."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import ClassVar

from scoring.arithmetic import format_number


class Kind(StrEnum):
    """What a judge enters for a criterion."""

    POINTS = "points"
    LEVELS = "levels"


class CommentUse(StrEnum):
    """Whether every mark of a criterion needs a comment."""

    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a number is no legal mark: a code of the wording tables and its values."""

    code: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Level:
    """A described stretch of the scale; `low` equals `high` where a level gives one mark."""

    code: str
    title: str
    low: Fraction
    high: Fraction
    descriptor: str = ""


@dataclass(frozen=True, slots=True)
class CommentRule:
    """When a mark needs a comment."""

    use: CommentUse = CommentUse.OPTIONAL
    below: Fraction | None = None
    above: Fraction | None = None

    def needed(self, mark: Fraction) -> bool:
        """Tell whether `mark` may not stand without a comment.

        Examples
        --------
        >>> rule = CommentRule(below=Fraction(6), above=Fraction(9))
        >>> [rule.needed(Fraction(mark)) for mark in (5, 6, 9, 10)]
        [True, False, False, True]
        """
        if self.use is CommentUse.REQUIRED:
            return True
        return (self.below is not None and mark < self.below) or (self.above is not None and mark > self.above)


@dataclass(frozen=True)
class Criterion(ABC):
    """One thing that is marked. Each kind of scale is a subclass."""

    kind: ClassVar[Kind]

    code: str
    title: str
    minimum: Fraction
    maximum: Fraction
    weight: Fraction = Fraction(1)
    guidance: str = ""
    comment: CommentRule = CommentRule()
    levels: tuple[Level, ...] = ()

    @property
    @abstractmethod
    def step(self) -> Fraction | None:
        """The distance between neighbouring marks, or None where the scale is a list of levels."""

    @abstractmethod
    def fault(self, mark: Fraction) -> Fault | None:
        """Return why `mark` is not on the scale, or None when it is."""

    @abstractmethod
    def marks(self) -> Iterator[Fraction]:
        """Yield every legal mark, lowest first."""

    def level_of(self, mark: Fraction) -> Level | None:
        """Return the level whose descriptor explains `mark`, if the criterion has levels."""
        return next((level for level in self.levels if level.low <= mark <= level.high), None)

    def level(self, code: str) -> Level | None:
        """Return the level with this code, or None."""
        return next((level for level in self.levels if level.code == code), None)


@dataclass(frozen=True)
class PointsCriterion(Criterion):
    """A criterion marked by a number on an even grid from `minimum` to `maximum`.

    Examples
    --------
    >>> a1 = PointsCriterion("A1", "Idea", Fraction(0), Fraction(1), grid=Fraction(1, 2))
    >>> [str(mark) for mark in a1.marks()], a1.fault(Fraction(1, 4)).code
    (['0', '1/2', '1'], 'off_step')
    """

    kind: ClassVar[Kind] = Kind.POINTS

    grid: Fraction = Fraction(1)

    @property
    def step(self) -> Fraction:
        """The distance between neighbouring marks."""
        return self.grid

    def fault(self, mark: Fraction) -> Fault | None:
        """Return why `mark` is below, above or between the legal marks, or None."""
        if mark < self.minimum:
            return Fault("below_minimum", {"mark": format_number(mark), "limit": format_number(self.minimum)})
        if mark > self.maximum:
            return Fault("above_maximum", {"mark": format_number(mark), "limit": format_number(self.maximum)})
        steps = (mark - self.minimum) / self.grid
        if steps.denominator != 1:
            lower = self.minimum + (steps.numerator // steps.denominator) * self.grid
            return Fault(
                "off_step",
                {
                    "mark": format_number(mark),
                    "step": format_number(self.grid),
                    "lower": format_number(lower),
                    "upper": format_number(lower + self.grid),
                },
            )
        return None

    def marks(self) -> Iterator[Fraction]:
        """Yield every legal mark, lowest first."""
        mark = self.minimum
        while mark <= self.maximum:
            yield mark
            mark += self.grid


@dataclass(frozen=True)
class LevelsCriterion(Criterion):
    """A criterion marked by choosing one of its levels."""

    kind: ClassVar[Kind] = Kind.LEVELS

    @property
    def step(self) -> None:
        """No step: the marks are those of the levels."""
        return None

    def fault(self, mark: Fraction) -> Fault | None:
        """Return why `mark` is no level's mark, or None."""
        if self.level_of(mark) is None:
            allowed = ", ".join(format_number(value) for value in self.marks())
            return Fault("no_such_level", {"mark": format_number(mark), "allowed": allowed})
        return None

    def marks(self) -> Iterator[Fraction]:
        """Yield every level's mark, lowest first."""
        yield from sorted(level.low for level in self.levels)


@dataclass(frozen=True)
class Group:
    """A titled group of criteria."""

    code: str
    title: str
    criteria: tuple[Criterion, ...]
    guidance: str = ""

    @cached_property
    def maximum(self) -> Fraction:
        """The most that the group can add to a sheet's total."""
        return sum((one.weight * one.maximum for one in self.criteria), Fraction(0))


@dataclass(frozen=True)
class Rubric:
    """Everything that one judge is asked about one entry."""

    groups: tuple[Group, ...]
    instructions: str = ""

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria in the order of the document."""
        return tuple(criterion for group in self.groups for criterion in group.criteria)

    @cached_property
    def maximum(self) -> Fraction:
        """The highest total of a sheet: the sum of weight × maximum."""
        return sum((group.maximum for group in self.groups), Fraction(0))

    @cached_property
    def minimum(self) -> Fraction:
        """The lowest total of a sheet: the sum of weight × minimum."""
        return sum((one.weight * one.minimum for one in self.criteria), Fraction(0))

    @cached_property
    def _by_code(self) -> dict[str, Criterion]:
        return {criterion.code: criterion for criterion in self.criteria}

    def criterion(self, code: str) -> Criterion | None:
        """Return the criterion with this code, or None."""
        return self._by_code.get(code)

    def group(self, code: str) -> Group | None:
        """Return the group with this code, or None."""
        return next((group for group in self.groups if group.code == code), None)

    def group_of(self, criterion: Criterion) -> Group:
        """Return the group that holds `criterion`."""
        return next(group for group in self.groups if criterion in group.criteria)
