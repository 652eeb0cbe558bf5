# SPDX-License-Identifier: Apache-2.0
"""Longer texts as people type them: one form of line end, nothing that cannot be stored or seen."""

from __future__ import annotations

import unicodedata

from flask_babel import lazy_gettext as _l

from app.accounts.names import EMPTY
from app.errors import Invalid, Message

# Emoji are joined, and Arabic or Persian words parted, by characters that show nothing; other format characters turn
# the direction of writing or hide text.
_JOINERS = frozenset("\u200c\u200d\ufe0f")
UNREADABLE = _l("The text holds a character that cannot be seen or stored. Type that place again by hand.")


def too_long(limit: int, length: int) -> Message:
    """Say by how much a text is too long."""
    return _l("%(length)s characters; at most %(limit)s are taken.", length=length, limit=limit)


def tidy(text: str) -> str:
    """Return a text in NFC with plain line ends and without white space at its ends."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def fault_of(text: str, limit: int | None = None) -> Message | None:
    """Return what is wrong with a tidied text, or None."""
    for char in text:
        if char not in "\n\t" and char not in _JOINERS and unicodedata.category(char) in ("Cc", "Cf", "Cs"):
            return UNREADABLE
    if limit is not None and len(text) > limit:
        return too_long(limit, len(text))
    return None


def clean_text(text: str, *, field: str, limit: int, required: bool = True) -> str:
    """Return a text of several lines as it is stored, or refuse it beside its field."""
    tidied = tidy(text)
    fault = fault_of(tidied, limit) or (EMPTY if required and not tidied else None)
    if fault is not None:
        raise Invalid(fault, fields={field: fault})
    return tidied
