# SPDX-License-Identifier: Apache-2.0
"""Tying evidence to a criterion 评分依据, and untying it."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from app.db import db
from app.diaries.models import DiaryEntry, DiaryState
from app.errors import Invalid, NotFound
from app.evidence.models import Evidence
from app.judging.models import Assignment, Citation, Mark
from app.judging.service.opening import OpenSheet, note_save, open_sheet
from app.judging.sheets import Source
from app.policy import Actor


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
    source = Source(diary_entry, evidence, page)
    added = add_citation(opened, criterion, source, now=now)
    if added is not None:
        note_save(opened, by=by, now=now)
        return added
    found = _same(opened.marks[criterion], source)
    assert found is not None, "nothing is added only where it stands already"
    return found


def uncite(assignment: Assignment, citation_id: int, *, by: Actor, now: datetime) -> str:
    """Take a citation of this sheet back and return its criterion; one that is gone already is no error."""
    opened = open_sheet(assignment, by=by, now=now)
    criterion = drop_citation(opened, citation_id)
    if criterion:
        note_save(opened, by=by, now=now)
    return criterion


def add_citation(opened: OpenSheet, criterion: str, source: Source, *, now: datetime) -> Citation | None:
    """Add a citation in the running transaction, or return None where it stands already."""
    if opened.document.rubric.criterion(criterion) is None:
        raise NotFound
    _refuse_foreign(opened, source)
    if criterion not in opened.marks:
        opened.blank(criterion, now)
    opened.store()
    mark = opened.stored(criterion)
    if _same(mark, source) is not None:
        return None
    citation = Citation(
        mark_id=mark.id,
        diary_entry_id=source.diary_entry.id if source.diary_entry else None,
        evidence_id=source.evidence.id if source.evidence else None,
        page=source.page,
        cited_at=now,
    )
    session = db.session()
    session.add(citation)
    session.flush()
    return citation


def drop_citation(opened: OpenSheet, citation_id: int) -> str:
    """Delete a citation of this sheet in the running transaction; return its criterion, or nothing."""
    session = db.session()
    row = session.execute(
        select(Citation.id, Mark.criterion)
        .join(Mark, Mark.id == Citation.mark_id)
        .where(Citation.id == citation_id, Mark.sheet_id == opened.sheet.id)
    ).one_or_none()
    if row is None:
        return ""
    session.execute(delete(Citation).where(Citation.id == row.id))
    return str(row.criterion)


def _same(mark: Mark, source: Source) -> Citation | None:
    return db.session().scalar(
        select(Citation).where(
            Citation.mark_id == mark.id,
            Citation.diary_entry_id == (source.diary_entry.id if source.diary_entry else None),
            Citation.evidence_id == (source.evidence.id if source.evidence else None),
            Citation.page == source.page,
        )
    )


def _refuse_foreign(opened: OpenSheet, source: Source) -> None:
    """Refuse what does not belong to the entry, what the judge may not read, what was struck, pages that are not."""
    entry, note, evidence = opened.assignment.entry, source.diary_entry, source.evidence
    if (note is None) == (evidence is None):
        raise NotFound
    if evidence is not None:
        if evidence.entry_id is not None and evidence.entry_id != entry.id:
            raise NotFound
        if evidence.diary_entry_id is not None:
            note = db.session().get(DiaryEntry, evidence.diary_entry_id)
    if note is not None and (note.diary_id != entry.diary_id or note.state == DiaryState.DRAFT):
        raise NotFound
    if note is not None and note.state == DiaryState.STRUCK:
        raise Invalid(_l("This diary entry was struck; it cannot be cited any more."))
    if evidence is not None and evidence.struck_at is not None:
        raise Invalid(_l("This file was struck by its owner; it cannot be cited any more."))
    if evidence is not None and source.page is not None and not 1 <= source.page <= (evidence.pages or 0):
        raise Invalid(_l("The document has no page %(page)s.", page=source.page))
