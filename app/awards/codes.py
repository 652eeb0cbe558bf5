# SPDX-License-Identifier: Apache-2.0
"""Check codes 查验码: twelve letters and digits that people read off paper and type in.

The alphabet has 31 signs, a prime number, and the last sign makes the weighted sum of all twelve a multiple of 31: any
one wrong sign and any two exchanged ones are noticed before the database is asked. What looks alike counts as the
same: O as 0, I and L as 1, U as V, Z as 2.
"""

from __future__ import annotations

import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"
LENGTH = 12
GROUP = 4
_VALUE = {sign: value for value, sign in enumerate(ALPHABET)}
_ALIKE = str.maketrans("OILUZ", "011V2")


def new_check_code() -> str:
    """Return a fresh code: 54 random bits and a check sign, in groups of four."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return grouped(signs + _check_sign(signs))


def read_check_code(text: str) -> str | None:
    """Return the code that somebody typed, however he wrote it, or None when it cannot be one."""
    plain = unicodedata.normalize("NFKC", text[:80]).upper().translate(_ALIKE)
    signs = "".join(sign for sign in plain if sign.isalnum())
    if len(signs) != LENGTH or any(sign not in _VALUE for sign in signs) or _sum(signs) != 0:
        return None
    return grouped(signs)


def grouped(signs: str) -> str:
    """Return a code with its dashes."""
    return "-".join(signs[at : at + GROUP] for at in range(0, len(signs), GROUP))


def _sum(signs: str) -> int:
    return sum(weight * _VALUE[sign] for weight, sign in enumerate(signs, start=1)) % len(ALPHABET)


def _check_sign(signs: str) -> str:
    """Return the sign that, at weight 12, brings the sum to a multiple of 31."""
    inverse = pow(LENGTH, -1, len(ALPHABET))
    return ALPHABET[-_sum(signs) * inverse % len(ALPHABET)]
