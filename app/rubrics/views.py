# SPDX-License-Identifier: Apache-2.0
"""A document as people read it, as a file, and as a text to edit."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts.forms import text
from app.competitions import queries as contests
from app.competitions.models import Competition, StageCategory
from app.competitions.navigation import organizer_nav
from app.competitions.predicates import marking_has_begun
from app.db import transaction
from app.errors import DomainError, NotFound, Stale
from app.i18n import language
from app.policy import Action, actor, can, requires
from app.rubrics import queries, service, wording
from app.rubrics.example import EXAMPLE
from app.rubrics.forms import DocumentForm
from app.security import takes_up_to
from scoring import DocumentError, document_from_toml

blueprint = Blueprint("rubrics", __name__)
MOST_BYTES = 400_000


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a typed document: its sentence, and the line it is about."""

    sentence: str
    line: int | None
    shown: str


@blueprint.get("/contests/<competition>/rubrics")
@requires(Action.COMPETITION_VIEW, Competition, "competition", by="slug")
def of_contest(competition: Competition) -> ResponseReturnValue:
    """List the rubrics and rules of a contest, stage by stage."""
    parts = [part for part in contests.stage_categories(competition) if can(Action.DOCUMENT_VIEW, part)]
    return render_template("rubrics/index.html", contest=competition, parts=parts)


@blueprint.get("/rubrics/<stage_category>")
@requires(Action.DOCUMENT_VIEW, StageCategory, "stage_category")
def show(stage_category: StageCategory) -> ResponseReturnValue:
    """Show what is marked, and what becomes of the sheets."""
    if stage_category.document is None:
        if can(Action.DOCUMENT_EDIT, stage_category):
            return redirect(url_for("rubrics.edit", stage_category=stage_category.public_id), 303)
        raise NotFound
    compared = request.args.get("digest", "").replace(" ", "").lower()
    return render_template(
        "rubrics/show.html",
        contest=stage_category.competition,
        part=stage_category,
        document=queries.document_of(stage_category),
        words=wording,
        begun=marking_has_begun(stage_category, clock.now()),
        compared=compared,
        agrees=compared == stage_category.digest,
    )


@blueprint.get("/rubrics/<stage_category>/document.toml")
@requires(Action.DOCUMENT_VIEW, StageCategory, "stage_category")
def document_toml(stage_category: StageCategory) -> ResponseReturnValue:
    """Hand out the document in its file form, to read and to edit."""
    return _file(
        stage_category, queries.document_of(stage_category).to_toml(), "toml", "application/toml; charset=utf-8"
    )


@blueprint.get("/rubrics/<stage_category>/document.json")
@requires(Action.DOCUMENT_VIEW, StageCategory, "stage_category")
def document_json(stage_category: StageCategory) -> ResponseReturnValue:
    """Hand out the canonical text: the very bytes that the digest covers."""
    return _file(stage_category, queries.document_of(stage_category).canonical, "json", "application/json")


def _file(stage_category: StageCategory, body: str, ending: str, content_type: str) -> Response:
    name = f"{stage_category.category.code}-{stage_category.stage.code}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, content_type=content_type, headers=headers)


@blueprint.route("/rubrics/<stage_category>/edit", methods=["GET", "POST"])
@requires(Action.DOCUMENT_EDIT, StageCategory, "stage_category")
@takes_up_to(3)  # the text, and a file beside it
def edit(stage_category: StageCategory) -> ResponseReturnValue:
    """Edit the document as text; every problem is listed by line, and nothing typed is lost."""
    if request.method == "GET":
        form = DocumentForm(formdata=None, version=stage_category.version)
        form.text.data = _present_text(stage_category) or EXAMPLE
        return _edit_page(stage_category, form)
    form = DocumentForm()
    typed = _typed(form)
    if typed is None:
        return _edit_page(stage_category, form, status=422)
    form.text.data, form.text.raw_data = typed, [typed]
    try:
        read = document_from_toml(typed)
    except DocumentError as error:
        lines = typed.splitlines()
        faults = [
            Fault(p.say(language()), p.line, lines[p.line - 1] if p.line and p.line <= len(lines) else "")
            for p in error.problems
        ]
        return _edit_page(stage_category, form, faults, status=422)
    try:
        with transaction():
            service.save_document(
                stage_category, read, expected_version=form.version.data or 0, by=actor(), now=clock.now()
            )
        flash(_("The document is saved. Read it once more as judges will."), "good")
        return redirect(url_for("rubrics.show", stage_category=stage_category.public_id), 303)
    except Stale as error:
        form.refuse(error)
        form.has_seen(stage_category.version)
        return _edit_page(stage_category, form, theirs=_present_text(stage_category), status=422)
    except DomainError as error:
        form.refuse(error)
    return _edit_page(stage_category, form, status=422)


def _present_text(stage_category: StageCategory) -> str:
    if stage_category.document is None:
        return ""
    return queries.document_of(stage_category).to_toml()


def _typed(form: DocumentForm) -> str | None:
    """Return the text that was sent: of the chosen file, else of the field; None when the file is no text."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return text(form.text).replace("\r\n", "\n")
    with upload.stream as stream:
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        form.file.errors = [_("This file is larger than 400 KB; a document is much smaller.")]
        return None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        form.file.errors = [_("This file is no UTF-8 text. Save it as UTF-8 and choose it again.")]
        return None


def _edit_page(
    stage_category: StageCategory,
    form: DocumentForm,
    faults: list[Fault] | None = None,
    *,
    theirs: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    contest = stage_category.competition
    page = render_template(
        "rubrics/edit.html",
        contest=contest,
        part=stage_category,
        form=form,
        faults=faults or [],
        theirs=theirs,
        begun=marking_has_begun(stage_category, clock.now()),
        nav=organizer_nav(contest, "competitions.structure"),
    )
    return page, status


@blueprint.post("/rubrics/<stage_category>/freeze")
@requires(Action.DOCUMENT_FREEZE, StageCategory, "stage_category")
def freeze(stage_category: StageCategory) -> ResponseReturnValue:
    """Freeze the document before its time comes by itself."""
    with transaction():
        service.freeze(stage_category, by=actor(), now=clock.now())
    flash(_("The document is frozen. It will not change any more."), "good")
    return redirect(url_for("rubrics.show", stage_category=stage_category.public_id), 303)
