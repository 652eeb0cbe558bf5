# SPDX-License-Identifier: Apache-2.0
"""Every kind of page: its name, who looks at it, and an address that has something to show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import func, select

from app.accounts.models import RoleGrant, Unit, User
from app.archives.models import Archive
from app.awards.models import Certificate
from app.competitions.models import Competition, StageCategory
from app.db import db
from app.diaries.models import DiaryEntry, DiaryState
from app.entries.models import Entry, EntryState, EntryVersion
from app.evidence.models import Evidence
from app.jobs import Job
from app.judging.models import Assignment, AssignmentState, Panel, Scoresheet, Seat, SeatRole, SheetState
from app.policy import Role
from app.results.models import RankingRow, RankingRun
from tests.browser import house
from tests.browser.house import MARKED, PAST, WRITING, YOUNG

# Files, fragments and signs of life: nothing to look at.
NO_PAGES = {
    "archives.download",
    "awards.download",
    "diaries.atom",
    "entries.receipt_file",
    "evidence.download",
    "evidence.preview",
    "ops.healthz",
    "ops.readyz",
    "results.matrix_csv",
    "results.matrix_xlsx",
    "results.part",
    "results.ranking_csv",
    "results.ranking_xlsx",
    "rubrics.document_json",
    "rubrics.document_toml",
    "static",
    "styleguide.error",
    "styleguide.picture",
}
# Reached once in the life of an installation, by a token that the command line prints.
NOT_HERE = {"accounts.first_administrator"}


@dataclass(frozen=True, slots=True)
class Sight:
    """One page as somebody sees it. `who` is the id of a user, or None for a stranger."""

    name: str
    address: str
    who: int | None
    endpoint: str
    status: int = 200


class Scene:
    """Finds people and things in a furnished installation; lives in a request context."""

    def __init__(self) -> None:
        self.contests = {contest.slug: contest for contest in db.session.scalars(select(Competition))}

    def contest(self, slug: str) -> Competition:
        return self.contests[slug]

    def holder(self, slug: str, role: Role, number: int = 0) -> int | None:
        """Return somebody with a role in a contest."""
        found = db.session.scalars(
            select(RoleGrant.user_id)
            .where(RoleGrant.competition_id == self.contest(slug).id, RoleGrant.role == role)
            .order_by(RoleGrant.id)
        ).all()
        return found[min(number, len(found) - 1)] if found else None

    def first(self, model: type[Any], *conditions: Any, order: Any = None) -> Any:
        """Return the first row that matches; it must be there."""
        query = select(model).where(*conditions).order_by(model.id if order is None else order, model.id).limit(1)
        row = db.session.scalars(query).first()
        assert row is not None, f"nothing to show: {model.__name__}"
        return row

    def join(self, slug: str, stage: int) -> StageCategory:
        """Return what the first category is in a stage, counted from the front or from the end."""
        return min(self.contest(slug).stages[stage].stage_categories, key=lambda row: row.category_id)

    def entry(self, slug: str, *conditions: Any) -> Entry:
        found: Entry = self.first(Entry, Entry.competition_id == self.contest(slug).id, *conditions)
        return found

    def note(self, entry: Entry) -> DiaryEntry:
        """Return a released diary entry, with a picture when there is one."""
        pictured = select(func.count()).where(Evidence.diary_entry_id == DiaryEntry.id).correlate(DiaryEntry)
        found: DiaryEntry = self.first(
            DiaryEntry,
            DiaryEntry.diary_id == entry.diary_id,
            DiaryEntry.state == DiaryState.RELEASED,
            order=pictured.scalar_subquery().desc(),
        )
        return found

    def task(self, join: StageCategory, state: SheetState | None) -> Assignment:
        """Return a task whose scoresheet stands so; None: it is not begun."""
        sheet = Scoresheet.id.is_(None) if state is None else Scoresheet.state == state
        found = db.session.scalars(
            select(Assignment)
            .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
            .where(Assignment.stage_category_id == join.id, Assignment.state == AssignmentState.ACTIVE, sheet)
            .order_by(Assignment.id)
        ).first()
        return found or self.first(Assignment, Assignment.stage_category_id == join.id)

    def chair(self, panel: Panel) -> int | None:
        return db.session.scalar(
            select(Seat.user_id).where(Seat.panel_id == panel.id, Seat.role == SeatRole.CHAIR, Seat.left_at.is_(None))
        )


def sights() -> list[Sight]:
    """Return every kind of page; needs a request context of a furnished installation."""
    scene = Scene()
    found: list[Sight] = []

    def see(name: str, who: int | None, endpoint: str, *, status: int = 200, **values: Any) -> None:
        found.append(Sight(name, url_for(endpoint, **values), who, endpoint, status))

    for part in (_public, _accounts, _contestants, _judges, _organizers, _results):
        part(scene, see)
    found.append(Sight("error-404", "/contests/none-of-this-name", None, "errors", 404))
    found.append(Sight("styleguide", "/styleguide/pieces", None, "styleguide.show"))
    names = [sight.name for sight in found]
    assert len(names) == len(set(names)), "two sights have one name"
    return found


def _public(scene: Scene, see: Any) -> None:
    entry = scene.entry(PAST, Entry.state == EntryState.HANDED_IN)
    see("home-stranger", None, "workspaces.home")
    see("about", None, "workspaces.about")
    see("contests", None, "competitions.index")
    see("contest-in-final", None, "workspaces.contest", competition=MARKED)
    see("contest-over", None, "workspaces.contest", competition=PAST)
    see("contest-young", None, "workspaces.contest", competition=YOUNG)
    see("entry-public", None, "workspaces.entry", entry=entry.public_id)
    see("diary-public", None, "diaries.timeline", entry=entry.public_id)
    see("diary-entry-public", None, "diaries.show", diary_entry=scene.note(entry).public_id)
    see("feed", None, "diaries.feed", competition=PAST)
    see("rubrics-of-contest", None, "rubrics.of_contest", competition=MARKED)
    see("rubric", None, "rubrics.show", stage_category=scene.join(MARKED, -1).public_id)
    see("sign-in", None, "accounts.sign_in")
    see("verify", None, "awards.verify")


def _accounts(scene: Scene, see: Any) -> None:
    administrator = house.user(house.ADMINISTRATOR)
    organizer = scene.holder(MARKED, Role.ORGANIZER)
    contestant = scene.entry(MARKED).owner
    token = accounts_link(contestant)
    see("sign-in-link", None, "accounts.follow_link", token=token)
    see("sign-in-link-over", None, "accounts.follow_link", token="x" * 43, status=404)
    see("me", contestant.id, "accounts.me")
    see("notices", contestant.id, "notify.inbox")
    see("people", administrator.id, "accounts.people")
    see("person", administrator.id, "accounts.person", user=contestant.public_id)
    see("person-new", administrator.id, "accounts.new_person")
    see("units", administrator.id, "accounts.units")
    see("unit", administrator.id, "accounts.unit", unit=scene.first(Unit).public_id)
    see("unit-new", administrator.id, "accounts.new_unit")
    see("contest-new", administrator.id, "competitions.new")
    see("grants", organizer, "accounts.grants", competition=MARKED)
    see("slips", organizer, "accounts.slips", competition=MARKED)


def accounts_link(user: User) -> str:
    """Make a sign-in link and return its token."""
    return house.link(user).rpartition("/")[2]


def _contestants(scene: Scene, see: Any) -> None:
    young, writing = scene.entry(YOUNG), scene.entry(WRITING)
    note = scene.note(writing)
    version = scene.first(EntryVersion, EntryVersion.entry_id == writing.id)
    waiting = scene.first(DiaryEntry, DiaryEntry.diary_id == writing.diary_id, DiaryEntry.state == DiaryState.WAITING)
    evidence = scene.first(Evidence, Evidence.diary_entry_id == waiting.id)
    see("home-contestant", writing.owner_id, "workspaces.home")
    see("entries-mine", writing.owner_id, "entries.mine")
    see("entry-new", young.owner_id, "entries.new", competition=YOUNG)
    see("entry-edit", young.owner_id, "entries.edit", entry=young.public_id)
    see("entry-hand-in", young.owner_id, "entries.hand_in", entry=young.public_id)
    see("entry-overview", writing.owner_id, "entries.overview", entry=writing.public_id)
    see("entry-owner", writing.owner_id, "workspaces.entry", entry=writing.public_id)
    see("receipt", writing.owner_id, "entries.receipt", entry=writing.public_id, entry_version=version.public_id)
    see("result-edit", writing.owner_id, "entries.result", entry=writing.public_id)
    see("result-hand-in", writing.owner_id, "entries.hand_in_result", entry=writing.public_id)
    see("withdraw", writing.owner_id, "entries.withdraw", entry=writing.public_id)
    see("diary-own", writing.owner_id, "diaries.timeline", entry=writing.public_id)
    see("diary-write", writing.owner_id, "diaries.write", entry=writing.public_id)
    see("diary-edit", writing.owner_id, "diaries.edit", diary_entry=waiting.public_id)
    see("diary-release-rule", writing.owner_id, "diaries.release_rule", entry=writing.public_id)
    see("diary-strike", writing.owner_id, "diaries.strike", diary_entry=note.public_id)
    see("evidence-strike", writing.owner_id, "evidence.strike", evidence=evidence.public_id)
    organizer = scene.holder(WRITING, Role.ORGANIZER)
    see("diary-entry-waiting", organizer, "diaries.show", diary_entry=waiting.public_id)
    see("releases", organizer, "diaries.releases", competition=WRITING)
    see("diary-hold", organizer, "diaries.hold", diary_entry=waiting.public_id)


def _judges(scene: Scene, see: Any) -> None:
    final = scene.join(MARKED, -1)
    fresh, begun = scene.task(final, None), scene.task(final, SheetState.DRAFT)
    done = scene.task(scene.join(MARKED, 0), SheetState.SUBMITTED)
    see("home-judge", fresh.judge_id, "workspaces.home")
    see("worklist", fresh.judge_id, "judging.worklist", competition=MARKED)
    see("scoresheet-fresh", fresh.judge_id, "judging.scoresheet", assignment=fresh.public_id)
    see("scoresheet-begun", begun.judge_id, "judging.scoresheet", assignment=begun.public_id)
    see("scoresheet-done", done.judge_id, "judging.scoresheet", assignment=done.public_id)
    see("sheet-review", begun.judge_id, "judging.review", assignment=begun.public_id)
    stage = scene.contest(MARKED).stages[-1].code
    see("stage-review", begun.judge_id, "judging.review_stage", competition=MARKED, stage=stage)
    see("sheet-receipt", done.judge_id, "judging.receipt", assignment=done.public_id)
    see("entry-judge", fresh.judge_id, "workspaces.entry", entry=fresh.entry.public_id)
    panel = db.session.get_one(Panel, scene.join(PAST, 0).panel_id)
    chair = scene.chair(panel) or scene.holder(PAST, Role.ORGANIZER)
    see("panel-sheets", chair, "judging.panel_sheets", panel=panel.public_id)


def _organizers(scene: Scene, see: Any) -> None:
    organizer = scene.holder(MARKED, Role.ORGANIZER)
    contest = scene.contest(MARKED)
    division = contest.divisions[0]
    panel = db.session.get_one(Panel, scene.join(MARKED, -1).panel_id)
    see("home-organizer", organizer, "workspaces.home")
    see("console", organizer, "workspaces.console", competition=MARKED)
    see("audit", organizer, "workspaces.audit", competition=MARKED)
    see("settings", organizer, "competitions.settings", competition=MARKED)
    see("structure", organizer, "competitions.structure", competition=MARKED)
    see("division", organizer, "competitions.division", division=division.public_id)
    see("division-new", organizer, "competitions.new_division", competition=MARKED)
    see("category", organizer, "competitions.category", category=division.categories[0].public_id)
    see("stage", organizer, "competitions.stage", stage=contest.stages[0].public_id)
    unfrozen = scene.join(YOUNG, 0).public_id
    see("rubric-edit", scene.holder(YOUNG, Role.ORGANIZER), "rubrics.edit", stage_category=unfrozen)
    see("panels", organizer, "judging.panels", competition=MARKED)
    see("panel", organizer, "judging.panel", panel=panel.public_id)
    see("assignments", organizer, "judging.assignments", stage_category=scene.join(MARKED, -1).public_id)
    see("archives", scene.holder(PAST, Role.ORGANIZER), "archives.index", competition=PAST)
    scene.first(Archive)
    job = scene.first(Job, Job.competition_id == scene.contest(PAST).id, Job.kind == "archive")
    see("job", scene.holder(PAST, Role.ORGANIZER), "workspaces.job", job=job.public_id)


def _results(scene: Scene, see: Any) -> None:
    organizer = scene.holder(PAST, Role.ORGANIZER)
    final = scene.join(PAST, -1)
    run = scene.first(RankingRun, RankingRun.stage_category_id == final.id, order=RankingRun.number.desc())
    best = scene.first(RankingRow, RankingRow.run_id == run.id, order=RankingRow.position)
    certificate = scene.first(Certificate, Certificate.check_code.is_not(None))
    see("ranking", None, "results.show", ranking_run=run.public_id)
    see("reasons", None, "results.reasons", ranking_run=run.public_id, entry=best.entry.public_id)
    see("workbench-over", organizer, "results.workbench", stage_category=final.public_id)
    marking = scene.join(MARKED, -1).public_id
    see("workbench-marking", scene.holder(MARKED, Role.ORGANIZER), "results.workbench", stage_category=marking)
    see("certificates", organizer, "awards.certificates", ranking_run=run.public_id)
    see("verified", None, "awards.verified", check_code=certificate.check_code)
    see("verified-unknown", None, "awards.verified", check_code="AAAA-AAAA-AAAA", status=404)


def people(found: list[Sight]) -> Iterator[tuple[int, str]]:
    """Yield a fresh sign-in address for everybody who looks at something; needs an application context."""
    for who in sorted({sight.who for sight in found if sight.who is not None}):
        yield who, house.link(db.session.get_one(User, who))
