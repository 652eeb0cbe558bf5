# SPDX-License-Identifier: Apache-2.0
"""The second implementation against the first: the same bytes for every contest."""

from __future__ import annotations

import json
import time
from random import Random

import pytest

import scoring
from tests.scoring.contests import random_document, random_entries
from verifier.document import read_document
from verifier.engine import check_input, compute
from verifier.outcome import awards, cut, derivations_value, standings_value
from verifier.strictjson import canonical


def _same(seed: int) -> tuple[int, int]:
    """Compare both implementations on one random contest; return how many rows and how many ties it had."""
    random = Random(seed)
    document = random_document(random)
    entries = random_entries(random, document)
    found = scoring.standings(document, entries)

    read = read_document(json.loads(document.canonical))
    given = json.loads(scoring.input_canonical(document, entries))
    check_input(read, given)
    judged = compute(read, given)
    assert canonical(standings_value(document.digest, judged)).decode() == found.canonical
    assert canonical(derivations_value(read, judged)).decode() == found.derivations_canonical
    if document.rule.cut is not None:
        taken = scoring.cut(found, document.rule.cut)
        assert cut(read, judged) == (list(taken.promoted), dict(taken.turn))
    lists = scoring.awards(found, document.rule.awards)
    assert awards(read, judged) == {entry: one.code for one in lists for entry in one.entries}
    return len(found.rows), sum(row.tied for row in found)


def test_random_contests_come_out_equal() -> None:
    outcomes = [_same(seed) for seed in range(400)]
    assert sum(rows for rows, _ in outcomes) > 1000
    assert sum(ties for _, ties in outcomes) > 100


@pytest.mark.slow
def test_ten_thousand_random_contests_come_out_equal() -> None:
    begun = time.monotonic()
    rows = sum(_same(seed)[0] for seed in range(10_000, 20_000))
    print(f"10000 random contests, {rows} rows, {time.monotonic() - begun:.1f} s")
    assert rows > 30_000
