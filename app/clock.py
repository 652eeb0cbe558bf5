# SPDX-License-Identifier: Apache-2.0
"""The one source of time. Tests and rehearsals set it; nothing else calls the system clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_set_to: ContextVar[datetime | None] = ContextVar("youyin_clock", default=None)


def now() -> datetime:
    """Return the present moment in UTC."""
    return _set_to.get() or wall()


def wall() -> datetime:
    """Return the machine's own time, which nobody sets: for heartbeats and leases only."""
    return datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Let `now()` answer `moment` within the block."""
    if moment.tzinfo is None:
        raise ValueError("the clock takes moments with a time zone")
    token = _set_to.set(moment.astimezone(UTC))
    try:
        yield moment
    finally:
        _set_to.reset(token)


def iso(moment: datetime) -> str:
    """Write a moment as archives and the audit trail do: UTC, microseconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
