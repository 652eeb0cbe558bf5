# SPDX-License-Identifier: Apache-2.0
"""What the pages that join features read: each page in a number of queries that does not grow with its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from app.accounts.models import Unit
from app.competitions.models import Category, Competition, Division, Stage, StageCategory
from app.db import db
from app.diaries.models import Diary, DiaryEntry, DiaryState, ReleaseRule
from app.entries.models import Entry, EntryState
from app.evidence.models import Evidence, Preview
from app.judging.models import Assignment, AssignmentState, Panel, Scoresheet, Seat, SheetState
from app.results.models import Promotion, RankingRow, RankingRun, RunState

PER_GALLERY = 24


@dataclass(frozen=True, slots=True)
class Card:
    """One entry in a gallery."""

    public_id: str
    number: str
    title: str
    applicant: str
    unit: str
    category: str
    notes: int
    picture: str | None


@dataclass(frozen=True, slots=True)
class Gallery:
    """A page of entries with how many there are in all."""

    items: Sequence[Card]
    total: int
    page: int
    per_page: int = PER_GALLERY

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))


def gallery(contest: Competition, *, words: str, category: str | None, page: int) -> Gallery:
    """Return the entries that everybody may see: handed in, found by words in number, title, applicant or unit."""
    query = (
        select(Entry.diary_id, Entry.public_id, Entry.number, Entry.title, Entry.applicant, Unit.name, Category.title)
        .join(Unit, Unit.id == Entry.unit_id)
        .join(Category, Category.id == Entry.category_id)
        .where(Entry.competition_id == contest.id, Entry.state == EntryState.HANDED_IN)
    )
    if category is not None:
        query = query.where(Category.public_id == category)
    for word in words.split()[:5]:
        like = f"%{_escaped(word)}%"
        query = query.where(
            or_(
                Entry.number.ilike(like, escape="\\"),
                Entry.title.ilike(like, escape="\\"),
                Entry.applicant.ilike(like, escape="\\"),
                Unit.name.ilike(like, escape="\\"),
            )
        )
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = min(max(1, page), max(1, -(-total // PER_GALLERY)))
    rows = db.session.execute(query.order_by(Entry.number).limit(PER_GALLERY).offset((page - 1) * PER_GALLERY)).all()
    notes, pictures = _released([diary for diary, *_ in rows])
    cards = [
        Card(public_id, number, title, applicant, unit, of, notes.get(diary, 0), pictures.get(diary))
        for diary, public_id, number, title, applicant, unit, of in rows
    ]
    return Gallery(cards, total, page)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _released(diary_ids: Sequence[int]) -> tuple[Mapping[int, int], Mapping[int, str]]:
    """Return how many diary entries everybody may read, and the newest thumbnail, for each diary."""
    public = (
        DiaryEntry.diary_id.in_(diary_ids),
        DiaryEntry.state == DiaryState.RELEASED,
        Diary.release_rule == ReleaseRule.AS_CONTEST,
    )
    notes = {
        diary: count
        for diary, count in db.session.execute(
            select(DiaryEntry.diary_id, func.count())
            .join(Diary, Diary.id == DiaryEntry.diary_id)
            .where(*public)
            .group_by(DiaryEntry.diary_id)
        )
    }
    newest = (
        select(DiaryEntry.diary_id, func.max(Preview.id).label("preview_id"))
        .join(Diary, Diary.id == DiaryEntry.diary_id)
        .join(Evidence, Evidence.diary_entry_id == DiaryEntry.id)
        .join(Preview, Preview.evidence_id == Evidence.id)
        .where(*public, Evidence.struck_at.is_(None), Preview.name == "thumb")
        .group_by(DiaryEntry.diary_id)
        .subquery()
    )
    pictures = {
        diary: evidence
        for diary, evidence in db.session.execute(
            select(newest.c.diary_id, Evidence.public_id)
            .join(Preview, Preview.id == newest.c.preview_id)
            .join(Evidence, Evidence.id == Preview.evidence_id)
        )
    }
    return notes, pictures


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """A category as the public page lists it."""

    public_id: str
    division: str
    title: str
    entries: int
    stages: Sequence[StageCategory]
    runs: Sequence[RankingRun]


def categories(contest: Competition) -> list[CategoryLine]:
    """Return the categories with their entries counted, their documents and their published rankings."""
    counts: dict[int, int] = {
        category: count
        for category, count in db.session.execute(
            select(Entry.category_id, func.count())
            .where(Entry.competition_id == contest.id, Entry.state == EntryState.HANDED_IN)
            .group_by(Entry.category_id)
        )
    }
    joins: dict[int, list[StageCategory]] = defaultdict(list)
    for join in db.session.scalars(
        select(StageCategory)
        .join(Stage, Stage.id == StageCategory.stage_id)
        .where(Stage.competition_id == contest.id)
        .order_by(Stage.position)
    ):
        joins[join.category_id].append(join)
    runs: dict[int, list[RankingRun]] = defaultdict(list)
    for run in db.session.scalars(
        select(RankingRun)
        .join(StageCategory, StageCategory.id == RankingRun.stage_category_id)
        .join(Stage, Stage.id == StageCategory.stage_id)
        .where(Stage.competition_id == contest.id, RankingRun.state.in_((RunState.PUBLISHED, RunState.FINAL)))
        .order_by(Stage.position, RankingRun.number)
    ):
        runs[run.stage_category_id].append(run)
    rows = db.session.execute(
        select(Category.id, Category.public_id, Division.title, Category.title)
        .join(Division, Division.id == Category.division_id)
        .where(Division.competition_id == contest.id)
        .order_by(Division.position, Category.position)
    )
    return [
        CategoryLine(
            public_id,
            division,
            title,
            counts.get(category, 0),
            joins[category],
            [run for join in joins[category] for run in runs[join.id]],
        )
        for category, public_id, division, title in rows
    ]


@dataclass(frozen=True, slots=True)
class PublicPlace:
    """Where an entry stands in a ranking that is out."""

    run: RankingRun
    row: RankingRow
    stage: str


def places_of(entry: Entry) -> list[PublicPlace]:
    """Return the entry's lines in the published and final rankings."""
    query = (
        select(RankingRun, RankingRow, Stage.title)
        .join(RankingRow, RankingRow.run_id == RankingRun.id)
        .join(StageCategory, StageCategory.id == RankingRun.stage_category_id)
        .join(Stage, Stage.id == StageCategory.stage_id)
        .where(RankingRow.entry_id == entry.id, RankingRun.state.in_((RunState.PUBLISHED, RunState.FINAL)))
        .order_by(Stage.position)
    )
    return [PublicPlace(run, row, stage) for run, row, stage in db.session.execute(query)]


