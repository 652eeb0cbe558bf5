# SPDX-License-Identifier: Apache-2.0
"""The tables of an archive, as docs/handbook/archive-format describes them: columns, and one query for each table."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.accounts.models import Unit, User
from app.archives.cast import Cast
from app.awards.models import Award, Certificate
from app.clock import iso
from app.competitions.models import Stage, StageCategory
from app.db import db
from app.diaries.models import DiaryEntry
from app.entries.models import Entry, EntryVersion
from app.evidence.models import Blob, Evidence
from app.judging.models import Assignment, AssignmentState, Citation, Mark, Panel, Scoresheet, SheetState
from app.results.models import Promotion, RankingRow, RankingRun
from app.results.stored import stored
from scoring import format_number

Row = Sequence[Any]
PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")

COLUMNS: dict[str, tuple[str, ...]] = {
    "entries": ("entry", "category", "title", "applicant", "unit", "state"),
    "versions": ("entry", "part", "number", "handed_in_at", "digest"),
    "judges": ("judge", "name", "unit"),
    "assignments": ("stage", "category", "entry", "judge", "panel", "state", "assigned_at"),
    "sheets": ("stage", "category", "entry", "judge", "state", "submitted_at", "total", "digest"),
    "marks": ("stage", "category", "entry", "judge", "criterion", "value", "comment"),
    "citations": ("stage", "category", "entry", "judge", "criterion", "diary_entry", "evidence", "page"),
    "runs": (
        "run", "stage", "category", "number", "state", "mode", "engine", "document_digest", "input_digest",
        "standings_digest", "derivations_digest", "computed_at", "computed_by", "confirmed_at", "confirmed_by",
        "published_at", "notice_ends_at", "final_at",
    ),
    "rows": ("run", "position", "entry", "place", "tied", "score", "eligible", "promoted", "reserve", "award"),
    "promotions": ("run", "stage", "category", "entry", "promoted_at"),
    "awards": ("run", "entry", "code", "title", "granted_at"),
    "certificates": (
        "certificate", "serial", "check_code", "run", "entry", "award", "state", "issued_at", "withdrawn_at",
        "withdrawn_reason", "facts", "digest", "file",
    ),
    "diary": (
        "diary_entry", "entry", "title", "happened_on", "place", "body", "state", "written_at", "released_at",
    ),
    "evidence": (
        "evidence", "entry", "diary_entry", "kind", "file_name", "caption", "media_type", "size", "sha256", "state",
        "received_at", "struck_at", "struck_reason",
    ),
}  # fmt: skip


def as_csv(name: str, rows: Iterable[Row]) -> tuple[bytes, int]:
    """Write a table and count its rows. No cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS[name])
    count = 0
    for row in rows:
        writer.writerow([cell(value) for value in row])
        count += 1
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8"), count


