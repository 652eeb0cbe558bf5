# SPDX-License-Identifier: Apache-2.0
"""One mark and one sheet: reading what a judge typed, and telling what is wrong or missing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from scoring.arithmetic import format_number
from scoring.rules.rubric import Criterion, Rubric
from scoring.rules.rule import CellState
from scoring.types import Cell
from scoring.wording import finding_sentence

_TYPED = re.compile(r"[+-]?(?:[0-9]{1,12}(?:\.[0-9]{0,10})?|\.[0-9]{1,10})\Z")
_COMMA_DECIMAL = re.compile(r"[+-]?[0-9]{1,12},[0-9]{1,2}\Z")
# What Chinese input methods give for the point and the comma of a number.
_POINTS = str.maketrans({"。": ".", "．": ".", "｡": ".", "·": ".", "，": ",", "、": ",", "−": "-", "－": "-"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or missing on a sheet.

    Attributes
    ----------
    code : str
        What it is, from a closed list.
    criterion : str or None
        The code of the criterion that it is about.
    params : mapping
        The values that the sentence names.
    """

    code: str
    criterion: str | None
    params: Mapping[str, str] = field(default_factory=dict)

    def say(self, language: str) -> str:
        """Return the finding as a sentence in ``zh`` or ``en``."""
        return finding_sentence(self.code, self.params, language)


class MarkError(ValueError):
    """What a judge typed is no legal mark; `finding` says why."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding.say("en"))


def parse_mark(criterion: Criterion, text: str) -> Fraction:
    """Return the mark that a judge typed.

    Full-width digits, the points of Chinese input methods and a decimal comma are understood. On a levels
    criterion the code of a level is understood too.

    Raises
    ------
    MarkError
        When the text is empty, no number, outside the scale or between its steps.

    Examples
    --------
    >>> from scoring.rules.rubric import PointsCriterion
    >>> a1 = PointsCriterion("A1", "Idea", Fraction(0), Fraction(10), grid=Fraction(1, 2))
    >>> parse_mark(a1, " ８。５ ")
    Fraction(17, 2)
    """
    level = criterion.level(text.strip())
    if level is not None and level.low == level.high:
        return level.low
    plain = unicodedata.normalize("NFKC", text.translate(_POINTS)).strip()
    if not plain:
        raise MarkError(Finding("empty", criterion.code))
    shown = text.strip()[:40]
    if _COMMA_DECIMAL.match(plain):
        plain = plain.replace(",", ".")
    elif "," in plain and _TYPED.match(plain.replace(",", "")):
        raise MarkError(Finding("comma_unclear", criterion.code, {"text": shown}))
    if not _TYPED.match(plain):
        if criterion.step is None:
            allowed = ", ".join(level.code for level in criterion.levels)
            raise MarkError(Finding("unknown_level", criterion.code, {"text": shown, "allowed": allowed}))
        example = format_number(criterion.maximum)
        raise MarkError(Finding("not_a_number", criterion.code, {"text": shown, "example": example}))
    mark = Fraction(plain if plain[-1] != "." else plain[:-1])
    fault = criterion.fault(mark)
    if fault is not None:
        raise MarkError(Finding(fault.code, criterion.code, fault.params))
    return mark


def check(rubric: Rubric, cells: Mapping[str, Cell], *, complete: bool) -> tuple[Finding, ...]:
    """Return what is wrong with one sheet and, if it is to be `complete`, what is missing.

    Wrong are marks off their scale and criteria that the rubric does not have. Missing are marks (a cell that
    is not there or says ``not_yet``) and comments that the rubric asks for. Findings come in the order of
    the rubric.
    """
    findings: list[Finding] = []
    for criterion in rubric.criteria:
        cell = cells.get(criterion.code)
        if cell is None or cell.state is CellState.NOT_YET:
            if complete:
                findings.append(Finding("missing", criterion.code, {"title": criterion.title}))
            continue
        if cell.value is None:
            continue
        fault = criterion.fault(cell.value)
        if fault is not None:
            findings.append(Finding(fault.code, criterion.code, fault.params))
        elif complete and criterion.comment.needed(cell.value) and not cell.comment.strip():
            params = {"title": criterion.title, "mark": format_number(cell.value)}
            findings.append(Finding("comment_missing", criterion.code, params))
    unknown = [code for code in sorted(cells) if rubric.criterion(code) is None]
    findings.extend(Finding("unknown_criterion", code, {"code": code[:40]}) for code in unknown)
    return tuple(findings)
