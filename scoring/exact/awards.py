# SPDX-License-Identifier: Apache-2.0
"""Awards, in the order of the rule: each takes the best eligible entries that have none yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scoring.canonical import Json
from scoring.exact.cut import take, tied_groups
from scoring.exact.standings import Standings
from scoring.rules.rule import AwardRule


@dataclass(frozen=True, slots=True)
class AwardList:
    """The entries that receive one award, in the order of the standings.

    `vacant` counts the slots that nobody fills; it is 0 where a tie made the list longer than the count.
    """

    code: str
    title: str
    entries: tuple[str, ...]
    vacant: int

    def to_json(self) -> dict[str, Json]:
        """Return plain values ready for RFC 8785."""
        return {"code": self.code, "entries": list(self.entries), "title": self.title, "vacant": self.vacant}


def awards(found: Standings, rules: Iterable[AwardRule]) -> tuple[AwardList, ...]:
    """Hand out awards over standings.

    An entry that is not eligible keeps its place and takes no slot. A tie that makes one list longer takes
    nothing from the next; a tie that stays behind at one line stands first for the next award.
    """
    groups = list(tied_groups(found.rows))
    lists: list[AwardList] = []
    for rule in rules:
        taken = take(groups, rule.count, rule.ties)
        entries = tuple(row.entry for group in groups[:taken] for row in group)
        lists.append(AwardList(rule.code, rule.title, entries, max(0, rule.count - len(entries))))
        groups = groups[taken:]
    return tuple(lists)
