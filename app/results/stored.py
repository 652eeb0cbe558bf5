# SPDX-License-Identifier: Apache-2.0
"""What a run wrote down: standings, derivations, cut and awards, parsed once for each digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import rfc8785

from app.results.models import RankingRun
from scoring import Derivation

KEPT = 32  # runs in memory: a final of nine categories is read by everybody at the same time


@dataclass(frozen=True)
class Stored:
    """The outcome of a run as plain values."""

    standings: Mapping[str, Any]
    derivations: Sequence[Mapping[str, Any]]
    cut: Mapping[str, Any] | None
    awards: Sequence[Mapping[str, Any]]

    @cached_property
    def standings_canonical(self) -> str:
        return canonical(self.standings)

    @cached_property
    def standings_digest(self) -> str:
        return sha256(self.standings_canonical)

    @cached_property
    def derivations_canonical(self) -> str:
        return canonical(self.derivations)

    @cached_property
    def derivations_digest(self) -> str:
        return sha256(self.derivations_canonical)

    @cached_property
    def _by_entry(self) -> dict[str, Mapping[str, Any]]:
        return {one["entry"]: one for one in self.derivations}

    def derivation(self, entry: str) -> Derivation:
        """Return how an entry of the run came to its place."""
        return Derivation.from_json(self._by_entry[entry])


def canonical(value: Any) -> str:
    """Return the RFC 8785 text of a value."""
    return rfc8785.dumps(value).decode("utf-8")


def sha256(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


_known: dict[str, Stored] = {}


def stored(run: RankingRun) -> Stored:
    """Return the outcome of a run; raise when its bytes are not those that were confirmed."""
    found = _known.get(run.output_digest)
    if found is None:
        if sha256(run.output) != run.output_digest:
            raise RuntimeError(f"the stored outcome of run {run.public_id} does not have its digest")
        value = json.loads(run.output)
        found = Stored(value["standings"], value["derivations"], value["cut"], value["awards"])
        while len(_known) >= KEPT:
            _known.pop(next(iter(_known)), None)
        _known[run.output_digest] = found
    return found
