# SPDX-License-Identifier: Apache-2.0
"""A reason that somebody has to give."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.errors import Invalid

LONGEST = 300


def needed(reason: str) -> str:
    """Return the reason without blanks at its edges; refuse none and too long ones."""
    reason = " ".join(reason.replace("\x00", "").split())
    if not reason:
        message = _l("Say why, in a few words.")
        raise Invalid(message, fields={"reason": message})
    if len(reason) > LONGEST:
        message = _l("The reason has %(count)s characters; %(most)s at most.", count=len(reason), most=LONGEST)
        raise Invalid(message, fields={"reason": message})
    return reason
