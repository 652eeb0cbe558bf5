# SPDX-License-Identifier: Apache-2.0
"""Hostile content never makes the verifier stumble: it says what is wrong, whatever somebody put there."""

from __future__ import annotations

import json
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest

import verifier
from tests.verifier.archives import Archive, canonical, event, pack, seal
from tests.verifier.spoiling import spoiled
from verifier.checking import verify
from verifier.report import NotAnArchiveError
from verifier.strictjson import JsonError, parse


def spoil_json(random: Random, files: dict[str, bytes]) -> None:
    name = random.choice(sorted(name for name in files if name.endswith(".json")))
    value = spoiled(random, json.loads(files[name]))
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    files[name] = text.encode("utf-8", "surrogatepass")


def spoil_cell(random: Random, files: dict[str, bytes]) -> None:
    name = random.choice(sorted(name for name in files if name.endswith(".csv")))
    lines = files[name].split(b"\n")
    at = random.randrange(len(lines))
    cells = lines[at].split(b",")
    cells[random.randrange(len(cells))] = random.choice(
        [b"", b'"', b"x", b"\xff", b"\0", b"99999", b"-", b"=1", b",", b"\r"]
    )
    lines[at] = b",".join(cells)
    files[name] = b"\n".join(lines)


def spoil_bytes(random: Random, files: dict[str, bytes]) -> None:
    name = random.choice(sorted(name for name in files if name.startswith("data/") and "/files/" not in name))
    data = bytearray(files[name])
    for _ in range(random.randint(1, 4)):
        data[random.randrange(len(data))] = random.randrange(256)
    files[name] = bytes(data)


@pytest.mark.parametrize("spoil", [spoil_json, spoil_cell, spoil_bytes], ids=lambda spoil: spoil.__name__)
def test_verifier_never_stumbles(spoil: Any, tmp_path: Path) -> None:
    sound = {
        name: data for name, data in Archive().bag().items() if name.startswith("data/") or name == verifier.PROGRAM
    }
    refused = 0
    for seed in range(100):
        files = dict(sound)
        spoil(Random(seed), files)
        try:
            report = verify(pack(seal(files), tmp_path / "a.zip"))
        except NotAnArchiveError:
            refused += 1
            continue
        for finding in report.findings:
            assert finding.say("zh")
            assert all(char.isprintable() for char in finding.say("en"))
        refused += bool(report.findings)
    assert refused > 80


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 100_000, b'{"a":' * 100_000, b'{"a":1,"a":2}', b"1.5", b"1e3", b"NaN", b"-Infinity", b'"\\ud800"',
        b"\xff", b"", b"{", b"1" * 5000, b'"\x00"', b"{} {}",
    ],
)  # fmt: skip
def test_json_that_can_be_read_in_two_ways_is_refused(text: bytes) -> None:
    with pytest.raises(JsonError):
        parse(text)


@pytest.mark.slow
def test_hundred_thousand_events_take_seconds(tmp_path: Path) -> None:
    """The promise is a million in a minute on a host of its own; here a tenth of it in a tenth of that, with slack."""
    archive = Archive()
    archive.files[verifier.AUDIT] = b"".join(canonical(event(number)) + b"\n" for number in range(1, 100_001))
    path = pack(archive.bag(), tmp_path / "a.zip")
    begun = time.monotonic()
    report = verify(path)
    taken = time.monotonic() - begun
    print(f"100000 events verified in {taken:.1f} s")
    assert (report.findings, report.counts["events"]) == ([], 100_000)
    assert taken < 30
