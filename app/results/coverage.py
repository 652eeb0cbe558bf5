# SPDX-License-Identifier: Apache-2.0
"""Which sheets of a stage and category are in, which are excused, and whose are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select

from app.accounts.models import User
from app.competitions.models import StageCategory
from app.db import db
from app.entries.models import Entry
from app.judging.models import Assignment, AssignmentState, Scoresheet, SheetState
from app.judging.queries.drawing import entry_ids
from app.results.adapter import codes_of


@dataclass(frozen=True, slots=True)
class EntryCoverage:
    """How far one entry is: its sheets by what became of them."""

    public_id: str
    number: str
    title: str
    received: int
    recused: int
    abstained: int
    missing: int

    @property
    def assigned(self) -> int:
        """Sheets that can still count or do."""
        return self.received + self.missing


@dataclass(frozen=True, slots=True)
class Late:
    """A judge whose sheets are missing, and for which entries."""

    name: str
    code: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Excused:
    """A judge who stepped back or abstained from an entry, with the reason given."""

    entry: str
    name: str
    code: str
    state: AssignmentState
    reason: str | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """The control totals: sheets expected = received + excused + missing."""

    entries: Sequence[EntryCoverage]
    late: Sequence[Late]
    excused_sheets: Sequence[Excused]
    ids: Mapping[str, int]
    wanted: int

    @property
    def received(self) -> int:
        return sum(one.received for one in self.entries)

    @property
    def excused(self) -> int:
        return sum(one.recused + one.abstained for one in self.entries)

    @property
    def missing(self) -> int:
        return sum(one.missing for one in self.entries)

    @property
    def expected(self) -> int:
        return self.received + self.excused + self.missing

    @property
    def thin(self) -> list[EntryCoverage]:
        """Entries with fewer judges than the organizer wanted."""
        return [one for one in self.entries if one.assigned < self.wanted]


def coverage(stage_category: StageCategory) -> Coverage:
    """Return the coverage of a stage and category: two statements, whatever its size."""
    codes = codes_of(stage_category)
    rows = db.session.execute(
        select(
            Entry.id,
            Entry.public_id,
            Entry.number,
            Entry.title,
            Assignment.judge_id,
            Assignment.state,
            Assignment.reason,
            Scoresheet.state.label("sheet"),
            User.name,
        )
        .outerjoin(
            Assignment,
            and_(
                Assignment.entry_id == Entry.id,
                Assignment.stage_category_id == stage_category.id,
                Assignment.state != AssignmentState.REMOVED,
            ),
        )
        .outerjoin(User, User.id == Assignment.judge_id)
        .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
        .where(Entry.id.in_(entry_ids(stage_category)))
        .order_by(Entry.number, Assignment.judge_id)
    ).all()
    counts: dict[int, dict[str, int]] = {}
    known: dict[int, tuple[str, str, str]] = {}
    late: dict[tuple[str, str], list[str]] = {}
    excused: list[Excused] = []
    for row in rows:
        known[row.id] = (row.public_id, row.number, row.title)
        count = counts.setdefault(row.id, {"received": 0, "recused": 0, "abstained": 0, "missing": 0})
        if row.judge_id is None:
            continue
        code = codes[row.judge_id]
        if row.state != AssignmentState.ACTIVE:
            count[str(row.state)] += 1
            excused.append(Excused(row.number, row.name, code, AssignmentState(row.state), row.reason))
        elif row.sheet == SheetState.SUBMITTED:
            count["received"] += 1
        else:
            count["missing"] += 1
            late.setdefault((code, row.name), []).append(row.number)
    return Coverage(
        entries=[EntryCoverage(*known[entry], *count.values()) for entry, count in counts.items()],
        late=[Late(name, code, tuple(entries)) for (code, name), entries in sorted(late.items())],
        excused_sheets=excused,
        ids={number: entry for entry, (_, number, _) in known.items()},
        wanted=stage_category.judges_wanted,
    )