def assignment_of(entry: Entry, judge_id: int | None) -> Assignment | None:
    """Return the judge's open task for this entry, or None."""
    return db.session.scalar(
        select(Assignment)
        .where(
            Assignment.entry_id == entry.id,
            Assignment.judge_id == judge_id,
            Assignment.state == AssignmentState.ACTIVE,
        )
        .order_by(Assignment.id.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one category is in one stage, for the organizers."""

    join: StageCategory
    category: str
    division: str
    entries: int
    wanted: int
    assigned: int
    submitted: int
    excused: int
    run: RankingRun | None


def progress(contest: Competition) -> dict[int, list[Progress]]:
    """Return the progress of every stage and category, by stage id."""
    entries = _entries_by_stage(contest)
    sheets = {
        join: (active, submitted, excused)
        for join, active, submitted, excused in db.session.execute(
            select(
                Assignment.stage_category_id,
                func.count().filter(Assignment.state == AssignmentState.ACTIVE),
                func.count().filter(
                    Assignment.state == AssignmentState.ACTIVE, Scoresheet.state == SheetState.SUBMITTED
                ),
                func.count().filter(Assignment.state.in_((AssignmentState.RECUSED, AssignmentState.ABSTAINED))),
            )
            .join(StageCategory, StageCategory.id == Assignment.stage_category_id)
            .join(Stage, Stage.id == StageCategory.stage_id)
            .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
            .where(Stage.competition_id == contest.id)
            .group_by(Assignment.stage_category_id)
        )
    }
    runs = {
        run.stage_category_id: run
        for run in db.session.scalars(
            select(RankingRun)
            .join(StageCategory, StageCategory.id == RankingRun.stage_category_id)
            .join(Stage, Stage.id == StageCategory.stage_id)
            .where(Stage.competition_id == contest.id)
            .order_by(RankingRun.number)
        )
    }
    found: dict[int, list[Progress]] = defaultdict(list)
    for join, category, division in db.session.execute(
        select(StageCategory, Category.title, Division.title)
        .join(Category, Category.id == StageCategory.category_id)
        .join(Division, Division.id == Category.division_id)
        .join(Stage, Stage.id == StageCategory.stage_id)
        .where(Stage.competition_id == contest.id)
        .order_by(Stage.position, Division.position, Category.position)
    ):
        active, submitted, excused = sheets.get(join.id, (0, 0, 0))
        count = entries.get(join.id, 0)
        found[join.stage_id].append(
            Progress(
                join,
                category,
                division,
                count,
                count * join.judges_wanted,
                active + excused,
                submitted,
                excused,
                runs.get(join.id),
            )
        )
    return found


def _entries_by_stage(contest: Competition) -> dict[int, int]:
    """Return how many entries each stage and category has: handed in for the first stage, promoted for later ones."""
    first = db.session.scalar(select(func.min(Stage.position)).where(Stage.competition_id == contest.id))
    handed_in = db.session.execute(
        select(StageCategory.id, func.count(Entry.id))
        .join(Stage, Stage.id == StageCategory.stage_id)
        .join(Entry, Entry.category_id == StageCategory.category_id)
        .where(Stage.competition_id == contest.id, Stage.position == first, Entry.state == EntryState.HANDED_IN)
        .group_by(StageCategory.id)
    )
    promoted = db.session.execute(
        select(Promotion.stage_category_id, func.count())
        .join(StageCategory, StageCategory.id == Promotion.stage_category_id)
        .join(Stage, Stage.id == StageCategory.stage_id)
        .where(Stage.competition_id == contest.id)
        .group_by(Promotion.stage_category_id)
    )
    return {join: count for rows in (handed_in, promoted) for join, count in rows}


def figures(contest: Competition) -> dict[str, int]:
    """Return the contest's large figures: entries, units, diary entries that are public."""
    entries, units = db.session.execute(
        select(func.count(), func.count(Entry.unit_id.distinct())).where(
            Entry.competition_id == contest.id, Entry.state == EntryState.HANDED_IN
        )
    ).one()
    notes = db.session.scalar(
        select(func.count(DiaryEntry.id))
        .join(Diary, Diary.id == DiaryEntry.diary_id)
        .join(Entry, Entry.diary_id == Diary.id)
        .where(
            Entry.competition_id == contest.id,
            Entry.state == EntryState.HANDED_IN,
            DiaryEntry.state == DiaryState.RELEASED,
            Diary.release_rule == ReleaseRule.AS_CONTEST,
        )
    )
    return {"entries": entries, "units": units, "notes": notes or 0}


@dataclass(frozen=True, slots=True)
class Duty:
    """What a judge has in one contest: done and all, in the stages whose marking is open."""

    competition_id: int
    done: int
    total: int


def duties(judge_id: int, now: datetime) -> dict[int, Duty]:
    """Return a judge's sheets by contest; contests where he has a seat but no task count with none."""
    seats = db.session.scalars(
        select(Stage.competition_id)
        .join(Panel, Panel.stage_id == Stage.id)
        .join(Seat, Seat.panel_id == Panel.id)
        .where(Seat.user_id == judge_id, Seat.left_at.is_(None))
    ).all()
    rows = db.session.execute(
        select(
            Stage.competition_id,
            func.count().filter(Scoresheet.state == SheetState.SUBMITTED),
            func.count(),
        )
        .select_from(Assignment)
        .join(StageCategory, StageCategory.id == Assignment.stage_category_id)
        .join(Stage, Stage.id == StageCategory.stage_id)
        .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
        .where(Assignment.judge_id == judge_id, Assignment.state == AssignmentState.ACTIVE)
        .group_by(Stage.competition_id)
    )
    counted = {contest: Duty(contest, done, total) for contest, done, total in rows}
    return {contest: counted.get(contest, Duty(contest, 0, 0)) for contest in seats}
