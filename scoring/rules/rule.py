# SPDX-License-Identifier: Apache-2.0
"""What becomes of the sheets: panel, cell states, ties, places, cut and awards."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scoring.arithmetic import Rounding


class CellState(StrEnum):
    """Why a cell, or a whole sheet, carries no mark. A mark of 0 is a mark."""

    NOT_YET = "not_yet"
    ABSTAINED = "abstained"
    RECUSED = "recused"
    ABSENT = "absent"
    NOT_APPLICABLE = "not_applicable"


class CellPolicy(StrEnum):
    """What a state does: hold the entry back, or leave the sheet out."""

    BLOCK = "block"
    LEAVE_OUT = "leave_out"


class PanelMethod(StrEnum):
    """How the totals of a panel become one score."""

    MEAN = "mean"
    TRIMMED_MEAN = "trimmed_mean"


class TieBy(StrEnum):
    """What is compared among entries of equal score."""

    GROUP = "group"
    CRITERION = "criterion"
    MEDIAN = "median"
    LOWEST_SHEET = "lowest_sheet"
    HIGHEST_SHEET = "highest_sheet"


class PlaceStyle(StrEnum):
    """How places go on after a tie: 1 2 2 4 or 1 2 2 3."""

    COMPETITION = "competition"
    DENSE = "dense"


class TiesAtLine(StrEnum):
    """Whether a tie across a line comes along whole or stays behind whole."""

    INCLUDE = "include"
    EXCLUDE = "exclude"


@dataclass(frozen=True, slots=True)
class SheetRule:
    """How a sheet's total is rounded; None keeps it exact."""

    rounding: Rounding | None = None


@dataclass(frozen=True, slots=True)
class PanelRule:
    """How the counted sheets of an entry become its score."""

    method: PanelMethod
    minimum: int
    drop_high: int = 0
    drop_low: int = 0
    rounding: Rounding | None = None


@dataclass(frozen=True, slots=True)
class CellRules:
    """What each state does."""

    not_yet: CellPolicy = CellPolicy.BLOCK
    abstained: CellPolicy = CellPolicy.LEAVE_OUT
    recused: CellPolicy = CellPolicy.LEAVE_OUT
    absent: CellPolicy = CellPolicy.LEAVE_OUT
    not_applicable: CellPolicy = CellPolicy.BLOCK

    def policy(self, state: CellState) -> CellPolicy:
        """Return what `state` does."""
        policy: CellPolicy = getattr(self, state.value)
        return policy


@dataclass(frozen=True, slots=True)
class TieRule:
    """One comparator of the chain."""

    by: TieBy
    code: str | None = None


@dataclass(frozen=True, slots=True)
class PlacesRule:
    """How places are counted."""

    style: PlaceStyle = PlaceStyle.COMPETITION


@dataclass(frozen=True, slots=True)
class CutRule:
    """How many go on, how a tie at the line is settled, how many wait in reserve."""

    promote: int
    ties: TiesAtLine
    reserve: int = 0


@dataclass(frozen=True, slots=True)
class AwardRule:
    """One award and how many it is given."""

    code: str
    title: str
    count: int
    ties: TiesAtLine


@dataclass(frozen=True, slots=True)
class Rule:
    """Everything that turns sheets into places, promotions and awards."""

    panel: PanelRule
    sheet: SheetRule = SheetRule()
    cells: CellRules = CellRules()
    ties: tuple[TieRule, ...] = ()
    places: PlacesRule = PlacesRule()
    cut: CutRule | None = None
    awards: tuple[AwardRule, ...] = ()
