# SPDX-License-Identifier: Apache-2.0
"""The way from sheets to a place, told in both languages and kept as data."""

from __future__ import annotations

import json
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from scoring import CellState, Derivation, EntrySheets, Sheet, standings
from tests.scoring.contests import entry, fixed, random_document, random_entries, sheet, simple

RULES = """
[[rule.ties]]
by = "group"
code = "B"
[rule.sheet]
rounding = { mode = "half_up", places = 0 }
"""
TRIMMED = {'method = "mean"\nminimum = 2': 'method = "trimmed_mean"\ndrop_high = 1\ndrop_low = 1\nminimum = 3'}


def told(language: str) -> list[str]:
    sheets = (
        sheet("J1", "8.5", "0", "10"), sheet("J2", "8", "0", "10"), sheet("J3", "9", "0", "10"),
        sheet("J4", "8", "0", "10"), sheet("J5", "8", "0", "10"), Sheet("J6", state=CellState.RECUSED),
    )  # fmt: skip
    rival = entry("b", *[("10", "9.5", "4")] * 2, *[("10", "10", "4")] * 2, ("10", "10", "4"))
    found = standings(simple(RULES, **TRIMMED), [EntrySheets("a", sheets), rival])
    row = found.row("a")
    assert row is not None
    return row.derivation.sentences(language, names={"J1": "张三"}, titles={"B": "Effect"})


def test_in_english() -> None:
    assert told("en") == [
        "5 sheets count: 张三 29 (before rounding 28.5), J2 28, J3 29, J4 28, J5 28.",
        "The sheet of J6 is left out: recused.",
        "Dropped as highest: J3.",
        "Dropped as lowest: J2.",
        "The mean of 3 is 85/3 (≈ 28.3333); rounded half up to 2 places, the score is 28.33.",
        "Place: 1.",
    ]


def test_in_chinese() -> None:
    assert told("zh-CN") == [
        "计入 5 份评分表：张三 29（取整前 28.5）、J2 28、J3 29、J4 28、J5 28。",
        "J6 的评分表不计入：回避。",
        "去掉最高分：J3。",
        "去掉最低分：J2。",
        "3 份的平均分为 85/3 (≈ 28.3333)，四舍五入到 2 位小数，得分 28.33。",
        "名次：第 1 名。",
    ]


def test_ties_are_told() -> None:
    document = simple('[[rule.ties]]\nby = "group"\ncode = "B"\n[[rule.ties]]\nby = "lowest_sheet"\n')
    a = entry("a", ("8", "0", "10"), ("8", "0", "10"))
    b = entry("b", ("10", "10", "4"), ("10", "10", "4"))
    c = entry("c", ("4", "4", "10"), ("4", "4", "10"))
    found = {
        row.entry: row.derivation.sentences("en", titles={"B": "Effect"})[2:] for row in standings(document, [a, b, c])
    }
    assert found == {
        "a": [
            'Equal with 2 others; after comparing the score of "Effect" (20 here), still equal with 1.',
            "Equal with 1 others; the lowest sheet (28 for all) did not set them apart.",
            "Place: 1, tied with 1 others.",
        ],
        "b": ['Equal with 2 others; the score of "Effect" (8 here) set them apart.', "Place: 3."],
        "c": [
            'Equal with 2 others; after comparing the score of "Effect" (20 here), still equal with 1.',
            "Equal with 1 others; the lowest sheet (28 for all) did not set them apart.",
            "Place: 1, tied with 1 others.",
        ],
    }


def test_blocked_entry_is_told_why() -> None:
    sheets = (sheet("J1", "8", "0", "not_yet"), Sheet("J2", state=CellState.NOT_YET))
    row = standings(simple(), [EntrySheets("a", sheets)]).rows[0]
    assert row.derivation.sentences("en", titles={"B1": "Use"}) == [
        "No sheet counts.",
        'No score: "Use" of J1 is not marked yet.',
        "No score: the sheet of J2 is not marked yet.",
    ]
    assert row.derivation.sentences("zh") == [
        "没有可计入的评分表。",
        "暂无得分：J1 的“B1”尚未打分。",
        "暂无得分：J2 的评分表尚未打分。",
    ]


@fixed(200)
@given(st.integers(0, 2**32))
def test_derivation_comes_back_from_its_text(seed: int) -> None:
    random = Random(seed)
    document = random_document(random)
    found = standings(document, random_entries(random, document))
    for row, value in zip(found.rows, json.loads(found.derivations_canonical), strict=True):
        read = Derivation.from_json(value)
        assert read == row.derivation
        for language in ("zh", "en"):
            assert read.sentences(language) == row.derivation.sentences(language)


@fixed(200)
@given(st.integers(0, 2**32))
def test_derivation_adds_up(seed: int) -> None:
    random = Random(seed)
    document = random_document(random)
    entries = {one.entry: one for one in random_entries(random, document)}
    for row in standings(document, entries.values()):
        one = row.derivation
        assert {use.judge for use in one.sheets} | {out.judge for out in one.left_out} | {
            block.judge for block in one.blocked_by if block.judge
        } == {given.judge for given in entries[row.entry].sheets}
        if one.mean is None:
            continue
        dropped = {*one.dropped_low, *one.dropped_high}
        kept = [use.total for use in one.sheets if use.judge not in dropped]
        assert len(dropped) == document.rule.panel.drop_low + document.rule.panel.drop_high
        assert one.mean * len(kept) == sum(kept)
        assert one.score == (one.rounding.apply(one.mean) if one.rounding else one.mean)


def test_rule_is_told_beforehand() -> None:
    document = simple(
        RULES
        + '[rule.cut]\npromote = 3\nties = "include"\nreserve = 2\n'
        + '[[rule.awards]]\ncode = "first"\ntitle = "一等奖"\ncount = 1\nties = "exclude"\n',
        **TRIMMED,
    )
    assert document.sentences("zh") == [
        "每份评分表的总分是各评分项得分乘以权重之和，四舍五入到 0 位小数。",
        "得分是去掉 1 个最高分和 1 个最低分后的平均数，四舍五入到 2 位小数。",
        "计入的评分表少于 3 份时没有得分，绝不算作 0 分。",
        "评分表或评分项处于以下状态时，该参赛项目暂无得分：尚未打分、不适用。",
        "处于以下状态的评分表不计入：弃权、回避、缺席。",
        "得分相等时依次比较：“Effect”得分；高者在前。",
        "仍然相等的，名次并列。",
        "并列之后的名次空出（1、2、2、4）。",
        "前 3 名晋级；在晋级线上并列的全部晋级。",
        "其后 2 名列入递补名单。",
        "一等奖 1 名；在线上并列的都不授予，顺延到下一奖项。",
    ]
    assert len(document.sentences("en")) == len(document.sentences("zh"))
