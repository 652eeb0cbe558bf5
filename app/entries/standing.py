# SPDX-License-Identifier: Apache-2.0
"""How an entry stands, said plainly: its state, why it is frozen if it is, and the next step. Pure but for wording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import ngettext

from app.competitions.models import WindowKind
from app.entries.models import EntryState

Times = Mapping[WindowKind, tuple[datetime, datetime]]


class Step(StrEnum):
    """What an owner does next."""

    FILL_IN = "fill_in"
    HAND_IN = "hand_in"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Standing:
    """A state as a chip, a sentence about it, the next step and until when."""

    chip: str
    text: str
    step: Step | None = None
    until: datetime | None = None


def standing(
    state: EntryState,
    *,
    reason: str | None,
    is_being_judged: bool,
    missing: int,
    result_handed_in_at: datetime | None,
    windows: Times,
    now: datetime,
) -> Standing:
    """Return how an entry stands at a moment."""
    if state == EntryState.WITHDRAWN:
        return Standing("withdrawn", _("Withdrawn: %(reason)s", reason=reason or "—"))
    if state == EntryState.DISQUALIFIED:
        return Standing("disqualified", _("Disqualified: %(reason)s", reason=reason or "—"))
    if is_being_judged:
        return Standing("frozen", _("Judges are marking this entry. It stays as it was handed in until they are done."))
    if state == EntryState.DRAFT:
        return _draft(missing, windows, now)
    return _handed_in(result_handed_in_at, windows, now)


def _draft(missing: int, windows: Times, now: datetime) -> Standing:
    starts, ends = windows.get(WindowKind.ENTRY, (None, None))
    if starts is None or ends is None:
        return Standing("draft", _("A draft. The organizer has not said yet when it can be handed in."))
    if now < starts:
        return Standing("draft", _("A draft. Registration is not open yet."))
    if now >= ends:
        return Standing("draft", _("Registration ended before this entry was handed in. It takes no part."))
    if missing:
        text = ngettext(
            "A draft. %(num)d answer is still missing.", "A draft. %(num)d answers are still missing.", missing
        )
        return Standing("draft", text, Step.FILL_IN, ends)
    return Standing("draft", _("A draft, and complete. It counts once it is handed in."), Step.HAND_IN, ends)


def _handed_in(result_handed_in_at: datetime | None, windows: Times, now: datetime) -> Standing:
    starts, ends = windows.get(WindowKind.HAND_IN, (None, None))
    registered_until = windows.get(WindowKind.ENTRY, (None, None))[1]
    if starts is not None and ends is not None and starts <= now < ends:
        if result_handed_in_at is None:
            return Standing("handed_in", _("Handed in. The result report is due next."), Step.REPORT, ends)
        text = _("The result report is handed in. It can be changed and handed in again.")
        return Standing("handed_in", text, None, ends)
    if registered_until is not None and now < registered_until:
        text = _("Handed in. It can be changed and handed in again until registration ends.")
        return Standing("handed_in", text, None, registered_until)
    if starts is not None and now < starts:
        return Standing("handed_in", _("Handed in. Keep the diary; the result report comes later."))
    if result_handed_in_at is not None:
        return Standing("handed_in", _("Everything is handed in."))
    if ends is not None:
        return Standing("handed_in", _("Handed in. The time for the result report is over, and none was handed in."))
    return Standing("handed_in", _("Handed in."))
