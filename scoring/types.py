# SPDX-License-Identifier: Apache-2.0
"""Sheets as the engine takes them: cells, sheets, entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.arithmetic import format_number, parse_decimal
from scoring.rules.rule import CellState


@dataclass(frozen=True, slots=True)
class Cell:
    """One criterion on one sheet: either a value, of which 0 is one, or a state.

    Examples
    --------
    >>> Cell.of("8.5").value, Cell.of("absent").state
    (Fraction(17, 2), <CellState.ABSENT: 'absent'>)
    """

    value: Fraction | None = None
    state: CellState | None = None
    comment: str = ""

    def __post_init__(self) -> None:
        if (self.value is None) == (self.state is None):
            raise ValueError("a cell has either a value or a state")
        # Refused here, at the door: a float or a boolean would pass for a number further in.
        value: object = self.value
        if value is not None and not isinstance(value, Fraction):
            raise TypeError(f"a cell's value is a Fraction, not {type(value).__name__}")

    @classmethod
    def of(cls, value: str | int | Fraction | CellState, comment: str = "") -> Cell:
        """Make a cell of a decimal text, a whole number, a fraction, or a state or its code.

        Raises
        ------
        ValueError
            When the text is neither a plain decimal nor the code of a state.
        """
        if isinstance(value, CellState):
            return cls(state=value, comment=comment)
        if isinstance(value, str):
            if value in set(CellState):
                return cls(state=CellState(value), comment=comment)
            number = parse_decimal(value)
            if number is None:
                raise ValueError(f"neither a decimal nor a state: {value[:40]!r}")
            return cls(value=number, comment=comment)
        if isinstance(value, bool) or not isinstance(value, int | Fraction):
            raise TypeError(f"a cell is not made of {type(value).__name__}")
        return cls(value=Fraction(value), comment=comment)

    @property
    def text(self) -> str:
        """The cell as tables and archives write it: a number, or the code of its state."""
        if self.state is not None:
            return self.state.value
        return format_number(self.value or Fraction(0))


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one judge gave one entry: cells by criterion, or one state for the whole sheet."""

    judge: str
    cells: Mapping[str, Cell] | None = None
    state: CellState | None = None

    def __post_init__(self) -> None:
        if (self.cells is None) == (self.state is None):
            raise ValueError("a sheet has either cells or a state")


@dataclass(frozen=True, slots=True)
class EntrySheets:
    """An entry with the sheets of its judges.

    An entry that is not `eligible` keeps its place but takes no slot of a cut or an award.
    """

    entry: str
    sheets: tuple[Sheet, ...]
    eligible: bool = True
