# SPDX-License-Identifier: Apache-2.0
"""Make a file name safe to show, to store and to send, and still recognisable to the person who chose it."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 120
MAX_BYTES = 255
FALLBACK = "file"

# Control, format (bidi overrides, zero-width), surrogate, private use and unassigned characters, line and
# paragraph separators: none belongs in a name, several of them make one name look like another.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Invisible though Unicode calls them letters or marks: fillers, variation selectors, the combining grapheme joiner.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$", re.IGNORECASE)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}$")


def clean_file_name(name: str | None) -> str:
    """Return the last part of the name in NFC, without what is invisible, reserved or too long, its ending kept."""
    text = unicodedata.normalize("NFC", name or "")
    text = "".join(c for c in text if unicodedata.category(c) not in _DROPPED)
    text = _INVISIBLE.sub("", text)
    text = re.split(r"[/\\\u2044\u2215\u29f5\u29f8\ufe68\uff0f\uff3c]", text)[-1]
    text = _FORBIDDEN.sub("_", text)
    text = " ".join(text.split()).strip(". ")
    if not text:
        return FALLBACK
    stem, extension = split_extension(text)
    if _RESERVED.match(stem.split(".")[0].strip()):
        stem = "_" + stem
    return _shorten(stem, extension) + extension


def split_extension(name: str) -> tuple[str, str]:
    """Split a cleaned name into stem and ending; the ending is at most ten ASCII letters or digits, or empty."""
    found = _EXTENSION.search(name)
    if found is None or found.start() == 0:
        return name, ""
    return name[: found.start()], found.group()


def _shorten(stem: str, extension: str) -> str:
    stem = stem[: MAX_CHARACTERS - len(extension)]
    while len(stem.encode()) > MAX_BYTES - len(extension):
        stem = stem[:-1]
    # NFC again: a cut never splits a composed character, but may strip what a mark sat on.
    return unicodedata.normalize("NFC", stem).rstrip(". ") or FALLBACK
