# SPDX-License-Identifier: Apache-2.0
"""Who goes on: the cut line, a tie across it, and the reserve list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import groupby

from scoring.canonical import Json
from scoring.exact.derivation import number_json
from scoring.exact.places import places
from scoring.exact.standings import Row, Standings
from scoring.rules.rule import CutRule, PlaceStyle, TiesAtLine
from scoring.wording.outcome import reason_sentence


class CutCode(StrEnum):
    """What the cut decided about an entry."""

    PROMOTED = "promoted"
    PROMOTED_TIED = "promoted_tied"
    RESERVE = "reserve"
    BELOW_LINE = "below_line"
    TIED_AT_LINE = "tied_at_line"
    INELIGIBLE = "ineligible"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class CutReason:
    """What the cut decided about an entry, and the numbers that the sentence names."""

    code: CutCode
    place: int | None
    promote: int

    def say(self, language: str) -> str:
        """Return the decision as a sentence in ``zh`` or ``en``."""
        return reason_sentence(self.code.value, self.place, self.promote, language)


@dataclass(frozen=True, slots=True)
class CutLine:
    """The last place that goes on, and its score."""

    place: int
    score: Fraction


@dataclass(frozen=True)
class Cut:
    """The outcome of a cut; `promoted` and `reserve` in the order of the standings.

    `turn` gives the turn of each entry in reserve, counted from 1; entries that are tied share a turn.
    """

    promoted: tuple[str, ...]
    reserve: tuple[str, ...]
    reasons: Mapping[str, CutReason]
    line: CutLine | None
    turn: Mapping[str, int]

    def to_json(self) -> dict[str, Json]:
        """Return plain values ready for RFC 8785."""
        line: Json = None
        if self.line is not None:
            line = {"place": self.line.place, "score": number_json(self.line.score)}
        return {
            "line": line,
            "promoted": list(self.promoted),
            "reasons": {entry: reason.code.value for entry, reason in self.reasons.items()},
            "reserve": list(self.reserve),
            "turn": dict(self.turn),
        }


def tied_groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield the eligible placed rows by place, best first: those who can take a slot."""
    placed = [row for row in rows if row.place is not None and row.eligible]
    for _, group in groupby(placed, key=lambda row: row.place):
        yield list(group)


def take(groups: list[list[Row]], slots: int, ties: TiesAtLine) -> int:
    """Return how many of the groups fit into `slots`.

    A group that stands across the line comes along whole with ``include`` and stays behind whole with
    ``exclude``; nobody is taken past a group that stayed behind.
    """
    used = 0
    for index, group in enumerate(groups):
        if used >= slots:
            return index
        if used + len(group) > slots and ties is TiesAtLine.EXCLUDE:
            return index
        used += len(group)
    return len(groups)


def cut(found: Standings, rule: CutRule) -> Cut:
    """Apply a cut to standings.

    Entries that are not eligible are passed over and take no slot. The reserve list begins right after the
    line and treats a tie at its own end in the same way.
    """
    groups = list(tied_groups(found.rows))
    taken = take(groups, rule.promote, rule.ties)
    waiting = take(groups[taken:], rule.reserve, rule.ties)
    promoted = groups[:taken]
    reserve = groups[taken : taken + waiting]
    before_last = sum(len(group) for group in promoted[:-1])
    overfull = bool(promoted) and before_last + len(promoted[-1]) > rule.promote
    free = rule.promote - sum(len(group) for group in promoted)

    codes = {row.entry: CutCode.BLOCKED if row.place is None else CutCode.INELIGIBLE for row in found}
    for index, group in enumerate(groups):
        if index < taken:
            code = CutCode.PROMOTED_TIED if overfull and index == taken - 1 else CutCode.PROMOTED
        elif index < taken + waiting:
            code = CutCode.RESERVE
        elif index == taken and free > 0:
            code = CutCode.TIED_AT_LINE
        else:
            code = CutCode.BELOW_LINE
        codes.update((row.entry, code) for row in group)
    last = promoted[-1][0] if promoted else None
    line = None if last is None or last.place is None or last.score is None else CutLine(last.place, last.score)
    return Cut(
        promoted=tuple(row.entry for group in promoted for row in group),
        reserve=tuple(row.entry for group in reserve for row in group),
        reasons={row.entry: CutReason(codes[row.entry], row.place, rule.promote) for row in found},
        line=line,
        turn=_turns(reserve),
    )


def _turns(reserve: list[list[Row]]) -> dict[str, int]:
    turns = places(map(len, reserve), PlaceStyle.COMPETITION)
    return {row.entry: turn for turn, group in zip(turns, reserve, strict=True) for row in group}
