# SPDX-License-Identifier: Apache-2.0
"""The pages of a contest as a whole: the list, a new one, its settings, opening it."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts.forms import text
from app.competitions import people_views, queries, service, structure_views
from app.competitions.forms import NewContestForm, SettingsForm
from app.competitions.models import Competition
from app.competitions.navigation import organizer_nav
from app.competitions.phases import phase
from app.db import transaction
from app.errors import DomainError, Stale
from app.policy import Action, actor, public, requires

blueprint = Blueprint("competitions", __name__)
blueprint.record_once(people_views.add_routes)
structure_views.add_to(blueprint)


@blueprint.get("/contests")
@public
def index() -> ResponseReturnValue:
    """List the contests that one may see, each with what is open and what comes next."""
    who, now = actor(), clock.now()
    contests = queries.visible_competitions(who, now)
    return render_template(
        "competitions/index.html",
        contests=[(contest, phase(contest, now)) for contest in contests],
        organized=queries.organized(who),
    )


@blueprint.route("/contests/new", methods=["GET", "POST"])
@requires(Action.COMPETITION_CREATE)
def new() -> ResponseReturnValue:
    """Make a contest as a draft."""
    form = NewContestForm()
    if request.method == "GET":
        form.timezone.data = current_app.config["YOUYIN"].timezone
        return render_template("competitions/new.html", form=form)
    if form.validate():
        try:
            with transaction():
                contest = service.create(
                    slug=text(form.slug),
                    title=text(form.title),
                    language=text(form.language),
                    timezone=text(form.timezone),
                    by=actor(),
                    now=clock.now(),
                )
            flash(_("The contest is there, as a draft that only its organizers see."), "good")
            return redirect(url_for("competitions.structure", competition=contest.slug), 303)
        except DomainError as error:
            form.refuse(error)
    return render_template("competitions/new.html", form=form), 422


@blueprint.route("/contests/<competition>/settings", methods=["GET", "POST"])
@requires(Action.COMPETITION_MANAGE, Competition, "competition", by="slug")
def settings(competition: Competition) -> ResponseReturnValue:
    """Show and change the settings; of two who save, the second sees both texts."""
    if request.method == "GET":
        return _settings_page(competition, SettingsForm(formdata=None, obj=competition))
    form = SettingsForm()
    slug = competition.slug
    if form.validate():
        try:
            with transaction():
                service.change(
                    competition,
                    expected_version=form.version.data or 0,
                    values=form.values(),
                    by=actor(),
                    now=clock.now(),
                )
                slug = competition.slug
            flash(_("Saved."), "good")
            return redirect(url_for("competitions.settings", competition=slug), 303)
        except Stale as error:
            form.refuse(error)
            theirs = error.theirs if isinstance(error.theirs, dict) else {}
            form.has_seen(competition.version)
            different = [(f, theirs[f.name]) for f in form if f.name in theirs and theirs[f.name] != f.data]
            return _settings_page(competition, form, different, 422)
        except DomainError as error:
            form.refuse(error)
    return _settings_page(competition, form, status=422)


def _settings_page(
    competition: Competition, form: SettingsForm, different: object = (), status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "competitions/settings.html",
        contest=competition,
        form=form,
        different=different,
        nav=organizer_nav(competition, "competitions.settings"),
    )
    return page, status


@blueprint.post("/contests/<competition>/open")
@requires(Action.COMPETITION_MANAGE, Competition, "competition", by="slug")
def open_to_public(competition: Competition) -> ResponseReturnValue:
    """Open the contest: from now on everybody finds it."""
    with transaction():
        service.open_to_public(competition, by=actor(), now=clock.now())
    flash(_("The contest is open. Everybody can find it now."), "good")
    return redirect(url_for("competitions.structure", competition=competition.slug), 303)
