# SPDX-License-Identifier: Apache-2.0
"""What the audit trail's codes are called. The codes themselves are stored for good; this wording may change."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.audit import Event
from app.errors import Message

EVENTS: dict[Event, Message] = {
    Event.USER_CREATED: _l("Account made"),
    Event.USER_CHANGED: _l("Account changed"),
    Event.USER_SUSPENDED: _l("Account suspended"),
    Event.USER_RESUMED: _l("Account resumed"),
    Event.PASSWORD_SET: _l("Password set"),
    Event.SESSION_STARTED: _l("Session started"),
    Event.SESSION_ENDED: _l("Session ended"),
    Event.SIGN_IN_LINK_MADE: _l("Sign-in link made"),
    Event.SIGN_IN_LINK_REVOKED: _l("Sign-in link ended"),
    Event.UNIT_CREATED: _l("Unit added"),
    Event.UNIT_CHANGED: _l("Unit changed"),
    Event.ROLE_GRANTED: _l("Role granted"),
    Event.ROLE_REVOKED: _l("Role taken away"),
    Event.COMPETITION_CREATED: _l("Contest made"),
    Event.COMPETITION_CHANGED: _l("Contest changed"),
    Event.COMPETITION_OPENED: _l("Contest opened to the public"),
    Event.COMPETITION_LOADED: _l("Contest loaded from a folder"),
    Event.DIVISION_CREATED: _l("Division added"),
    Event.DIVISION_CHANGED: _l("Division changed"),
    Event.CATEGORY_CREATED: _l("Category added"),
    Event.CATEGORY_CHANGED: _l("Category changed"),
    Event.STAGE_CREATED: _l("Stage added"),
    Event.STAGE_CHANGED: _l("Stage changed"),
    Event.CATEGORY_JOINED: _l("Category joined to a stage"),
    Event.STAGE_CATEGORY_CHANGED: _l("Category in a stage changed"),
    Event.WINDOW_SET: _l("Time set"),
    Event.DOCUMENT_SAVED: _l("Rubric and rule saved"),
    Event.DOCUMENT_FROZEN: _l("Rubric and rule frozen"),
    Event.DOCUMENT_COPIED: _l("Rubric and rule copied"),
    Event.ENTRY_CREATED: _l("Entry registered"),
    Event.ENTRY_SAVED: _l("Application form saved"),
    Event.ENTRY_HANDED_IN: _l("Application form handed in"),
    Event.ENTRY_WITHDRAWN: _l("Entry withdrawn"),
    Event.ENTRY_DISQUALIFIED: _l("Entry disqualified"),
    Event.RESULT_SAVED: _l("Result report saved"),
    Event.RESULT_HANDED_IN: _l("Result report handed in"),
    Event.DIARY_RELEASE_SET: _l("Publicity of a diary set"),
    Event.DIARY_ENTRY_WRITTEN: _l("Diary entry written"),
    Event.DIARY_ENTRY_CHANGED: _l("Diary entry changed"),
    Event.DIARY_ENTRY_RELEASED: _l("Diary entry released"),
    Event.DIARY_ENTRY_HELD: _l("Diary entry held back"),
    Event.DIARY_ENTRY_STRUCK: _l("Diary entry struck"),
    Event.DIARY_ENTRY_DISCARDED: _l("Draft of a diary entry discarded"),
    Event.EVIDENCE_RECEIVED: _l("File received"),
    Event.EVIDENCE_STRUCK: _l("File struck"),
    Event.EVIDENCE_DISCARDED: _l("File of a draft discarded"),
    Event.PANEL_CREATED: _l("Panel made"),
    Event.PANEL_ENTRUSTED: _l("Category entrusted to a panel"),
    Event.JUDGE_SEATED: _l("Judge seated"),
    Event.JUDGE_UNSEATED: _l("Seat of a judge ended"),
    Event.ASSIGNMENTS_DRAWN: _l("Assignments drawn"),
    Event.ASSIGNMENT_ADDED: _l("Assignment added by hand"),
    Event.ASSIGNMENT_REMOVED: _l("Assignment taken back"),
    Event.ASSIGNMENT_SKIPPED: _l("Entry skipped for now"),
    Event.JUDGE_RECUSED: _l("Judge recused"),
    Event.JUDGE_ABSTAINED: _l("Judge abstained"),
    Event.SHEET_SAVED: _l("Scoresheet saved"),
    Event.SHEET_SUBMITTED: _l("Scoresheet submitted"),
    Event.SHEET_RETURNED: _l("Scoresheet returned to its judge"),
    Event.RANKING_COMPUTED: _l("Ranking computed"),
    Event.RANKING_CONFIRMED: _l("Ranking confirmed"),
    Event.RANKING_REJECTED: _l("Ranking rejected"),
    Event.RANKING_PUBLISHED: _l("Ranking published"),
    Event.RANKING_MADE_FINAL: _l("Ranking made final"),
    Event.RANKING_SUPERSEDED: _l("Ranking superseded"),
    Event.PROMOTION_APPLIED: _l("Entries promoted"),
    Event.EXPORT_MADE: _l("Marks exported"),
    Event.AWARDS_GRANTED: _l("Awards granted"),
    Event.CERTIFICATES_ORDERED: _l("Certificates ordered"),
    Event.CERTIFICATE_ISSUED: _l("Certificate issued"),
    Event.CERTIFICATE_WITHDRAWN: _l("Certificate withdrawn"),
    Event.ARCHIVE_MADE: _l("Archive made"),
}
WAYS: dict[str, Message] = {
    "web": _l("on a page"),
    "cli": _l("by command"),
    "job": _l("by a job"),
    "rehearsal": _l("in a rehearsal"),
}
SUBJECTS: dict[str, Message] = {
    "competition": _l("contest"),
    "unit": _l("unit"),
    "user": _l("account"),
    "role_grant": _l("role"),
    "stage": _l("stage"),
    "panel": _l("panel"),
    "seat": _l("seat"),
    "division": _l("division"),
    "category": _l("category"),
    "stage_category": _l("category in a stage"),
    "entry": _l("entry"),
    "diary": _l("diary"),
    "diary_entry": _l("diary entry"),
    "evidence": _l("file"),
    "assignment": _l("assignment"),
    "scoresheet": _l("scoresheet"),
    "ranking_run": _l("ranking run"),
    "certificate": _l("certificate"),
    "archive": _l("archive"),
    "sign_in_link": _l("sign-in link"),
    "user_session": _l("session"),
}


def event(code: str) -> Message:
    """Return what people call an event; a code of a later version is shown as it is."""
    return EVENTS[Event(code)] if code in set(Event) else code


def way(code: str) -> Message:
    """Return how somebody did it."""
    return WAYS.get(code, code)


def subject(code: str) -> Message:
    """Return what kind of thing an event is about."""
    return SUBJECTS.get(code, code)
