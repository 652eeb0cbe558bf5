# SPDX-License-Identifier: Apache-2.0
"""Chance that is the same for the same seed on every machine: SHA-256 of seed and labels, never a system generator."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
ONE = 1 << 32


@dataclass(frozen=True, slots=True)
class Chance:
    """A source of whole numbers named by its seed; each draw names itself, so the order of draws does not matter."""

    seed: str

    def of(self, *labels: object) -> Chance:
        """Return the source for one person, entry or day."""
        return Chance("/".join((self.seed, *map(str, labels))))

    def number(self, what: str, low: int, high: int) -> int:
        """Return a whole number of [low, high]."""
        digest = hashlib.sha256(f"{self.seed}/{what}".encode()).digest()
        return low + int.from_bytes(digest[:8], "big") % (high - low + 1)

    def middling(self, what: str, low: int, high: int) -> int:
        """Return a whole number of [low, high] that is more often near the middle: the mean of three draws."""
        return sum(self.number(f"{what}/{draw}", low, high) for draw in range(3)) // 3

    def pick(self, what: str, choices: Sequence[T]) -> T:
        """Return one of `choices`."""
        return choices[self.number(what, 0, len(choices) - 1)]

    def happens(self, what: str, percent: int) -> bool:
        """Tell whether something of this likelihood happens."""
        return self.number(what, 1, 100) <= percent
