# SPDX-License-Identifier: Apache-2.0
"""What judging reads. Lists come as plain rows in a fixed number of statements."""

from app.judging.queries.coverage import Matrix, Progress, coverage, progress
from app.judging.queries.drawing import draws_of, judges_of, plan_of, targets_of
from app.judging.queries.reading import Reading, reading_of
from app.judging.queries.sheets import Cited, SheetView, cited_by, sheet_of, sheets_of
from app.judging.queries.worklist import StageWork, Tab, Worklist, has_open_task, next_task, worklist

__all__ = [
    "Cited",
    "Matrix",
    "Progress",
    "Reading",
    "SheetView",
    "StageWork",
    "Tab",
    "Worklist",
    "cited_by",
    "coverage",
    "draws_of",
    "has_open_task",
    "judges_of",
    "next_task",
    "plan_of",
    "progress",
    "reading_of",
    "sheet_of",
    "sheets_of",
    "targets_of",
    "worklist",
]
