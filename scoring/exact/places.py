# SPDX-License-Identifier: Apache-2.0
"""Places for groups of equal entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scoring.rules.rule import PlaceStyle


def places(sizes: Iterable[int], style: PlaceStyle) -> Iterator[int]:
    """Yield the place of each group of equal entries, best first.

    Examples
    --------
    >>> list(places([1, 2, 1], PlaceStyle.COMPETITION)), list(places([1, 2, 1], PlaceStyle.DENSE))
    ([1, 2, 4], [1, 2, 3])
    """
    place = 1
    for size in sizes:
        yield place
        place += size if style is PlaceStyle.COMPETITION else 1
