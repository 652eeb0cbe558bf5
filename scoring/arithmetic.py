# SPDX-License-Identifier: Apache-2.0
"""Exact numbers: reading, rounding and printing fractions without a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

MOST_PLACES = 10
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,10})?\Z")
_RATIO = re.compile(r"-?[0-9]+/[1-9][0-9]*\Z")


class RoundingMode(StrEnum):
    """How a number that lies between two printable ones is settled."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"
    UP = "up"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Rounding:
    """A declared rounding step.

    Parameters
    ----------
    mode : RoundingMode
        ``half_up`` rounds halves away from zero, ``half_even`` to the even neighbour, ``down`` towards
        minus infinity, ``up`` towards plus infinity, ``cut`` towards zero.
    places : int
        Digits kept after the decimal point, 0 to 10.

    Examples
    --------
    >>> Rounding(RoundingMode.HALF_UP, 2).apply(Fraction(7125, 1000))
    Fraction(713, 100)
    >>> Rounding(RoundingMode.HALF_EVEN, 2).apply(Fraction(7125, 1000))
    Fraction(178, 25)
    """

    mode: RoundingMode
    places: int

    def apply(self, value: Fraction) -> Fraction:
        """Return `value` rounded as declared."""
        scale = 10**self.places
        top, bottom = value.numerator * scale, value.denominator
        floor, rest = divmod(top, bottom)
        match self.mode:
            case RoundingMode.DOWN:
                whole = floor
            case RoundingMode.UP:
                whole = floor + (rest > 0)
            case RoundingMode.CUT:
                whole = floor + (top < 0 and rest > 0)
            case RoundingMode.HALF_EVEN:
                whole = floor + (2 * rest > bottom or (2 * rest == bottom and floor % 2 == 1))
            case _:
                # Half up, away from zero, so that a deduction rounds like a bonus.
                whole = floor + (2 * rest >= bottom if top >= 0 else 2 * rest > bottom)
        return Fraction(whole, scale)


def parse_decimal(text: str) -> Fraction | None:
    """Return the number that a plain decimal text means, or None when it is not one.

    Examples
    --------
    >>> parse_decimal("0.50")
    Fraction(1, 2)
    >>> parse_decimal("1e3") is None
    True
    """
    return Fraction(text) if _DECIMAL.match(text) else None


def parse_number(text: str) -> Fraction:
    """Return the fraction that `format_number` printed.

    Raises
    ------
    ValueError
        When the text is neither a plain decimal nor ``p/q``.
    """
    if _RATIO.match(text) or re.match(r"-?[0-9]+(?:\.[0-9]+)?\Z", text):
        return Fraction(text)
    raise ValueError(f"not a printed number: {text!r}")


def format_number(value: Fraction | int, places: int | None = None) -> str:
    """Print a fraction as plain decimal text, never with an exponent.

    Parameters
    ----------
    value : Fraction or int
        The number.
    places : int, optional
        Fixed digits after the point, rounded half up. Without it the text is exact: a decimal when one
        exists, otherwise ``p/q`` in lowest terms.

    Examples
    --------
    >>> format_number(Fraction(17, 2)), format_number(Fraction(23, 3)), format_number(Fraction(23, 3), 2)
    ('8.5', '23/3', '7.67')
    """
    value = Fraction(value)
    if places is not None:
        return _decimal_text(Rounding(RoundingMode.HALF_UP, places).apply(value), places)
    needed = _decimals_needed(value.denominator)
    if needed is None:
        return f"{value.numerator}/{value.denominator}"
    return _decimal_text(value, needed)


def _decimals_needed(denominator: int) -> int | None:
    """Return how many decimal places print ``1/denominator`` exactly, or None when none do."""
    counts = []
    for prime in (2, 5):
        count = 0
        while denominator % prime == 0:
            denominator //= prime
            count += 1
        counts.append(count)
    return max(counts) if denominator == 1 else None


def _decimal_text(value: Fraction, places: int) -> str:
    whole = value.numerator * 10**places // value.denominator
    digits = str(abs(whole)).rjust(places + 1, "0")
    sign = "-" if whole < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"
