# SPDX-License-Identifier: Apache-2.0
"""The file form of an application form: read and written back the same, every problem named."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.accounts.names import is_invisible
from app.competitions.application_form import FormProblems, check_fields, form_from_toml, form_to_toml

FORM = """
format = 1
[[fields]]
code = "summary"
label = "主要事迹摘要"
kind = "text"
required = true
max_length = 800
section = "基本情况"
[[fields]]
code = "kind"
label = "工程类别"
kind = "choice"
choices = ["新建", "改扩建"]
help = 'say "which"'
"""


def test_a_form_is_read() -> None:
    assert form_from_toml(FORM) == [
        {
            "code": "summary",
            "label": "主要事迹摘要",
            "kind": "text",
            "required": True,
            "max_length": 800,
            "section": "基本情况",
        },
        {
            "code": "kind",
            "label": "工程类别",
            "kind": "choice",
            "required": False,
            "help": 'say "which"',
            "choices": ["新建", "改扩建"],
        },
    ]


def test_a_form_is_written_back_the_same() -> None:
    fields = form_from_toml(FORM)
    assert form_from_toml(form_to_toml(fields)) == fields


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=40).filter(
    lambda text: text.strip() == text and not any(is_invisible(char) for char in text)
)


@settings(max_examples=60)
@given(
    st.lists(
        st.fixed_dictionaries({"label": TEXT, "kind": st.sampled_from(["line", "text", "number", "date"])}), max_size=5
    )
)
def test_any_legal_form_survives_its_file(rows: list[dict[str, str]]) -> None:
    fields = check_fields([{**row, "code": f"f{number}", "required": False} for number, row in enumerate(rows)])
    assert form_from_toml(form_to_toml(fields)) == fields


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("format = 1", []),
        ("", [(0, "format")]),
        ("format = 2", [(0, "format")]),
        ("format = 1\nextra = 1", [(0, "extra")]),
        ("format = [", [(0, "")]),
        ("format = 1\nfields = 3", [(0, "fields")]),
        ("format = 1\n[[fields]]", [(1, "code"), (1, "kind"), (1, "label")]),
        ('format = 1\n[[fields]]\ncode = "a"\nlabel = "A"\nkind = "essay"', [(1, "kind")]),
        ('format = 1\n[[fields]]\ncode = "a"\nlabel = "A"\nkind = "date"\nmax_length = 5', [(1, "max_length")]),
        ('format = 1\n[[fields]]\ncode = "a"\nlabel = "A"\nkind = "line"\nmax_length = true', [(1, "max_length")]),
        ('format = 1\n[[fields]]\ncode = "a"\nlabel = "A"\nkind = "line"\nrequired = "yes"', [(1, "required")]),
        ('format = 1\n[[fields]]\ncode = "a"\nlabel = "A"\nkind = "choice"', [(1, "choices")]),
        ('format = 1\n[[fields]]\ncode = "a"\nlabel = "A"\nkind = "line"\nlabels = "B"', [(1, "labels")]),
        ('format = 1\n[[fields]]\ncode = "a"\nlabel = "A\\u202e"\nkind = "line"', [(1, "label")]),
    ],
)
def test_everything_wrong_is_named_by_field_and_key(text: str, problems: list[tuple[int, str]]) -> None:
    if not problems:
        assert form_from_toml(text) == []
        return
    with pytest.raises(FormProblems) as refused:
        form_from_toml(text)
    assert sorted((p.number, p.key) for p in refused.value.problems) == sorted(problems)
