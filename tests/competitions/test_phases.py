# SPDX-License-Identifier: Apache-2.0
"""Where a contest stands, at the very edges of its windows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.competitions.models import Competition, Stage, Window, WindowKind
from app.competitions.phases import SOON, SpanState, days_between, last_moment, phase

SHANGHAI = ZoneInfo("Asia/Shanghai")
TICK = timedelta(microseconds=1)


def at(day: int, hour: int = 0, minute: int = 0, month: int = 6) -> datetime:
    """Return a moment of June 2026 on a wall clock in Shanghai."""
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def contest(
    *windows: tuple[WindowKind, datetime, datetime], stages: int = 0, zone: str = "Asia/Shanghai"
) -> Competition:
    made = Competition(timezone=zone)
    made.stages = [Stage(id=number, title=f"Stage {number}", position=number) for number in range(1, stages + 1)]
    marking = iter(made.stages)
    made.windows = [
        Window(
            kind=kind,
            starts_at=starts,
            ends_at=ends,
            stage_id=next(marking).id if kind == WindowKind.MARKING else None,
        )
        for kind, starts, ends in windows
    ]
    return made


ENTRY = (WindowKind.ENTRY, at(1, 9), at(10, 18))


@pytest.mark.parametrize(
    ("now", "state", "days"),
    [
        (at(1, 9) - TICK, SpanState.COMING, 0),
        (at(1, 9), SpanState.OPEN, 9),
        (at(10, 18) - SOON - TICK, SpanState.OPEN, 2),
        (at(10, 18) - SOON, SpanState.ENDING, 2),
        (at(10, 18) - TICK, SpanState.ENDING, 0),
        (at(10, 18), SpanState.CLOSED, None),
        (at(10, 18) + TICK, SpanState.CLOSED, None),
        (at(31, 23, 59, month=5), SpanState.COMING, 1),
        (at(1, 0), SpanState.COMING, 0),
    ],
)
def test_a_window_is_half_open(now: datetime, state: SpanState, days: int | None) -> None:
    (span,) = phase(contest(ENTRY), now).spans
    assert (span.state, span.days_left) == (state, days)
    assert span.is_open == (state in (SpanState.OPEN, SpanState.ENDING))


def test_days_are_those_of_the_contests_zone() -> None:
    evening = datetime(2026, 6, 9, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    midnight = datetime(2026, 6, 9, 16, 0, tzinfo=UTC)
    assert phase(contest(ENTRY), evening).spans[0].days_left == 1
    assert phase(contest(ENTRY), midnight).spans[0].days_left == 0
    assert phase(contest(ENTRY, zone="UTC"), midnight).spans[0].days_left == 1


def test_a_window_that_ends_at_midnight_has_its_last_day_the_day_before() -> None:
    made = contest((WindowKind.ENTRY, at(1), at(11)))
    assert phase(made, at(10, 12)).spans[0].days_left == 0
    assert last_moment(at(11)).astimezone(SHANGHAI).day == 10


def test_what_changes_next_is_the_nearest_edge_of_any_window() -> None:
    made = contest(ENTRY, (WindowKind.DIARY, at(5), at(20)), (WindowKind.HAND_IN, at(10, 18), at(20)))
    cases = [
        (at(1), at(1, 9), ["entry"], 0),
        (at(1, 9), at(5), ["diary"], 4),
        (at(5), at(10, 18), ["entry", "hand_in"], 5),
        (at(10, 18), at(20), ["diary", "hand_in"], 10),
    ]
    for now, moment, kinds, days in cases:
        change = phase(made, now).next_change
        assert change is not None
        assert (change.at, [span.kind.value for span in change.spans], change.days_left) == (moment, kinds, days)
    assert phase(made, at(20)).next_change is None


def test_a_contest_is_over_when_all_its_windows_are_and_not_before_it_has_any() -> None:
    assert not phase(contest(), at(1)).is_over
    assert phase(contest(), at(1)).next_change is None
    assert not phase(contest(ENTRY), at(10, 18) - TICK).is_over
    assert phase(contest(ENTRY), at(10, 18)).is_over


def test_windows_stand_in_the_order_of_time_and_stages_bear_their_own_names() -> None:
    made = contest(
        (WindowKind.MARKING, at(12), at(14)),
        (WindowKind.MARKING, at(15), at(16)),
        (WindowKind.HAND_IN, at(1, 9), at(11)),
        ENTRY,
        stages=2,
    )
    found = phase(made, at(13))
    assert [str(span.title) for span in found.spans] == ["Registration", "Result reports", "Stage 1", "Stage 2"]
    assert [span.stage_title for span in found.open] == ["Stage 1"]
    assert found.is_open(WindowKind.MARKING, 1)
    assert not found.is_open(WindowKind.MARKING, 2)
    assert not found.is_open(WindowKind.MARKING)
    assert found.span(WindowKind.DIARY) is None


def test_a_day_of_twenty_three_hours_is_a_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before = datetime(2026, 3, 28, 23, 30, tzinfo=berlin)
    after = datetime(2026, 3, 29, 23, 30, tzinfo=berlin)
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=23)
    assert days_between(before, after, berlin) == 1
