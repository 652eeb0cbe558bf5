# SPDX-License-Identifier: Apache-2.0
"""A draw that everybody can repeat: whole numbers from SHA-256 in counter mode."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")

_WORD = 2**64


class Draw:
    """A stream of random whole numbers that depends on the seed alone.

    Block `n` of the stream is SHA-256 of the ASCII text ``youyin draw <seed> <n>`` (n = 0, 1, 2 …), read as
    four big-endian numbers of 64 bits. Any language gives the same draw, today and in twenty years.

    Examples
    --------
    >>> Draw(7).shuffled("abcdef")
    ['d', 'e', 'f', 'c', 'b', 'a']
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._block = 0
        self._words: list[int] = []

    def below(self, limit: int) -> int:
        """Return a number from 0 to ``limit - 1``, each equally likely."""
        # Words in the last, incomplete multiple of the limit are drawn again, or low numbers would be favoured.
        usable = _WORD - _WORD % limit
        while (word := self._word()) >= usable:
            pass
        return word % limit

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """Return the items in random order (Fisher–Yates, from the end)."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed

    def _word(self) -> int:
        if not self._words:
            block = hashlib.sha256(f"youyin draw {self._seed} {self._block}".encode("ascii")).digest()
            self._block += 1
            self._words = [int.from_bytes(block[at : at + 8], "big") for at in (24, 16, 8, 0)]
        return self._words.pop()
