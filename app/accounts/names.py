# SPDX-License-Identifier: Apache-2.0
"""Names as people type them: the key a login is unique by, clean one-line names, the order of Chinese names.

Pure; every rule of it is tested by example. What may not stand in a name is refused, never silently dropped: the
person would sign in, or read a certificate, with another name than the one typed.
"""

from __future__ import annotations

import re
import unicodedata

from flask_babel import lazy_gettext as _l

from app.errors import Invalid, Message

LOGIN_PUNCTUATION = frozenset("._-@+")
LOGIN_LENGTH = 80
# Letters and marks that show nothing although their category says letter or mark.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(code)
    for first, last in ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
    for code in range(first, last + 1)
}
# Cyrillic and Greek small letters that print like Latin ones: a login of one script never equals one of another.
_LOOKALIKES = str.maketrans(
    "авекмнорстухѕіјһԁԛԝɡαβγεικνορτυχϲϳ",
    "abekmhopctyxsijhdqwgabyeikvoptuxcj",
)
# Scripts of which Japanese, Korean and Chinese names are made stand beside Latin letters without harm.
_ONE_FAMILY = frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})

INVISIBLE = _l(
    "This holds a character that cannot be seen, or that turns the direction of writing. Type it again by hand."
)
SPACES = _l("A login name has no spaces inside.")
LETTERS = _l("A login name is made of letters, digits and the signs . _ - @ + only.")
MIXED = _l("This mixes letters of different alphabets that look alike. Type it again in one alphabet.")
EMPTY = _l("Fill this in.")
TOO_LONG = _l("This is too long.")


def login_key(text: str) -> str:
    """Return the key of a login name: NFKC, case folded, trimmed, lookalike letters made one.

    Full-width and half-width forms, upper and lower case, Latin and Cyrillic twins give one key. Raises `Invalid` on
    the field `login` for what cannot be seen, for spaces and for alphabets that are mixed.
    """
    key = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()
    fault = _login_fault(text, key)
    if fault is not None:
        raise Invalid(fault, fields={"login": fault})
    return "".join(_digit(char) for char in key).translate(_LOOKALIKES)


def _login_fault(text: str, key: str) -> Message | None:
    if not key:
        return EMPTY
    if len(key) > LOGIN_LENGTH or len(text.strip()) > LOGIN_LENGTH:
        return TOO_LONG
    if any(is_invisible(char) for char in text.strip()):
        return INVISIBLE
    if any(char.isspace() for char in key):
        return SPACES
    families = set()
    for char in key:
        category = unicodedata.category(char)
        if category[0] == "L":
            script = unicodedata.name(char, "UNKNOWN").partition(" ")[0]
            families.add("LATIN" if script in _ONE_FAMILY else script)
        elif category not in ("Mn", "Mc", "Nd") and char not in LOGIN_PUNCTUATION:
            return LETTERS
    return MIXED if len(families) > 1 else None


def _digit(char: str) -> str:
    return str(unicodedata.digit(char)) if unicodedata.category(char) == "Nd" else char


def is_invisible(char: str) -> bool:
    """Tell whether a character shows nothing, controls the line or turns the direction of writing."""
    return unicodedata.category(char) in ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp") or char in _BLANK


def clean_line(text: str, *, field: str, limit: int, required: bool = True) -> str:
    """Return a one-line text as it is stored: NFC, trimmed, single spaces inside; refuse what cannot be seen."""
    line = re.sub(r"[ \u00a0\u3000]+", " ", unicodedata.normalize("NFC", text)).strip()
    fault: Message | None = None
    if any(is_invisible(char) for char in line):
        fault = INVISIBLE
    elif not line and required:
        fault = EMPTY
    elif len(line) > limit:
        fault = TOO_LONG
    if fault is not None:
        raise Invalid(fault, fields={field: fault})
    return line


# Surnames that are read otherwise than the character usually is, or that GB 2312 keeps in its second part: the
# character to sort by instead, of the same sound.
_SURNAMES = dict(
    zip(
        "单解区仇查盖朴乐缪闫佟晏岑覃冼闵郜鄢邬阚隋亓佘俞仝卞冉芮荀蔺虞奚瞿窦褚谌栾晁逄逯邰",
        "善谢欧求渣葛瓢月妙严同艳参秦显敏告烟乌看随齐蛇于同变染瑞旬吝余西渠豆楚陈峦朝旁陆台",
        strict=True,
    )
)


def sort_key(name: str, *, person: bool = True, limit: int = 160) -> str:
    """Return the text to sort a name by, in the same order on every database.

    GB 2312 keeps its common characters in the order of pinyin, so the bytes of that encoding are the key, in
    hexadecimal digits, which every collation sorts alike. Latin names come first, rarer characters after common ones.
    """
    text = unicodedata.normalize("NFKC", name).casefold().strip()
    if person and text[:1] in _SURNAMES:
        text = _SURNAMES[text[0]] + text[1:]
    return text.encode("gb18030", "replace").hex()[:limit]
