# SPDX-License-Identifier: Apache-2.0
"""Submitting a scoresheet for good, and a chair's way to open it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from flask_babel import lazy_gettext as _l

from app import audit
from app.audit import Event
from app.db import db
from app.errors import Conflict, Invalid, Stale
from app.judging.models import Assignment, Scoresheet, SheetState
from app.judging.service.opening import OpenSheet, lock, open_sheet
from app.judging.service.reasons import needed
from app.judging.sheets import cells_of, digest, findings_of, say, text_of, total_of
from app.notify import NoticeKind, notify
from app.policy import Action, Actor, demand
from scoring import format_number


def submit(assignment: Assignment, *, by: Actor, now: datetime, expected_digest: str | None = None) -> Scoresheet:
    """Lock a complete scoresheet with its exact total and its digest; its values enter the trail now.

    `expected_digest` is the digest of the sheet as the judge saw it: a sheet changed since is not submitted.
    """
    opened = open_sheet(assignment, by=by, now=now, closing=True)
    cells = cells_of(opened.marks.values())
    findings = findings_of(opened.document, cells)
    if findings:
        raise Invalid(
            _l("The scoresheet is not complete yet. Look at the marked criteria."),
            fields={finding.criterion or "": say(finding) for finding in findings},
        )
    found = digest(opened.canonical())
    if expected_digest is not None and expected_digest != found:
        raise Stale(
            _l("The scoresheet was changed after you looked at it. Look through it again, then submit."),
            yours=expected_digest,
            theirs=found,
        )
    sheet = opened.sheet
    sheet.total = total_of(opened.document, cells)
    sheet.digest = found
    sheet.state = SheetState.SUBMITTED
    sheet.submitted_at = sheet.saved_at = now
    sheet.returned_reason = None
    opened.assignment.skipped_at = None
    _record(opened, by=by, now=now)
    return sheet


def submit_all(
    assignments: Iterable[Assignment], *, expected: Mapping[str, str], by: Actor, now: datetime
) -> list[Scoresheet]:
    """Submit several scoresheets as the judge saw them, all or none; `expected` holds each assignment's digest."""
    sheets = []
    for assignment in assignments:
        number = assignment.entry.number
        try:
            sheets.append(submit(assignment, by=by, now=now, expected_digest=expected[assignment.public_id]))
        except (Invalid, Stale) as error:
            raise type(error)(
                _l("Nothing was submitted. Entry %(number)s: %(reason)s", number=number, reason=error.message)
            ) from error
    if not sheets:
        raise Conflict(_l("There is no complete scoresheet to submit."))
    return sheets


def _record(opened: OpenSheet, *, by: Actor, now: datetime) -> None:
    sheet = opened.sheet
    audit.record(
        Event.SHEET_SUBMITTED,
        sheet,
        by=by,
        now=now,
        competition=opened.competition,
        data={
            "assignment": opened.assignment.public_id,
            "entry": opened.assignment.entry.public_id,
            "document": opened.document.digest,
            "digest": sheet.digest,
            "marks": {code: text_of(mark) for code, mark in sorted(opened.marks.items())},
            "total": None if sheet.total is None else format_number(sheet.total),
        },
    )


def return_sheet(assignment: Assignment, *, reason: str, by: Actor, now: datetime) -> Scoresheet:
    """Open a submitted scoresheet for its judge again, with the reason; its values stay in the trail."""
    found = lock(assignment)
    demand(Action.SHEET_RETURN, by, found, now)
    reason = needed(reason)
    sheet = found.sheet
    assert sheet is not None, "the policy lets only submitted sheets through"
    before = sheet.digest
    sheet.state = SheetState.DRAFT
    sheet.submitted_at = sheet.digest = sheet.total = None
    sheet.returned_reason = reason
    sheet.saved_at = now
    db.session().flush()
    audit.record(
        Event.SHEET_RETURNED,
        sheet,
        by=by,
        now=now,
        competition=found.stage_category.stage.competition,
        data={"digest": before, "reason": audit.commitment(reason, user_id=found.judge_id)},
    )
    notify(
        found.judge_id,
        NoticeKind.SHEET_RETURNED,
        now=now,
        url=f"/assignments/{found.public_id}/scoresheet",
        competition_id=found.stage_category.stage.competition_id,
        title=found.entry.title,
        reason=reason,
    )
    return sheet
