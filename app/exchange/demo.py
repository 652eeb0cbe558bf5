# SPDX-License-Identifier: Apache-2.0
"""What `./run` shows: a small contest in the middle of its final, and the full one being played beside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import func, select

from app import clock, jobs
from app.accounts import service as accounts
from app.accounts.models import RoleGrant, User
from app.competitions.models import Competition, Stage, StageCategory
from app.db import db, transaction
from app.entries.models import Entry
from app.exchange.folder import read
from app.exchange.rehearsal.media import Media
from app.exchange.rehearsal.play import Play
from app.exchange.rehearsal.report import Report, Until
from app.exchange.rehearsal.shift import into_the_final
from app.exchange.tasks import KIND
from app.judging.models import Assignment, AssignmentState, Scoresheet, SheetState
from app.policy import SYSTEM, Role
from app.serve import listen, serve

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SMALL, FULL = "harbor-2026", "yangtze-2020"
ADMINISTRATOR = "demo-admin"
SEED = 2026
VALID = timedelta(days=30)
Tell = Callable[[str], None]


def run(*, host: str, port: int, tell: Tell) -> int:
    """Prepare, print the ways in, serve; return the exit code."""
    with listen(host, port):
        pass  # says so at once when the port is taken, before minutes of preparation
    os.environ.setdefault("YOUYIN_DEVELOPMENT", "yes")
    os.environ.setdefault("YOUYIN_PUBLIC_URL", f"http://{host}:{port}")  # stands in the QR codes of certificates
    upgrade()
    if db.session.scalar(select(User.id).where(User.login_key == ADMINISTRATOR)) is None:
        _prepare(tell)
    links = list(_ways_in(f"http://{host}:{port}"))
    db.session.remove()

    def ready() -> None:
        tell(f"\nYouyin 有因: http://{host}:{port}\n")
        for role, link in links:
            tell(f"  {role:<36} {link}")
        tell("\nThe links work from this machine only. Ctrl+C stops. 以上链接仅限本机使用，按 Ctrl+C 停止。")

    return serve(current_app.config["YOUYIN"], host=host, port=port, on_ready=ready)


def _prepare(tell: Tell) -> None:
    tell("Preparing the demo contest … 正在准备演示赛事 …")
    folder = into_the_final(read(EXAMPLES / SMALL), clock.now())
    Play(folder, SEED, Media.SMALL, Report(tell=tell), previews=False).run(Until.FINAL)
    with transaction():
        accounts.create_user(login=ADMINISTRATOR, name="演示管理员", is_administrator=True, by=SYSTEM, now=clock.now())
        jobs.enqueue(
            KIND,
            {"folder": str(EXAMPLES / FULL), "seed": 1, "media": str(Media.SMALL), "until": str(Until.ARCHIVE)},
            by=SYSTEM,
            now=clock.now(),
            max_attempts=1,
        )


def _ways_in(address: str) -> Iterator[tuple[str, str]]:
    """Make a sign-in link for one person of each role."""
    contest = db.session.scalars(select(Competition).where(Competition.slug == SMALL)).one()
    for role, user in _people(contest):
        now = clock.now()
        with transaction():
            token = accounts.make_link(user, expires_at=now + VALID, by=SYSTEM, now=now)
        yield role, f"{address}/link/{token}"


def _people(contest: Competition) -> Iterator[tuple[str, User]]:
    organizers = _with_role(contest, Role.ORGANIZER)
    yield "organizer 组织者", organizers[0]
    if len(organizers) > 1:
        yield "second organizer, confirms 复核人", organizers[1]
    yield "judge of the final 终评评委", _busiest_judge(contest)
    yield "contestant 参赛者", db.session.scalars(
        select(User).join(Entry, Entry.owner_id == User.id).where(Entry.competition_id == contest.id).order_by(Entry.id)
    ).first() or organizers[0]  # fmt: skip
    for role, title in ((Role.UNIT_CLERK, "unit clerk 单位经办人"), (Role.SUPERVISOR, "supervisor 监督员")):
        for user in _with_role(contest, role)[:1]:
            yield title, user
    yield "administrator 系统管理员", db.session.scalars(select(User).where(User.login_key == ADMINISTRATOR)).one()


def _with_role(contest: Competition, role: Role) -> list[User]:
    return list(
        db.session.scalars(
            select(User)
            .join(RoleGrant, RoleGrant.user_id == User.id)
            .where(RoleGrant.competition_id == contest.id, RoleGrant.role == role)
            .order_by(RoleGrant.id)
        )
    )


def _busiest_judge(contest: Competition) -> User:
    """Return the judge of the last stage who has most left to do."""
    query = (
        select(User)
        .join(Assignment, Assignment.judge_id == User.id)
        .join(StageCategory, StageCategory.id == Assignment.stage_category_id)
        .join(Stage, Stage.id == StageCategory.stage_id)
        .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
        .where(
            Stage.id == contest.stages[-1].id,
            Assignment.state == AssignmentState.ACTIVE,
            func.coalesce(Scoresheet.state, SheetState.DRAFT) == SheetState.DRAFT,
        )
        .group_by(User.id)
        .order_by(func.count().desc(), User.id)
    )
    return db.session.scalars(query).first() or _with_role(contest, Role.ORGANIZER)[0]
