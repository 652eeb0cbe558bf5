# SPDX-License-Identifier: Apache-2.0
"""What judging reads. Lists come as plain rows in a fixed number of statements."""

from app.judging.queries.coverage import Matrix, Progress, coverage, progress
from app.judging.queries.drawing import draws_of, judges_of, plan_of, targets_of
from app.judging.queries.panels import Crew, PanelLine, SeatLine, chaired, crew, panel_of, panels, seats_of
from app.judging.queries.reading import Reading, reading_of
from app.judging.queries.sheets import (
    CategoryMarks,
    Cited,
    SheetView,
    by_category,
    cited_by,
    sheet_of,
    sheets_of,
    source_of,
)
from app.judging.queries.worklist import StageWork, Tab, Worklist, next_task, own_assignments, standing, worklist

__all__ = [
    "CategoryMarks",
    "Cited",
    "Crew",
    "Matrix",
    "PanelLine",
    "Progress",
    "Reading",
    "SeatLine",
    "SheetView",
    "StageWork",
    "Tab",
    "Worklist",
    "by_category",
    "chaired",
    "cited_by",
    "coverage",
    "crew",
    "draws_of",
    "judges_of",
    "next_task",
    "own_assignments",
    "panel_of",
    "panels",
    "plan_of",
    "progress",
    "reading_of",
    "seats_of",
    "sheet_of",
    "sheets_of",
    "source_of",
    "standing",
    "targets_of",
    "worklist",
]
