# SPDX-License-Identifier: Apache-2.0
"""The result report at the end, and the receipts of everything that was handed in."""

from __future__ import annotations

import json

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.db import transaction
from app.entries import queries, service
from app.entries.application import sections_of
from app.entries.blueprint import blueprint
from app.entries.forms import ResultForm, report_files
from app.entries.models import Entry, EntryVersion, Part
from app.entries.navigation import crumbs, entry_nav
from app.errors import DomainError, NotFound, Stale
from app.evidence import queries as evidence_queries
from app.evidence.intake import ACCEPT
from app.forms import Form
from app.policy import Action, actor, requires
from app.security import takes_up_to


@blueprint.route("/entries/<entry>/result", methods=["GET", "POST"])
@takes_up_to()
@requires(Action.RESULT_EDIT, Entry, "entry")
def result(entry: Entry) -> ResponseReturnValue:
    """Write the result report and put its evidence in order."""
    form, theirs, status = ResultForm(), None, 200
    if request.method == "GET":
        form.report.process(None, entry.report)
        form.version.process(None, entry.version)
    else:
        status = 422
        valid = form.validate()
        received = form.take_files()
        if valid and not form.errors:
            try:
                with transaction():
                    service.save_result(
                        entry,
                        expected_version=form.expected_version,
                        report=form.report.data or "",
                        files=report_files(request.form, request.form.getlist("remove"), received),
                        by=actor(),
                        now=clock.now(),
                    )
                if request.form.get("action") == "hand_in":
                    return redirect(url_for("entries.hand_in_result", entry=entry.public_id), 303)
                flash(_("Saved."), "good")
                return redirect(url_for("entries.result", entry=entry.public_id), 303)
            except DomainError as error:
                form.refuse(error)
                theirs = entry if isinstance(error, Stale) else None
        if received:  # a file input cannot be filled again: what arrived is kept
            with transaction():
                service.add_result_files(entry, received, by=actor(), now=clock.now())
            form.refused_files(received)
        if theirs is not None or received:
            form.version.process(None, entry.version)
    files = evidence_queries.of_entry(entry.id)
    page = render_template(
        "entries/result.html",
        entry=entry,
        contest=entry.competition,
        form=form,
        theirs=theirs,
        files=files,
        handed_in=queries.handed_in(entry, Part.RESULT),
        accept=ACCEPT,
        nav=entry_nav(entry, "result"),
        crumbs=crumbs(entry),
    )
    return page, status


@blueprint.route("/entries/<entry>/result/hand-in", methods=["GET", "POST"])
@requires(Action.RESULT_HAND_IN, Entry, "entry")
def hand_in_result(entry: Entry) -> ResponseReturnValue:
    """Read the result report once more and hand it in."""
    form, status = Form(), 200
    if form.is_submitted():
        status = 422
        try:
            with transaction():
                version = service.hand_in_result(entry, by=actor(), now=clock.now())
            return redirect(url_for("entries.receipt", entry=entry.public_id, entry_version=version.public_id), 303)
        except DomainError as error:
            form.refuse(error)
    page = render_template(
        "entries/hand_in_result.html",
        entry=entry,
        contest=entry.competition,
        form=form,
        files=evidence_queries.of_entry(entry.id),
        again=bool(entry.result_handed_in_at),
        nav=entry_nav(entry, "result"),
        crumbs=crumbs(entry, (_("Result report"), url_for("entries.result", entry=entry.public_id))),
    )
    return page, status


@blueprint.get("/entries/<entry>/receipt/<entry_version>")
@requires(Action.ENTRY_READ, EntryVersion, "entry_version")
def receipt(entry: str, entry_version: EntryVersion) -> ResponseReturnValue:
    """Show what was handed in, when, by whom, and its digest."""
    owner = _owner(entry, entry_version)
    content = json.loads(entry_version.canonical)
    return render_template(
        "entries/receipt.html",
        entry=owner,
        contest=owner.competition,
        version=entry_version,
        by=queries.name_of(entry_version.handed_in_by_id),
        content=content,
        sections=sections_of(service.fields_of(owner)),
        nav=entry_nav(owner, "overview"),
        crumbs=crumbs(owner),
    )


@blueprint.get("/entries/<entry>/receipt/<entry_version>.json")
@requires(Action.ENTRY_READ, EntryVersion, "entry_version")
def receipt_file(entry: str, entry_version: EntryVersion) -> Response:
    """Give the canonical bytes, so that anybody can compute the digest again."""
    owner = _owner(entry, entry_version)
    answer = Response(entry_version.canonical.encode("utf-8"), mimetype="application/json")
    name = f"{owner.number}-{entry_version.part}-{entry_version.number}.json"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _owner(entry: str, version: EntryVersion) -> Entry:
    """Return the entry of a version; an address that mixes two entries leads nowhere."""
    if version.entry.public_id != entry:
        raise NotFound
    return version.entry
