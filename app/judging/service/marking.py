# SPDX-License-Identifier: Apache-2.0
"""Saving marks, comments and the private note of a scoresheet in the making, one by one or as a whole form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from flask_babel import lazy_gettext as _l

from app.errors import Invalid, Message, NotFound, Stale
from app.judging.models import Assignment, Mark, Scoresheet
from app.judging.service.citing import add_citation, drop_citation
from app.judging.service.leaving import note_skip
from app.judging.service.opening import OpenSheet, note_save, open_sheet
from app.judging.sheets import LONGEST_COMMENT, LONGEST_NOTE, MarkText, Source, as_text, say
from app.policy import Actor
from scoring import CellState, Criterion, MarkError, format_number, parse_mark

STALE = _l("This mark was changed in another window meanwhile. Look at both, and choose which one stands.")


class StaleMark(Stale):
    """One mark that another window changed first: what was typed here, and what stands there."""

    yours: MarkText
    theirs: MarkText

    def __init__(self, *, yours: MarkText, theirs: MarkText) -> None:
        super().__init__(STALE, yours=yours, theirs=theirs)


@dataclass(slots=True)
class SaveReport:
    """What became of a whole form: what is stored, what is wrong, what another window changed first."""

    sheet: Scoresheet
    saved: dict[str, Mark] = field(default_factory=dict)
    errors: dict[str, Message] = field(default_factory=dict)
    stale: dict[str, tuple[MarkText, MarkText]] = field(default_factory=dict)  # yours, theirs

    @property
    def is_clean(self) -> bool:
        return not self.errors and not self.stale


def save_mark(
    assignment: Assignment,
    criterion: str,
    *,
    text: str | None = None,
    state: CellState | None = None,
    comment: str | None = None,
    expected_version: int | None,
    by: Actor,
    now: datetime,
) -> Mark:
    """Store one mark.

    None leaves the text or the comment as it is; an empty text takes the mark back: it is blank then, never zero.
    """
    opened = open_sheet(assignment, by=by, now=now)
    if _put(opened, criterion, text, comment, expected_version, now=now, state=state):
        note_save(opened, by=by, now=now)
    return opened.marks.get(criterion) or Mark(
        sheet_id=opened.sheet.id, criterion=criterion, comment="", version=0, saved_at=now
    )


def save_sheet(
    assignment: Assignment,
    marks: Mapping[str, tuple[str | None, str | None]],
    *,
    expected: Mapping[str, int] | None = None,
    note: str | None = None,
    citing: tuple[str, Source] | None = None,
    dropping: int | None = None,
    skipping: bool = False,
    by: Actor,
    now: datetime,
) -> SaveReport:
    """Store every mark (text, comment) of a whole form that can stand, and report those that cannot.

    Without `expected` versions nothing is stale: a rehearsal or an import has the sheet to itself. The same form can
    cite a source for a criterion, drop a citation, or skip the entry, which waits until nothing in it is wrong.
    """
    opened = open_sheet(assignment, by=by, now=now)
    report = SaveReport(opened.sheet)
    changed = False
    for criterion, (text, comment) in marks.items():
        version = None if expected is None else expected.get(criterion, 0)
        try:
            changed |= _put(opened, criterion, text, comment, version, now=now)
        except StaleMark as error:
            report.stale[criterion] = (error.yours, error.theirs)
        except Invalid as error:
            report.errors[criterion] = error.message
        else:
            if criterion in opened.marks:
                report.saved[criterion] = opened.marks[criterion]
    try:
        changed |= _put_note(opened, note)
    except Invalid as error:
        report.errors["note"] = error.message
    if citing is not None:
        try:
            changed |= add_citation(opened, *citing, now=now) is not None
        except Invalid as error:
            report.errors["cite"] = error.message
    if dropping is not None:
        changed |= bool(drop_citation(opened, dropping))
    if changed:
        note_save(opened, by=by, now=now)
    if skipping and report.is_clean:
        note_skip(opened.assignment, by=by, now=now)
    return report


def save_note(assignment: Assignment, text: str, *, was: str | None = None, by: Actor, now: datetime) -> Scoresheet:
    """Store the judge's private note; `was` is what the page showed before, so that another window is not lost."""
    opened = open_sheet(assignment, by=by, now=now)
    stands, text = opened.sheet.note, _note(text)
    if was is not None and stands not in (_note(was), text):
        raise StaleMark(yours=MarkText(comment=text), theirs=MarkText(comment=stands))
    if _put_note(opened, text):
        note_save(opened, by=by, now=now)
    return opened.sheet


def _put_note(opened: OpenSheet, text: str | None) -> bool:
    """Set the private note in the running transaction; tell whether it changed."""
    if text is None or _note(text) == opened.sheet.note:
        return False
    opened.sheet.note = _note(text)
    return True


def _note(text: str) -> str:
    text = _plain(text)
    if len(text) > LONGEST_NOTE:
        message = _l("The note has %(count)s characters; %(most)s at most.", count=len(text), most=LONGEST_NOTE)
        raise Invalid(message, fields={"note": message})
    return text


def _plain(text: str) -> str:
    """Return text as it is stored: line ends as \\n, nothing at the edges, no NUL, which PostgreSQL refuses."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


def _put(
    opened: OpenSheet,
    code: str,
    text: str | None,
    comment: str | None,
    expected: int | None,
    *,
    now: datetime,
    state: CellState | None = None,
) -> bool:
    """Set one mark in the running transaction; tell whether anything changed."""
    criterion = opened.document.rubric.criterion(code)
    if criterion is None:
        raise NotFound
    mark = opened.marks.get(code)
    value, new_state = (mark.value, mark.state) if mark is not None else (None, None)
    if state is not None:
        value, new_state = None, None if state is CellState.NOT_YET else state.value
    elif text is not None:
        value, new_state = _value(criterion, text, new_state)
    words = (mark.comment if mark is not None else "") if comment is None else _plain(comment)
    if len(words) > LONGEST_COMMENT:
        raise _invalid(
            code, _l("The comment has %(count)s characters; %(most)s at most.", count=len(words), most=LONGEST_COMMENT)
        )
    standing = (mark.value, mark.state, mark.comment) if mark is not None else (None, None, "")
    if standing == (value, new_state, words):
        return False
    if expected is not None and expected != (mark.version if mark is not None else 0):
        yours = MarkText(new_state or ("" if value is None else format_number(value)), words, expected)
        raise StaleMark(yours=yours, theirs=as_text(mark))
    if mark is None:
        mark = opened.blank(code, now)
    mark.value, mark.state, mark.comment = value, new_state, words
    mark.version += 1
    mark.saved_at = now
    return True


def _value(criterion: Criterion, text: str, state: str | None) -> tuple[Fraction | None, str | None]:
    """Read what was typed; a blank takes the mark back, the code of the state that stands leaves it."""
    if not text.strip():
        return None, None
    if state is not None and text.strip() == state:
        return None, state
    try:
        return parse_mark(criterion, text), None
    except MarkError as error:
        raise _invalid(criterion.code, say(error.finding)) from error


def _invalid(code: str, message: Message) -> Invalid:
    return Invalid(message, fields={code: message})
