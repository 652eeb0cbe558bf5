# SPDX-License-Identifier: Apache-2.0
"""One entry's diary: its timeline, writing on the go, and what becomes of each entry."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.db import transaction
from app.diaries import service
from app.diaries.blueprint import blueprint
from app.diaries.forms import DRAFT, RELEASE, DiaryEntryForm, ReleaseRuleForm, file_changes
from app.diaries.models import DiaryEntry, DiaryState, ReleaseRule
from app.entries import diary_queries
from app.entries.models import Entry
from app.entries.navigation import crumbs, entry_nav
from app.entries.predicates import entry_of
from app.errors import DomainError, NotFound, Stale
from app.evidence import queries as evidence_queries
from app.evidence.forms import ReasonForm
from app.evidence.intake import ACCEPT
from app.policy import ANONYMOUS, Action, actor, can, policy, requires
from app.security import takes_up_to
from app.templating import wording


@blueprint.get("/entries/<entry>/diary")
@requires(Action.DIARY_VIEW, Entry, "entry")
def timeline(entry: Entry) -> ResponseReturnValue:
    """Show an entry's diary by month, as far as the reader may see it."""
    who, now = actor(), clock.now()
    cards = diary_queries.timeline(who, entry, now=now, after=request.args.get("after"))
    return render_template(
        "diaries/timeline.html",
        entry=entry,
        contest=entry.competition,
        cards=cards,
        rhythm=bars(diary_queries.rhythm(who, entry, now=now), cards),
        nav=entry_nav(entry, "diary"),
        crumbs=crumbs(entry),
    )


def bars(months: list[diary_queries.Month], cards: diary_queries.Cards) -> list[dict[str, Any]]:
    """Return the bars of the month rhythm; those of months on this page lead there."""
    here = {first for first, _notes in cards.months}
    return [
        {
            "label": wording.month(month.first),
            "count": month.count,
            "url": f"#m-{month.first:%Y-%m}" if month.first in here else None,
        }
        for month in months
    ]


@blueprint.route("/entries/<entry>/diary/new", methods=["GET", "POST"])
@takes_up_to()
@requires(Action.DIARY_WRITE, Entry, "entry")
def write(entry: Entry) -> ResponseReturnValue:
    """Write a diary entry."""
    form, now, contest = DiaryEntryForm(), clock.now(), entry.competition
    today = service.today_of(contest, now)
    if request.method == "GET":
        form.happened_on.process(None, today)
        form.place.process(None, diary_queries.last_place(entry))
        return _form_page(entry, None, form)
    valid = form.validate()
    received = form.take_files()
    wants_release = request.form.get("action") == RELEASE
    if valid and not form.errors:
        try:
            with transaction():
                note = service.write(
                    entry.diary,
                    **form.content(),
                    release=wants_release,
                    at_once=service.releases_at_once(contest),
                    files=received,
                    by=actor(),
                    now=now,
                    competition=contest,
                )
            return _done(note)
        except DomainError as error:
            form.refuse(error)
    kept = None
    if received:  # a file input cannot be filled again: a draft keeps what arrived
        with transaction():
            kept = service.write(
                entry.diary,
                **form.draft_content(today),
                release=False,
                at_once=False,
                files=received[: service.FILES],
                by=actor(),
                now=now,
                competition=contest,
            )
        form.version.process(None, kept.version)
        form.refused_files(received)
    return _form_page(entry, kept, form), 422


@blueprint.get("/diary/<diary_entry>")
@requires(Action.DIARY_ENTRY_VIEW, DiaryEntry, "diary_entry")
def show(diary_entry: DiaryEntry) -> ResponseReturnValue:
    """Show one diary entry with its files."""
    entry = _entry(diary_entry)
    reads = can(Action.ENTRY_READ, entry)
    return render_template(
        "diaries/show.html",
        note=diary_entry,
        entry=entry,
        contest=entry.competition,
        files=evidence_queries.of_diary_entry(diary_entry.id, struck=reads),
        reads=reads,
        is_public=_is_public(diary_entry),
        nav=entry_nav(entry, "diary"),
        crumbs=crumbs(entry, (_("Progress diary"), url_for("diaries.timeline", entry=entry.public_id))),
    )


@blueprint.route("/diary/<diary_entry>/edit", methods=["GET", "POST"])
@takes_up_to()
@requires(Action.DIARY_ENTRY_EDIT, DiaryEntry, "diary_entry")
def edit(diary_entry: DiaryEntry) -> ResponseReturnValue:
    """Change a diary entry that is not released."""
    form, now, entry, theirs = DiaryEntryForm(), clock.now(), _entry(diary_entry), None
    contest = entry.competition
    if request.method == "GET":
        form.show(diary_entry)
        return _form_page(entry, diary_entry, form)
    valid = form.validate()
    received = form.take_files()
    if valid and not form.errors:
        try:
            with transaction():
                service.change(
                    diary_entry,
                    expected_version=form.expected_version,
                    **form.content(),
                    release=request.form.get("action") == RELEASE,
                    at_once=service.releases_at_once(contest),
                    files=file_changes(request.form, request.form.getlist("remove"), received),
                    by=actor(),
                    now=now,
                    competition=contest,
                )
            return _done(diary_entry)
        except DomainError as error:
            form.refuse(error)
            theirs = diary_entry if isinstance(error, Stale) else None
    if received:
        with transaction():
            service.add_files(diary_entry, received, by=actor(), now=now)
        form.refused_files(received)
    form.version.process(None, diary_entry.version)
    return _form_page(entry, diary_entry, form, theirs=theirs), 422


