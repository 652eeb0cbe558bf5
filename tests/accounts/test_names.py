# SPDX-License-Identifier: Apache-2.0
"""Login names that look alike are one; what cannot be seen is refused; Chinese names stand in the order of pinyin."""

from __future__ import annotations

import random

import pytest
from flask import Flask

from app.accounts.names import INVISIBLE, LETTERS, MIXED, SPACES, clean_line, login_key, sort_key
from app.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Zhang.San", "zhang.san"),
        (" zhang.san\t", "zhang.san"),
        ("ＺＨＡＮＧ．ＳＡＮ", "zhang.san"),
        ("１３８００００１２３４", "13800001234"),
        ("张三", "张三"),
        ("张三-2", "张三-2"),
        ("straße", "strasse"),
        ("ｶﾞ", "ガ"),
        ("e\u0301mile", "émile"),
        ("١٢٣", "123"),
        ("сосо", "coco"),  # Cyrillic letters throughout: the same key as its Latin twin, so it is taken
        ("coco", "coco"),
        ("ΑΒΕ", "abe"),
    ],
)
def test_one_key_for_everything_that_reads_the_same(typed: str, key: str) -> None:
    assert login_key(typed) == key


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("ad\u200bmin", INVISIBLE),  # zero width space
        ("ad\u2060min", INVISIBLE),  # word joiner
        ("\u202enimda", INVISIBLE),  # right to left override
        ("ad\u00admin", INVISIBLE),  # soft hyphen
        ("admin\ufe0f", INVISIBLE),  # variation selector
        ("admin\u3164", INVISIBLE),  # Hangul filler
        ("ad\x00min", INVISIBLE),
        ("zhang san", SPACES),
        ("zhang\u3000san", SPACES),
        ("аdmin", MIXED),  # the first letter is Cyrillic
        ("gοοgle", MIXED),  # Greek o
        ("zhang/san", LETTERS),
        ("zhang<san", LETTERS),
        ("😀", LETTERS),
    ],
)
def test_what_could_pass_for_another_name_is_refused_with_the_reason(app: Flask, typed: str, reason: object) -> None:
    with pytest.raises(Invalid) as refused:
        login_key(typed)
    assert refused.value.fields == {"login": reason}


@pytest.mark.parametrize("typed", ["", "  ", "\u3000", "x" * 81, "張" * 81])
def test_nothing_and_too_much_are_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        login_key(typed)


def test_a_line_is_trimmed_and_composed_but_never_silently_changed() -> None:
    assert clean_line("  欧阳\u3000文静 ", field="name", limit=80) == "欧阳 文静"
    assert clean_line("E\u0301mile", field="name", limit=80) == "Émile"
    for typed in ("a\u200bb", "a\nb", "\u202eb"):
        with pytest.raises(Invalid):
            clean_line(typed, field="name", limit=80)


def test_names_stand_in_the_order_of_pinyin_whatever_the_database() -> None:
    in_order = [
        "Alice",
        "陈静",
        "邓超",
        "李娜",
        "欧阳文静",
        "单雄信",
        "王芳",
        "解晓东",
        "闫妮",
        "曾国藩",
        "张伟",
    ]
    shuffled = in_order.copy()
    random.Random(7).shuffle(shuffled)
    assert sorted(shuffled, key=sort_key) == in_order
    assert sort_key("单雄信") < sort_key("王芳"), "the surname is read shan, not dan"
    assert sort_key("闫妮")[:4] == sort_key("严妮")[:4], "a surname outside the common characters has a stand-in"
    assert sort_key("解放路", person=False) < sort_key("李庄", person=False), "a place is no surname"
    assert set("".join(map(sort_key, in_order))) <= set("0123456789abcdef")
