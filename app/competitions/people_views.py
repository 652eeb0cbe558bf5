# SPDX-License-Identifier: Apache-2.0
"""The people of a contest: roles, and slips with personal links.

The pages belong to accounts and bear its endpoints; they stand here because they need the contest, whose feature is to
the right of accounts.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts import queries as people
from app.accounts import service as accounts
from app.accounts import slips as paper
from app.accounts.forms import offered
from app.accounts.models import RoleGrant, User
from app.accounts.queries import Member
from app.accounts.roles import may_be_let_in
from app.competitions.models import Competition
from app.competitions.navigation import organizer_nav
from app.competitions.people_forms import GrantForm, SlipsForm
from app.competitions.people_service import make_slips
from app.db import db, transaction
from app.errors import DomainError, Invalid, NotFound
from app.policy import Action, Role, actor, requires


@requires(Action.GRANTS_MANAGE, Competition, "competition", by="slug")
def grants(competition: Competition) -> ResponseReturnValue:
    """Show who has which role; give one."""
    form = GrantForm()
    form.offer_units(people.unit_names())
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                user = people.by_login(form.login.data or "")
                if user is None:
                    raise Invalid(_("Nobody signs in with this name. An administrator can add people."))
                unit = people.unit_by_code(form.unit.data) if form.unit.data else None
                accounts.grant_role(user, competition, Role(form.role.data), unit=unit, by=actor(), now=clock.now())
            flash(_("%(name)s has the role now.", name=user.name), "good")
            return redirect(url_for("accounts.grants", competition=competition.slug), 303)
        except DomainError as error:
            form.refuse(error)
    page = render_template(
        "competitions/grants.html",
        contest=competition,
        form=form,
        grants=people.grants_of(competition.id),
        nav=organizer_nav(competition, "accounts.grants"),
    )
    return page, 422 if request.method == "POST" else 200


@requires(Action.GRANTS_MANAGE, Competition, "competition", by="slug")
def revoke_grant(competition: Competition, grant: str) -> ResponseReturnValue:
    """Take a role away."""
    row = db.session.scalar(
        db.select(RoleGrant).where(RoleGrant.public_id == grant, RoleGrant.competition_id == competition.id)
    )
    if row is None:
        raise NotFound
    with transaction():
        accounts.revoke_role(row, by=actor(), now=clock.now())
    flash(_("The role is taken away."), "good")
    return redirect(url_for("accounts.grants", competition=competition.slug), 303)


PARTS = ("judge", Role.CONTESTANT.value, Role.UNIT_CLERK.value)


def _parts(members: list[Member]) -> dict[str, list[Member]]:
    """Gather the parts of each person, in the order of names."""
    found: dict[str, list[Member]] = {}
    for member in members:
        found.setdefault(member.public_id, []).append(member)
    return found


@requires(Action.GRANTS_MANAGE, Competition, "competition", by="slug")
def slips(competition: Competition) -> ResponseReturnValue:
    """Choose people of the contest; answer with a sheet of their slips, the only place where the links can be read."""
    parts = _parts(people.members_of(competition.id))
    involved = people.involvements([rows[0].user_id for rows in parts.values()])
    users = {u.id: u for u in db.session.scalars(db.select(User).where(User.id.in_(involved)))}
    allowed = {
        public_id: rows
        for public_id, rows in parts.items()
        if may_be_let_in(users[rows[0].user_id], involved[rows[0].user_id], by=actor())
    }
    refused = len(parts) - len(allowed)
    wanted = request.args.get("part", "")
    counts = {part: sum(any(r.part == part for r in rows) for rows in allowed.values()) for part in PARTS}
    if wanted in PARTS:
        allowed = {p: rows for p, rows in allowed.items() if any(r.part == wanted for r in rows)}
    form = SlipsForm()
    form.people.choices = offered(*((public_id, rows[0].name) for public_id, rows in allowed.items()))
    if request.method == "POST" and form.validate():
        chosen = [users[allowed[public_id][0].user_id] for public_id in form.people.data or []]
        now = clock.now()
        expires = now + timedelta(days=form.days.data or 30)
        with transaction():
            tokens = make_slips(competition, chosen, expires_at=expires, replace=form.replace.data, by=actor(), now=now)
        return _sheet(competition, allowed, tokens, expires)
    page = render_template(
        "competitions/slips.html",
        contest=competition,
        form=form,
        parts=allowed,
        refused=refused,
        wanted=wanted,
        counts=counts,
        nav=organizer_nav(competition, "accounts.slips"),
    )
    return page, 422 if request.method == "POST" else 200


def _sheet(
    competition: Competition, parts: dict[str, list[Member]], tokens: dict[str, str], expires: datetime
) -> ResponseReturnValue:
    sheet = [
        paper.slip(
            parts[public_id][0].name,
            parts[public_id][0].unit or "",
            token,
            expires,
            part=_(", ").join(dict.fromkeys(row.panel for row in parts[public_id] if row.panel)),
        )
        for public_id, token in tokens.items()
    ]
    response = make_response(
        render_template("competitions/slips_sheet.html", contest=competition, sheet=sheet, expires=expires)
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


ROUTES = (
    ("/contests/<competition>/people", "accounts.grants", grants, ["GET", "POST"]),
    ("/contests/<competition>/people/<grant>/revoke", "accounts.revoke_grant", revoke_grant, ["POST"]),
    ("/contests/<competition>/slips", "accounts.slips", slips, ["GET", "POST"]),
)


def add_routes(state: BlueprintSetupState) -> None:
    """Add the pages under the endpoints of accounts."""
    for rule, endpoint, view, methods in ROUTES:
        state.app.add_url_rule(rule, endpoint, view, methods=methods)
