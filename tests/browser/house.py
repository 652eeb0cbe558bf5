# SPDX-License-Identifier: Apache-2.0
"""An installation with everything in it that a page can show: four contests, one at each time of a contest's life.

`furnish` plays them by the same rehearsal as `flask demo`; the folder is used again as long as its contests still
stand where they were placed.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from app import clock, create_app, jobs
from app.accounts import service as accounts
from app.accounts.identity import actor_of
from app.accounts.models import User
from app.competitions.models import Competition, WindowKind
from app.config import Settings
from app.db import db, transaction
from app.diaries import service as diaries
from app.entries.models import Entry
from app.evidence import service as evidence
from app.exchange.folder import Folder, WindowSpec, read
from app.exchange.rehearsal import media
from app.exchange.rehearsal.chance import Chance
from app.exchange.rehearsal.files import Intake
from app.exchange.rehearsal.media import Media
from app.exchange.rehearsal.play import Play
from app.exchange.rehearsal.report import Report, Until
from app.exchange.rehearsal.shift import into
from app.policy import SYSTEM
from tests import servers

ROOT = Path(__file__).resolve().parents[2]
MARKED, PAST, WRITING, YOUNG = "in-the-final", "in-the-archive", "in-the-diary", "in-registration"
ADMINISTRATOR = "demo-admin"
LONG_AGO = timedelta(days=200)
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Scale:
    """Which example is played, and with how many pictures."""

    large: str
    media: Media


FULL = Scale("harbor-2026", Media.SMALL)
QUICK = Scale("tiny", Media.SMALL)


def environment(folder: Path) -> dict[str, str]:
    """Return the settings of the installation in a folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YOUYIN_")}
    return kept | {
        "YOUYIN_INSTANCE": str(folder),
        "YOUYIN_DEVELOPMENT": "yes",
        "YOUYIN_PASSWORD_MEMORY_KIB": "1024",
        "YOUYIN_LOG_LEVEL": "warning",
    }


def settings(folder: Path) -> Settings:
    """Return the same settings for an application of this process; jobs that it adds wait in its memory."""
    env = environment(folder) | {"YOUYIN_JOBS_URL": "memory:"}
    return Settings.from_env(env)


def furnish(folder: Path, scale: Scale, *, tell: Tell = lambda line: None) -> Flask:
    """Return the application of a furnished installation, made anew when it is not there or out of date."""
    note = folder / "furnished.json"
    wanted = {"scale": scale.large, "made_from": _made_from()}
    known = json.loads(note.read_text(encoding="utf-8")) if note.exists() else {}
    now = clock.wall()
    if {key: known.get(key) for key in wanted} == wanted and datetime.fromisoformat(known["until"]) > now:
        return create_app(settings(folder))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    app = create_app(settings(folder))
    with app.app_context():
        upgrade()
        until = min(_play(scale, now, tell))
        _something_waiting(now)
        with transaction():
            accounts.create_user(login=ADMINISTRATOR, name="演示管理员", is_administrator=True, by=SYSTEM, now=now)
    note.write_text(json.dumps(wanted | {"until": until.isoformat()}), encoding="utf-8")
    return app


def _made_from() -> list[str]:
    """Name what would make the furniture different: the tables and the examples."""
    return sorted(path.name for path in (ROOT / "migrations/versions").glob("*.py"))


def _play(scale: Scale, now: datetime, tell: Tell) -> Iterator[datetime]:
    """Play the contests, and yield until when each stands where it was placed."""
    large, small = read(ROOT / "examples" / scale.large), read(ROOT / "examples" / "tiny")
    plan: list[tuple[str, Folder, WindowSpec, int, datetime, Until]] = [
        (MARKED, large, large.stages[-1].marking, 2, now, Until.FINAL),
        (PAST, large, large.stages[-1].marking, 2, now - LONG_AGO, Until.ARCHIVE),
        # Late in its window, so that nothing in the diaries happens in the future.
        (
            WRITING,
            replace(small, title="One Good Idea, second year"),
            _window(small, WindowKind.HAND_IN),
            4,
            now,
            Until.DIARY,
        ),
        (YOUNG, small, _window(small, WindowKind.ENTRY), 2, now, Until.LOADED),
    ]
    for slug, folder, window, fifths, moment, until in plan:
        tell(f"{slug}: {folder.title}")
        moved = into(folder, window, moment, fifths=fifths)
        if slug == PAST:
            moved = replace(moved, title=moved.title.replace("2026", "2025"))
        Play(moved, 2026, scale.media, Report(tell=tell), slug=slug, previews=until != Until.LOADED).run(until)
        yield moment + (window.ends_at - window.starts_at) / 12 if moment == now else now + LONG_AGO


def _something_waiting(now: datetime) -> None:
    """Put a diary entry with a picture forward that nobody has released yet."""
    contest = db.session.scalars(select(Competition).where(Competition.slug == WRITING)).one()
    entry = db.session.scalars(select(Entry).where(Entry.competition_id == contest.id).order_by(Entry.id)).first()
    assert entry is not None
    owner = actor_of(entry.owner)
    received = Intake().take(media.picture(Chance("waiting"), 800), "第一天.jpg")
    with transaction():
        note = diaries.write(
            entry.diary,
            title="The new jig fits / 新夹具装上了",
            body="It holds the part **without play**. 我们一共试了三次：\n\n- 第一次偏了 0.2 mm\n- 第三次正好",
            happened_on=now.date(),
            place="Workshop 3 三号车间",
            release=True,
            at_once=False,
            by=owner,
            now=now,
            competition=contest,
        )
        evidence.keep(received, diary_entry=note, caption="Before and after 改前改后", by=owner, now=now)
    jobs.run_pending()


def _window(folder: Folder, kind: WindowKind) -> WindowSpec:
    return next(window for window in folder.windows if window.kind == kind)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the installation by gunicorn until the block ends, and yield its address."""
    port = servers.free_port()
    address = f"http://{servers.LOOPBACK}:{port}"
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--worker-class", "gthread", "--threads", "4"]
    command += ["--bind", f"{servers.LOOPBACK}:{port}", "--log-level", "warning", "wsgi:app"]

    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    with servers.child(command, ready=answers, cwd=ROOT, env=environment(folder)):
        yield address


def link(user: User) -> str:
    """Make a sign-in link and return its path; needs an application context."""
    now = clock.now()
    with transaction():
        token = accounts.make_link(user, expires_at=now + timedelta(days=1), by=SYSTEM, now=now)
    return f"/link/{token}"


def user(login: str) -> User:
    """Return a person by login name; needs an application context."""
    return db.session.scalars(select(User).where(User.login_key == login)).one()
