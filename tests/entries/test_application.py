# SPDX-License-Identifier: Apache-2.0
"""A field's configuration as check, input and wording; how an entry stands, said plainly."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from app.competitions.models import WindowKind
from app.entries.application import FormField, cleaned, fields_of, missing, sections_of
from app.entries.forms import application_form
from app.entries.models import EntryState
from app.entries.standing import Step, standing
from tests import factories as make


def field(kind: str, **config: Any) -> FormField:
    return FormField.of({"code": "x", "label": "X", "kind": kind, **config})


@pytest.mark.parametrize(
    ("kind", "config", "typed", "stored", "fault"),
    [
        ("line", {"max_length": 5}, "  a   b\n", "a b", None),
        ("line", {"max_length": 5}, "六个字符是的", "六个字符是的", "6 characters; at most 5 are taken."),
        ("line", {}, "a\u202eb", "a\u202eb", "This holds a character that cannot be seen"),
        ("text", {"max_length": 3}, "a\r\nb", "a\nb", None),
        ("text", {}, "zero \x00", "zero \x00", "The text holds a character"),
        ("number", {}, " 1,200.50 ", "1200.50", None),
        ("number", {}, "１２", "12", None),
        ("number", {}, "-0.000001", "-0.000001", None),
        ("number", {}, "0", "0", None),
        ("number", {}, "1e5", "1e5", "Write a number in digits"),
        ("number", {}, "NaN", "NaN", "Write a number in digits"),
        ("number", {}, "0.0000001", "0.0000001", "Write a number in digits"),
        ("number", {}, "9" * 16, "9" * 16, "Write a number in digits"),
        ("date", {}, "2026-02-28", "2026-02-28", None),
        ("date", {}, "2026-02-30", "2026-02-30", "Write the date as year-month-day"),
        ("date", {}, "20260228", "20260228", "Write the date as year-month-day"),
        ("choice", {"choices": ["A", "B"]}, "B", "B", None),
        ("choice", {"choices": ["A", "B"]}, "C", "C", "Choose one of the answers."),
        ("choice", {"choices": ["A"], "required": True}, "", "", "Fill this in."),
        ("text", {"required": True}, " \n ", "", "Fill this in."),
        ("text", {}, None, "", None),
    ],
)
def test_what_is_typed_is_made_one_form_and_checked(
    app: Flask, kind: str, config: dict[str, Any], typed: Any, stored: str, fault: str | None
) -> None:
    checked = field(kind, **config)
    value = checked.clean(typed)
    assert value == stored
    with force_locale("en"):
        said = checked.fault(value)
        assert said is None if fault is None else str(said).startswith(fault)


def test_a_draft_may_leave_out_what_is_required_but_not_break_a_limit() -> None:
    fields = fields_of(
        [
            {"code": "a", "label": "A", "kind": "text", "required": True, "max_length": 3},
            {"code": "b", "label": "B", "kind": "number"},
        ]
    )
    assert cleaned(fields, {}, complete=False) == ({}, {})
    assert list(cleaned(fields, {"a": "long", "b": "x"}, complete=False)[1]) == ["field_a", "field_b"]
    assert [f.code for f in missing(fields, {"b": "1"})] == ["a"]
    assert missing(fields, {"a": "yes"}) == []
    stored, faults = cleaned(fields, {"a": "yes", "unknown": "z"}, complete=True)
    assert (stored, faults) == ({"a": "yes"}, {})


def test_sections_keep_the_order_of_the_form_and_know_what_they_lack() -> None:
    fields = fields_of(
        [
            {"code": "a", "label": "A", "kind": "line", "section": "One", "required": True},
            {"code": "b", "label": "B", "kind": "line", "section": "Two"},
            {"code": "c", "label": "C", "kind": "line", "section": "One", "required": True},
        ]
    )
    one, two = sections_of(fields)
    assert [(s.title, [f.code for f in s.fields], s.anchor) for s in (one, two)] == [
        ("One", ["a", "c"], "section-1"),
        ("Two", ["b"], "section-2"),
    ]
    assert [f.code for f in one.missing({"a": "x"})] == ["c"]
    assert two.missing({}) == []


def test_each_kind_becomes_its_input_with_counter_and_mark(app: Flask) -> None:
    fields = fields_of(
        [
            {"code": "line", "label": "L", "kind": "line", "max_length": 20, "required": True, "help": "H"},
            {"code": "text", "label": "T", "kind": "text"},
            {"code": "number", "label": "N", "kind": "number"},
            {"code": "date", "label": "D", "kind": "date"},
            {"code": "few", "label": "F", "kind": "choice", "choices": list("ab")},
            {"code": "many", "label": "M", "kind": "choice", "choices": list("abcdefg")},
        ]
    )
    with app.test_request_context(method="POST", data={"field_number": "x", "field_few": "z"}):
        form = application_form(fields)
        assert not form.validate()
        assert {name: [str(e) for e in errors] for name, errors in form.errors.items()} == {
            "field_number": ["Write a number in digits, such as 1200 or 0.5."],
            "field_few": ["Choose one of the answers."],
        }
        assert form["field_line"].flags.maxlength == 20
        assert form["field_line"].flags.required
        assert form["field_line"].description == "H"
        assert 'type="date"' in form["field_date"]()
        assert 'inputmode="decimal"' in form["field_number"]()
        assert [f.type for f in form][-2:] == ["RadioField", "SelectField"]


DAY = timedelta(days=1)
OPEN = (make.NOW - DAY, make.NOW + DAY)
OVER = (make.NOW - 2 * DAY, make.NOW)
COMING = (make.NOW + DAY, make.NOW + 2 * DAY)


@pytest.mark.parametrize(
    ("state", "judged", "missing_", "result", "windows", "chip", "step", "until"),
    [
        (EntryState.WITHDRAWN, False, 0, None, {"entry": OPEN}, "withdrawn", None, None),
        (EntryState.DISQUALIFIED, True, 0, None, {"entry": OPEN}, "disqualified", None, None),
        (EntryState.HANDED_IN, True, 0, None, {"entry": OPEN, "hand_in": OPEN}, "frozen", None, None),
        (EntryState.DRAFT, False, 2, None, {"entry": OPEN}, "draft", Step.FILL_IN, OPEN[1]),
        (EntryState.DRAFT, False, 0, None, {"entry": OPEN}, "draft", Step.HAND_IN, OPEN[1]),
        (EntryState.DRAFT, False, 0, None, {"entry": OVER}, "draft", None, None),
        (EntryState.DRAFT, False, 0, None, {"entry": COMING}, "draft", None, None),
        (EntryState.DRAFT, False, 0, None, {}, "draft", None, None),
        (EntryState.HANDED_IN, False, 0, None, {"entry": OPEN}, "handed_in", None, OPEN[1]),
        (EntryState.HANDED_IN, False, 0, None, {"entry": OVER, "hand_in": OPEN}, "handed_in", Step.REPORT, OPEN[1]),
        (EntryState.HANDED_IN, False, 0, make.NOW, {"hand_in": OPEN}, "handed_in", None, OPEN[1]),
        (EntryState.HANDED_IN, False, 0, None, {"entry": OVER, "hand_in": COMING}, "handed_in", None, None),
        (EntryState.HANDED_IN, False, 0, None, {"entry": OVER, "hand_in": OVER}, "handed_in", None, None),
        (EntryState.HANDED_IN, False, 0, make.NOW, {"entry": OVER, "hand_in": OVER}, "handed_in", None, None),
    ],
)
def test_how_an_entry_stands(
    app: Flask,
    state: EntryState,
    judged: bool,
    missing_: int,
    result: Any,
    windows: dict[str, Any],
    chip: str,
    step: Step | None,
    until: Any,
) -> None:
    with app.test_request_context():
        found = standing(
            state,
            reason="why",
            is_being_judged=judged,
            missing=missing_,
            result_handed_in_at=result,
            windows={WindowKind(kind): times for kind, times in windows.items()},
            now=make.NOW,
        )
    assert (found.chip, found.step, found.until) == (chip, step, until)
    assert found.text
