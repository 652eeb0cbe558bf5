# SPDX-License-Identifier: Apache-2.0
"""An organizer's panels: who sits in them and which categories they judge."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app import clock
from app.accounts import queries as people
from app.competitions import queries as contests
from app.competitions.models import Competition
from app.competitions.navigation import organizer_nav
from app.db import transaction
from app.errors import DomainError, Invalid, NotFound
from app.judging import queries, service
from app.judging.forms import EntrustForm, PanelForm, ReasonForm, SeatForm, offer
from app.judging.models import Panel, Seat, SeatRole
from app.judging.views.blueprint import blueprint
from app.policy import Action, actor, requires


@blueprint.route("/contests/<competition>/panels", methods=["GET", "POST"])
@requires(Action.PANELS_MANAGE, Competition, "competition", by="slug")
def panels(competition: Competition) -> ResponseReturnValue:
    """List the panels of a contest; add one."""
    form = PanelForm()
    offer(form, "stage", [(stage.code, stage.title) for stage in competition.stages])
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            stage = next(stage for stage in competition.stages if stage.code == form.stage.data)
            try:
                with transaction():
                    panel = service.create_panel(
                        stage, code=form.code.data or "", title=form.title.data or "", by=actor(), now=clock.now()
                    )
                    address = url_for("judging.panel", panel=panel.public_id)
                return redirect(address, 303)
            except DomainError as error:
                form.refuse(error)
    return render_template(
        "judging/panels.html",
        contest=competition,
        lines=queries.panels(competition),
        categories=contests.stage_categories(competition),
        form=form,
        nav=organizer_nav(competition, "judging.panels"),
    ), status


@blueprint.get("/panels/<panel>")
@requires(Action.PANELS_MANAGE, Panel, "panel")
def panel(panel: Panel) -> ResponseReturnValue:
    """Show who sits in a panel and what it judges."""
    return _panel_page(panel)


def _panel_page(
    panel: Panel,
    *,
    seat_form: SeatForm | None = None,
    entrust_form: EntrustForm | None = None,
    refusal: DomainError | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    categories = [row for row in contests.stage_categories(panel.stage.competition) if row.stage_id == panel.stage_id]
    page = render_template(
        "judging/panel.html",
        panel=panel,
        contest=panel.stage.competition,
        seats=queries.seats_of(panel),
        own=[row for row in categories if row.panel_id == panel.id],
        seat_form=seat_form or SeatForm(formdata=None),
        entrust_form=entrust_form or _entrust_form(panel, filled=False),
        refusal=refusal,
    )
    return page, status


def _entrust_form(panel: Panel, *, filled: bool) -> EntrustForm:
    form = EntrustForm() if filled else EntrustForm(formdata=None, judges_wanted=5)
    rows = contests.stage_categories(panel.stage.competition)
    names = [
        (row.public_id, f"{row.category.division.title} · {row.category.title}")
        for row in rows
        if row.stage_id == panel.stage_id
    ]
    offer(form, "stage_category", names)
    return form


@blueprint.post("/panels/<panel>/seats")
@requires(Action.PANELS_MANAGE, Panel, "panel")
def seat(panel: Panel) -> ResponseReturnValue:
    """Give somebody a seat."""
    form = SeatForm()
    if form.validate():
        try:
            user = people.by_login(form.login.data or "")
            if user is None:
                message = _l("Nobody signs in with this name. Ask an administrator to add the person first.")
                raise Invalid(message, fields={"login": message})
            with transaction():
                service.seat(panel, user, role=SeatRole(form.role.data), by=actor(), now=clock.now())
            return redirect(url_for("judging.panel", panel=panel.public_id), 303)
        except DomainError as error:
            form.refuse(error)
    return _panel_page(panel, seat_form=form, status=422)


@blueprint.post("/seats/<seat>/role")
@requires(Action.PANELS_MANAGE, Seat, "seat")
def set_role(seat: Seat) -> ResponseReturnValue:
    """Make a seated person chair or judge."""
    role = request.form.get("role", "")
    if role not in set(SeatRole):
        raise NotFound
    panel = seat.panel
    try:
        with transaction():
            service.set_role(seat, SeatRole(role), by=actor(), now=clock.now())
    except DomainError as error:
        return _panel_page(panel, refusal=error, status=error.status)
    return redirect(url_for("judging.panel", panel=seat.panel.public_id), 303)


@blueprint.post("/seats/<seat>/leave")
@requires(Action.PANELS_MANAGE, Seat, "seat")
def unseat(seat: Seat) -> ResponseReturnValue:
    """End a seat and take its open assignments away."""
    form, panel = ReasonForm(), seat.panel
    try:
        with transaction():
            removed = service.unseat(seat, reason=form.reason.data or "", by=actor(), now=clock.now())
    except DomainError as error:
        return _panel_page(panel, refusal=error, status=error.status)
    flash(
        ngettext(
            "The seat is ended; %(num)d entry waits for another judge. Draw again to fill the gap.",
            "The seat is ended; %(num)d entries wait for another judge. Draw again to fill the gaps.",
            removed,
        ),
        "good",
    )
    return redirect(url_for("judging.panel", panel=panel.public_id), 303)


@blueprint.post("/panels/<panel>/categories")
@requires(Action.PANELS_MANAGE, Panel, "panel")
def entrust(panel: Panel) -> ResponseReturnValue:
    """Let a panel judge a category."""
    form = _entrust_form(panel, filled=True)
    if form.validate():
        rows = contests.stage_categories(panel.stage.competition)
        chosen = next(row for row in rows if row.public_id == form.stage_category.data)
        try:
            with transaction():
                service.entrust(panel, chosen, judges_wanted=form.judges_wanted.data, by=actor(), now=clock.now())
            flash(_("Saved."), "good")
            return redirect(url_for("judging.panel", panel=panel.public_id), 303)
        except DomainError as error:
            form.refuse(error)
    return _panel_page(panel, entrust_form=form, status=422)
