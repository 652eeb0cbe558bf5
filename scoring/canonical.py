# SPDX-License-Identifier: Apache-2.0
"""Canonical JSON (RFC 8785) and its digest: one text for one meaning."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import NoReturn, TypeAlias

import rfc8785

Json: TypeAlias = Mapping[str, "Json"] | Sequence["Json"] | str | int | bool | None

MOST_BYTES = 4 * 1024 * 1024
DEEPEST = 32


def canonical(value: Json) -> str:
    """Return the RFC 8785 text of a JSON value that holds no floating-point number.

    Examples
    --------
    >>> canonical({"b": 1, "a": ["x", None]})
    '{"a":["x",null],"b":1}'
    """
    return rfc8785.dumps(value).decode("utf-8")


def sha256(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def load(text: str) -> Json:
    """Read JSON strictly: no number but integers, no repeated key, no deep nesting.

    Raises
    ------
    ValueError
        With the reason, for anything that could be read in two ways.
    """
    if len(text) > MOST_BYTES:
        raise ValueError(f"longer than {MOST_BYTES} characters")
    _refuse_depth(text)
    value: Json = json.loads(
        text, parse_float=_refuse_number, parse_constant=_refuse_number, object_pairs_hook=_object_without_repeats
    )
    return value


def _refuse_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= DEEPEST:
        return  # most texts: too few brackets to be deep
    # Counted before parsing, because the parser recurses and would end in a RecursionError.
    depth = 0
    in_string = escaped = False
    for char in text:
        if in_string:
            in_string = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char == '"':
            in_string = True
        elif char in "[{":
            depth += 1
            if depth > DEEPEST:
                raise ValueError(f"nested deeper than {DEEPEST}")
        elif char in "]}":
            depth -= 1


def _refuse_number(text: str) -> NoReturn:
    raise ValueError(f"the number {text} is not an integer")


def _object_without_repeats(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands twice in one object")
        found[key] = value
    return found
