# SPDX-License-Identifier: Apache-2.0
"""Exact numbers, read, rounded and written by the rules of the archive's page."""

from __future__ import annotations

import math
import re
from fractions import Fraction

_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{0,11}[1-9])?\Z")


def read_number(text: str) -> Fraction | None:
    """Return the number of a decimal written in its one way, or None: no zeros at the ends, no minus zero."""
    if not _PLAIN.match(text) or text == "-0":
        return None
    return Fraction(text)


def write_number(value: Fraction) -> str:
    """Write a number as a decimal where that is exact, otherwise as a fraction."""
    rest = value.denominator
    while rest % 2 == 0:
        rest //= 2
    while rest % 5 == 0:
        rest //= 5
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    whole, remainder = divmod(abs(value.numerator), value.denominator)
    digits = ""
    while remainder:
        digit, remainder = divmod(remainder * 10, value.denominator)
        digits += str(digit)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"


def rounded(value: Fraction, rounding: tuple[str, int] | None) -> Fraction:
    """Return `value` after a declared rounding (mode, places); None leaves it exact."""
    if rounding is None:
        return value
    mode, places = rounding
    scaled = value * 10**places
    if mode == "half_up":
        whole = math.floor(abs(scaled) + Fraction(1, 2))
        whole = -whole if scaled < 0 else whole
    elif mode == "half_even":
        whole = round(scaled)
    elif mode == "down":
        whole = math.floor(scaled)
    elif mode == "up":
        whole = math.ceil(scaled)
    else:
        whole = math.trunc(scaled)
    return Fraction(whole, 10**places)
