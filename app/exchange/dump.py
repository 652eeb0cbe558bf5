# SPDX-License-Identifier: Apache-2.0
"""From a contest in the database back to a folder that loads as the same contest."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.accounts.models import RoleGrant, Unit, User
from app.competitions.models import Competition, Division, Stage, Window, WindowKind
from app.db import db
from app.diaries.models import Diary, ReleaseRule
from app.entries.models import Entry
from app.exchange import rosters
from app.judging.models import Panel, Seat
from scoring import document_from_canonical

WORDING = ("intro", "contact", "names_rule")


def dump(contest: Competition, target: Path) -> list[str]:
    """Write the folder (which must not exist or be empty) and return the names of its files."""
    files = _Dump(contest).files()
    target.mkdir(parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise FileExistsError(f"{target} is not empty")
    for name, text in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return sorted(files)


class _Dump:
    """The texts of one contest's folder."""

    def __init__(self, contest: Competition) -> None:
        self.contest = contest
        self.zone = ZoneInfo(contest.timezone)
        self.panels = {panel.id: panel for panel in self._panels()}

    def files(self) -> dict[str, str]:
        """Return every file's text by its name."""
        files = {"competition.toml": self._top()}
        for name in WORDING:
            text = getattr(self.contest, name)
            if text:
                files[f"wording/{name}.md"] = text + "\n"
        for division in self.contest.divisions:
            if division.form:
                files[f"forms/{division.code}.toml"] = _form(division)
        return files | dict(self._documents()) | self._rosters()

    def _panels(self) -> Sequence[Panel]:
        return db.session.scalars(
            select(Panel)
            .join(Stage, Stage.id == Panel.stage_id)
            .where(Stage.competition_id == self.contest.id)
            .order_by(Stage.position, Panel.id)
        ).all()

    def _local(self, moment: datetime) -> str:
        return moment.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M:%S")

    def _window(self, kind: WindowKind, stage_id: int | None = None) -> Window | None:
        return next((w for w in self.contest.windows if w.kind == kind and w.stage_id == stage_id), None)

    def _top(self) -> str:
        contest = self.contest
        lines = ["format = 1", "", "[competition]"]
        lines += [f"{key} = {quoted(getattr(contest, key))}" for key in ("slug", "title", "language", "timezone")]
        lines += [f'{key} = "wording/{key}.md"' for key in WORDING if getattr(contest, key)]
        lines += [f"mode = {quoted(contest.mode)}", f"diary_release = {quoted(contest.diary_release)}"]
        lines.append(f"notice_days = {contest.notice_days}")
        for kind in (WindowKind.ENTRY, WindowKind.DIARY, WindowKind.HAND_IN):
            window = self._window(kind)
            if window is not None:
                lines += ["", "[[windows]]", f"kind = {quoted(kind)}"]
                lines += [f"starts = {self._local(window.starts_at)}", f"ends = {self._local(window.ends_at)}"]
        for stage in contest.stages:
            lines += ["", "[[stages]]", f"code = {quoted(stage.code)}", f"title = {quoted(stage.title)}"]
            window = self._window(WindowKind.MARKING, stage.id)
            if window is not None:
                lines.append(f"marking_starts = {self._local(window.starts_at)}")
                lines.append(f"marking_ends = {self._local(window.ends_at)}")
        for panel in self.panels.values():
            lines += ["", "[[panels]]", f"code = {quoted(panel.code)}", f"stage = {quoted(panel.stage.code)}"]
            lines.append(f"title = {quoted(panel.title)}")
        for division in contest.divisions:
            lines += self._division(division)
        return "\n".join(lines) + "\n"

    def _division(self, division: Division) -> list[str]:
        lines = ["", "[[divisions]]", f"code = {quoted(division.code)}", f"title = {quoted(division.title)}"]
        lines.append(f"applicant = {quoted(division.applicant)}")
        if division.form:
            lines.append(f'form = "forms/{division.code}.toml"')
        for category in division.categories:
            lines += ["", "  [[divisions.categories]]", f"  code = {quoted(category.code)}"]
            lines.append(f"  title = {quoted(category.title)}")
            for join in sorted(category.stage_categories, key=lambda item: item.stage.position):
                lines += ["", f"  [divisions.categories.stages.{join.stage.code}]"]
                lines.append(f'  document = "documents/{category.code}-{join.stage.code}.toml"')
                if join.panel_id is not None:
                    lines.append(f"  panel = {quoted(self.panels[join.panel_id].code)}")
                lines.append(f"  judges = {join.judges_wanted}")
        return lines

    def _documents(self) -> Iterable[tuple[str, str]]:
        for stage in self.contest.stages:
            for join in stage.stage_categories:
                if join.document:
                    name = f"documents/{join.category.code}-{stage.code}.toml"
                    yield name, document_from_canonical(join.document).to_toml()

    def _rosters(self) -> dict[str, str]:
        contest = self.contest
        grants = db.session.scalars(
            select(RoleGrant)
            .where(RoleGrant.competition_id == contest.id, RoleGrant.revoked_at.is_(None))
            .order_by(RoleGrant.id)
        ).all()
        seats = db.session.scalars(
            select(Seat).where(Seat.panel_id.in_(self.panels), Seat.left_at.is_(None)).order_by(Seat.id)
        ).all()
        entries = db.session.execute(
            select(Entry, Diary)
            .join(Diary, Diary.id == Entry.diary_id)
            .where(Entry.competition_id == contest.id)
            .order_by(Entry.number)
        ).all()
        people = {g.user_id for g in grants} | {s.user_id for s in seats} | {entry.owner_id for entry, _ in entries}
        users = {user.id: user for user in db.session.scalars(select(User).order_by(User.id)) if user.id in people}
        units = self._units(
            {u.unit_id for u in users.values()} | {e.unit_id for e, _ in entries} | {g.unit_id for g in grants}
        )
        code = {unit.id: unit.code for unit in units}
        return {
            "rosters/units.csv": _csv(
                rosters.UNITS, ((u.code, u.name, code.get(u.parent_id or 0, ""), u.region) for u in units)
            ),
            "rosters/people.csv": _csv(
                rosters.PEOPLE,
                ((u.login, u.name, code.get(u.unit_id or 0, ""), u.email or "") for u in users.values()),
            ),
            "rosters/grants.csv": _csv(
                rosters.GRANTS, ((users[g.user_id].login, g.role, code.get(g.unit_id or 0, "")) for g in grants)
            ),
            "rosters/panels.csv": _csv(
                rosters.SEATS, ((self.panels[s.panel_id].code, users[s.user_id].login, s.role) for s in seats)
            ),
            "rosters/entries.csv": _csv(
                rosters.ENTRIES,
                (
                    (
                        entry.number,
                        entry.category.code,
                        entry.title,
                        code[entry.unit_id],
                        entry.applicant,
                        users[entry.owner_id].login,
                        _release(diary),
                    )
                    for entry, diary in entries
                ),
            ),
        }

    @staticmethod
    def _units(wanted: set[int | None]) -> list[Unit]:
        """Return the units that somebody belongs to, and all above them, parents first."""
        every = {unit.id: unit for unit in db.session.scalars(select(Unit))}
        found: set[int] = set()
        for unit_id in wanted:
            while unit_id is not None and unit_id not in found:
                found.add(unit_id)
                unit_id = every[unit_id].parent_id
        return sorted((every[unit_id] for unit_id in found), key=lambda unit: (unit.path.count("/"), unit.id))


def _release(diary: Diary) -> str:
    if diary.release_rule == ReleaseRule.NEVER:
        return "never"
    return diary.release_from.isoformat() if diary.release_from is not None else ""


def _form(division: Division) -> str:
    lines = ["format = 1"]
    for item in division.form:
        lines += ["", "[[fields]]"]
        for key, value in item.items():
            if isinstance(value, bool):
                text = str(value).lower()
            elif isinstance(value, list):
                text = "[" + ", ".join(quoted(part) for part in value) + "]"
            else:
                text = str(value) if isinstance(value, int) else quoted(value)
            lines.append(f"{key} = {text}")
    return "\n".join(lines) + "\n"


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def quoted(text: str) -> str:
    """Write a text as a TOML string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    for character, escape in (("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        escaped = escaped.replace(character, escape)
    return f'"{escaped}"'
