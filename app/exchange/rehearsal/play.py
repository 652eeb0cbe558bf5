# SPDX-License-Identifier: Apache-2.0
"""The play itself, act by act. Every act asks the policy first and calls the service that the page calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import clock, jobs, policy
from app.accounts.identity import actor_of
from app.accounts.models import RoleGrant, User
from app.competitions import service as competitions
from app.competitions.models import Competition, DiaryRelease, Stage, StageCategory, WindowKind
from app.competitions.predicates import window
from app.db import db, transaction
from app.diaries import service as diaries
from app.diaries.models import DiaryEntry, DiaryState
from app.entries import service as entries
from app.entries.models import Entry
from app.evidence import service as evidence
from app.exchange.folder import Folder
from app.exchange.load import Loaded, load
from app.exchange.rehearsal import media, prose
from app.exchange.rehearsal.chance import Chance
from app.exchange.rehearsal.files import Intake
from app.exchange.rehearsal.report import Report, Until
from app.jobs import Job, JobState
from app.judging import service as judging
from app.judging.models import Assignment, AssignmentState
from app.policy import SYSTEM, Action, Actor, Role
from app.rubrics import service as rubrics
from scoring import Criterion, format_number

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class CannotPlay(RuntimeError):
    """The folder lacks somebody or something that the play needs; the text says what."""


@dataclass
class Play:
    """One contest being played with one seed."""

    folder: Folder
    seed: int
    media: media.Media
    report: Report
    slug: str | None = None
    previews: bool = True

    def run(self, until: Until) -> Loaded:
        """Play from the load to `until` and return what was made."""
        self.chance = Chance(f"youyin rehearsal {self.seed}")
        self.say = prose.words(self.folder.language)
        self.loaded = self._load()
        self.contest = self.loaded.competition
        acts: list[tuple[Until, Callable[[], None]]] = [
            (Until.ENTRIES, self._entries),
            (Until.DIARY, self._diary),
            (Until.RESULTS, self._results),
        ]
        for step, act in acts:
            if until.reaches(step):
                act()
        if until.reaches(Until.INITIAL):
            from app.exchange.rehearsal.ending import Ending  # the second half, which needs this first one

            Ending(self).run(until)
        return self.loaded

    # --- who and when

    def actor(self, user: User) -> Actor:
        """Return a person as an actor of the rehearsal."""
        return actor_of(user, via="rehearsal")

    def organizers(self) -> list[Actor]:
        """Return the organizers, of whom the first computes and the second confirms."""
        people = db.session.scalars(
            select(User)
            .join(RoleGrant, RoleGrant.user_id == User.id)
            .where(RoleGrant.competition_id == self.contest.id, RoleGrant.role == Role.ORGANIZER)
            .order_by(RoleGrant.id)
        ).all()
        if not people:
            raise CannotPlay("rosters/grants.csv names no organizer: add a row with the role organizer.")
        return [self.actor(person) for person in people]

    def window(self, kind: WindowKind, stage: Stage | None = None) -> tuple[datetime, datetime]:
        """Return a window's ends."""
        found = window(self.contest, kind, stage.id if stage is not None else None)
        if found is None:
            raise CannotPlay(f"The contest has no window for {kind}: add one to competition.toml.")
        return found.starts_at, found.ends_at

    def moment(self, chance: Chance, kind: WindowKind, stage: Stage | None = None) -> datetime:
        """Return a moment by day within a window."""
        starts, ends = self.window(kind, stage)
        minutes = max(1, int((ends - starts).total_seconds()) // 60 - 2)
        return starts + timedelta(minutes=chance.number("minute", 1, minutes))

    def may(self, action: Action, who: Actor, obj: Any, now: datetime) -> None:
        """Ask the policy as the page's guard does."""
        policy.demand(action, who, obj, now)

    # --- the acts

    def _load(self) -> Loaded:
        starts = min(w.starts_at for w in self.folder.windows) - 30 * DAY
        with self.report.step("load") as count, transaction():
            loaded = load(self.folder, by=SYSTEM, now=starts, slug=self.slug, rehearsal=True)
            competitions.open_to_public(loaded.competition, by=SYSTEM, now=starts + 10 * DAY)
            count(len(loaded.entries))
        return loaded

    def each_entry(self) -> Iterator[Entry]:
        """Yield the entries by number, each into an empty session: a full one slows every commit."""
        query = select(Entry.id).where(Entry.competition_id == self.contest.id).order_by(Entry.number)
        for entry_id in db.session.scalars(query).all():
            self.forget()
            yield db.session.get_one(Entry, entry_id)

    def forget(self) -> None:
        """Empty the session of everything but the contest."""
        contest_id = self.contest.id
        db.session.rollback()
        db.session.expunge_all()
        self.contest = db.session.get_one(Competition, contest_id)

    def _entries(self) -> None:
        with self.report.step("applications", len(self.folder.entries)) as count:
            for entry in self.each_entry():
                chance = self.chance.of("entry", entry.number)
                now = self.moment(chance, WindowKind.ENTRY)
                owner = self.actor(entry.owner)
                self.may(Action.ENTRY_EDIT, owner, entry, now)
                self.may(Action.ENTRY_HAND_IN, owner, entry, now)
                fields = entry.category.division.form
                with transaction():
                    entries.save(
                        entry,
                        expected_version=entry.version,
                        title=entry.title,
                        applicant=entry.applicant,
                        form=prose.form(self.say, fields, chance, now.date()),
                        members=[],
                        by=owner,
                        now=now,
                    )
                    entries.hand_in(entry, accept_names=True, by=owner, now=now + HOUR / 6)
                count()

    def _diary(self) -> None:
        starts, ends = self.window(WindowKind.DIARY)
        days = (ends - starts).days - 2
        at_once = self.folder.diary_release == DiaryRelease.AT_ONCE
        clerk = self.organizers()[0]
        intake = Intake()
        with self.report.step("diary entries") as count:
            for entry in self.each_entry():
                chance = self.chance.of("diary", entry.number)
                total = 20 + chance.middling("diligence", 0, 14)
                owner = self.actor(entry.owner)
                when = sorted(chance.number(f"day{number}", 1, max(1, days)) for number in range(total))
                for number, day in enumerate(when):
                    self._note(entry, owner, clerk, chance.of(number), starts + day * DAY + 9 * HOUR, at_once, intake)
                    count()
        self._previews("pictures")

    def _note(
        self, entry: Entry, owner: Actor, clerk: Actor, chance: Chance, now: datetime, at_once: bool, intake: Intake
    ) -> None:
        title, body, place = prose.note(self.say, chance)
        received = None
        if chance.happens("picture", self.media.picture_percent):
            received = intake.take(media.picture(chance, self.media.width), f"{title}.jpg")
        self.may(Action.DIARY_WRITE, owner, entry, now)
        with transaction():
            note = diaries.write(
                entry.diary,
                title=title,
                body=body,
                happened_on=(now - chance.number("late", 0, 2) * DAY).date(),
                place=place,
                release=True,
                at_once=at_once,
                by=owner,
                now=now,
                competition=self.contest,
            )
            if received is not None:
                evidence.keep(received, diary_entry=note, caption=self.say.caption, by=owner, now=now)
            if note.state == DiaryState.WAITING and not chance.happens("forgotten", 2):
                later = now + chance.number("hours", 2, 60) * HOUR
                self.may(Action.DIARY_ENTRY_RELEASE, clerk, note, later)
                diaries.release(note, by=clerk, now=later, competition=self.contest)

    def _results(self) -> None:
        intake = Intake()
        with self.report.step("result reports", len(self.folder.entries)) as count:
            for entry in self.each_entry():
                chance = self.chance.of("result", entry.number)
                now = self.moment(chance, WindowKind.HAND_IN)
                owner = self.actor(entry.owner)
                received = None
                if self.media is not media.Media.NONE:
                    received = intake.take(media.document(chance, self.media.pages), f"{self.say.file}.pdf")
                self.may(Action.RESULT_EDIT, owner, entry, now)
                notes = db.session.scalars(select(DiaryEntry.id).where(DiaryEntry.diary_id == entry.diary_id)).all()
                with transaction():
                    entries.save_result(
                        entry,
                        expected_version=entry.version,
                        report=self.say.report.format(count=len(notes)),
                        by=owner,
                        now=now,
                    )
                    if received is not None:
                        evidence.keep(received, entry=entry, caption=self.say.file, by=owner, now=now)
                    entries.hand_in_result(entry, by=owner, now=now + HOUR / 6)
                count()
        self._previews("page pictures")

    def _previews(self, name: str) -> None:
        if self.previews and self.media is not media.Media.NONE:
            with self.report.step(name) as count:
                count(self.run_jobs(clock.wall()))

    def run_jobs(self, now: datetime) -> int:
        """Run the jobs that wait, at the play's time, and return how many."""
        query = select(Job.id).where(Job.state == JobState.QUEUED, Job.kind != "rehearse").order_by(Job.id)
        count = 0
        while waiting := db.session.scalars(query.limit(200)).all():
            db.session.rollback()
            for job_id in waiting:
                with clock.at(now):
                    jobs.run(job_id)
                count += 1
                self.report.advance(count, None, "jobs")
        failed = db.session.scalars(select(Job.error).where(Job.state == JobState.FAILED)).first()
        if failed is not None:
            raise CannotPlay(f"A background job failed: {failed}")
        return count

    # --- marking, used for each stage

    def mark_stage(self, stage: Stage, *, percent: int = 100) -> None:
        """Freeze, draw and mark a stage; `percent` of the judges finish, the others are half-way."""
        first, *_ = self.organizers()
        starts, ends = self.window(WindowKind.MARKING, stage)
        joins = [
            join.id
            for join in sorted(
                stage.stage_categories, key=lambda item: (item.category.division.position, item.category.position)
            )
        ]
        code = stage.code
        with self.report.step(f"{code}: draw") as count:
            for join in map(self._join, joins):
                self.may(Action.PANELS_MANAGE, first, self.contest, starts)
                with transaction():
                    if join.frozen_at is None:
                        rubrics.freeze(join, by=first, now=starts)
                    count(len(judging.draw(join, seed=self.seed, by=first, now=starts + HOUR)))
        with self.report.step(f"{code}: scoresheets") as count:
            for join in map(self._join, joins):
                criteria = rubrics.document_of(join).rubric.criteria
                for assignment in self._assignments(join.id):
                    chance = self.chance.of("sheet", code, assignment.entry.number, assignment.judge.login)
                    lazy = self.chance.of("judge", code, assignment.judge.login).happens("late", 100 - percent)
                    if lazy and not chance.happens("begun", 40):
                        continue
                    span = int((min(ends, self.latest(percent)) - starts).total_seconds()) // 60 - 200
                    now = starts + 2 * HOUR + timedelta(minutes=chance.number("minute", 1, max(2, span)))
                    self._sheet(assignment, criteria, chance, now, finish=not lazy)
                    count()

    def _join(self, join_id: int) -> StageCategory:
        self.forget()
        return db.session.get_one(StageCategory, join_id)

    def latest(self, percent: int) -> datetime:
        """Return the last moment of marking: the present when a stage is left half-way."""
        return clock.wall() if percent < 100 else datetime.max.replace(tzinfo=clock.wall().tzinfo)

    def _assignments(self, join_id: int) -> Iterator[Assignment]:
        query = (
            select(Assignment.id)
            .where(Assignment.stage_category_id == join_id, Assignment.state == AssignmentState.ACTIVE)
            .order_by(Assignment.id)
        )
        for number, assignment_id in enumerate(db.session.scalars(query).all()):
            if number % 20 == 0:
                self.forget()
            yield db.session.get_one(Assignment, assignment_id)

    def _sheet(
        self, assignment: Assignment, criteria: tuple[Criterion, ...], chance: Chance, now: datetime, *, finish: bool
    ) -> None:
        judge = self.actor(assignment.judge)
        self.may(Action.SHEET_MARK, judge, assignment, now)
        quality = self.chance.of("quality", assignment.entry.number).middling("of the work", 350, 980)
        severity = self.chance.of("severity", assignment.judge.login).middling("of the judge", -90, 90)
        marks: dict[str, tuple[str, str]] = {}
        for criterion in criteria[: None if finish else max(1, len(criteria) // 2)]:
            at = chance.of(criterion.code)
            share = quality + severity + at.middling("noise", -160, 160)
            marks[criterion.code] = (_mark(criterion, max(0, min(1000, share))), at.pick("comment", self.say.comments))
        cited = self._cited(assignment.entry, chance)
        with transaction():
            judging.save_sheet(assignment, marks, by=judge, now=now)
            if cited is not None:
                judging.cite(assignment, criteria[0].code, diary_entry=cited, by=judge, now=now)
            if finish:
                judging.submit(assignment, by=judge, now=now + HOUR / 2)

    def _cited(self, entry: Entry, chance: Chance) -> DiaryEntry | None:
        notes = db.session.scalars(
            select(DiaryEntry)
            .where(DiaryEntry.diary_id == entry.diary_id, DiaryEntry.state == DiaryState.RELEASED)
            .order_by(DiaryEntry.happened_on, DiaryEntry.id)
        ).all()
        return chance.pick("cited", notes) if notes else None


def _mark(criterion: Criterion, share: int) -> str:
    """Return the mark that lies `share` thousandths of the way up the scale."""
    marks = tuple(criterion.marks())
    return format_number(marks[((len(marks) - 1) * share + 500) // 1000])
