# SPDX-License-Identifier: Apache-2.0
"""The page to compare with: what anybody would write in an afternoon with Flask, Flask-SQLAlchemy and Flask-WTF.

A session cookie, the user behind it, his roles, one list through the ORM, one count, a CSRF token, and a template that
draws as many rows and as many bytes as the page it stands beside. It knows no languages, no policy and no history.

A process of its own, which imports nothing of ours: `serve` reads orders as lines of JSON and answers with lines.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, abort, render_template, request, session
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from jinja2 import DictLoader
from sqlalchemy import ForeignKey, String, Text, event, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """The root of its three tables."""


class Person(Base):
    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(5))
    ends_at: Mapped[datetime]
    roles: Mapped[list[Membership]] = relationship()


class Membership(Base):
    __tablename__ = "membership"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))


class Item(Base):
    __tablename__ = "item"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    number: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    applicant: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime]
    summary: Mapped[str] = mapped_column(Text)


PAGE = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{{ title }}</title>
    <link rel="stylesheet" href="{{ url_for('static', filename='style.css') }}">
  </head>
  <body>
    <header>
      <a href="{{ url_for('index') }}">Home</a> <a href="{{ url_for('item', id=0) }}">Next</a>
      {% if person %}
        <span>{{ person.name }}</span>{% for role in roles %} <em>{{ role.role }}</em>{% endfor %}
      {% endif %}
      <form method="post" action="{{ url_for('leave') }}">
        <input type="hidden" name="csrf_token" value="{{ csrf_token() }}"><button>Sign out</button>
      </form>
    </header>
    <h1>{{ title }}</h1>
    <p>{{ items|length }} of {{ total }}</p>
    <table>
      <thead><tr><th>No.</th><th>Title</th><th>Applicant</th><th>State</th><th>Changed</th><th>Summary</th></tr></thead>
      <tbody>
        {% for item in items %}
          <tr class="{{ 'odd' if loop.index is odd else 'even' }}">
            <td>{{ item.number }}</td>
            <td><a href="{{ url_for('item', id=item.id) }}">{{ item.title }}</a></td>
            <td>{{ item.applicant }}</td>
            <td>{{ item.state }}</td>
            <td><time datetime="{{ item.changed_at.isoformat() }}">{{ item.changed_at.strftime("%H:%M") }}</time></td>
            <td>{{ item.summary }}</td>
          </tr>
        {% endfor %}
      </tbody>
    </table>
    <footer>{{ padding }}</footer>
  </body>
</html>
"""


class Bare:
    """A bare application with a database of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.app = app = Flask("bare")
        app.config.update(
            SECRET_KEY="only for a benchmark", SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder / 'bare.sqlite'}"
        )
        self.db = db = SQLAlchemy(app, model_class=Base)
        app.jinja_loader = DictLoader({"page.html": PAGE})
        CSRFProtect(app)
        self.shown: dict[str, Any] = {}
        self.statements: list[str] = []

        @app.get("/")
        def index() -> str:
            person, roles = None, []
            if self.shown["signed_in"]:
                person = db.session.scalar(select(Person).where(Person.token == session.get("token", "")))
                if person is None or person.ends_at < _now():
                    abort(403)
                roles = person.roles
            query = select(Item).where(Item.owner_id == 1).order_by(Item.number)
            total = db.session.scalar(select(func.count()).select_from(query.subquery()))
            items = db.session.scalars(query.limit(int(request.args["rows"]))).all()
            return render_template(
                "page.html",
                title="Things to do",
                person=person,
                roles=roles,
                items=items,
                total=total,
                padding=self.shown["padding"],
            )

        @app.get("/items/<int:id>")
        def item(id: int) -> str:  # noqa: A002 -- the name in the address
            return str(id)

        @app.post("/leave")
        def leave() -> str:
            return ""

        with app.app_context():
            db.create_all()
            self._fill()
            event.listen(db.engine, "connect", _pragmas)
            db.engine.dispose()
            event.listen(db.engine, "before_cursor_execute", lambda *said: self.statements.append(said[2]))

    def _fill(self) -> None:
        now = _now()
        self.db.session.add(Person(token="t" * 43, name="Ada", language="en", ends_at=now + timedelta(days=1)))
        self.db.session.add_all(Membership(person_id=1, role=role) for role in ("judge", "contestant"))
        self.db.session.add_all(
            Item(
                owner_id=1,
                number=f"E-{number:04d}",
                title=f"Quieter pump number {number}",
                applicant=f"Team {number}",
                state="handed_in",
                changed_at=now,
                summary="We changed the valve & measured again.",
            )
            for number in range(600)
        )
        self.db.session.commit()

    def set(self, *, rows: int, size: int, signed_in: bool) -> dict[str, Any]:
        """Let the page have so many rows and bytes; say how many statements it takes."""
        self.client, self.address = self.app.test_client(), f"/?rows={rows}"
        with self.client.session_transaction() as cookie:
            cookie["token"] = "t" * 43
        self.shown = {"padding": "", "signed_in": signed_in}
        self.shown["padding"] = "x" * max(0, size - len(self.client.get(self.address).data))
        self.statements.clear()
        answer = self.client.get(self.address)
        return {"statements": len(self.statements), "bytes": len(answer.data)}

    def round(self, seconds: float) -> dict[str, Any]:
        """Ask for the page during so many seconds of processor time; say how many requests a second took."""
        done, begun = 0, time.process_time()
        while time.process_time() - begun < seconds:
            assert self.client.get(self.address).status_code == 200
            done += 1
        return {"speed": done / (time.process_time() - begun)}


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)  # noqa: TID251 -- it knows nothing of ours, the clock neither


def _pragmas(connection: object, _: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]  # a connection of sqlite3
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class Peer:
    """The bare page in its process, as its opponent speaks to it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, **order: object) -> dict[str, Any]:
        """Send one order and wait for the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(order), file=self._process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@contextmanager
def peer() -> Iterator[Peer]:
    """Run the bare page until the block ends."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.bare"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Peer(process)
        assert process.stdin is not None
        process.stdin.close()


def serve() -> None:
    """Follow orders until there are no more."""
    with tempfile.TemporaryDirectory(prefix="youyin-bare-") as folder:
        bare = Bare(Path(folder))
        for line in sys.stdin:
            order = json.loads(line)
            print(json.dumps(bare.round(**order) if "seconds" in order else bare.set(**order)), flush=True)


if __name__ == "__main__":
    serve()
