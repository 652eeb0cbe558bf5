# SPDX-License-Identifier: Apache-2.0
"""What changes in judging: panels and seats, the draw, marks and scoresheets, stepping back."""

from app.judging.service.citing import cite, uncite
from app.judging.service.closing import return_sheet, submit, submit_all
from app.judging.service.drawing import add_assignment, draw, remove_assignment
from app.judging.service.leaving import abstain, recuse, skip
from app.judging.service.marking import SaveReport, StaleMark, save_mark, save_note, save_sheet
from app.judging.service.panels import create_panel, entrust, seat, set_role, unseat

__all__ = [
    "SaveReport",
    "StaleMark",
    "abstain",
    "add_assignment",
    "cite",
    "create_panel",
    "draw",
    "entrust",
    "recuse",
    "remove_assignment",
    "return_sheet",
    "save_mark",
    "save_note",
    "save_sheet",
    "seat",
    "set_role",
    "skip",
    "submit",
    "submit_all",
    "uncite",
    "unseat",
]
