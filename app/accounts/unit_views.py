# SPDX-License-Identifier: Apache-2.0
"""The administration of units."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts import queries, service
from app.accounts.blueprint import blueprint
from app.accounts.forms import UnitForm, text
from app.accounts.models import Unit
from app.accounts.paging import page_number
from app.db import transaction
from app.errors import DomainError, Stale
from app.policy import Action, actor, requires


@blueprint.get("/units")
@requires(Action.USERS_MANAGE)
def units() -> ResponseReturnValue:
    """List the units, searched and paged."""
    found = queries.units(search=request.args.get("q", ""), page=page_number(request.args.get("page")))
    return render_template("accounts/units.html", found=found)


@blueprint.route("/units/new", methods=["GET", "POST"])
@requires(Action.USERS_MANAGE)
def new_unit() -> ResponseReturnValue:
    """Add a unit."""
    form = UnitForm()
    form.offer_units(queries.unit_names())
    if request.method == "POST":
        if form.validate():
            try:
                with transaction():
                    service.create_unit(
                        code=text(form.code),
                        name=text(form.name),
                        parent=_parent(form),
                        region=text(form.region),
                        by=actor(),
                        now=clock.now(),
                    )
                flash(_("The unit is added."), "good")
                return redirect(url_for("accounts.units"), 303)
            except DomainError as error:
                form.refuse(error)
        return render_template("accounts/unit.html", form=form, unit=None, theirs=False), 422
    return render_template("accounts/unit.html", form=form, unit=None, theirs=False)


@blueprint.route("/units/<unit>", methods=["GET", "POST"])
@requires(Action.USERS_MANAGE, Unit, "unit")
def unit(unit: Unit) -> ResponseReturnValue:
    """Change a unit, or where it stands in the tree."""
    form = UnitForm()
    form.offer_units([pair for pair in queries.unit_names() if pair[0] != unit.code])
    theirs = False
    if request.method == "POST":
        if form.validate():
            try:
                with transaction():
                    service.change_unit(
                        unit,
                        expected_version=form.version.data or 0,
                        code=text(form.code),
                        name=text(form.name),
                        parent=_parent(form),
                        region=text(form.region),
                        by=actor(),
                        now=clock.now(),
                    )
                flash(_("Saved."), "good")
                return redirect(url_for("accounts.units"), 303)
            except DomainError as error:
                form.refuse(error)
                theirs = isinstance(error, Stale)
                if theirs:
                    form.has_seen(unit.version)
        return render_template("accounts/unit.html", form=form, unit=unit, theirs=theirs), 422
    data = {name: getattr(unit, name) for name in ("code", "name", "region", "version")}
    form.process(None, data={**data, "parent": unit.parent.code if unit.parent else ""})
    return render_template("accounts/unit.html", form=form, unit=unit, theirs=False)


def _parent(form: UnitForm) -> Unit | None:
    return queries.unit_by_code(form.parent.data) if form.parent.data else None
