# SPDX-License-Identifier: Apache-2.0
"""The parts of a contest: divisions, categories, stages, windows, and which category takes part in which stage."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import column, select, table

from app import audit
from app.accounts.names import clean_line
from app.audit import Event
from app.clock import iso
from app.competitions.application_form import check_fields
from app.competitions.models import (
    Applicant,
    Category,
    Competition,
    Division,
    Stage,
    StageCategory,
    Window,
    WindowKind,
)
from app.db import db
from app.errors import Conflict, Invalid
from app.policy import Actor

CODE = re.compile(r"[a-z0-9-]{1,20}")
MOST_JUDGES = 99
ENTRY = table("entry", column("id"), column("category_id"))  # stands to the right of this feature
ASSIGNMENT = table("assignment", column("id"), column("stage_category_id"))


class PanelRow(Protocol):
    """A panel of a stage; its class stands to the right of this feature."""

    @property
    def id(self) -> Any: ...
    @property
    def stage_id(self) -> Any: ...


def _code(text: str) -> str:
    code = text.strip()
    if not CODE.fullmatch(code):
        fault = _l("A code is made of 1 to 20 small letters a–z, digits and hyphens.")
        raise Invalid(fault, fields={"code": fault})
    return code


def _next(rows: Sequence[Any]) -> int:
    return max((row.position for row in rows), default=-1) + 1


# ------------------------------------------------------------------------------------------- divisions and categories


def add_division(
    competition: Competition,
    *,
    code: str,
    title: str,
    applicant: Applicant,
    form: Sequence[Mapping[str, Any]],
    by: Actor,
    now: datetime,
) -> Division:
    """Add a division with the fields of its application form."""
    division = Division(
        competition=competition,
        code=_code(code),
        title=clean_line(title, field="title", limit=120),
        applicant=Applicant(applicant),
        form=check_fields([dict(item) for item in form]),
        position=_next(competition.divisions),
    )
    db.session().add(division)
    audit.record(
        Event.DIVISION_CREATED, division, by=by, now=now, competition=competition, data=_division_facts(division)
    )
    return division


def change_division(
    division: Division,
    *,
    code: str,
    title: str,
    applicant: Applicant,
    form: Sequence[Mapping[str, Any]],
    by: Actor,
    now: datetime,
) -> Division:
    """Change a division. A field that entries were filled in with keeps its code while there are entries."""
    fields = check_fields([dict(item) for item in form])
    gone = {item["code"] for item in division.form} - {item["code"] for item in fields}
    if gone and _has_entries(division):
        fault = _l(
            "Entries hold answers to these fields already, so they stay: %(codes)s",
            codes=gettext(", ").join(sorted(gone)),
        )
        raise Invalid(fault, fields={"form": fault})
    division.code = _code(code)
    division.title = clean_line(title, field="title", limit=120)
    division.applicant = Applicant(applicant)
    division.form = fields
    audit.record(
        Event.DIVISION_CHANGED,
        division,
        by=by,
        now=now,
        competition=division.competition,
        data=_division_facts(division),
    )
    return division


def _division_facts(division: Division) -> dict[str, Any]:
    fields = [str(item["code"]) for item in division.form]
    return {"code": division.code, "applicant": str(division.applicant), "fields": fields}


def _has_entries(division: Division) -> bool:
    categories = [category.id for category in division.categories]
    query = select(ENTRY.c.id).where(ENTRY.c.category_id.in_(categories)).limit(1)
    return db.session().scalar(query) is not None


def add_category(division: Division, *, code: str, title: str, by: Actor, now: datetime) -> Category:
    """Add a category to a division."""
    category = Category(
        division=division,
        code=_code(code),
        title=clean_line(title, field="title", limit=120),
        position=_next(division.categories),
    )
    db.session().add(category)
    audit.record(
        Event.CATEGORY_CREATED,
        category,
        by=by,
        now=now,
        competition=division.competition,
        data={"code": category.code, "division": division.public_id},
    )
    return category


def change_category(category: Category, *, code: str, title: str, by: Actor, now: datetime) -> Category:
    """Change how a category is called."""
    category.code = _code(code)
    category.title = clean_line(title, field="title", limit=120)
    audit.record(
        Event.CATEGORY_CHANGED,
        category,
        by=by,
        now=now,
        competition=category.division.competition,
        data={"code": category.code},
    )
    return category


# ---------------------------------------------------------------------------------------------------- stages, windows


def add_stage(competition: Competition, *, code: str, title: str, by: Actor, now: datetime) -> Stage:
    """Add a stage after the others."""
    stage = Stage(
        competition=competition,
        code=_code(code),
        title=clean_line(title, field="title", limit=80),
        position=_next(competition.stages),
    )
    db.session().add(stage)
    audit.record(Event.STAGE_CREATED, stage, by=by, now=now, competition=competition, data={"code": stage.code})
    return stage


def change_stage(stage: Stage, *, code: str, title: str, by: Actor, now: datetime) -> Stage:
    """Change how a stage is called."""
    stage.code = _code(code)
    stage.title = clean_line(title, field="title", limit=80)
    audit.record(Event.STAGE_CHANGED, stage, by=by, now=now, competition=stage.competition, data={"code": stage.code})
    return stage


def set_window(
    competition: Competition,
    kind: WindowKind,
    *,
    stage: Stage | None = None,
    starts_at: datetime,
    ends_at: datetime,
    by: Actor,
    now: datetime,
) -> Window:
    """Set when something may be done: from `starts_at` until just before `ends_at`."""
    if (kind == WindowKind.MARKING) != (stage is not None):
        raise TypeError("a marking window belongs to a stage, any other to the contest")
    if ends_at <= starts_at:
        fault = _l("The window ends before it begins.")
        raise Invalid(fault, fields={"ends_at": fault})
    stage_id = stage.id if stage is not None else None
    window = next((w for w in competition.windows if w.kind == kind and w.stage_id == stage_id), None)
    before = ["", ""] if window is None else [iso(window.starts_at), iso(window.ends_at)]
    if window is None:
        window = Window(
            competition_id=competition.id, kind=kind, stage_id=stage_id, starts_at=starts_at, ends_at=ends_at
        )
        competition.windows.append(window)
    else:
        window.starts_at, window.ends_at = starts_at, ends_at
    audit.record(
        Event.WINDOW_SET,
        stage or competition,
        by=by,
        now=now,
        competition=competition,
        data={"kind": kind.value, "before": before, "after": [iso(starts_at), iso(ends_at)]},
    )
    return window


# -------------------------------------------------------------------------------------------------- stage × category


def join(
    stage: Stage, category: Category, *, judges_wanted: int, panel: PanelRow | None = None, by: Actor, now: datetime
) -> StageCategory:
    """Let a category take part in a stage."""
    if stage.competition_id != category.division.competition_id:
        raise Invalid(_l("Stage and category belong to different contests."))
    joined = StageCategory(
        stage=stage,
        category=category,
        judges_wanted=_judges(judges_wanted),
        panel_id=_panel(stage, panel),
    )
    db.session().add(joined)
    audit.record(
        Event.CATEGORY_JOINED,
        joined,
        by=by,
        now=now,
        competition=stage.competition,
        data={"stage": stage.public_id, "category": category.public_id, "judges_wanted": joined.judges_wanted},
    )
    return joined


def change_join(
    stage_category: StageCategory, *, judges_wanted: int, panel: PanelRow | None, by: Actor, now: datetime
) -> StageCategory:
    """Change how many judges each entry gets, and which panel they come from."""
    stage_category.judges_wanted = _judges(judges_wanted)
    stage_category.panel_id = _panel(stage_category.stage, panel)
    audit.record(
        Event.STAGE_CATEGORY_CHANGED,
        stage_category,
        by=by,
        now=now,
        competition=stage_category.competition,
        data={
            "judges_wanted": stage_category.judges_wanted,
            "panel": str(getattr(panel, "public_id", "")),
            "takes_part": "yes",
        },
    )
    return stage_category


def leave(stage_category: StageCategory, *, by: Actor, now: datetime) -> None:
    """Take a category out of a stage again, as long as nothing was frozen or assigned there."""
    query = select(ASSIGNMENT.c.id).where(ASSIGNMENT.c.stage_category_id == stage_category.id).limit(1)
    if stage_category.frozen_at is not None or db.session().scalar(query) is not None:
        raise Conflict(_l("Judging of this category has begun in this stage; it stays."))
    audit.record(
        Event.STAGE_CATEGORY_CHANGED,
        stage_category,
        by=by,
        now=now,
        competition=stage_category.competition,
        data={"takes_part": "no"},
    )
    db.session().delete(stage_category)


def _judges(wanted: int) -> int:
    if not 1 <= wanted <= MOST_JUDGES:
        fault = _l("Write a whole number of judges from 1 to %(most)s.", most=MOST_JUDGES)
        raise Invalid(fault, fields={"judges_wanted": fault})
    return wanted


def _panel(stage: Stage, panel: PanelRow | None) -> int | None:
    if panel is None:
        return None
    if panel.stage_id != stage.id:
        fault = _l("This panel belongs to another stage.")
        raise Invalid(fault, fields={"panel": fault})
    return int(panel.id)
