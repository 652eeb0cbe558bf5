# SPDX-License-Identifier: Apache-2.0
"""The administration of people: the list, one person, a personal link."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts import queries, service, slips
from app.accounts.blueprint import blueprint
from app.accounts.forms import LinkForm, PersonForm, text
from app.accounts.models import Unit, User
from app.accounts.paging import page_number
from app.db import transaction
from app.errors import DomainError, Stale
from app.policy import Action, actor, requires


@blueprint.get("/people")
@requires(Action.USERS_MANAGE)
def people() -> ResponseReturnValue:
    """List everybody, searched and paged."""
    args = request.args
    found = queries.people(
        search=args.get("q", ""),
        state=args.get("state", ""),
        sort=args.get("sort"),
        page=page_number(args.get("page")),
    )
    return render_template("accounts/people.html", found=found)


@blueprint.route("/people/new", methods=["GET", "POST"])
@requires(Action.USERS_MANAGE)
def new_person() -> ResponseReturnValue:
    """Add a person."""
    form = PersonForm()
    form.offer_units(queries.unit_names())
    if request.method == "POST":
        if form.validate():
            try:
                with transaction():
                    user = service.create_user(
                        login=text(form.login),
                        name=text(form.name),
                        unit=_unit(form.unit.data),
                        email=text(form.email),
                        language=form.language.data or None,
                        is_administrator=form.is_administrator.data,
                        by=actor(),
                        now=clock.now(),
                    )
                flash(_("Added. Make a sign-in link next, so that this person can come in."), "good")
                return redirect(url_for("accounts.person", user=user.public_id), 303)
            except DomainError as error:
                form.refuse(error)
        return render_template("accounts/person_new.html", form=form), 422
    return render_template("accounts/person_new.html", form=form)


@blueprint.route("/people/<user>", methods=["GET", "POST"])
@requires(Action.USER_MANAGE, User, "user")
def person(user: User) -> ResponseReturnValue:
    """Show one person; change who that is."""
    if request.method == "GET":
        return _person_page(user)
    form = PersonForm()
    form.offer_units(queries.unit_names())
    if form.validate():
        try:
            with transaction():
                service.change_user(
                    user,
                    expected_version=form.version.data or 0,
                    login=text(form.login),
                    name=text(form.name),
                    unit=_unit(form.unit.data),
                    email=text(form.email),
                    language=form.language.data or None,
                    is_administrator=form.is_administrator.data,
                    by=actor(),
                    now=clock.now(),
                )
            flash(_("Saved."), "good")
            return redirect(url_for("accounts.person", user=user.public_id), 303)
        except DomainError as error:
            form.refuse(error)
            return _person_page(user, form=form, theirs=isinstance(error, Stale), status=422)
    return _person_page(user, form=form, status=422)


def _person_page(
    user: User, *, form: PersonForm | None = None, theirs: bool = False, status: int = 200
) -> ResponseReturnValue:
    now = clock.now()
    if form is None:
        names = ("login", "name", "email", "language", "is_administrator", "version")
        data = {name: getattr(user, name) for name in names}
        form = PersonForm(formdata=None, data={**data, "unit": user.unit.code if user.unit else ""})
        form.offer_units(queries.unit_names())
    elif theirs:
        # What stands now is on the page beside the text; whoever saves again has read it.
        form.has_seen(user.version)
    page = render_template(
        "accounts/person.html",
        person=user,
        form=form,
        theirs=theirs,
        link_form=LinkForm(formdata=None),
        roles=queries.roles_of(user),
        sessions=queries.sessions_of(user.id, now),
        links=queries.links_of(user.id, now),
    )
    return page, status


@blueprint.post("/people/<user>/suspend")
@requires(Action.USER_MANAGE, User, "user")
def suspend(user: User) -> ResponseReturnValue:
    """Keep a person out."""
    with transaction():
        service.suspend(user, by=actor(), now=clock.now())
    flash(_("Suspended: signed out everywhere, links ended."), "good")
    return redirect(url_for("accounts.person", user=user.public_id), 303)


@blueprint.post("/people/<user>/resume")
@requires(Action.USER_MANAGE, User, "user")
def resume(user: User) -> ResponseReturnValue:
    """Let a person in again."""
    with transaction():
        service.resume(user, by=actor(), now=clock.now())
    flash(_("This person can sign in again."), "good")
    return redirect(url_for("accounts.person", user=user.public_id), 303)


@blueprint.post("/people/<user>/link")
@requires(Action.USER_MANAGE, User, "user")
def make_link(user: User) -> ResponseReturnValue:
    """Make a personal link and show it: the answer is the only place where it can be read."""
    form = LinkForm()
    if not form.validate():
        return _person_page(user, status=422)
    now = clock.now()
    expires = now + timedelta(days=form.days.data)
    with transaction():
        token = service.make_link(user, expires_at=expires, single_use=form.single_use.data, by=actor(), now=now)
    slip = slips.slip(user.name, user.unit.name if user.unit else "", token, expires)
    response = make_response(render_template("accounts/person_link.html", person=user, slip=slip))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _unit(code: str | None) -> Unit | None:
    return queries.unit_by_code(code) if code else None
