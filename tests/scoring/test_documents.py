# SPDX-License-Identifier: Apache-2.0
"""Documents: read, written, read again; one canonical text; strangers' keys refused."""

from __future__ import annotations

import json
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import DocumentError, document_from_canonical, document_from_toml
from scoring.rules.lines import key_lines
from tests.scoring.contests import SIMPLE, fixed, random_document, simple


def test_example_document_is_read_whole() -> None:
    document = simple()
    assert [group.code for group in document.rubric.groups] == ["A", "B"]
    assert [criterion.code for criterion in document.rubric.criteria] == ["A1", "A2", "B1"]
    assert (document.rubric.maximum, document.rubric.minimum) == (Fraction(40), Fraction(8))
    b1 = document.rubric.criterion("B1")
    assert b1 is not None
    assert (b1.kind, b1.step, b1.weight, [str(mark) for mark in b1.marks()]) == ("levels", None, 2, ["4", "10"])
    assert document.rubric.group_of(b1).title == "Effect"
    assert document.rule.cells.not_yet == "block"
    assert document.rule.places.style == "competition"


def test_digest_of_the_example_never_changes() -> None:
    """A change of this value would break every archive that was ever made."""
    assert simple().digest == "9d55e870225354c0577de828ffad723f88138db8d8c92c70668c2a4df6888c6b"


def test_defaults_written_out_or_not_make_the_same_document() -> None:
    written = simple(
        '[rule.places]\nstyle = "competition"\n[rule.cells]\nabsent = "leave_out"\n',
        **{'step = "0.5"\n': 'step = "0.50"\nmin = "0"\nweight = "1.0"\ncomment = "optional"\n'},
    )
    assert written == simple()
    assert written.canonical == simple().canonical


def test_canonical_text_is_ascii_keys_strings_and_integers() -> None:
    def walk(value: object) -> None:
        assert isinstance(value, dict | list | str | int)
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(inner)

    walk(json.loads(simple().canonical))
    assert simple().canonical == json.dumps(
        json.loads(simple().canonical), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


@fixed(150)
@given(st.integers(0, 2**32))
def test_random_documents_read_back_from_both_forms(seed: int) -> None:
    document = random_document(Random(seed))
    assert document_from_canonical(document.canonical) == document
    assert document_from_canonical(document.canonical.encode()) == document
    assert document_from_toml(document.to_toml()) == document


TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40).filter(str.strip)


@fixed(150)
@given(
    TEXTS, st.lists(TEXTS | st.sampled_from(['"""', "\\", "'''", "#", "[x]", "\t", '"', ""]), min_size=1, max_size=5)
)
def test_any_text_survives_the_file_form(title: str, lines: list[str]) -> None:
    guidance = "\n".join(lines) + "."
    value = json.loads(simple().canonical)
    value["title"] = title
    value["rubric"]["groups"][0]["guidance"] = guidance
    value["rubric"]["instructions"] = guidance + "\n"
    from scoring.canonical import canonical

    document = document_from_canonical(canonical(value))
    assert document_from_toml(document.to_toml()) == document


def test_byte_order_mark_and_windows_line_ends_do_not_matter() -> None:
    assert document_from_toml("\ufeff" + SIMPLE.replace("\n", "\r\n")) == simple()


def test_lines_are_found_through_strings_arrays_and_inline_tables() -> None:
    text = """\
# a comment with [brackets]
a = "x = [1"
"quoted key" = 1
b = [
  1, # ]
  "]",
]
c = \"\"\"
[not.a.table]
d = 1 \\\"\"\" still
\"\"\"
e = '''
x = 1'''
[t]
f.g = { h = 1, i = [1, 2] }
[[t.list]]
[[t.list]]
k = 1
[t.list.inner]
l = 2
[[t.list.deep]]
m = 3
"""
    lines = key_lines(text)
    found = {path: lines[path] for path in lines if not isinstance(path[-1], int)}
    assert found == {
        ("a",): 2, ("quoted key",): 3, ("b",): 4, ("c",): 8, ("e",): 12, ("t",): 14, ("t", "f"): 15,
        ("t", "f", "g"): 15,
        ("t", "list"): 16, ("t", "list", 1, "k"): 18, ("t", "list", 1, "inner"): 19, ("t", "list", 1, "inner", "l"): 20,
        ("t", "list", 1, "deep"): 21, ("t", "list", 1, "deep", 0, "m"): 22,
    }  # fmt: skip


def test_all_problems_come_at_once_in_the_order_of_the_file() -> None:
    text = (
        SIMPLE.replace("format = 1", "format = 1\nextra = 1")
        .replace("max = 10", "max = 9.5")
        .replace("minimum = 2", "")
    )
    with pytest.raises(DocumentError) as error:
        document_from_toml(text)
    found = [(problem.code, problem.where, problem.line) for problem in error.value.problems]
    assert found == [
        ("unknown_key", "extra", 3),
        ("float", "rubric.groups[1].criteria[1].max", 14),
        ("float", "rubric.groups[1].criteria[2].max", 21),
        ("missing_key", "rule.panel.minimum", 44),
    ]
    assert 'write "9.5"' in str(error.value)


def test_problems_of_canonical_json_have_no_line() -> None:
    with pytest.raises(DocumentError) as error:
        document_from_canonical('{"format":1}')
    assert {(problem.code, problem.where, problem.line) for problem in error.value.problems} == {
        ("missing_key", "title", None),
        ("missing_key", "rubric", None),
        ("missing_key", "rule", None),
    }
    assert error.value.problems[0].say("zh").startswith("title：")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "not_json"),
        ("[]", "not_json"),
        ('{"format":1,"format":1}', "not_json"),
        ('{"format":1.0}', "not_json"),
        ('{"format":NaN}', "not_json"),
        ("[" * 100_000, "not_json"),
        (b"\xff", "not_json"),
        ('{"format":2}', "format_unsupported"),
        ('{"format":true}', "wrong_type"),
    ],
)
def test_json_that_can_be_read_in_two_ways_is_refused(text: str | bytes, code: str) -> None:
    with pytest.raises(DocumentError) as error:
        document_from_canonical(text)
    assert code in {problem.code for problem in error.value.problems}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace('"format":1', '"format": 1'),
        lambda text: text + "\n",
        lambda text: text.replace('"step":"0.5"', '"step":"0.50"'),
        lambda text: text.replace(',"weight":"1"', ""),
    ],
)
def test_json_in_another_than_its_canonical_form_is_refused(spoil: object) -> None:
    with pytest.raises(DocumentError) as error:
        document_from_canonical(spoil(simple().canonical))
    assert [problem.code for problem in error.value.problems] == ["not_canonical"]
