# SPDX-License-Identifier: Apache-2.0
"""Words for the closed lists of the engine: states, rounding, comparators."""

from __future__ import annotations

from fractions import Fraction

from scoring.arithmetic import Rounding, format_number
from scoring.wording.language import Sentences, fill, pick

STATES: Sentences = {
    "not_yet": ("尚未打分", "not marked yet"),
    "abstained": ("弃权", "abstained"),
    "recused": ("回避", "recused"),
    "absent": ("缺席", "absent"),
    "not_applicable": ("不适用", "not applicable"),
}

_ROUNDING: Sentences = {
    "half_up": ("四舍五入到 {places} 位小数", "rounded half up to {places} places"),
    "half_even": ("四舍六入五成双到 {places} 位小数", "rounded half to even to {places} places"),
    "down": ("向下取到 {places} 位小数", "rounded down to {places} places"),
    "up": ("向上取到 {places} 位小数", "rounded up to {places} places"),
    "cut": ("截取到 {places} 位小数", "cut off after {places} places"),
}

_COMPARED: Sentences = {
    "group": ("“{title}”得分", 'the score of "{title}"'),
    "criterion": ("“{title}”得分", 'the score of "{title}"'),
    "median": ("评分表总分的中位数", "the median of the sheets"),
    "lowest_sheet": ("最低一份评分表的总分", "the lowest sheet"),
    "highest_sheet": ("最高一份评分表的总分", "the highest sheet"),
}


def state_word(state: str, language: str) -> str:
    """Return the word for a state."""
    return pick(STATES[state], language)


def rounding_words(rounding: Rounding, language: str) -> str:
    """Return how a number is rounded."""
    return fill(_ROUNDING, rounding.mode.value, {"places": str(rounding.places)}, language)


def comparator_words(by: str, title: str, language: str) -> str:
    """Return what a comparator looks at."""
    return fill(_COMPARED, by, {"title": title}, language)


def shown(value: Fraction) -> str:
    """Print a number for reading: exact, and where no decimal is exact, a near one beside it.

    Examples
    --------
    >>> shown(Fraction(17, 2)), shown(Fraction(23, 3))
    ('8.5', '23/3 (≈ 7.6667)')
    """
    text = format_number(value)
    return f"{text} (≈ {format_number(value, 4)})" if "/" in text else text
