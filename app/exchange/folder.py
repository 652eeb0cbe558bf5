# SPDX-License-Identifier: Apache-2.0
"""A competition folder as values: what the files say, checked against each other, before anything is stored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask_babel import lazy_gettext as _l

from app.competitions.models import Applicant, DiaryRelease, Mode, WindowKind
from app.errors import Message
from app.exchange.problems import Problems
from app.exchange.rosters import EntryRow, GrantRow, PersonRow, SeatRow, UnitRow, read_rosters
from app.exchange.tables import Table, read_text, read_toml
from app.i18n import language
from scoring import Document, DocumentError, document_from_toml

SLUG = re.compile(r"[a-z0-9-]{3,40}")
CODE = re.compile(r"[a-z0-9-]{1,20}")
FIELD = re.compile(r"[a-z][a-z0-9_]{0,30}")
TOP_FILE = "competition.toml"


@dataclass(frozen=True, slots=True)
class WindowSpec:
    kind: WindowKind
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class StageSpec:
    code: str
    title: str
    marking: WindowSpec


@dataclass(frozen=True, slots=True)
class PanelSpec:
    code: str
    stage: str
    title: str


@dataclass(frozen=True, slots=True)
class JoinSpec:
    """A category in a stage: its document, its panel, its number of judges for each entry."""

    stage: str
    document: Document
    document_file: str
    panel: str
    judges: int


@dataclass(frozen=True, slots=True)
class CategorySpec:
    code: str
    title: str
    joins: tuple[JoinSpec, ...]


@dataclass(frozen=True, slots=True)
class DivisionSpec:
    code: str
    title: str
    applicant: Applicant
    form_file: str
    form: tuple[Mapping[str, Any], ...]
    categories: tuple[CategorySpec, ...]


@dataclass(frozen=True, slots=True)
class Folder:
    """Everything a folder says."""

    slug: str
    title: str
    language: str
    timezone: str
    intro: str
    contact: str
    names_rule: str
    mode: Mode
    diary_release: DiaryRelease
    notice_days: int
    windows: tuple[WindowSpec, ...]
    stages: tuple[StageSpec, ...]
    panels: tuple[PanelSpec, ...]
    divisions: tuple[DivisionSpec, ...]
    units: tuple[UnitRow, ...]
    people: tuple[PersonRow, ...]
    grants: tuple[GrantRow, ...]
    seats: tuple[SeatRow, ...]
    entries: tuple[EntryRow, ...]

    def category_codes(self) -> set[str]:
        """Return the codes of all categories."""
        return {category.code for division in self.divisions for category in division.categories}


def read(path: Path) -> Folder:
    """Read and check a folder; raise FolderError with every problem."""
    problems = Problems()
    top = read_toml(path, TOP_FILE, problems)
    problems.raise_any()
    assert top is not None  # otherwise there was a problem
    folder = _Reader(path, problems).read(top)
    problems.raise_any()
    return folder


class _Reader:
    """One pass over a folder."""

    def __init__(self, path: Path, problems: Problems) -> None:
        self.path = path
        self.problems = problems
        self.zone = ZoneInfo("UTC")

    def complain(self, message: Message, where: str, *, file: str = TOP_FILE) -> None:
        self.problems.add(file, message, field=where)

    def read(self, top: Table) -> Folder:
        if top.get("format", int) not in (1, None):
            self.complain(_l("This version reads format 1."), "format")
        head = top.table("competition")
        values = self._head(head)
        windows = tuple(self._window(table, WindowKind(table.choice("kind", ("entry", "diary", "hand_in"))))
                        for table in top.tables("windows"))  # fmt: skip
        stages = tuple(self._stage(table) for table in top.tables("stages"))
        panels = tuple(self._panel(table) for table in top.tables("panels"))
        divisions = tuple(self._division(table) for table in top.tables("divisions"))
        top.done()
        self._unique("windows.kind", [str(w.kind) for w in windows])
        self._unique("stages.code", [s.code for s in stages])
        self._unique("panels.code", [p.code for p in panels])
        self._unique("divisions.code", [d.code for d in divisions])
        self._unique("divisions.categories.code", [c.code for d in divisions for c in d.categories])
        self._references(stages, panels, divisions)
        categories = {c.code for d in divisions for c in d.categories}
        rosters = read_rosters(self.path, categories, {p.code for p in panels}, self.problems)
        return Folder(windows=windows, stages=stages, panels=panels, divisions=divisions, **values, **rosters)

    def _head(self, table: Table) -> dict[str, Any]:
        slug = table.text("slug")
        if slug and not SLUG.fullmatch(slug):
            self.complain(_l("Use 3 to 40 small letters, digits and dashes."), "competition.slug")
        zone = table.text("timezone", "Asia/Shanghai")
        try:
            self.zone = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            self.complain(
                _l("There is no time zone of this name. Write one like Asia/Shanghai."), "competition.timezone"
            )
        days = table.get("notice_days", int, 7) or 0
        if not 0 <= days <= 365:
            self.complain(_l("This should lie between 0 and 365."), "competition.notice_days")
        values = {
            "slug": slug,
            "title": table.text("title"),
            "language": table.choice("language", ("zh", "en")),
            "timezone": zone,
            "intro": self._wording(table, "intro"),
            "contact": self._wording(table, "contact"),
            "names_rule": self._wording(table, "names_rule"),
            "mode": Mode(table.choice("mode", ("strict", "light"))),
            "diary_release": DiaryRelease(table.choice("diary_release", ("at_once", "by_unit"))),
            "notice_days": days,
        }
        table.done()
        return values

    def _wording(self, table: Table, key: str) -> str:
        name = table.text(key, "")
        return (read_text(self.path, name, self.problems) or "").strip() if name else ""

    def _moment(self, table: Table, key: str) -> datetime:
        value = table.get(key, datetime)
        if value is None:
            return datetime(1970, 1, 1, tzinfo=UTC)
        if value.tzinfo is not None:
            self.complain(_l("Write the time of the contest's own zone, without an offset."), table.path + key)
            return value
        return value.replace(tzinfo=self.zone).astimezone(UTC)

    def _window(self, table: Table, kind: WindowKind, starts: str = "starts", ends: str = "ends") -> WindowSpec:
        found = WindowSpec(kind, self._moment(table, starts), self._moment(table, ends))
        if table.values.get(starts) and table.values.get(ends) and found.starts_at >= found.ends_at:
            self.complain(_l("The window ends before it begins."), table.path + ends)
        if kind != WindowKind.MARKING:
            table.done()
        return found

    def _code(self, table: Table) -> str:
        code = table.text("code")
        if code and not CODE.fullmatch(code.lower()):
            self.complain(_l("Use 1 to 20 letters, digits and dashes."), table.path + "code")
        return code

    def _stage(self, table: Table) -> StageSpec:
        window = self._window(table, WindowKind.MARKING, "marking_starts", "marking_ends")
        found = StageSpec(self._code(table), table.text("title", longest=80), window)
        table.done()
        return found

    def _panel(self, table: Table) -> PanelSpec:
        found = PanelSpec(self._code(table), table.text("stage"), table.text("title", longest=120))
        table.done()
        return found

    def _division(self, table: Table) -> DivisionSpec:
        form_file = table.text("form", "")
        found = DivisionSpec(
            code=self._code(table),
            title=table.text("title", longest=120),
            applicant=Applicant(table.choice("applicant", ("unit", "person"))),
            form_file=form_file,
            form=self._form(form_file) if form_file else (),
            categories=tuple(self._category(item) for item in table.tables("categories")),
        )
        table.done()
        return found

    def _category(self, table: Table) -> CategorySpec:
        code, title = self._code(table), table.text("title", longest=120)
        stages = table.table("stages")
        joins = []
        for stage in stages.values:
            join = stages.table(stage)
            name = join.text("document")
            document = self._document(name) if name else None
            judges = join.get("judges", int, 0) or 0
            if judges < 1:
                self.complain(_l("At least one judge is needed for each entry."), join.path + "judges")
            panel = join.text("panel", "")
            join.done()
            if document is not None:
                joins.append(JoinSpec(stage, document, name, panel, max(judges, 1)))
        table.done()
        return CategorySpec(code, title, tuple(joins))

    def _document(self, name: str) -> Document | None:
        text = read_text(self.path, name, self.problems)
        if text is None:
            return None
        try:
            return document_from_toml(text)
        except DocumentError as error:
            for problem in error.problems:
                self.problems.add(name, problem.say(language()), row=problem.line, field=problem.where)
            return None

    def _form(self, name: str) -> tuple[Mapping[str, Any], ...]:
        table = read_toml(self.path, name, self.problems)
        if table is None:
            return ()
        if table.get("format", int) not in (1, None):
            self.complain(_l("This version reads format 1."), "format", file=name)
        fields = [self._field(item) for item in table.tables("fields")]
        table.done()
        return tuple(fields)

    def _field(self, table: Table) -> dict[str, Any]:
        kind = table.choice("kind", ("line", "text", "number", "date", "choice"))
        code = table.text("code")
        if code and not FIELD.fullmatch(code):
            self.problems.add(
                table.file,
                _l("Begin with a small letter; small letters, digits and _ follow."),
                field=table.path + "code",
            )
        found: dict[str, Any] = {"code": code, "label": table.text("label"), "kind": kind}
        found["required"] = bool(table.get("required", bool, False))
        for key in ("help", "section"):
            if key in table.values:
                found[key] = table.text(key, longest=400)
        if "max_length" in table.values:
            found["max_length"] = table.get("max_length", int)
        if kind == "choice":
            found["choices"] = [str(item) for item in table.get("choices", list) or []]
        table.done()
        return found

    def _unique(self, where: str, codes: list[str]) -> None:
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            self.complain(_l("“%(code)s” stands here twice.", code=code), where)

    def _references(
        self, stages: tuple[StageSpec, ...], panels: tuple[PanelSpec, ...], divisions: tuple[DivisionSpec, ...]
    ) -> None:
        known = {stage.code for stage in stages}
        of = {panel.code: panel.stage for panel in panels}
        for panel in panels:
            if panel.stage not in known:
                self.complain(_l("There is no stage “%(code)s”.", code=panel.stage), f"panels.{panel.code}.stage")
        for division in divisions:
            if not division.categories:
                self.complain(_l("A division needs at least one category."), f"divisions.{division.code}")
            for category in division.categories:
                for join in category.joins:
                    where = f"divisions.{division.code}.{category.code}.stages.{join.stage}"
                    if join.stage not in known:
                        self.complain(_l("There is no stage “%(code)s”.", code=join.stage), where)
                    elif join.panel and of.get(join.panel) != join.stage:
                        self.complain(
                            _l("There is no panel “%(code)s” in this stage.", code=join.panel), where + ".panel"
                        )
