# SPDX-License-Identifier: Apache-2.0
"""A document as plain values, and those values as TOML text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from scoring.arithmetic import Rounding, format_number
from scoring.rules.rubric import Criterion, Group, Kind, Level, Rubric
from scoring.rules.rule import AwardRule, CellState, CutRule, PanelMethod, PanelRule, Rule, TieRule

Value: TypeAlias = "str | int | list[dict[str, Value]] | dict[str, Value]"

# Keys whose text is a number: a whole one is written without quotes in the file.
_QUANTITIES = frozenset({"min", "max", "step", "weight", "comment_below", "comment_above", "from", "to", "points"})
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


def document_value(version: int, title: str, rubric: Rubric, rule: Rule) -> dict[str, Value]:
    """Return a document as plain JSON values."""
    return {"format": version, "title": title, "rubric": _rubric(rubric), "rule": _rule(rule)}


def _rubric(rubric: Rubric) -> dict[str, Value]:
    value: dict[str, Value] = {}
    if rubric.instructions:
        value["instructions"] = rubric.instructions
    value["groups"] = [_group(group) for group in rubric.groups]
    return value


def _group(group: Group) -> dict[str, Value]:
    value: dict[str, Value] = {"code": group.code, "title": group.title}
    if group.guidance:
        value["guidance"] = group.guidance
    value["criteria"] = [_criterion(criterion) for criterion in group.criteria]
    return value


def _criterion(criterion: Criterion) -> dict[str, Value]:
    value: dict[str, Value] = {"code": criterion.code, "title": criterion.title, "kind": criterion.kind.value}
    if criterion.step is not None:
        value["min"] = format_number(criterion.minimum)
        value["max"] = format_number(criterion.maximum)
        value["step"] = format_number(criterion.step)
    value["weight"] = format_number(criterion.weight)
    if criterion.guidance:
        value["guidance"] = criterion.guidance
    value["comment"] = criterion.comment.use.value
    if criterion.comment.below is not None:
        value["comment_below"] = format_number(criterion.comment.below)
    if criterion.comment.above is not None:
        value["comment_above"] = format_number(criterion.comment.above)
    if criterion.levels:
        value["levels"] = [_level(criterion.kind, level) for level in criterion.levels]
    return value


def _level(kind: Kind, level: Level) -> dict[str, Value]:
    value: dict[str, Value] = {"code": level.code, "title": level.title}
    if kind is Kind.LEVELS:
        value["points"] = format_number(level.low)
    else:
        value["from"] = format_number(level.low)
        value["to"] = format_number(level.high)
    if level.descriptor:
        value["descriptor"] = level.descriptor
    return value


def _rule(rule: Rule) -> dict[str, Value]:
    value: dict[str, Value] = {}
    if rule.sheet.rounding is not None:
        value["sheet"] = {"rounding": _rounding(rule.sheet.rounding)}
    value["panel"] = _panel(rule.panel)
    value["cells"] = {state.value: rule.cells.policy(state).value for state in CellState}
    if rule.ties:
        value["ties"] = [_tie(tie) for tie in rule.ties]
    value["places"] = {"style": rule.places.style.value}
    if rule.cut is not None:
        value["cut"] = _cut(rule.cut)
    if rule.awards:
        value["awards"] = [_award(award) for award in rule.awards]
    return value


def _panel(panel: PanelRule) -> dict[str, Value]:
    value: dict[str, Value] = {"method": panel.method.value}
    if panel.method is PanelMethod.TRIMMED_MEAN:
        value["drop_high"] = panel.drop_high
        value["drop_low"] = panel.drop_low
    value["minimum"] = panel.minimum
    if panel.rounding is not None:
        value["rounding"] = _rounding(panel.rounding)
    return value


def _rounding(rounding: Rounding) -> dict[str, Value]:
    return {"mode": rounding.mode.value, "places": rounding.places}


def _tie(tie: TieRule) -> dict[str, Value]:
    value: dict[str, Value] = {"by": tie.by.value}
    if tie.code is not None:
        value["code"] = tie.code
    return value


def _cut(cut: CutRule) -> dict[str, Value]:
    return {"promote": cut.promote, "ties": cut.ties.value, "reserve": cut.reserve}


def _award(award: AwardRule) -> dict[str, Value]:
    return {"code": award.code, "title": award.title, "count": award.count, "ties": award.ties.value}


def toml_text(value: Mapping[str, Value]) -> str:
    """Return the TOML text of a document's plain values."""
    lines: list[str] = []
    _write_table(value, "", lines)
    return "\n".join(lines).lstrip("\n") + "\n"


def _write_table(table: Mapping[str, Value], prefix: str, lines: list[str]) -> None:
    # TOML wants a table's own keys before its sub-tables.
    for key, value in table.items():
        if isinstance(value, str | int) or key == "rounding":
            lines.append(f"{key} = {_inline(key, value)}")
    for key, value in table.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and key != "rounding":
            lines.extend(["", f"[{name}]"])
            _write_table(value, f"{name}.", lines)
        elif isinstance(value, list):
            for item in value:
                lines.extend(["", f"[[{name}]]"])
                _write_table(item, f"{name}.", lines)


def _inline(key: str, value: Value) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_inline(name, item)}" for name, item in value.items()) + " }"
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        raise TypeError(f"{key} cannot stand on one line")
    if key in _QUANTITIES and "." not in value:
        return value
    return _string(value)


def _string(text: str) -> str:
    if "\n" in text:
        # The line break after the opening quotes is not part of the text.
        body = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"""\n{body}"""'
    return '"' + "".join(_ESCAPES.get(char, char) for char in text) + '"'
