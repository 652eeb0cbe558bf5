# SPDX-License-Identifier: Apache-2.0
"""The draw: a preview of coverage and load, the save, the matrix of who has what, single repairs."""

from __future__ import annotations

import secrets

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from sqlalchemy import select

from app import clock
from app.accounts.models import User
from app.competitions.models import StageCategory
from app.db import db, transaction
from app.entries.models import Entry
from app.errors import DomainError, NotFound
from app.judging import queries, service
from app.judging.forms import AddForm, DrawForm, ReasonForm, RemoveForm, SeedForm, offer
from app.judging.models import Assignment
from app.judging.plans import BARS, Plan
from app.judging.queries import Matrix
from app.judging.views.blueprint import blueprint
from app.policy import Action, actor, requires


@blueprint.get("/stage-categories/<stage_category>/assignments")
@requires(Action.ASSIGNMENT_MANAGE, StageCategory, "stage_category")
def assignments(stage_category: StageCategory) -> ResponseReturnValue:
    """Show who has what; with a seed, what a draw would add."""
    seed_form = SeedForm(request.args) if "seed" in request.args else None
    if seed_form is None or stage_category.panel_id is None:
        return _page(stage_category)
    if not seed_form.validate():
        return _page(stage_category, seed_form=seed_form, status=422)
    plan = queries.plan_of(stage_category, seed=seed_form.seed.data or 0)
    return _page(stage_category, seed_form=seed_form, plan=plan)


@blueprint.post("/stage-categories/<stage_category>/assignments")
@requires(Action.ASSIGNMENT_MANAGE, StageCategory, "stage_category")
def draw(stage_category: StageCategory) -> ResponseReturnValue:
    """Save the draw that was looked at."""
    form = DrawForm()
    if not form.validate():
        return _page(stage_category, draw_form=form, status=422)
    seed = form.seed.data or 0
    try:
        with transaction():
            made = service.draw(
                stage_category,
                seed=seed,
                expected_digest=form.plan.data,
                allow_short=bool(form.allow_short.data),
                by=actor(),
                now=clock.now(),
            )
    except DomainError as error:
        form.refuse(error)
        seed_form = SeedForm(formdata=None, seed=seed)
        plan = queries.plan_of(stage_category, seed=seed) if stage_category.panel_id is not None else None
        return _page(stage_category, seed_form=seed_form, draw_form=form, plan=plan, status=error.status)
    flash(
        ngettext("%(num)d assignment is made.", "%(num)d assignments are made.", len(made)),
        "good",
    )
    return redirect(url_for("judging.assignments", stage_category=stage_category.public_id), 303)


@blueprint.post("/stage-categories/<stage_category>/assignments/add")
@requires(Action.ASSIGNMENT_MANAGE, StageCategory, "stage_category")
def add_assignment(stage_category: StageCategory) -> ResponseReturnValue:
    """Give one judge one entry."""
    matrix = queries.coverage(stage_category)
    form = _add_form(matrix, filled=True)
    if form.validate():
        try:
            entry, judge = _chosen(matrix, form)
            with transaction():
                service.add_assignment(stage_category, entry, judge, by=actor(), now=clock.now())
            return redirect(url_for("judging.assignments", stage_category=stage_category.public_id), 303)
        except DomainError as error:
            form.refuse(error)
    return _page(stage_category, add_form=form, status=422)


@blueprint.post("/stage-categories/<stage_category>/assignments/remove")
@requires(Action.ASSIGNMENT_MANAGE, StageCategory, "stage_category")
def remove_assignment(stage_category: StageCategory) -> ResponseReturnValue:
    """Take one entry from one judge."""
    form = _remove_form(queries.coverage(stage_category), filled=True)
    if form.validate():
        try:
            found = db.session.scalar(
                select(Assignment).where(
                    Assignment.public_id == form.assignment.data, Assignment.stage_category_id == stage_category.id
                )
            )
            if found is None:
                raise NotFound
            with transaction():
                service.remove_assignment(found, reason=form.reason.data or "", by=actor(), now=clock.now())
            return redirect(url_for("judging.assignments", stage_category=stage_category.public_id), 303)
        except DomainError as error:
            form.refuse(error)
    return _page(stage_category, remove_form=form, status=422)


def _add_form(matrix: Matrix, *, filled: bool) -> AddForm:
    form = AddForm() if filled else AddForm(formdata=None)
    offer(form, "entry", [(one.number, f"{one.number} {one.title}") for one in matrix.targets])
    offer(form, "judge", [(str(one.seat), one.name) for one in matrix.judges if one.id not in matrix.gone])
    return form


def _chosen(matrix: Matrix, form: AddForm) -> tuple[Entry, User]:
    """Return the entry of the chosen number and the judge of the chosen seat."""
    target = next(one for one in matrix.targets if one.number == form.entry.data)
    judge = next(one for one in matrix.judges if str(one.seat) == form.judge.data)
    return db.session.get_one(Entry, target.id), db.session.get_one(User, judge.id)


def _remove_form(matrix: Matrix, *, filled: bool) -> RemoveForm:
    form = RemoveForm() if filled else RemoveForm(formdata=None)
    names = {judge.id: judge.name for judge in matrix.judges}
    numbers = {target.id: target.number for target in matrix.targets}
    open_ones = sorted(
        (numbers.get(task.entry_id, ""), names.get(task.judge_id, ""), task.public_id)
        for task in matrix.tasks.values()
        if task.state in ("todo", "started")
    )
    offer(form, "assignment", [(public_id, f"{number} · {name}") for number, name, public_id in open_ones])
    return form


def _page(
    stage_category: StageCategory,
    *,
    seed_form: SeedForm | None = None,
    draw_form: DrawForm | None = None,
    plan: Plan | None = None,
    add_form: AddForm | None = None,
    remove_form: ReasonForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    matrix = queries.coverage(stage_category)
    suggestion = secrets.randbelow(10**6)  # any number does: it is published with the draw
    page = render_template(
        "judging/assignments.html",
        stage_category=stage_category,
        contest=stage_category.competition,
        panel=queries.panel_of(stage_category),
        matrix=matrix,
        bars=BARS,
        draws=queries.draws_of(stage_category),
        plan=plan,
        seed_form=seed_form or SeedForm(formdata=None, seed=suggestion),
        draw_form=draw_form
        or (DrawForm(formdata=None, seed=plan.seed, plan=plan.digest) if plan is not None else DrawForm(formdata=None)),
        add_form=add_form or _add_form(matrix, filled=False),
        remove_form=remove_form or _remove_form(matrix, filled=False),
    )
    return page, status
