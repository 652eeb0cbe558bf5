# SPDX-License-Identifier: Apache-2.0
"""Saving marks, comments, citations and the private note of a scoresheet in the making."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from app.db import db
from app.diaries.models import DiaryEntry, DiaryState
from app.errors import Invalid, Message, NotFound, Stale
from app.evidence.models import Evidence
from app.judging.models import Assignment, Citation, Mark, Scoresheet
from app.judging.service.opening import OpenSheet, note_save, open_sheet
from app.judging.sheets import LONGEST_COMMENT, LONGEST_NOTE, MarkText, as_text, say
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
    changed, mark = _put(opened, criterion, text, comment, expected_version, now=now, state=state)
    if changed:
        note_save(opened, by=by, now=now)
    return mark or Mark(sheet_id=opened.sheet.id, criterion=criterion, comment="", version=0, saved_at=now)


def save_sheet(
    assignment: Assignment,
    marks: Mapping[str, tuple[str | None, str | None]],
    *,
    expected: Mapping[str, int] | None = None,
    note: str | None = None,
    by: Actor,
    now: datetime,
) -> SaveReport:
    """Store every mark (text, comment) of a whole form that can stand, and report those that cannot.

    Without `expected` versions nothing is stale: a rehearsal or an import has the sheet to itself.
    """
    opened = open_sheet(assignment, by=by, now=now)
    report = SaveReport(opened.sheet)
    anything = False
    for criterion, (text, comment) in marks.items():
        version = None if expected is None else expected.get(criterion, 0)
        try:
            changed, mark = _put(opened, criterion, text, comment, version, now=now)
        except StaleMark as error:
            report.stale[criterion] = (error.yours, error.theirs)
        except Invalid as error:
            report.errors[criterion] = error.message
        else:
            anything = anything or changed
            if mark is not None:
                report.saved[criterion] = mark
    if note is not None:
        try:
            note = _note(note)
        except Invalid as error:
            report.errors["note"] = error.message
        else:
            anything = anything or note != opened.sheet.note
            opened.sheet.note = note
    if anything:
        note_save(opened, by=by, now=now)
    return report


def save_note(assignment: Assignment, text: str, *, was: str | None = None, by: Actor, now: datetime) -> Scoresheet:
    """Store the judge's private note; `was` is what the page showed before, so that another window is not lost."""
    opened = open_sheet(assignment, by=by, now=now)
    text = _note(text)
    if was is not None and opened.sheet.note not in (_note(was), text):
        raise StaleMark(yours=MarkText(comment=text), theirs=MarkText(comment=opened.sheet.note))
    if opened.sheet.note != text:
        opened.sheet.note = text
        note_save(opened, by=by, now=now)
    return opened.sheet


def _note(text: str) -> str:
    text = _plain(text)
    if len(text) > LONGEST_NOTE:
        raise Invalid(_l("The note has %(count)s characters; %(most)s at most.", count=len(text), most=LONGEST_NOTE))
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
) -> tuple[bool, Mark | None]:
    """Set one mark in the running transaction; tell whether anything changed, and return what stands."""
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
        return False, mark
    if expected is not None and expected != (mark.version if mark is not None else 0):
        yours = MarkText(new_state or ("" if value is None else format_number(value)), words, expected)
        raise StaleMark(yours=yours, theirs=as_text(mark))
    if mark is None:
        mark = opened.blank(code, now)
    mark.value, mark.state, mark.comment = value, new_state, words
    mark.version += 1
    mark.saved_at = now
    return True, mark


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


def cite(
    assignment: Assignment,
    criterion: str,
    *,
    diary_entry: DiaryEntry | None = None,
    evidence: Evidence | None = None,
    page: int | None = None,
    by: Actor,
    now: datetime,
) -> Citation:
    """Tie a diary entry, a file or a page of it to a criterion; citing the same twice is citing it once."""
    opened = open_sheet(assignment, by=by, now=now)
    if opened.document.rubric.criterion(criterion) is None:
        raise NotFound
    _may_be_cited(opened, diary_entry, evidence, page)
    mark = opened.marks.get(criterion) or opened.blank(criterion, now)
    opened.store()
    session = db.session()
    same = select(Citation).where(
        Citation.mark_id == mark.id,
        Citation.diary_entry_id == (diary_entry.id if diary_entry else None),
        Citation.evidence_id == (evidence.id if evidence else None),
        Citation.page == page,
    )
    found = session.scalar(same)
    if found is not None:
        return found
    citation = Citation(
        mark_id=mark.id,
        diary_entry_id=diary_entry.id if diary_entry else None,
        evidence_id=evidence.id if evidence else None,
        page=page,
        cited_at=now,
    )
    session.add(citation)
    session.flush()
    note_save(opened, by=by, now=now)
    return citation


def uncite(assignment: Assignment, citation_id: int, *, by: Actor, now: datetime) -> str:
    """Take a citation of this sheet back and return its criterion; one that is gone already is no error."""
    opened = open_sheet(assignment, by=by, now=now)
    session = db.session()
    row = session.execute(
        select(Citation.id, Mark.criterion)
        .join(Mark, Mark.id == Citation.mark_id)
        .where(Citation.id == citation_id, Mark.sheet_id == opened.sheet.id)
    ).one_or_none()
    if row is None:
        return ""
    session.execute(delete(Citation).where(Citation.id == row.id))
    note_save(opened, by=by, now=now)
    return str(row.criterion)


def _may_be_cited(
    opened: OpenSheet, diary_entry: DiaryEntry | None, evidence: Evidence | None, page: int | None
) -> None:
    """Refuse what does not belong to the entry, what the judge may not read, and pages that are not there."""
    entry = opened.assignment.entry
    if (diary_entry is None) == (evidence is None):
        raise NotFound
    session = db.session()
    if evidence is not None:
        if evidence.struck_at is not None:
            raise Invalid(_l("This file was struck by its owner; it cannot be cited any more."))
        if page is not None and not 1 <= page <= (evidence.pages or 0):
            raise Invalid(_l("The document has no page %(page)s.", page=page))
        if evidence.entry_id is not None:
            if evidence.entry_id != entry.id:
                raise NotFound
            return
        diary_entry = session.get(DiaryEntry, evidence.diary_entry_id)
    if diary_entry is None or diary_entry.diary_id != entry.diary_id or diary_entry.state == DiaryState.DRAFT:
        raise NotFound
    if diary_entry.state == DiaryState.STRUCK:
        raise Invalid(_l("This diary entry was struck; it cannot be cited any more."))
