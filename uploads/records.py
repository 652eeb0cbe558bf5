# SPDX-License-Identifier: Apache-2.0
"""Hold what goes in and out of the door: limits, what was received, what was drawn from it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from uploads.kinds import ALL_KINDS, Kind


@dataclass(frozen=True)
class Limits:
    """What one place of the application accepts."""

    max_bytes: int
    kinds: Collection[Kind] = ALL_KINDS
    max_pixels: int = 50_000_000
    max_pages: int = 200


@dataclass(frozen=True)
class Received:
    """One stored file: what its bytes are, never what its sender said they were."""

    sha256: str
    size: int
    media_type: str
    kind: Kind
    key: str
    file_name: str
    width: int | None = None
    height: int | None = None
    pages: int | None = None


@dataclass(frozen=True)
class Preview:
    """One picture made from a stored file, itself stored; numbers are pages and begin at 1."""

    number: int
    name: str  # "thumb", "display" or "page"
    key: str
    media_type: str
    width: int
    height: int
