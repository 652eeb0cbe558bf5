# SPDX-License-Identifier: Apache-2.0
"""One's own entries: the list, registering, the application form, handing it in, withdrawing."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app import clock
from app.accounts.models import Unit, User
from app.competitions.models import Competition
from app.db import transaction
from app.entries import diary_queries, diary_views, feed_views, queries, result_views, service
from app.entries.application import Section, sections_of
from app.entries.blueprint import blueprint
from app.entries.forms import ApplicationForm, HandInForm, NewEntryForm, application_form
from app.entries.models import Entry
from app.entries.navigation import crumbs, entry_nav
from app.errors import DomainError, Stale
from app.evidence.forms import ReasonForm
from app.policy import Action, actor, requires

__all__ = ["blueprint", "diary_views", "feed_views", "result_views"]  # the pages hang on their blueprints by import


@blueprint.get("/my/entries")
@requires(Action.ACCOUNT_USE)
def mine() -> ResponseReturnValue:
    """List one's own entries, each with how it stands and the next step."""
    now = clock.now()
    return render_template("entries/mine.html", entries=queries.mine(actor(), now=now), moment_now=now)


@blueprint.route("/contests/<competition>/entries/new", methods=["GET", "POST"])
@requires(Action.ENTRY_CREATE, Competition, "competition", by="slug")
def new(competition: Competition) -> ResponseReturnValue:
    """Register an entry: a draft that its owner goes on to fill in."""
    form, who = NewEntryForm(), actor()
    categories = queries.categories_of(competition)
    form.offer(categories, queries.units_of(who, competition))
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with transaction() as session:
                    category = queries.category(competition, form.category.data)
                    unit = session.scalars(select(Unit).where(Unit.public_id == form.unit.data)).one()
                    entry = service.create(
                        competition,
                        category,
                        title=form.title.data or "",
                        applicant=form.applicant.data or service.default_applicant(category, unit, who),
                        unit=unit,
                        owner=session.get_one(User, who.user_id),
                        by=who,
                        now=clock.now(),
                    )
                flash(
                    _("Registered as %(number)s. Fill in the application form now, or later.", number=entry.number),
                    "good",
                )
                return redirect(url_for("entries.edit", entry=entry.public_id), 303)
            except DomainError as error:
                form.refuse(error)
    return render_template("entries/new.html", form=form, contest=competition, categories=categories), status


@blueprint.get("/entries/<entry>/overview")
@requires(Action.ENTRY_READ, Entry, "entry")
def overview(entry: Entry) -> ResponseReturnValue:
    """Show how one entry stands, what is missing, and what was handed in."""
    now = clock.now()
    return render_template(
        "entries/overview.html",
        entry=entry,
        contest=entry.competition,
        standing=queries.standing_of(entry, now=now),
        sections=_sections(entry),
        values=entry.form,
        versions=queries.versions(entry),
        diary=diary_queries.counts(entry),
        nav=entry_nav(entry, "overview"),
        crumbs=crumbs(entry)[:-1],
    )


@blueprint.route("/entries/<entry>/edit", methods=["GET", "POST"])
@requires(Action.ENTRY_EDIT, Entry, "entry")
def edit(entry: Entry) -> ResponseReturnValue:
    """Fill in the application form; a draft may leave anything open."""
    fields = service.fields_of(entry)
    form, theirs, status = application_form(fields), None, 200
    if not form.is_submitted():
        form.show(entry, fields)
    else:
        status = 422
        if form.validate():
            try:
                with transaction():
                    service.save(
                        entry,
                        expected_version=form.expected_version,
                        **form.content(fields),
                        by=actor(),
                        now=clock.now(),
                    )
                if request.form.get("action") == "hand_in":
                    return redirect(url_for("entries.hand_in", entry=entry.public_id), 303)
                flash(_("Saved."), "good")
                return redirect(url_for("entries.edit", entry=entry.public_id), 303)
            except DomainError as error:
                form.refuse(error)
                if isinstance(error, Stale):
                    theirs = entry
                    form.version.process(None, entry.version)
    page = render_template(
        "entries/edit.html",
        entry=entry,
        contest=entry.competition,
        form=form,
        theirs=theirs,
        sections=_sections(entry),
        steps=_steps(_sections(entry), form),
        nav=entry_nav(entry, "edit"),
        crumbs=crumbs(entry),
    )
    return page, status


@blueprint.route("/entries/<entry>/hand-in", methods=["GET", "POST"])
@requires(Action.ENTRY_HAND_IN, Entry, "entry")
def hand_in(entry: Entry) -> ResponseReturnValue:
    """Read the application form once more, accept the rule for names, hand in."""
    form, status = HandInForm(), 200
    if form.is_submitted():
        status = 422
        try:
            with transaction():
                version = service.hand_in(entry, accept_names=bool(form.accept_names.data), by=actor(), now=clock.now())
            return redirect(url_for("entries.receipt", entry=entry.public_id, entry_version=version.public_id), 303)
        except DomainError as error:
            form.refuse(error)
    sections = _sections(entry)
    page = render_template(
        "entries/hand_in.html",
        entry=entry,
        contest=entry.competition,
        form=form,
        sections=sections,
        missing=[(section, field) for section in sections for field in section.missing(entry.form)],
        again=bool(entry.names_accepted_at),
        nav=entry_nav(entry, "edit"),
        crumbs=crumbs(entry, (_("Application form"), url_for("entries.edit", entry=entry.public_id))),
    )
    return page, status


@blueprint.route("/entries/<entry>/withdraw", methods=["GET", "POST"])
@requires(Action.ENTRY_WITHDRAW, Entry, "entry")
def withdraw(entry: Entry) -> ResponseReturnValue:
    """Withdraw an entry, with the reason."""
    form, status = ReasonForm(), 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with transaction():
                    service.withdraw(entry, reason=form.reason.data or "", by=actor(), now=clock.now())
                flash(_("Withdrawn. The record stays."), "good")
                return redirect(url_for("entries.overview", entry=entry.public_id), 303)
            except DomainError as error:
                form.refuse(error)
    page = render_template(
        "entries/withdraw.html",
        entry=entry,
        contest=entry.competition,
        form=form,
        nav=entry_nav(entry, "overview"),
        crumbs=crumbs(entry),
    )
    return page, status


def _sections(entry: Entry) -> list[Section]:
    return sections_of(service.fields_of(entry))


def _steps(sections: list[Section], form: ApplicationForm) -> list[tuple[str, str, str]]:
    """Return the sections with their ticks, judged by what stands in the inputs."""
    values = {field.code: form[field.name].data or "" for section in sections for field in section.fields}
    own = [form.title, form.applicant, form.members]
    first = "wrong" if any(f.errors for f in own) else ("done" if form.title.data and form.applicant.data else "todo")
    steps = [(_("The entry"), "#section-0", first)]
    for section in sections:
        wrong = any(form[field.name].errors for field in section.fields)
        state = "wrong" if wrong else ("todo" if section.missing(values) else "done")
        steps.append((section.title or _("Further answers"), f"#{section.anchor}", state))
    return steps
