# SPDX-License-Identifier: Apache-2.0
"""A document of a stage and category, read anew by the rules of its page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from verifier.layout import CELL_STATES
from verifier.numbers import read_number

_CODE = re.compile(r"[A-Z][A-Z0-9]{0,7}\Z")
_LOWER_CODE = re.compile(r"[a-z][a-z0-9_]{0,15}\Z")
_MODES = ("half_up", "half_even", "down", "up", "cut")
_AT_LINE = ("include", "exclude")
_NAMED = ("group", "criterion")
# Optional text for people, wherever it stands.
_WORDING = ("instructions", "guidance", "descriptor")
_WHOLE = ("median", "lowest_sheet", "highest_sheet")


class IllegalError(ValueError):
    """A document breaks the rules of its format at one of its keys."""


@dataclass
class Criterion:
    """What is marked: `marks` is the list of legal marks of a levels criterion, otherwise None."""

    code: str
    low: Fraction
    high: Fraction
    step: Fraction
    weight: Fraction
    marks: list[Fraction] | None
    comment_always: bool
    comment_below: Fraction | None
    comment_above: Fraction | None

    def legal(self, mark: Fraction) -> bool:
        """Tell whether a mark is on the scale."""
        if self.marks is not None:
            return mark in self.marks
        return self.low <= mark <= self.high and (mark - self.low) % self.step == 0

    def wants_comment(self, mark: Fraction) -> bool:
        """Tell whether a mark needs a comment."""
        below = self.comment_below is not None and mark < self.comment_below
        above = self.comment_above is not None and mark > self.comment_above
        return self.comment_always or below or above


@dataclass
class Line:
    """How many a cut or an award takes, and whether a tie at its line comes along."""

    count: int
    include: bool
    code: str = ""
    title: str = ""


@dataclass
class Document:
    """Rubric and rule, as far as numbers depend on them."""

    title: str
    criteria: dict[str, Criterion] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    sheet_rounding: tuple[str, int] | None = None
    method: str = "mean"
    drop_high: int = 0
    drop_low: int = 0
    minimum: int = 1
    rounding: tuple[str, int] | None = None
    blocks: dict[str, bool] = field(default_factory=dict)
    ties: list[tuple[str, str | None]] = field(default_factory=list)
    dense: bool = False
    cut: Line | None = None
    reserve: int = 0
    awards: list[Line] = field(default_factory=list)


def read_document(value: Any) -> Document:
    """Return the document that a JSON value describes.

    Raises `IllegalError` with the dotted path of the first key that breaks the rules.
    """
    top = _keys(value, "", ("format", "title", "rubric", "rule"))
    if top["format"] != 1 or top["format"] is True:
        raise IllegalError("format")
    document = Document(_text(top["title"], "title"))
    _read_rubric(document, top["rubric"])
    _read_rule(document, top["rule"])
    return document


def _read_rubric(document: Document, value: Any) -> None:
    rubric = _keys(value, "rubric", ("groups",), ("instructions",))
    for at, item in enumerate(_list(rubric["groups"], "rubric.groups"), 1):
        where = f"rubric.groups[{at}]"
        group = _keys(item, where, ("code", "title", "criteria"), ("guidance",))
        code = _own_code(document, group["code"], where)
        document.groups[code] = []
        _text(group["title"], where + ".title")
        for number, inner in enumerate(_list(group["criteria"], where + ".criteria"), 1):
            criterion = _read_criterion(document, inner, f"{where}.criteria[{number}]")
            document.criteria[criterion.code] = criterion
            document.groups[code].append(criterion.code)


def _read_criterion(document: Document, value: Any, where: str) -> Criterion:
    kind = value.get("kind") if isinstance(value, dict) else None
    always = ("code", "title", "kind", "weight", "comment")
    sometimes = ("guidance", "comment_below", "comment_above")
    if kind == "points":
        item = _keys(value, where, (*always, "min", "max", "step"), (*sometimes, "levels"))
    elif kind == "levels":
        item = _keys(value, where, (*always, "levels"), sometimes)
    else:
        raise IllegalError(where + ".kind")
    code = _own_code(document, item["code"], where)
    _text(item["title"], where + ".title")
    weight = _number(item["weight"], where + ".weight")
    if weight <= 0:
        raise IllegalError(where + ".weight")
    marks = None
    if kind == "points":
        low, high, step = (_number(item[key], f"{where}.{key}") for key in ("min", "max", "step"))
        if step <= 0 or high <= low or (high - low) % step:
            raise IllegalError(where + ".step")
        _check_bands(item.get("levels"), where, low, high, step)
    else:
        marks = _read_levels(item["levels"], where)
        low, high, step = min(marks), max(marks), Fraction(1)
    if item["comment"] not in ("optional", "required"):
        raise IllegalError(where + ".comment")
    limits = [_number(item[key], f"{where}.{key}") if key in item else None for key in sometimes[1:]]
    return Criterion(code, low, high, step, weight, marks, item["comment"] == "required", limits[0], limits[1])


def _check_bands(value: Any, where: str, low: Fraction, high: Fraction, step: Fraction) -> None:
    """Check that bands, where there are any, cover every mark exactly once."""
    if value is None:
        return
    bands = []
    for at, item in enumerate(_list(value, where + ".levels"), 1):
        band = _keys(item, f"{where}.levels[{at}]", ("code", "title", "from", "to"), ("descriptor",))
        if not _LOWER_CODE.match(_text(band["code"], where + ".levels.code")):
            raise IllegalError(f"{where}.levels[{at}].code")
        bands.append((_number(band["from"], where + ".levels.from"), _number(band["to"], where + ".levels.to")))
    expected = low
    for start, end in sorted(bands):
        if start != expected or end < start or (end - low) % step:
            raise IllegalError(where + ".levels")
        expected = end + step
    if expected != high + step:
        raise IllegalError(where + ".levels")


def _read_levels(value: Any, where: str) -> list[Fraction]:
    marks = []
    for at, item in enumerate(_list(value, where + ".levels"), 1):
        level = _keys(item, f"{where}.levels[{at}]", ("code", "title", "points"), ("descriptor",))
        if not _LOWER_CODE.match(_text(level["code"], where + ".levels.code")):
            raise IllegalError(f"{where}.levels[{at}].code")
        marks.append(_number(level["points"], f"{where}.levels[{at}].points"))
    if len(set(marks)) != len(marks) or len(marks) < 2:
        raise IllegalError(where + ".levels")
    return marks


def _read_rule(document: Document, value: Any) -> None:
    rule = _keys(value, "rule", ("panel", "cells", "places"), ("sheet", "ties", "cut", "awards"))
    if "sheet" in rule:
        sheet = _keys(rule["sheet"], "rule.sheet", ("rounding",))
        document.sheet_rounding = _rounding(sheet["rounding"], "rule.sheet.rounding")
    _read_panel(document, rule["panel"])
    cells = _keys(rule["cells"], "rule.cells", CELL_STATES)
    document.blocks = {
        state: _word(cells[state], "rule.cells." + state, ("block", "leave_out")) == "block" for state in CELL_STATES
    }
    for at, item in enumerate(_list(rule["ties"], "rule.ties") if "ties" in rule else [], 1):
        document.ties.append(_read_tie(document, item, f"rule.ties[{at}]"))
    places = _keys(rule["places"], "rule.places", ("style",))
    document.dense = _word(places["style"], "rule.places.style", ("competition", "dense")) == "dense"
    if "cut" in rule:
        cut = _keys(rule["cut"], "rule.cut", ("promote", "ties", "reserve"))
        include = _word(cut["ties"], "rule.cut.ties", _AT_LINE) == "include"
        document.cut = Line(_count(cut["promote"], "rule.cut.promote", 1), include)
        document.reserve = _count(cut["reserve"], "rule.cut.reserve", 0)
    for at, item in enumerate(_list(rule["awards"], "rule.awards") if "awards" in rule else [], 1):
        where = f"rule.awards[{at}]"
        award = _keys(item, where, ("code", "title", "count", "ties"))
        code, title = _text(award["code"], where + ".code"), _text(award["title"], where + ".title")
        if not _LOWER_CODE.match(code) or any(code == other.code for other in document.awards):
            raise IllegalError(where + ".code")
        include = _word(award["ties"], where + ".ties", _AT_LINE) == "include"
        document.awards.append(Line(_count(award["count"], where + ".count", 1), include, code, title))


def _read_panel(document: Document, value: Any) -> None:
    trimmed = isinstance(value, dict) and value.get("method") == "trimmed_mean"
    drops = ("drop_high", "drop_low") if trimmed else ()
    panel = _keys(value, "rule.panel", ("method", "minimum", *drops), ("rounding",))
    document.method = _word(panel["method"], "rule.panel.method", ("mean", "trimmed_mean"))
    if trimmed:
        document.drop_high = _count(panel["drop_high"], "rule.panel.drop_high", 0)
        document.drop_low = _count(panel["drop_low"], "rule.panel.drop_low", 0)
    document.minimum = _count(panel["minimum"], "rule.panel.minimum", document.drop_high + document.drop_low + 1)
    if "rounding" in panel:
        document.rounding = _rounding(panel["rounding"], "rule.panel.rounding")


def _read_tie(document: Document, value: Any, where: str) -> tuple[str, str | None]:
    by = value.get("by") if isinstance(value, dict) else None
    if by in _WHOLE:
        _keys(value, where, ("by",))
        return by, None
    tie = _keys(value, where, ("by", "code"))
    code = _text(tie["code"], where + ".code")
    known = document.groups if _word(by, where + ".by", _NAMED) == "group" else document.criteria
    if code not in known:
        raise IllegalError(where + ".code")
    return str(by), code


def _own_code(document: Document, value: Any, where: str) -> str:
    code = _text(value, where + ".code")
    if not _CODE.match(code) or code in document.groups or code in document.criteria:
        raise IllegalError(where + ".code")
    return code


def _keys(value: Any, where: str, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise IllegalError(where or "document")
    prefix = where + "." if where else ""
    for key in required:
        if key not in value:
            raise IllegalError(prefix + key)
    for key in value:
        if key not in required and key not in optional:
            raise IllegalError(prefix + key)
    for key in _WORDING:
        if key in value:
            _text(value[key], prefix + key)
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise IllegalError(where)
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise IllegalError(where)
    return value


def _word(value: Any, where: str, among: tuple[str, ...]) -> str:
    if value not in among:
        raise IllegalError(where)
    return str(value)


def _count(value: Any, where: str, least: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise IllegalError(where)
    return value


def _number(value: Any, where: str) -> Fraction:
    number = read_number(value) if isinstance(value, str) else None
    if number is None:
        raise IllegalError(where)
    return number


def _rounding(value: Any, where: str) -> tuple[str, int]:
    rounding = _keys(value, where, ("mode", "places"))
    mode = _word(rounding["mode"], where + ".mode", _MODES)
    places = _count(rounding["places"], where + ".places", 0)
    if places > 10:
        raise IllegalError(where + ".places")
    return mode, places
