# SPDX-License-Identifier: Apache-2.0
"""How a stored state is worded and coloured: one table, so that a state looks the same on every page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


class Tone(StrEnum):
    """The few meanings that a colour has here."""

    QUIET = "quiet"
    INFO = "info"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    COLD = "cold"
    SEAL = "seal"


@dataclass(frozen=True, slots=True)
class Chip:
    """A state as it is shown."""

    label: str | LazyString
    tone: Tone
    icon: str


STATES: dict[str, Chip] = {
    # entries, diary entries, files
    "draft": Chip(_l("Draft"), Tone.QUIET, "pencil"),
    "released": Chip(_l("Released"), Tone.GOOD, "world"),
    "held": Chip(_l("Held back"), Tone.WARN, "eye-off"),
    "never": Chip(_l("Never public"), Tone.COLD, "lock"),
    "struck": Chip(_l("Struck"), Tone.BAD, "ban"),
    "handed_in": Chip(_l("Handed in"), Tone.INFO, "send"),
    "returned": Chip(_l("Returned for revision"), Tone.WARN, "arrow-back-up"),
    "frozen": Chip(_l("Frozen for judging"), Tone.COLD, "lock"),
    "withdrawn": Chip(_l("Withdrawn"), Tone.BAD, "user-minus"),
    "disqualified": Chip(_l("Disqualified"), Tone.BAD, "circle-x"),
    "promoted": Chip(_l("Promoted"), Tone.GOOD, "arrow-up"),
    "reserve": Chip(_l("Reserve list"), Tone.INFO, "list-numbers"),
    "out": Chip(_l("Not promoted"), Tone.QUIET, "minus"),
    # assignments, sheets, cells
    "todo": Chip(_l("To do"), Tone.QUIET, "circle"),
    "not_yet": Chip(_l("Not yet"), Tone.QUIET, "circle-dashed"),
    "started": Chip(_l("Started"), Tone.INFO, "circle-half-2"),
    "submitted": Chip(_l("Submitted"), Tone.GOOD, "circle-check"),
    "skipped": Chip(_l("Skipped for now"), Tone.WARN, "player-skip-forward"),
    "abstained": Chip(_l("Abstained"), Tone.COLD, "circle-minus"),
    "recused": Chip(_l("Recused"), Tone.COLD, "user-off"),
    "conflict": Chip(_l("Conflict declared"), Tone.BAD, "alert-triangle"),
    "absent": Chip(_l("Absent"), Tone.QUIET, "user-x"),
    "not_applicable": Chip(_l("Not applicable"), Tone.QUIET, "minus"),
    "locked": Chip(_l("Locked"), Tone.COLD, "lock"),
    # saving
    "saved": Chip(_l("Saved"), Tone.GOOD, "cloud-check"),
    "saving": Chip(_l("Saving…"), Tone.INFO, "refresh"),
    "unsaved": Chip(_l("Not saved yet"), Tone.WARN, "cloud-upload"),
    "save_failed": Chip(_l("Could not save"), Tone.BAD, "cloud-off"),
    "offline": Chip(_l("No connection"), Tone.BAD, "wifi-off"),
    # windows and stages
    "coming": Chip(_l("Coming"), Tone.QUIET, "clock"),
    "open": Chip(_l("Under way"), Tone.GOOD, "lock-open"),
    "ending": Chip(_l("Ending soon"), Tone.WARN, "hourglass"),
    "closed": Chip(_l("Closed"), Tone.COLD, "lock"),
    "done": Chip(_l("Done"), Tone.GOOD, "check"),
    "blocked": Chip(_l("Blocked"), Tone.BAD, "alert-octagon"),
    # results
    "computed": Chip(_l("Computed"), Tone.INFO, "git-commit"),
    "confirmed": Chip(_l("Confirmed"), Tone.INFO, "checks"),
    "provisional": Chip(_l("Public notice"), Tone.SEAL, "speakerphone"),
    "final": Chip(_l("Final result"), Tone.GOOD, "rubber-stamp"),
    "superseded": Chip(_l("Superseded"), Tone.QUIET, "history"),
    "tied": Chip(_l("Tied"), Tone.WARN, "scale"),
    # certificates and jobs
    "valid": Chip(_l("Valid"), Tone.GOOD, "rosette-discount-check"),
    "revoked": Chip(_l("Revoked"), Tone.BAD, "circle-x"),
    "waiting": Chip(_l("Waiting"), Tone.QUIET, "hourglass"),
    "running": Chip(_l("Running"), Tone.INFO, "loader-2"),
    "failed": Chip(_l("Failed"), Tone.BAD, "alert-triangle"),
    "cancelled": Chip(_l("Cancelled"), Tone.QUIET, "ban"),
    # people
    "active": Chip(_l("Active"), Tone.GOOD, "user-check"),
    "suspended": Chip(_l("Suspended"), Tone.BAD, "user-off"),
    "expired": Chip(_l("Expired"), Tone.QUIET, "clock"),
    "used": Chip(_l("Used"), Tone.QUIET, "check"),
}


def chip_of(state: str) -> Chip:
    """Return how a state is shown; a code that this table does not know is shown as it is."""
    return STATES.get(str(state)) or Chip(str(state), Tone.QUIET, "point")
