# SPDX-License-Identifier: Apache-2.0
"""The pages of a contest's structure: times, divisions with their application forms, stages with their categories."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts.forms import text
from app.competitions import queries, service, setup
from app.competitions.application_form import FormProblems
from app.competitions.fields import in_zone
from app.competitions.forms import CategoryForm, DivisionForm, NewStageForm, StageForm, TimesForm, rows_of
from app.competitions.models import Applicant, Category, Competition, Division, Stage
from app.competitions.navigation import organizer_nav
from app.competitions.phases import phase
from app.competitions.readiness import Tone, readiness
from app.db import transaction
from app.errors import DomainError, Stale
from app.policy import Action, actor, requires

managed = requires(Action.COMPETITION_MANAGE, Competition, "competition", by="slug")


def _back(competition: Competition) -> ResponseReturnValue:
    return redirect(url_for("competitions.structure", competition=competition.slug), 303)


# ------------------------------------------------------------------------------------------------------ the whole


def _page(
    competition: Competition, *, times: TimesForm | None = None, stage: NewStageForm | None = None, status: int = 200
) -> ResponseReturnValue:
    queries.load_structure(competition)
    if times is None:
        times = TimesForm(formdata=None)
        data = {f"{w.kind}_{end}": getattr(w, f"{end}_at") for w in competition.windows for end in ("starts", "ends")}
        in_zone(times, competition.timezone, None, data=data)
    times.seen.data = setup.times_seen(competition)
    items = readiness(competition)
    page = render_template(
        "competitions/structure.html",
        contest=competition,
        phase=phase(competition, clock.now()),
        times=times,
        stage_form=stage or NewStageForm(formdata=None),
        readiness=items,
        ready=not any(item.tone == Tone.BAD for item in items),
        nav=organizer_nav(competition, "competitions.structure"),
    )
    return page, status


@managed
def structure(competition: Competition) -> ResponseReturnValue:
    """Show what a contest is made of, and what it still needs."""
    return _page(competition)


@managed
def set_times(competition: Competition) -> ResponseReturnValue:
    """Set registration, diary and hand-in."""
    form = TimesForm()
    in_zone(form, competition.timezone, request.form)
    if form.validate():
        try:
            with transaction():
                setup.set_times(competition, form.times(), seen=text(form.seen), by=actor(), now=clock.now())
            flash(_("The times are set."), "good")
            return _back(competition)
        except DomainError as error:
            form.refuse(error)
    return _page(competition, times=form, status=422)


@managed
def add_stage(competition: Competition) -> ResponseReturnValue:
    """Add a stage after the others."""
    form = NewStageForm()
    if form.validate():
        try:
            with transaction():
                stage = service.add_stage(
                    competition, code=text(form.code), title=text(form.title), by=actor(), now=clock.now()
                )
            return redirect(url_for("competitions.stage", stage=stage.public_id), 303)
        except DomainError as error:
            form.refuse(error)
    return _page(competition, stage=form, status=422)


# -------------------------------------------------------------------------------------------------------- divisions


def _division_page(
    competition: Competition,
    form: DivisionForm,
    division: Division | None = None,
    *,
    category: CategoryForm | None = None,
    theirs: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "competitions/division.html",
        contest=competition,
        division=division,
        theirs=theirs,
        form=form,
        category_form=category or CategoryForm(formdata=None),
        nav=organizer_nav(competition, "competitions.structure"),
    )
    return page, status


def _another_row(form: DivisionForm) -> bool:
    """Tell whether the person only asked for one more row; what was typed stays as it is."""
    if "add" not in request.form:
        return False
    form.fields.append_entry({"position": len(form.fields) + 1})
    return True


@managed
def new_division(competition: Competition) -> ResponseReturnValue:
    """Add a division with its application form."""
    if request.method == "GET":
        form = DivisionForm(formdata=None, applicant=Applicant.UNIT.value)
        form.fields.append_entry({"label": _("Main deeds"), "kind": "text", "max_length": 800, "required": True})
        return _division_page(competition, form)
    form = DivisionForm()
    if _another_row(form):
        return _division_page(competition, form)
    if form.validate():
        try:
            with transaction():
                division = service.add_division(
                    competition,
                    code=text(form.code),
                    title=text(form.title),
                    applicant=Applicant(form.applicant.data),
                    form=form.value(),
                    by=actor(),
                    now=clock.now(),
                )
            flash(_("The division is there. Add its categories."), "good")
            return redirect(url_for("competitions.division", division=division.public_id), 303)
        except FormProblems as error:
            form.place(error.problems)
        except DomainError as error:
            form.refuse(error)
    return _division_page(competition, form, status=422)


@requires(Action.COMPETITION_MANAGE, Division, "division")
def division(division: Division) -> ResponseReturnValue:
    """Show and change a division and its application form."""
    competition = division.competition
    if request.method == "GET":
        return _division_page(competition, _filled(division), division)
    form = DivisionForm()
    if _another_row(form):
        return _division_page(competition, form, division)
    if form.validate():
        try:
            with transaction():
                setup.set_up_division(
                    division,
                    code=text(form.code),
                    title=text(form.title),
                    applicant=Applicant(form.applicant.data),
                    form=form.value(),
                    seen=text(form.seen),
                    by=actor(),
                    now=clock.now(),
                )
            flash(_("Saved."), "good")
            return redirect(url_for("competitions.division", division=division.public_id), 303)
        except FormProblems as error:
            form.place(error.problems)
        except Stale as error:
            form.refuse(error)
            form.seen.data = setup.division_seen(division)
            return _division_page(competition, form, division, theirs=True, status=422)
        except DomainError as error:
            form.refuse(error)
    return _division_page(competition, form, division, status=422)


def _filled(division: Division) -> DivisionForm:
    data = {"fields": rows_of(division.form), "seen": setup.division_seen(division)}
    return DivisionForm(formdata=None, obj=division, data=data)


@requires(Action.COMPETITION_MANAGE, Division, "division")
def add_category(division: Division) -> ResponseReturnValue:
    """Add a category to a division."""
    form = CategoryForm()
    if form.validate():
        try:
            with transaction():
                service.add_category(
                    division, code=text(form.code), title=text(form.title), by=actor(), now=clock.now()
                )
            flash(_("The category is there. Let it take part in the stages."), "good")
            return redirect(url_for("competitions.division", division=division.public_id), 303)
        except DomainError as error:
            form.refuse(error)
    return _division_page(division.competition, _filled(division), division, category=form, status=422)


@requires(Action.COMPETITION_MANAGE, Category, "category")
def category(category: Category) -> ResponseReturnValue:
    """Change how a category is called."""
    contest = category.division.competition
    form = CategoryForm(obj=category)
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                service.change_category(
                    category, code=text(form.code), title=text(form.title), by=actor(), now=clock.now()
                )
            flash(_("Saved."), "good")
            return redirect(url_for("competitions.division", division=category.division.public_id), 303)
        except DomainError as error:
            form.refuse(error)
    page = render_template(
        "competitions/category.html",
        contest=contest,
        category=category,
        form=form,
        nav=organizer_nav(contest, "competitions.structure"),
    )
    return page, 422 if request.method == "POST" else 200


# ----------------------------------------------------------------------------------------------------------- stages


@requires(Action.COMPETITION_MANAGE, Stage, "stage")
def stage(stage: Stage) -> ResponseReturnValue:
    """Show and change a stage: when it is marked, which categories take part, who judges them."""
    contest = queries.load_structure(stage.competition)
    panels = [row for row in queries.panels_of(contest) if row.stage_id == stage.id]
    categories = [category for division in contest.divisions for category in division.categories]
    form = StageForm(formdata=None)
    if request.method == "GET":
        in_zone(form, contest.timezone, None, data=_stage_data(stage, categories, panels))
        form.offer_panels([(row.public_id, row.title) for row in panels])
        return _stage_page(stage, form, categories)
    in_zone(form, contest.timezone, request.form)
    form.offer_panels([(row.public_id, row.title) for row in panels])
    if form.validate():
        try:
            with transaction():
                setup.set_up_stage(
                    stage,
                    code=text(form.code),
                    title=text(form.title),
                    times=(form.marking_starts.data, form.marking_ends.data),
                    parts=_wishes(form, categories, panels),
                    seen=text(form.seen),
                    by=actor(),
                    now=clock.now(),
                )
            flash(_("Saved."), "good")
            return redirect(url_for("competitions.stage", stage=stage.public_id), 303)
        except DomainError as error:
            form.refuse(error)
            if isinstance(error, Stale):
                form.seen.data = setup.stage_seen(stage)
                return _stage_page(stage, form, categories, theirs=_stage_data(stage, categories, panels), status=422)
    return _stage_page(stage, form, categories, status=422)


def _stage_data(stage: Stage, categories: list[Category], panels: list[Any]) -> dict[str, Any]:
    joined = {part.category_id: part for part in stage.stage_categories}
    names = {row.id: row.public_id for row in panels}
    window = setup.marking_window(stage)
    return {
        "title": stage.title,
        "code": stage.code,
        "seen": setup.stage_seen(stage),
        "marking_starts": window.starts_at if window else None,
        "marking_ends": window.ends_at if window else None,
        "parts": [
            {
                "category": category.public_id,
                "takes_part": category.id in joined,
                "judges_wanted": joined[category.id].judges_wanted if category.id in joined else 5,
                "panel": names.get(joined[category.id].panel_id, "") if category.id in joined else "",
            }
            for category in categories
        ],
    }


def _wishes(form: StageForm, categories: list[Category], panels: list[Any]) -> list[setup.PartWish]:
    known = {category.public_id: category for category in categories}
    rows = {row.public_id: row for row in panels}
    return [
        setup.PartWish(
            category=known[row.form.category.data],
            takes_part=bool(row.form.takes_part.data),
            judges_wanted=row.form.judges_wanted.data or 0,
            panel=rows.get(row.form.panel.data),
        )
        for row in form.parts
        if row.form.category.data in known
    ]


def _stage_page(
    stage: Stage,
    form: StageForm,
    categories: list[Category],
    *,
    theirs: dict[str, Any] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "competitions/stage.html",
        theirs=theirs,
        contest=stage.competition,
        stage=stage,
        form=form,
        categories={category.public_id: category for category in categories},
        parts={part.category.public_id: part for part in stage.stage_categories},
        nav=organizer_nav(stage.competition, "competitions.structure"),
    )
    return page, status


ROUTES: tuple[tuple[str, Callable[..., ResponseReturnValue], list[str]], ...] = (
    ("/contests/<competition>/structure", structure, ["GET"]),
    ("/contests/<competition>/times", set_times, ["POST"]),
    ("/contests/<competition>/stages", add_stage, ["POST"]),
    ("/contests/<competition>/divisions/new", new_division, ["GET", "POST"]),
    ("/divisions/<division>", division, ["GET", "POST"]),
    ("/divisions/<division>/categories", add_category, ["POST"]),
    ("/categories/<category>", category, ["GET", "POST"]),
    ("/stages/<stage>", stage, ["GET", "POST"]),
)


def add_to(blueprint: Blueprint) -> None:
    """Hang the pages on the feature's blueprint."""
    for rule, view, methods in ROUTES:
        blueprint.add_url_rule(rule, view_func=view, methods=methods)
