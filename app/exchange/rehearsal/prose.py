# SPDX-License-Identifier: Apache-2.0
"""What the invented people write: diary entries, reports, comments, in the contest's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.exchange.rehearsal.chance import Chance


@dataclass(frozen=True, slots=True)
class Words:
    """The phrases of one language."""

    titles: Sequence[str]
    openings: Sequence[str]
    doings: Sequence[str]
    outcomes: Sequence[str]
    places: Sequence[str]
    answer: str
    report: str
    comments: Sequence[str]
    caption: str
    file: str


CHINESE = Words(
    titles=(
        "现场巡查记录", "班前安全学习", "设备检修", "汛前检查", "水质取样", "技术攻关讨论",
        "师带徒练兵", "问题整改复查", "月度小结", "应急演练", "群众走访",
        "数据整理与分析", "方案评审", "创新试验", "劳动竞赛推进会",
    ),
    openings=(
        "今天一早，我们按计划到达现场，先核对了上次留下的问题清单。",
        "本周的重点任务是把前期方案落到实处，大家分成两个小组同时推进。",
        "连日降雨，水位上涨，值班人员加密了巡查频次。",
        "上午召开短会，明确了分工、时限和验收标准。",
        "结合上月自查情况，我们对照评分细则逐项找差距。",
    ),
    doings=(
        "检查中发现两处隐患，当场拍照登记，并落实了责任人。",
        "用新做的工装替换了旧夹具，单件用时明显缩短。",
        "对三个断面取样，按规程完成检测并双人复核。",
        "组织青年职工现场练兵，由老师傅逐一讲解要点。",
        "与沿线村组沟通，清理岸边堆放物，留存前后对比照片。",
        "把纸质台账录入系统，补齐了缺项，便于随时查阅。",
        "试运行四小时，数据稳定，记录在案。",
    ),
    outcomes=(
        "下一步继续跟踪，月底前完成复查。",
        "经测算，每年可节约费用约**三万元**，后续将核实。",
        "问题已全部整改到位，形成闭环。",
        "大家一致认为，这个做法可以在其他班组推广。",
        "还存在记录不够细的问题，下周改进。",
    ),
    places=("一号闸站", "东岸巡查段", "中控室", "施工现场三标段", "检修车间", "水文站", "村口观测点", "会议室"),
    answer="我们围绕{label}开展工作，制定了目标和计划，落实了责任，过程有记录，成效有数据。",
    report=(
        "## 工作概况\n\n三年来，我们坚持把工作做在平时，全过程在争创日记中记录，共上传日记 {count} 篇。\n\n"
        "## 主要做法\n\n1. 健全制度，责任到人；\n2. 对照评分细则，逐月自查；\n3. 依靠职工，开展技术革新。\n\n"
        "## 取得的成效\n\n"
        "| 指标 | 争创前 | 争创后 |\n|---|---|---|\n| 隐患整改率 | 82% | 99% |\n| 群众满意度 | 88% | 96% |\n\n"
        "以上数据均附证明材料。"
    ),
    comments=(
        "材料详实，日记与成果相互印证。", "做法有特点，推广面还可扩大。", "数据来源说明不够，建议补充。",
        "过程记录连续，成效明显。", "此项证明材料较少，按较低档给分。",
    ),
    caption="现场照片",
    file="成果证明材料",
)  # fmt: skip

ENGLISH = Words(
    titles=(
        "On site",
        "Safety talk",
        "Maintenance day",
        "Trial run",
        "Measurements",
        "Training",
        "Follow-up",
        "Review",
    ),
    openings=("We met on site and went through the list of last time.", "This week we put the plan into practice."),
    doings=(
        "Two faults were found, photographed and assigned.",
        "The new fixture replaced the old one and saved time on each piece.",
        "We took samples and checked them twice.",
    ),
    outcomes=("We will check again by the end of the month.", "Others can use this **as it is**.", "Closed."),
    places=("Pump house", "Workshop", "East bank", "Control room"),
    answer="Our work on {label}: goals, responsibilities, records and figures are in place.",
    report=(
        "## What we did\n\nEverything is in the diary: {count} entries.\n\n## What came of it\n\n"
        "| Figure | Before | After |\n|---|---|---|\n| Faults closed | 82% | 99% |\n"
    ),
    comments=("Well documented.", "Good, could be spread further.", "The source of the figures is not clear."),
    caption="On site",
    file="evidence",
)


def words(language: str) -> Words:
    """Return the phrases of a contest's language."""
    return CHINESE if language == "zh" else ENGLISH


def note(say: Words, chance: Chance) -> tuple[str, str, str]:
    """Return title, body and place of one diary entry."""
    parts = [chance.pick("opening", say.openings), chance.pick("doing", say.doings)]
    if chance.happens("more", 60):
        parts.append(chance.pick("doing again", say.doings))
    parts.append(chance.pick("outcome", say.outcomes))
    return chance.pick("title", say.titles), "\n\n".join(parts), chance.pick("place", say.places)


def form(say: Words, fields: Sequence[Mapping[str, Any]], chance: Chance, day: date) -> dict[str, Any]:
    """Return an application form filled in, each answer within its limits."""
    answers: dict[str, Any] = {}
    for field in fields:
        kind, longest = field["kind"], field.get("max_length") or 200
        if kind == "number":
            answers[field["code"]] = str(chance.number(field["code"], 3, 60))
        elif kind == "date":
            answers[field["code"]] = day.isoformat()
        elif kind == "choice":
            answers[field["code"]] = chance.pick(field["code"], field["choices"])
        elif kind == "line":
            answers[field["code"]] = chance.pick(field["code"], say.places)[:longest]
        else:
            answers[field["code"]] = say.answer.format(label=field["label"])[:longest]
    return answers
