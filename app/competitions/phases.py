# SPDX-License-Identifier: Apache-2.0
"""What is open in a contest at a moment, what changes next, how many days are left. Pure: windows and a clock in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from app.competitions.models import Competition, Window, WindowKind
from app.errors import Message

SOON = timedelta(days=2)


class SpanState(StrEnum):
    """How a window stands; the codes of the chips."""

    COMING = "coming"
    OPEN = "open"
    ENDING = "ending"
    CLOSED = "closed"


TITLES: dict[WindowKind, Message] = {
    WindowKind.ENTRY: _l("Registration"),
    WindowKind.DIARY: _l("Progress diary"),
    WindowKind.HAND_IN: _l("Result reports"),
    WindowKind.MARKING: _l("Marking"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """A window as it stands at one moment. `days_left` counts calendar days of the contest's zone: 0 is today."""

    kind: WindowKind
    stage_id: int | None
    stage_title: str | None
    starts_at: datetime
    ends_at: datetime
    state: SpanState
    days_left: int | None

    @property
    def is_open(self) -> bool:
        return self.state in (SpanState.OPEN, SpanState.ENDING)

    @property
    def title(self) -> Message:
        """What people call the window: a marking window bears the name of its stage."""
        return self.stage_title or TITLES[self.kind]


@dataclass(frozen=True, slots=True)
class Change:
    """The next moment at which something opens or closes."""

    at: datetime
    spans: tuple[Span, ...]
    days_left: int


@dataclass(frozen=True, slots=True)
class Phase:
    """Where a contest stands: every window in order, those that are open, and what changes next."""

    spans: tuple[Span, ...]
    next_change: Change | None

    @property
    def open(self) -> tuple[Span, ...]:
        return tuple(span for span in self.spans if span.is_open)

    @property
    def is_over(self) -> bool:
        """Tell whether there were windows and all have closed."""
        return bool(self.spans) and all(span.state == SpanState.CLOSED for span in self.spans)

    def span(self, kind: WindowKind, stage_id: int | None = None) -> Span | None:
        """Return the window of a kind, or None when the contest has none."""
        return next((span for span in self.spans if span.kind == kind and span.stage_id == stage_id), None)

    def is_open(self, kind: WindowKind, stage_id: int | None = None) -> bool:
        """Tell whether a window of this kind is open."""
        span = self.span(kind, stage_id)
        return span is not None and span.is_open


def phase(competition: Competition, now: datetime) -> Phase:
    """Return where a contest stands; its windows and stages are read, nothing else."""
    titles = {stage.id: stage.title for stage in competition.stages}
    positions = {stage.id: stage.position for stage in competition.stages}
    return phase_of(in_order(competition.windows, positions), titles, ZoneInfo(competition.timezone), now)


def in_order(windows: Iterable[Window], positions: Mapping[int, int]) -> list[Window]:
    """Return windows in the order in which a contest goes through them; `positions` are those of its stages."""
    kinds = list(WindowKind)
    return sorted(
        windows, key=lambda w: (w.starts_at, kinds.index(WindowKind(w.kind)), positions.get(w.stage_id or 0, 0))
    )


def phase_of(windows: Iterable[Window], titles: Mapping[int, str], zone: tzinfo, now: datetime) -> Phase:
    """Return where a contest of these windows stands; `titles` names stages by id."""
    spans = tuple(_span(window, titles, zone, now) for window in windows)
    coming = [moment for span in spans for moment in (span.starts_at, span.ends_at) if moment > now]
    if not coming:
        return Phase(spans, None)
    at = min(coming)
    changing = tuple(span for span in spans if at in (span.starts_at, span.ends_at))
    return Phase(spans, Change(at, changing, days_between(now, at, zone)))


def _span(window: Window, titles: Mapping[int, str], zone: tzinfo, now: datetime) -> Span:
    if now < window.starts_at:
        state, days = SpanState.COMING, days_between(now, window.starts_at, zone)
    elif now >= window.ends_at:
        state, days = SpanState.CLOSED, None
    else:
        state = SpanState.ENDING if window.ends_at - now <= SOON else SpanState.OPEN
        days = days_between(now, last_moment(window.ends_at), zone)
    return Span(
        kind=WindowKind(window.kind),
        stage_id=window.stage_id,
        stage_title=titles.get(window.stage_id) if window.stage_id is not None else None,
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        state=state,
        days_left=days,
    )


def last_moment(ends_at: datetime) -> datetime:
    """Return the last moment inside a half-open window: one that ends at midnight ends on the day before."""
    return ends_at - timedelta(microseconds=1)


def days_between(now: datetime, then: datetime, zone: tzinfo) -> int:
    """Count the midnights of the contest's zone between two moments."""
    return (then.astimezone(zone).date() - now.astimezone(zone).date()).days
