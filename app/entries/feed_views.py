# SPDX-License-Identifier: Apache-2.0
"""What is read across entries: a contest's public diary feed, and the queue of those who release."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock
from app.competitions.models import Competition
from app.competitions.navigation import organizer_nav
from app.db import transaction
from app.diaries import service
from app.diaries.blueprint import blueprint
from app.entries import diary_queries
from app.policy import Action, actor, requires
from app.templating import safe_url


@blueprint.get("/contests/<competition>/diary")
@requires(Action.COMPETITION_VIEW, Competition, "competition", by="slug")
def feed(competition: Competition) -> ResponseReturnValue:
    """Show the released diary entries of a contest, the latest first."""
    cards = diary_queries.feed(competition, now=clock.now(), after=request.args.get("after"))
    return render_template("diaries/feed.html", contest=competition, cards=cards)


@blueprint.get("/contests/<competition>/diary.atom")
@requires(Action.COMPETITION_VIEW, Competition, "competition", by="slug")
def atom(competition: Competition) -> Response:
    """Give the newest of the same to feed readers."""
    cards = diary_queries.feed(competition, now=clock.now())
    newest = cards.items[0].released_at if cards.items else None
    base = current_app.config["YOUYIN"].public_url or request.url_root.rstrip("/")
    text = render_template(
        "diaries/feed.xml", contest=competition, cards=cards, updated=newest or competition.created_at, base=base
    )
    return Response(text, mimetype="application/atom+xml")


@blueprint.get("/contests/<competition>/releases")
@requires(Action.RELEASES_VIEW, Competition, "competition", by="slug")
def releases(competition: Competition) -> ResponseReturnValue:
    """Show what waits for the reader to release it."""
    who = actor()
    return render_template(
        "diaries/releases.html",
        contest=competition,
        cards=diary_queries.release_queue(who, competition),
        total=diary_queries.waiting_count(who, competition),
        crumbs=[(competition.title, safe_url("workspaces.contest", competition=competition.slug))],
        nav=organizer_nav(competition, "diaries.releases"),
    )


@blueprint.post("/contests/<competition>/releases")
@requires(Action.RELEASES_VIEW, Competition, "competition", by="slug")
def release_all(competition: Competition) -> ResponseReturnValue:
    """Release those that were ticked."""
    chosen = request.form.getlist("diary_entry")[: diary_queries.PER_QUEUE]
    who = actor()
    with transaction():
        found = diary_queries.releasable(who, competition, chosen)
        released, _left = service.release_all(found, by=who, now=clock.now(), competition=competition)
    count, missed = len(released), len(chosen) - len(released)
    if count:
        flash(ngettext("%(num)d diary entry is released.", "%(num)d diary entries are released.", count), "good")
    if missed:
        flash(
            ngettext(
                "%(num)d entry was decided on by somebody else meanwhile.",
                "%(num)d entries were decided on by somebody else meanwhile.",
                missed,
            ),
            "warn",
        )
    if not chosen:
        flash(_("Tick the entries to release first."), "warn")
    return redirect(url_for("diaries.releases", competition=competition.slug), 303)
