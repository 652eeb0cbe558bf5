# SPDX-License-Identifier: Apache-2.0
"""How every write on a scoresheet begins: the assignment locked and read anew, the policy asked inside the lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import joinedload, object_session

from app import audit
from app.audit import Event
from app.competitions.models import Competition, Stage, StageCategory, Window
from app.db import db
from app.diaries.models import DiaryEntry
from app.evidence.models import Evidence
from app.judging.models import Assignment, Citation, Mark, Scoresheet
from app.judging.sheets import CitedSource, canonical
from app.policy import Action, Actor, demand
from app.rubrics import service as rubrics
from app.rubrics.queries import document_of
from scoring import Document


@dataclass(slots=True)
class OpenSheet:
    """An assignment under lock with everything that a save needs."""

    assignment: Assignment
    document: Document
    sheet: Scoresheet
    marks: dict[str, Mark]
    added: list[Mark] = field(default_factory=list)

    @property
    def competition(self) -> Competition:
        return self.assignment.stage_category.stage.competition

    def blank(self, criterion: str, now: datetime) -> Mark:
        """Add a mark that says nothing yet, with version 0: the version of a mark that nobody gave."""
        mark = Mark(sheet_id=self.sheet.id, criterion=criterion, comment="", version=0, saved_at=now)
        self.marks[criterion] = mark
        self.added.append(mark)
        return mark

    def store(self) -> None:
        """Write what changed; the new marks of a whole form are one statement on either engine."""
        session = db.session()
        if len(self.added) == 1:
            session.add_all(self.added)
        elif self.added:
            columns = ("sheet_id", "criterion", "value", "state", "comment", "version", "saved_at")
            session.execute(insert(Mark), [{name: getattr(one, name) for name in columns} for one in self.added])
        self.added = []
        session.flush()

    def stored(self, criterion: str) -> Mark:
        """Return a mark as the database has it, with the id that a citation points to."""
        mark = self.marks[criterion]
        if object_session(mark) is None:
            found = select(Mark).where(Mark.sheet_id == self.sheet.id, Mark.criterion == criterion)
            self.marks[criterion] = mark = db.session().scalars(found).one()
        return mark

    def citations(self) -> Mapping[str, list[CitedSource]]:
        """Return what each criterion cites, as the database has it now."""
        return citations_of(self.sheet)

    def canonical(self) -> str:
        """Return the canonical text of the sheet as it stands."""
        return canonical(self.assignment, self.document, self.marks.values(), self.citations())


def lock(assignment: Assignment) -> Assignment:
    """Keep other writers off an assignment until the commit, and read it with what it hangs on.

    Two statements: PostgreSQL reads again only the row it waited for, not those joined to it.
    """
    session = db.session()
    session.execute(select(Assignment.id).where(Assignment.id == assignment.id).with_for_update())
    found = session.scalar(
        select(Assignment)
        .where(Assignment.id == assignment.id)
        .options(
            joinedload(Assignment.stage_category).joinedload(StageCategory.stage).joinedload(Stage.competition),
            joinedload(Assignment.sheet),
            joinedload(Assignment.entry),
            joinedload(Assignment.judge),
        )
        .execution_options(populate_existing=True)
    )
    assert found is not None, "an assignment is never deleted"
    return found


def hold_window(assignment: Assignment) -> None:
    """Keep the marking window as it is until the commit: whoever closes it comes before or after, never during."""
    stage = assignment.stage_category.stage
    db.session().scalars(
        select(Window)
        .where(Window.competition_id == stage.competition_id, Window.stage_id == stage.id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    ).all()


def open_sheet(assignment: Assignment, *, by: Actor, now: datetime, closing: bool = False) -> OpenSheet:
    """Lock an assignment for marking, freeze its document if nobody did, and start its sheet if there is none."""
    found = lock(assignment)
    if closing:
        hold_window(found)
    demand(Action.SHEET_MARK, by, found, now)
    if found.stage_category.frozen_at is None:
        _freeze(found.stage_category, now=now)
    document = document_of(found.stage_category)
    session = db.session()
    if found.sheet is None:
        found.sheet = Scoresheet(assignment_id=found.id, started_at=now, saved_at=now)
        session.add(found.sheet)
        session.flush()
        return OpenSheet(found, document, found.sheet, {})
    rows = session.scalars(
        select(Mark).where(Mark.sheet_id == found.sheet.id).execution_options(populate_existing=True)
    )
    return OpenSheet(found, document, found.sheet, {mark.criterion: mark for mark in rows})


def _freeze(stage_category: StageCategory, *, now: datetime) -> None:
    """Freeze a document on the first mark; of several first marks at once one freezes, the others wait and see."""
    db.session().scalar(
        select(StageCategory)
        .where(StageCategory.id == stage_category.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    rubrics.freeze_if_due(stage_category, now=now)


def citations_of(sheet: Scoresheet) -> dict[str, list[CitedSource]]:
    """Return the cited sources of a sheet by criterion, in the order in which they were cited."""
    found: dict[str, list[CitedSource]] = {}
    rows = db.session().execute(
        select(Mark.criterion, DiaryEntry.public_id, Evidence.public_id, Citation.page)
        .join(Citation, Citation.mark_id == Mark.id)
        .outerjoin(DiaryEntry, DiaryEntry.id == Citation.diary_entry_id)
        .outerjoin(Evidence, Evidence.id == Citation.evidence_id)
        .where(Mark.sheet_id == sheet.id)
        .order_by(Citation.id)
    )
    for criterion, diary_entry, evidence, page in rows:
        found.setdefault(criterion, []).append(CitedSource(diary_entry, evidence, page))
    return found


def note_save(opened: OpenSheet, *, by: Actor, now: datetime) -> None:
    """Write that a draft was saved.

    The trail gets a salted commitment to the sheet, never a value: a bare digest of a few marks could be found out by
    trying all of them.
    """
    opened.sheet.saved_at = now
    opened.assignment.skipped_at = None
    opened.store()
    audit.record(
        Event.SHEET_SAVED,
        opened.sheet,
        by=by,
        now=now,
        competition=opened.competition,
        data={"digest": audit.commitment(opened.canonical(), user_id=opened.assignment.judge_id)},
    )
