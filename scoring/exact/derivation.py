# SPDX-License-Identifier: Apache-2.0
"""Why an entry has its place: what was used, left out, dropped, rounded, and which comparison decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from scoring.arithmetic import Rounding, RoundingMode, format_number, parse_number
from scoring.canonical import Json
from scoring.exact.panel import Block, BlockCode, LeftOut
from scoring.exact.ties import TieStep
from scoring.rules.rule import CellState, PanelMethod, TieBy
from scoring.wording.derivation import derivation_sentences


@dataclass(frozen=True, slots=True)
class SheetUse:
    """A sheet that counts: its total before and after the rounding of the sheet."""

    judge: str
    exact: Fraction
    total: Fraction


@dataclass(frozen=True, slots=True)
class Derivation:
    """Everything between an entry's sheets and its place.

    Attributes
    ----------
    sheets : tuple of SheetUse
        The sheets that count, the dropped ones included, sorted by judge.
    left_out : tuple of LeftOut
        The sheets that do not count, and why.
    blocked_by : tuple of Block
        Why there is no score; empty where there is one.
    dropped_low, dropped_high : tuple of str
        Judges whose totals were dropped.
    mean, score : Fraction or None
        The mean of what remained, before and after the rounding of the panel.
    ties : tuple of TieStep
        The comparisons among entries of equal score.
    equal : int
        How many entries share the place, this one included.
    """

    entry: str
    method: PanelMethod
    sheets: tuple[SheetUse, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    blocked_by: tuple[Block, ...] = ()
    dropped_low: tuple[str, ...] = ()
    dropped_high: tuple[str, ...] = ()
    mean: Fraction | None = None
    rounding: Rounding | None = None
    score: Fraction | None = None
    ties: tuple[TieStep, ...] = ()
    place: int | None = None
    equal: int = 0

    def sentences(
        self,
        language: str,
        names: Mapping[str, str] | None = None,
        titles: Mapping[str, str] | None = None,
    ) -> list[str]:
        """Return the derivation as sentences in ``zh`` or ``en``.

        Parameters
        ----------
        language : str
            A language tag.
        names : mapping, optional
            What to call a judge, by code; codes that are not in it are shown as they are.
        titles : mapping, optional
            What to call a group or a criterion, by code.
        """
        return derivation_sentences(self, language, names or {}, titles or {})

    def to_json(self) -> dict[str, Json]:
        """Return plain values ready for RFC 8785."""
        return {
            "blocked_by": [block_json(block) for block in self.blocked_by],
            "dropped_high": list(self.dropped_high),
            "dropped_low": list(self.dropped_low),
            "entry": self.entry,
            "equal": self.equal,
            "left_out": [
                {"criterion": out.criterion, "judge": out.judge, "state": out.state.value} for out in self.left_out
            ],
            "mean": number_json(self.mean),
            "method": self.method.value,
            "place": self.place,
            "rounding": None
            if self.rounding is None
            else {"mode": self.rounding.mode.value, "places": self.rounding.places},
            "score": number_json(self.score),
            "sheets": [
                {"exact": format_number(use.exact), "judge": use.judge, "total": format_number(use.total)}
                for use in self.sheets
            ],
            "ties": [
                {
                    "among": step.among,
                    "by": step.by.value,
                    "code": step.code,
                    "equal": step.equal,
                    "value": format_number(step.value),
                }
                for step in self.ties
            ],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Derivation:
        """Read back what `to_json` wrote, so that a stored run can be explained without computing it again."""
        rounding = value["rounding"]
        return cls(
            entry=value["entry"],
            method=PanelMethod(value["method"]),
            sheets=tuple(
                SheetUse(use["judge"], parse_number(use["exact"]), parse_number(use["total"]))
                for use in value["sheets"]
            ),
            left_out=tuple(
                LeftOut(out["judge"], CellState(out["state"]), out["criterion"]) for out in value["left_out"]
            ),
            blocked_by=tuple(_block(block) for block in value["blocked_by"]),
            dropped_low=tuple(value["dropped_low"]),
            dropped_high=tuple(value["dropped_high"]),
            mean=_number(value["mean"]),
            rounding=None if rounding is None else Rounding(RoundingMode(rounding["mode"]), rounding["places"]),
            score=_number(value["score"]),
            ties=tuple(
                TieStep(TieBy(step["by"]), step["code"], parse_number(step["value"]), step["among"], step["equal"])
                for step in value["ties"]
            ),
            place=value["place"],
            equal=value["equal"],
        )


def number_json(value: Fraction | None) -> str | None:
    """Return a number as exact text: a decimal when one exists, otherwise ``p/q``."""
    return None if value is None else format_number(value)


def block_json(block: Block) -> dict[str, Json]:
    """Return a block as plain values."""
    if block.code is BlockCode.TOO_FEW:
        return {"code": block.code.value, "counted": block.counted, "minimum": block.minimum}
    return {
        "code": block.code.value,
        "criterion": block.criterion,
        "judge": block.judge,
        "state": None if block.state is None else block.state.value,
    }


def _number(text: str | None) -> Fraction | None:
    return None if text is None else parse_number(text)


def _block(value: Mapping[str, Any]) -> Block:
    state = value.get("state")
    return Block(
        BlockCode(value["code"]),
        judge=value.get("judge"),
        criterion=value.get("criterion"),
        state=None if state is None else CellState(state),
        counted=value.get("counted"),
        minimum=value.get("minimum"),
    )