@blueprint.post("/diary/<diary_entry>/release")
@requires(Action.DIARY_ENTRY_RELEASE, DiaryEntry, "diary_entry")
def release(diary_entry: DiaryEntry) -> ResponseReturnValue:
    """Release an entry that waits or was held back."""
    contest = _entry(diary_entry).competition
    with transaction():
        service.release(diary_entry, by=actor(), now=clock.now(), competition=contest)
    flash(_("Released."), "good")
    return redirect(_back(diary_entry), 303)


@blueprint.route("/diary/<diary_entry>/hold", methods=["GET", "POST"])
@requires(Action.DIARY_ENTRY_RELEASE, DiaryEntry, "diary_entry")
def hold(diary_entry: DiaryEntry) -> ResponseReturnValue:
    """Hold an entry back, with the reason that its author reads."""
    form, status, contest = ReasonForm(), 200, _entry(diary_entry).competition
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with transaction():
                    service.hold(
                        diary_entry,
                        reason=form.reason.data or "",
                        by=actor(),
                        now=clock.now(),
                        competition=contest,
                    )
                flash(_("Held back. Its author reads why."), "good")
                return redirect(_back(diary_entry), 303)
            except DomainError as error:
                form.refuse(error)
    return render_template("diaries/hold.html", form=form, note=diary_entry, contest=contest), status


@blueprint.route("/diary/<diary_entry>/strike", methods=["GET", "POST"])
@requires(Action.DIARY_ENTRY_STRIKE, DiaryEntry, "diary_entry")
def strike(diary_entry: DiaryEntry) -> ResponseReturnValue:
    """Strike an entry: it stays on the record, with the reason."""
    form, status, contest = ReasonForm(), 200, _entry(diary_entry).competition
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with transaction():
                    service.strike(
                        diary_entry,
                        reason=form.reason.data or "",
                        by=actor(),
                        now=clock.now(),
                        competition=contest,
                    )
                flash(_("Struck. It stays on the record."), "good")
                return redirect(url_for("diaries.show", diary_entry=diary_entry.public_id), 303)
            except DomainError as error:
                form.refuse(error)
    return render_template("diaries/strike.html", form=form, note=diary_entry, contest=contest), status


@blueprint.post("/diary/<diary_entry>/discard")
@requires(Action.DIARY_ENTRY_STRIKE, DiaryEntry, "diary_entry")
def discard(diary_entry: DiaryEntry) -> ResponseReturnValue:
    """Take a draft away."""
    entry = _entry(diary_entry)
    address = url_for("diaries.timeline", entry=entry.public_id)
    with transaction():
        service.discard(diary_entry, by=actor(), now=clock.now(), competition=entry.competition)
    flash(_("The draft is discarded."), "good")
    return redirect(address, 303)


@blueprint.route("/entries/<entry>/diary/release-rule", methods=["GET", "POST"])
@requires(Action.DIARY_SET_RELEASE, Entry, "entry")
def release_rule(entry: Entry) -> ResponseReturnValue:
    """Set when the public may read this diary."""
    form, status = ReleaseRuleForm(), 200
    if not form.is_submitted():
        form.process(None, rule=entry.diary.release_rule, release_from=entry.diary.release_from)
    else:
        status = 422
        if form.validate():
            try:
                with transaction():
                    service.set_release_rule(
                        entry.diary,
                        ReleaseRule(form.rule.data),
                        release_from=form.release_from.data,
                        by=actor(),
                        now=clock.now(),
                        competition=entry.competition,
                    )
                flash(_("Saved."), "good")
                return redirect(url_for("diaries.timeline", entry=entry.public_id), 303)
            except DomainError as error:
                form.refuse(error)
    page = render_template(
        "diaries/release_rule.html",
        form=form,
        entry=entry,
        contest=entry.competition,
        nav=entry_nav(entry, "diary"),
        crumbs=crumbs(entry, (_("Progress diary"), url_for("diaries.timeline", entry=entry.public_id))),
    )
    return page, status


def _form_page(entry: Entry, note: DiaryEntry | None, form: DiaryEntryForm, *, theirs: DiaryEntry | None = None) -> str:
    """Return the writing page; `note` is what is stored already, `theirs` what somebody else stored meanwhile."""
    return render_template(
        "diaries/write.html",
        entry=entry,
        contest=entry.competition,
        note=note,
        form=form,
        theirs=theirs,
        files=evidence_queries.of_diary_entry(note.id) if note is not None else [],
        buttons=(DRAFT, RELEASE),
        accept=ACCEPT,
        at_once=service.releases_at_once(entry.competition),
        nav=entry_nav(entry, "diary"),
        crumbs=crumbs(entry, (_("Progress diary"), url_for("diaries.timeline", entry=entry.public_id))),
    )


def _done(note: DiaryEntry) -> ResponseReturnValue:
    said = {
        DiaryState.DRAFT: _("The draft is saved. Only you see it."),
        DiaryState.WAITING: _("Put forward. It becomes public when your unit releases it."),
        DiaryState.RELEASED: _("Released. Everybody can read it now.")
        if _is_public(note)
        else _("Released. Everybody reads it once the entry is handed in and the diary's own rule allows."),
    }
    flash(said.get(note.state, _("Saved.")), "good")
    return redirect(url_for("diaries.show", diary_entry=note.public_id), 303)


def _is_public(note: DiaryEntry) -> bool:
    return policy().permits(Action.DIARY_ENTRY_VIEW, ANONYMOUS, note, clock.now())


def _back(note: DiaryEntry) -> str:
    """Return to the queue when the button stood there, else to the entry."""
    if request.form.get("back") == "queue":
        entry = _entry(note)
        return url_for("diaries.releases", competition=entry.competition.slug)
    return url_for("diaries.show", diary_entry=note.public_id)


def _entry(note: DiaryEntry) -> Entry:
    entry = entry_of(note)
    if entry is None:
        raise NotFound
    return entry
