# SPDX-License-Identifier: Apache-2.0
"""JSON that can be read in one way only, and its RFC 8785 form."""

from __future__ import annotations

import hashlib
import json
from typing import Any

LARGEST = 2**53 - 1
DEEPEST = 32


class JsonError(ValueError):
    """A text is not strict JSON, or not canonical."""


def parse(data: bytes) -> Any:
    """Return the value of strict JSON: integers only, no repeated keys, not deep, no lone surrogates."""
    try:
        text = data.decode("utf-8")
        _bound_depth(text)
        value = json.loads(text, parse_float=_refuse, parse_constant=_refuse, object_pairs_hook=_object)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")  # fails on a lone surrogate
    except JsonError:
        raise
    except (ValueError, RecursionError) as error:
        raise JsonError(str(error)) from error
    return value


def parse_canonical(data: bytes) -> Any:
    """Return the value of canonical JSON."""
    value = parse(data)
    if canonical(value) != data:
        raise JsonError("the text is not in canonical form (RFC 8785)")
    return value


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 bytes of a value without floating-point numbers."""
    return _text(value).encode("utf-8")


def digest(data: bytes) -> str:
    """Return the SHA-256 as 64 digits."""
    return hashlib.sha256(data).hexdigest()


def _text(value: Any) -> str:
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise JsonError("an integer is beyond 2^53")
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ",".join([_text(item) for item in value]) + "]"
    if isinstance(value, dict):
        # RFC 8785 sorts keys by UTF-16 code units, not by code points.
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join([_text(key) + ":" + _text(value[key]) for key in keys]) + "}"
    raise JsonError("no JSON value: " + type(value).__name__)


def _refuse(text: str) -> None:
    raise JsonError("the number " + text + " is not an integer")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise JsonError("the key " + repr(key) + " stands twice in one object")
        found[key] = value
    return found


def _bound_depth(text: str) -> None:
    """Refuse deep nesting before the parser recurses into it."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return  # most texts: too few brackets to be deep
    depth, at, inside = 0, 0, False
    while at < len(text):
        char = text[at]
        if inside:
            if char == "\\":
                at += 1
            elif char == '"':
                inside = False
        elif char == '"':
            inside = True
        elif char in "[{":
            depth += 1
            if depth > DEEPEST:
                raise JsonError("nested deeper than " + str(DEEPEST))
        elif char in "]}":
            depth -= 1
        at += 1