def cell(value: Any) -> str:
    """Write one value as the archive does."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return format_number(value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) and not PLAIN_NUMBER.fullmatch(text) else text


TASK = (Stage.code, StageCategory.category_id, Entry.number, StageCategory.id, Assignment.judge_id)


class Tables:
    """The rows of every table of one contest."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.contest_id = cast.competition.id

    def all(self) -> Iterator[tuple[str, Iterable[Row]]]:
        """Yield each table's name and rows."""
        for name in COLUMNS:
            yield name, getattr(self, name)()

    def entries(self) -> Iterator[Row]:
        query = (
            select(Entry.number, Entry.category_id, Entry.title, Entry.applicant, Unit.name, Entry.state)
            .join(Unit, Unit.id == Entry.unit_id)
            .where(Entry.competition_id == self.contest_id)
            .order_by(Entry.number)
        )
        for number, category, *rest in db.session.execute(query):
            yield number, self.cast.category(category), *rest

    def versions(self) -> Iterable[Row]:
        return self._rows(
            select(Entry.number, EntryVersion.part, EntryVersion.number, EntryVersion.handed_in_at, EntryVersion.digest)
            .join(Entry, Entry.id == EntryVersion.entry_id)
            .where(Entry.competition_id == self.contest_id)
            .order_by(Entry.number, EntryVersion.id)
        )

    def judges(self) -> Iterator[Row]:
        people = {
            user: (name, unit)
            for user, name, unit in db.session.execute(
                select(User.id, User.name, Unit.name).outerjoin(Unit, Unit.id == User.unit_id)
            )
        }
        for code, user in sorted({code: user for (_, user), code in self.cast.judges.items()}.items()):
            yield code, *people[user]

    def _tasks(self, *columns: InstrumentedAttribute[Any]) -> Select[Any]:
        return (
            select(*TASK, *columns)
            .join(StageCategory, StageCategory.id == Assignment.stage_category_id)
            .join(Stage, Stage.id == StageCategory.stage_id)
            .join(Entry, Entry.id == Assignment.entry_id)
            .where(Stage.competition_id == self.contest_id)
            .order_by(Stage.position, StageCategory.category_id, Entry.number, Assignment.id)
        )

    def _task(self, row: Row) -> tuple[str, str, str, str]:
        stage, category, entry, join, judge = row[:5]
        return stage, self.cast.category(category), entry, self.cast.judge(join, judge)

    def assignments(self) -> Iterator[Row]:
        query = self._tasks(Panel.code, Assignment.state, Assignment.assigned_at)
        for row in db.session.execute(query.outerjoin(Panel, Panel.id == StageCategory.panel_id)):
            yield *self._task(row), *row[5:]

    def sheets(self) -> Iterator[Row]:
        query = (
            self._tasks(
                Assignment.state, Scoresheet.state, Scoresheet.submitted_at, Scoresheet.total, Scoresheet.digest
            )
            .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
            .where(Assignment.state != AssignmentState.REMOVED)
        )
        for row in db.session.execute(query):
            task, sheet, submitted_at, total, digest = row[5:]
            if task != AssignmentState.ACTIVE:
                yield *self._task(row), task, None, None, None
            elif sheet == SheetState.SUBMITTED:
                yield *self._task(row), sheet, submitted_at, total, digest
            else:
                yield *self._task(row), "not_yet", None, None, None

    def _submitted(self, *columns: InstrumentedAttribute[Any]) -> Select[Any]:
        return (
            self._tasks(*columns)
            .join(Scoresheet, Scoresheet.assignment_id == Assignment.id)
            .join(Mark, Mark.sheet_id == Scoresheet.id)
            .where(Scoresheet.state == SheetState.SUBMITTED, Assignment.state == AssignmentState.ACTIVE)
            .order_by(Mark.criterion)
        )

    def marks(self) -> Iterator[Row]:
        for row in db.session.execute(self._submitted(Mark.criterion, Mark.value, Mark.state, Mark.comment)):
            criterion, value, state, comment = row[5:]
            if value is not None or state is not None:
                yield *self._task(row), criterion, value if state is None else state, comment

    def citations(self) -> Iterator[Row]:
        query = (
            self._submitted(Mark.criterion, DiaryEntry.public_id, Evidence.public_id, Citation.page)
            .join(Citation, Citation.mark_id == Mark.id)
            .outerjoin(DiaryEntry, DiaryEntry.id == Citation.diary_entry_id)
            .outerjoin(Evidence, Evidence.id == Citation.evidence_id)
        )
        for row in db.session.execute(query):
            yield *self._task(row), *row[5:]

    def runs(self) -> Iterator[Row]:
        for run in self.cast.runs:
            join, outcome = run.stage_category, stored(run)
            yield (
                self.cast.run_code(run.id),
                join.stage.code,
                self.cast.category(join.category_id),
                run.number,
                run.state,
                run.mode,
                run.engine,
                run.document_digest,
                run.input_digest,
                outcome.standings_digest,
                outcome.derivations_digest,
                run.computed_at,
                self.cast.official(run.computed_by_id),
                run.confirmed_at,
                self.cast.official(run.confirmed_by_id),
                run.published_at,
                run.notice_ends_at,
                run.final_at,
            )

    def rows(self) -> Iterator[Row]:
        for run in self.cast.runs:
            eligible = {row["entry"]: row["eligible"] for row in stored(run).standings["rows"]}
            query = (
                select(RankingRow, Entry.number)
                .join(Entry, Entry.id == RankingRow.entry_id)
                .where(RankingRow.run_id == run.id)
                .order_by(RankingRow.position)
            )
            for position, (row, entry) in enumerate(db.session.execute(query), start=1):
                yield (
                    self.cast.run_code(run.id),
                    position,
                    entry,
                    row.place,
                    row.tied,
                    row.score,
                    eligible[entry],
                    row.promoted,
                    row.reserve,
                    row.award,
                )

    def promotions(self) -> Iterator[Row]:
        query = (
            select(Promotion.run_id, Stage.code, StageCategory.category_id, Entry.number, Promotion.promoted_at)
            .join(StageCategory, StageCategory.id == Promotion.stage_category_id)
            .join(Stage, Stage.id == StageCategory.stage_id)
            .join(Entry, Entry.id == Promotion.entry_id)
            .where(Stage.competition_id == self.contest_id)
            .order_by(Stage.position, Entry.number)
        )
        for run, stage, category, *rest in db.session.execute(query):
            yield self.cast.run_code(run), stage, self.cast.category(category), *rest

    def _awards(self, *columns: Any) -> Select[Any]:
        return (
            select(Award.run_id, Entry.number, *columns)
            .select_from(Award)
            .join(Entry, Entry.id == Award.entry_id)
            .join(RankingRun, RankingRun.id == Award.run_id)
            .where(Entry.competition_id == self.contest_id)
            .order_by(Entry.number, Award.id)
        )

    def awards(self) -> Iterator[Row]:
        for run, *rest in db.session.execute(self._awards(Award.code, Award.title, Award.granted_at)):
            yield self.cast.run_code(run), *rest

    def certificates(self) -> Iterator[Row]:
        query = (
            self._awards(Award.code, Certificate, Blob.sha256)
            .join(Certificate, Certificate.award_id == Award.id)
            .outerjoin(Blob, Blob.id == Certificate.blob_id)
            .order_by(Certificate.id)
        )
        for run, entry, award, paper, file in db.session.execute(query):
            yield (
                paper.public_id,
                paper.serial,
                paper.check_code,
                self.cast.run_code(run),
                entry,
                award,
                paper.state,
                paper.issued_at,
                paper.withdrawn_at,
                paper.withdrawn_reason,
                self.cast.canonical(paper.facts),
                paper.digest,
                file,
            )

    def diary(self) -> Iterable[Row]:
        return self._rows(
            select(
                DiaryEntry.public_id,
                Entry.number,
                DiaryEntry.title,
                DiaryEntry.happened_on,
                DiaryEntry.place,
                DiaryEntry.body,
                DiaryEntry.state,
                DiaryEntry.written_at,
                DiaryEntry.released_at,
            )
            .join(Entry, Entry.diary_id == DiaryEntry.diary_id)
            .where(Entry.competition_id == self.contest_id)
            .order_by(Entry.number, DiaryEntry.happened_on, DiaryEntry.id)
        )

    def evidence(self) -> Iterator[Row]:
        query = (
            select(Evidence, Blob, DiaryEntry.public_id, Entry.number)
            .join(Blob, Blob.id == Evidence.blob_id)
            .outerjoin(DiaryEntry, DiaryEntry.id == Evidence.diary_entry_id)
            .join(Entry, or_(Entry.id == Evidence.entry_id, Entry.diary_id == DiaryEntry.diary_id))
            .where(Entry.competition_id == self.contest_id)
            .order_by(Entry.number, Evidence.id)
        )
        for item, blob, note, entry in db.session.execute(query):
            yield (
                item.public_id,
                entry if item.entry_id is not None else None,
                note,
                item.kind,
                item.file_name,
                item.caption,
                blob.media_type,
                blob.size,
                blob.sha256,
                item.state,
                item.received_at,
                item.struck_at,
                item.struck_reason,
            )

    @staticmethod
    def _rows(query: Any) -> Iterable[Row]:
        return db.session.execute(query)
