# SPDX-License-Identifier: Apache-2.0
"""What a rehearsal tells while it plays: the steps, their counts and seconds, and the digest of all places."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

EVERY = timedelta(seconds=1)  # between two words within a step


class Until(StrEnum):
    """How far a contest is played. `final` stops in the middle of the final's marking."""

    LOADED = "loaded"
    ENTRIES = "entries"
    DIARY = "diary"
    RESULTS = "results"
    INITIAL = "initial"
    RANKED = "ranked"
    FINAL = "final"
    PUBLISHED = "published"
    ARCHIVE = "archive"

    def reaches(self, other: Until) -> bool:
        """Tell whether playing until here includes `other`."""
        order = list(Until)
        return order.index(self) >= order.index(other)


@dataclass
class Step:
    """One finished step."""

    name: str
    count: int
    seconds: float


@dataclass
class Report:
    """The steps so far; `tell` is called with each one, `advance` within a long one."""

    tell: Callable[[str], None] = lambda line: None
    advance: Callable[[int, int | None, str], None] = lambda done, total, step: None
    steps: list[Step] = field(default_factory=list)
    standings: str | None = None
    archive: str | None = None

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Counter]:
        """Time a step and count what it does."""
        begun = time.perf_counter()
        counter = Counter(self, name, total)
        self.advance(0, total, name)
        yield counter
        done = Step(name, counter.count, time.perf_counter() - begun)
        self.steps.append(done)
        self.tell(f"{done.name:<22} {done.count:>8}  {done.seconds:8.1f} s")

    def digest(self, canonical: str) -> None:
        """Print the digest of all places."""
        self.standings = hashlib.sha256(canonical.encode("utf-8")).hexdigest()
        self.tell(f"standings sha256 {self.standings}")


@dataclass
class Counter:
    """Counts what a step did, and says so now and then."""

    report: Report
    name: str
    total: int | None
    count: int = 0
    said: float = field(default_factory=time.perf_counter)

    def __call__(self, more: int = 1) -> None:
        self.count += more
        if time.perf_counter() - self.said >= EVERY.total_seconds():
            self.said = time.perf_counter()
            self.report.advance(self.count, self.total, self.name)
