# SPDX-License-Identifier: Apache-2.0
"""What a stored run holds: `output` is the canonical JSON of {awards, cut, derivations, standings}."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import rfc8785

from app.results.models import RankingRun


@dataclass(frozen=True, slots=True)
class Stored:
    """The parts of a run's output, as the engine gave them, with the texts that archives carry."""

    standings: dict[str, Any]
    derivations: list[dict[str, Any]]
    cut: dict[str, Any] | None
    awards: list[dict[str, Any]]
    standings_canonical: str
    derivations_canonical: str

    @property
    def standings_digest(self) -> str:
        """SHA-256 of the standings' canonical JSON."""
        return hashlib.sha256(self.standings_canonical.encode("utf-8")).hexdigest()

    @property
    def derivations_digest(self) -> str:
        """SHA-256 of the derivations' canonical JSON."""
        return hashlib.sha256(self.derivations_canonical.encode("utf-8")).hexdigest()


def stored(run: RankingRun) -> Stored:
    """Return a run's output in parts; a run never changes, so it is read once."""
    return _read(run.output)


@lru_cache(maxsize=64)
def _read(output: str) -> Stored:
    value = json.loads(output)
    return Stored(
        standings=value["standings"],
        derivations=value["derivations"],
        cut=value["cut"],
        awards=value["awards"],
        standings_canonical=rfc8785.dumps(value["standings"]).decode("utf-8"),
        derivations_canonical=rfc8785.dumps(value["derivations"]).decode("utf-8"),
    )
