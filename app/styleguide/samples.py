# SPDX-License-Identifier: Apache-2.0
"""Invented things to show in the style guide. Not in the catalogues: nobody but developers reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import get_locale
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    Form,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length


def say(zh: str, en: str) -> str:
    """Return a sample text in the reader's language."""
    return zh if getattr(get_locale(), "language", "en") == "zh" else en


class Ticks(SelectMultipleField):
    """Several of many, as ticks."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


def entry_form(data: dict[str, str] | None = None, *, validate: bool = False) -> Form:
    """Return a form with one field of each kind, filled and judged when asked."""

    class EntryForm(Form):
        title = StringField(
            say("项目名称", "Title"),
            [InputRequired(say("请填写项目名称。", "Fill in the title.")), Length(max=40)],
            description=say("与证书上的写法一致", "As it shall stand on the certificate"),
        )
        summary = TextAreaField(say("主要事迹摘要", "Summary"), [Length(max=120)])
        category = SelectField(
            say("赛项", "Category"),
            choices=[
                SelectChoice("1", say("工程建设类", "Construction")),
                SelectChoice("2", say("运行管理类", "Operation")),
            ],
        )
        budget = StringField(say("投入经费", "Budget"))
        finished = DateField(say("完成日期", "Finished on"))
        release = RadioField(
            say("日记何时公开", "When the diary becomes public"),
            [InputRequired()],
            choices=[
                SelectChoice("at_once", say("写完即公开", "At once")),
                SelectChoice("by_unit", say("由单位公开", "Released by the unit")),
                SelectChoice("never", say("不公开", "Never")),
            ],
        )
        fields_of_work = Ticks(
            say("涉及领域", "Fields"),
            choices=[
                SelectChoice("a", say("防洪抗旱", "Flood control")),
                SelectChoice("b", say("水土保持", "Soil conservation")),
                SelectChoice("c", say("水环境监测", "Water monitoring")),
            ],
        )
        proof = FileField(say("佐证材料", "Evidence"))
        secret = PasswordField(say("密码", "Password"))
        agreed = BooleanField(say("我已阅读并接受公示规则", "I have read and accept the rules of the public notice"))

    form = EntryForm(data=data, prefix="wrong-" if validate else "")
    if validate:
        form.title.errors = [say("请填写项目名称。", "Fill in the title.")]
        form.summary.errors = [
            say("不能超过 120 个字，现在有 131 个字。", "At most 120 characters; there are 131 now.")
        ]
        form.budget.errors = [say("请填写数字，例如 12.5。", "Write a number, for instance 12.5.")]
        form.release.errors = [say("请选择一项。", "Choose one.")]
        form.proof.errors = [
            say(
                "“报告.exe”不是可接受的文件类型，请上传 PDF 或图片。",
                "“report.exe” is not a kind we take: send PDF or pictures.",
            )
        ]
        form.agreed.errors = [say("提交前须勾选。", "Tick this before you hand in.")]
    return form


@dataclass(frozen=True)
class Page:
    """Stands for a page of a long list."""

    page: int = 7
    pages: int = 26
    total: int = 258
    per_page: int = 10


def entries() -> list[dict[str, Any]]:
    """Return rows of a list of entries."""
    return [
        {
            "number": "A-017",
            "title": say("大藤峡水利枢纽导流工程技术攻关", "Diversion works at the gorge dam"),
            "unit": say("南岭水利第三工程局", "Nanling Hydraulic Bureau No. 3"),
            "state": "submitted",
            "score": "93.25",
            "done": 5,
        },
        {
            "number": "A-021",
            "title": say("山区小流域泥沙自动监测", "Automatic sediment watch in small mountain basins"),
            "unit": say("云溪县水土保持站", "Yunxi Soil and Water Station"),
            "state": "started",
            "score": "91.50",
            "done": 3,
        },
        {
            "number": "A-034",
            "title": say("干流航道疏浚与生态护岸一体化", "Dredging with living banks"),
            "unit": say("江岸航道养护中心", "Riverbank Waterway Centre"),
            "state": "todo",
            "score": "91.50",
            "done": 0,
        },
        {
            "number": "A-046",
            "title": say("水库群联合调度平台", "Joint operation of a chain of reservoirs"),
            "unit": say("上游调度所", "Upstream Dispatch Office"),
            "state": "conflict",
            "score": "88.75",
            "done": 1,
        },
    ]


def stages(now: datetime) -> list[dict[str, Any]]:
    """Return the stages of a contest in the middle of its final."""
    day = timedelta(days=1)
    return [
        {
            "title": say("报名", "Entry"),
            "state": "done",
            "starts": now - 90 * day,
            "ends": now - 60 * day,
            "note": say("258 个项目", "258 entries"),
        },
        {
            "title": say("初评", "Initial stage"),
            "state": "done",
            "starts": now - 40 * day,
            "ends": now - 26 * day,
            "note": say("65 位评委", "65 judges"),
            "url": "#",
        },
        {
            "title": say("终评", "Final stage"),
            "state": "ending",
            "starts": now - 6 * day,
            "ends": now + 1.4 * day,
            "note": say("已完成 141/186", "141 of 186 done"),
            "url": "#",
        },
        {
            "title": say("公示", "Public notice"),
            "state": "coming",
            "starts": now + 3 * day,
            "ends": now + 10 * day,
            "note": None,
        },
        {
            "title": say("证书与归档", "Certificates, archive"),
            "state": "coming",
            "starts": None,
            "ends": None,
            "note": None,
        },
    ]


def months() -> list[dict[str, Any]]:
    """Return how many diary entries each of 24 months has."""
    counts = [1, 0, 2, 3, 2, 4, 1, 0, 0, 2, 5, 3, 2, 1, 3, 4, 4, 2, 0, 1, 2, 6, 9, 12]
    return [
        {
            "label": f"{2019 + at // 12}-{at % 12 + 1:02}",
            "count": count,
            "url": "#diary" if count else None,
        }
        for at, count in enumerate(counts)
    ]


def pictures(address: str, number: int = 5) -> list[dict[str, Any]]:
    """Return invented pictures; the second is cited, the third can be."""
    return [
        {
            "url": address.replace("9", str(at)),
            "alt": say(f"现场照片 {at + 1}", f"Picture {at + 1} from the site"),
            "width": 320,
            "height": 240,
            "note": say("2019年5月 · 左岸", "May 2019, left bank") if at < 3 else None,
            "cited": 2 if at == 1 else 0,
            "cite": "picture-2" if at == 2 else None,
        }
        for at in range(number)
    ]


def levels() -> list[dict[str, str]]:
    """Return the bands of a criterion of ten points."""
    return [
        {
            "code": "excellent",
            "title": say("优秀", "Excellent"),
            "from": "9",
            "to": "10",
            "points": "10",
            "descriptor": say(
                "制度完整，责任到人，三年记录无中断。",
                "Complete rules, a name for each duty, three years of records without a gap.",
            ),
        },
        {
            "code": "good",
            "title": say("良好", "Good"),
            "from": "7",
            "to": "8.5",
            "points": "8",
            "descriptor": say(
                "制度较完整，责任基本落实，记录偶有缺失。", "Mostly complete rules, duties mostly named, a few gaps."
            ),
        },
        {
            "code": "fair",
            "title": say("一般", "Fair"),
            "from": "5",
            "to": "6.5",
            "points": "6",
            "descriptor": say("有制度，落实不够。", "There are rules; they are followed in part."),
        },
        {
            "code": "poor",
            "title": say("不足", "Poor"),
            "from": "0",
            "to": "4.5",
            "points": "3",
            "descriptor": say("没有成文的制度，或无法佐证。", "No written rules, or nothing that proves them."),
        },
    ]
