# SPDX-License-Identifier: Apache-2.0
"""From rows to what the engine takes: entries by number, judges by the code of their seat, one cell for each mark."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, select

from app.competitions.models import StageCategory
from app.db import db
from app.entries.models import Entry
from app.judging.models import Assignment, AssignmentState, Mark, Panel, Scoresheet, Seat, SheetState
from app.judging.queries.drawing import entry_ids
from app.rubrics.queries import document_of
from scoring import Cell, CellState, Document, EntrySheets, Sheet

_STATE_OF: dict[str, CellState] = {
    AssignmentState.RECUSED: CellState.RECUSED,
    AssignmentState.ABSTAINED: CellState.ABSTAINED,
}


def judge_codes(panel: Panel) -> dict[int, str]:
    """Return the code of everybody who ever had a seat in a panel, by user id: `P1-07` is whoever sat down seventh."""
    return _codes([(panel.code, user) for user in _seated(panel.id)])


def codes_of(stage_category: StageCategory) -> dict[int, str]:
    """Return the codes of the judges of a stage and category, by user id.

    Somebody who judged before the panel was exchanged keeps the code of the seat in the earlier panel.
    """
    rows = db.session.execute(
        select(Panel.id, Panel.code, Seat.user_id)
        .join(Seat, Seat.panel_id == Panel.id)
        .where(Panel.stage_id == stage_category.stage_id)
        .order_by(Panel.id, Seat.id)
    ).all()
    own = _codes([(code, user) for panel, code, user in rows if panel == stage_category.panel_id])
    others = _codes([(code, user) for panel, code, user in rows if panel != stage_category.panel_id])
    return others | own


def _seated(panel_id: int) -> list[int]:
    return list(db.session.scalars(select(Seat.user_id).where(Seat.panel_id == panel_id).order_by(Seat.id)))


def _codes(seated: list[tuple[str, int]]) -> dict[int, str]:
    """Number the people of each panel in the order in which they first sat down; a number is never used again."""
    numbers: dict[str, int] = {}
    codes: dict[int, str] = {}
    known: set[tuple[str, int]] = set()
    for panel, user in seated:
        if (panel, user) not in known:
            known.add((panel, user))
            numbers[panel] = numbers.get(panel, 0) + 1
            codes.setdefault(user, f"{panel}-{numbers[panel]:02d}")
    return codes


def inputs(stage_category: StageCategory) -> tuple[Document, list[EntrySheets]]:
    """Return the document of a stage and category and the sheets of every entry judged there.

    Sheets and marks come in one statement, so that they belong to one moment whatever judges do meanwhile.
    """
    document = document_of(stage_category)
    codes = codes_of(stage_category)
    rows: Iterable[Any] = db.session.execute(  # outer joins: whatever is not an entry may be missing
        select(
            Entry.number,
            Assignment.judge_id,
            Assignment.state,
            Scoresheet.state,
            Mark.criterion,
            Mark.value,
            Mark.state,
        )
        .outerjoin(
            Assignment,
            and_(
                Assignment.entry_id == Entry.id,
                Assignment.stage_category_id == stage_category.id,
                Assignment.state != AssignmentState.REMOVED,
            ),
        )
        .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
        .outerjoin(
            Mark,
            and_(
                Mark.sheet_id == Scoresheet.id,
                Scoresheet.state == SheetState.SUBMITTED,
                Assignment.state == AssignmentState.ACTIVE,
            ),
        )
        .where(Entry.id.in_(entry_ids(stage_category)))
    )
    entries: dict[str, dict[str, Sheet]] = {}
    marks: dict[tuple[str, str], dict[str, Cell]] = {}
    for number, judge, task, sheet, criterion, value, state in rows:
        sheets = entries.setdefault(number, {})
        if judge is None:  # an entry that nobody judges
            continue
        code = codes[judge]
        if task != AssignmentState.ACTIVE:
            sheets[code] = Sheet(code, state=_STATE_OF[task])
        elif sheet != SheetState.SUBMITTED:
            sheets[code] = Sheet(code, state=CellState.NOT_YET)
        else:
            cells = marks.setdefault((number, code), {})
            sheets.setdefault(code, Sheet(code, cells=cells))
            if value is not None:
                cells[criterion] = Cell(value=value)
            elif state is not None:
                cells[criterion] = Cell(state=CellState(state))
    return document, [EntrySheets(number, tuple(sheets.values())) for number, sheets in entries.items()]
