# SPDX-License-Identifier: Apache-2.0
"""Spoiling a JSON value in one random place."""

from __future__ import annotations

from random import Random
from typing import Any

JUNK: list[Any] = [
    None,
    True,
    0,
    -1,
    2**53,
    "",
    "x",
    "\ud7ff",
    "🏆" * 3,
    [],
    {},
    [[]],
    {"a": []},
    "1e999",
    "../x",
    "NaN",
]


def spoiled(random: Random, value: Any, junk: list[Any] | None = None) -> Any:
    """Return the value with one part replaced, removed, repeated or added."""
    if isinstance(value, dict) and value and random.random() < 0.9:
        copy = dict(value)
        key = random.choice(sorted(copy))
        match random.randrange(8):
            case 0:
                del copy[key]
            case 1:
                copy["extra"] = random.choice(junk or JUNK)
            case _:
                copy[key] = spoiled(random, copy[key], junk)
        return copy
    if isinstance(value, list) and value and random.random() < 0.9:
        at = random.randrange(len(value))
        match random.randrange(6):
            case 0:
                return value[:at] + value[at + 1 :]
            case 1:
                return [*value, value[at]]
            case _:
                return [*value[:at], spoiled(random, value[at], junk), *value[at + 1 :]]
    return random.choice(junk or JUNK)
