# SPDX-License-Identifier: Apache-2.0
"""The pages that join features: home, contest, entry, console, the progress of a job, the audit trail."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app import clock, jobs
from app.competitions import queries as contests
from app.competitions.models import Competition
from app.competitions.navigation import organizer_nav
from app.competitions.phases import phase
from app.entries import diary_queries
from app.entries import queries as entries
from app.entries.application import fields_of, sections_of
from app.entries.models import Entry
from app.entries.navigation import entry_nav
from app.jobs import Job
from app.policy import Action, actor, can, public, requires
from app.workspaces import queries, trail
from app.workspaces.context import page_context
from app.workspaces.shelf import PublicParts, draw, set_up

blueprint = Blueprint("workspaces", __name__)
blueprint.app_context_processor(page_context)
blueprint.record_once(lambda state: set_up(state.app))

NEWEST = 6


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    """Show strangers what this is and which contests run; show the signed-in what waits for them."""
    who, now = actor(), clock.now()
    visible = contests.visible_competitions(who, now)
    cards = [(contest, phase(contest, now)) for contest in visible]
    if who.user_id is None:
        return render_template("workspaces/front.html", contests=cards)
    duties, mine = queries.duties(who.user_id, now), entries.mine(who, now=now)
    overseen = {contest.id for contest in visible if can(Action.COMPETITION_OVERSEE, contest)}
    waiting = {
        contest.id: diary_queries.waiting_count(who, contest)
        for contest in visible
        if can(Action.RELEASES_VIEW, contest)
    }
    concerned = {*duties, *(entry.competition_id for entry in mine), *overseen, *waiting}
    return render_template(
        "workspaces/home.html",
        own=[card for card in cards if card[0].id in concerned],
        contests=[card for card in cards if card[0].id not in concerned],
        duties=duties,
        mine=mine,
        overseen=overseen,
        waiting=waiting,
    )


@blueprint.get("/about")
@public
def about() -> ResponseReturnValue:
    """Say what the platform promises, and what it cannot."""
    return render_template("workspaces/about.html")


@blueprint.get("/contests/<competition>")
@requires(Action.COMPETITION_VIEW, Competition, "competition", by="slug")
def contest(competition: Competition) -> ResponseReturnValue:
    """Show a contest to everybody: what runs, the rubrics, the diaries, the entries, the results."""
    now, parts = clock.now(), PublicParts(competition)
    stands = contests.phase_now(competition, now)
    return render_template(
        "workspaces/contest.html",
        contest=competition,
        line=parts.part(
            "line",
            *((span.state, span.days_left) for span in stands.spans),
            draw=lambda: draw("workspaces/_line.html", phase=stands, zone=competition.timezone),
        ),
        public=parts.part(
            "contest",
            *sorted(request.args.items(multi=True)),
            keep="q" not in request.args,
            draw=lambda: _contest_public(competition),
        ),
    )


def _contest_public(competition: Competition) -> str:
    page, words = request.args.get("page", "1"), request.args.get("q", "")[:80]
    return draw(
        "workspaces/_contest_public.html",
        contest=competition,
        words=words,
        figures=queries.figures(competition),
        categories=queries.categories(competition),
        newest=diary_queries.feed(competition, now=clock.now(), limit=NEWEST).items,
        gallery=queries.gallery(
            competition,
            words=words,
            category=request.args.get("category") or None,
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        ),
    )


@blueprint.get("/entries/<entry>")
@requires(Action.ENTRY_VIEW, Entry, "entry")
def entry(entry: Entry) -> ResponseReturnValue:
    """Show an entry: to everybody its diary, to its readers all of it."""
    who, now = actor(), clock.now()
    reads = can(Action.ENTRY_READ, entry)
    assignment = queries.assignment_of(entry, who.user_id) if who.is_signed_in else None
    return render_template(
        "workspaces/entry.html",
        contest=entry.competition,
        entry=entry,
        nav=entry_nav(entry, "seen") if assignment is None else None,
        reads=reads,
        sections=sections_of(fields_of(entry.category.division.form)) if reads else [],
        reading=entries.as_handed_in(entry) if reads else None,
        cards=diary_queries.timeline(who, entry, now=now, limit=12),
        months=diary_queries.rhythm(who, entry, now=now),
        places=queries.places_of(entry),
        assignment=assignment,
    )


@blueprint.get("/contests/<competition>/console")
@requires(Action.COMPETITION_OVERSEE, Competition, "competition", by="slug")
def console(competition: Competition) -> ResponseReturnValue:
    """Show organizers and supervisors how far everything is."""
    now = clock.now()
    return render_template(
        "workspaces/console.html",
        contest=competition,
        phase=phase(competition, now),
        figures=queries.figures(competition),
        progress=queries.progress(competition),
        waiting=diary_queries.waiting_count(actor(), competition),
        nav=organizer_nav(competition, "workspaces.console"),
    )


@blueprint.get("/contests/<competition>/audit")
@requires(Action.AUDIT_VIEW, Competition, "competition", by="slug")
def audit(competition: Competition) -> ResponseReturnValue:
    """Show every change of state in this contest, the newest first."""
    before = request.args.get("before", "")
    found = trail.lines(
        competition,
        name=request.args.get("event") or None,
        subject=request.args.get("subject") or None,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None,
    )
    return render_template(
        "workspaces/audit.html",
        contest=competition,
        lines=found,
        names=trail.names(competition),
        older=found[-1].sequence if len(found) == trail.PER_PAGE else None,
        nav=organizer_nav(competition, "workspaces.audit"),
    )


@blueprint.get("/jobs/<job>")
@requires(Action.JOB_VIEW, Job, "job")
def job(job: Job) -> ResponseReturnValue:
    """Follow long work; htmx asks for the fragment each second, others reload."""
    template = "workspaces/_job.html" if request.headers.get("HX-Request") else "workspaces/job.html"
    return render_template(template, job=job, title=jobs.title(job.kind))
