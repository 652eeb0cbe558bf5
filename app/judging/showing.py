# SPDX-License-Identifier: Apache-2.0
"""A scoresheet made ready for its page: one box for each criterion, one key for each thing that can be cited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from app.errors import Message
from app.evidence import showing as files
from app.evidence.queries import File
from app.judging.forms import SentSheet
from app.judging.queries import Cited, SheetView
from app.judging.service import SaveReport
from app.judging.sheets import MarkText
from scoring import Criterion, Group, Kind, format_number


@dataclass(frozen=True)
class Box:
    """One criterion as the page asks for it or shows it."""

    criterion: Criterion
    group: str
    text: str
    level: str  # the code of the chosen level
    comment: str
    version: int
    comment_rule: Message | None
    errors: tuple[Message, ...]
    theirs: MarkText | None
    cited: tuple[Cited, ...]

    @property
    def code(self) -> str:
        return self.criterion.code

    @property
    def is_points(self) -> bool:
        return self.criterion.kind is Kind.POINTS

    @property
    def level_title(self) -> str:
        """The title of the level that explains the mark, or nothing."""
        found = next((level for level in self.criterion.levels if level.code == self.level), None)
        return found.title if found is not None else ""

    def scale(self) -> dict[str, Any]:
        """Return the arguments of the component that draws the scale."""
        one = self.criterion
        return {
            "code": one.code,
            "title": one.title,
            "name": f"mark-{one.code}",
            "kind": one.kind.value,
            "min": format_number(one.minimum),
            "max": format_number(one.maximum),
            "step": format_number(one.step) if one.step is not None else "1",
            "weight": format_number(one.weight),
            "value": self.text if self.is_points else self.level,
            "levels": [
                {
                    "code": level.code,
                    "title": level.title,
                    "from": format_number(level.low),
                    "to": format_number(level.high),
                    "points": format_number(level.low),
                    "descriptor": level.descriptor,
                }
                for level in one.levels
            ],
            "guidance": one.guidance,
            "group": self.group,
            "version": self.version,
        }


def boxes_of(
    view: SheetView, *, sent: SentSheet | None = None, report: SaveReport | None = None
) -> list[tuple[Group, list[Box]]]:
    """Return the criteria by group; what was typed stands over what is stored, with what is wrong beside it."""
    return [
        (group, [_box(view, group, criterion, sent, report) for criterion in group.criteria])
        for group in view.document.rubric.groups
    ]


def _box(view: SheetView, group: Group, criterion: Criterion, sent: SentSheet | None, report: SaveReport | None) -> Box:
    code = criterion.code
    stored = view.mark(code)
    text, comment = stored.text, stored.comment
    if sent is not None and code in sent.marks:
        typed, words = sent.marks[code]
        text, comment = text if typed is None else typed, comment if words is None else words
    error = report.errors.get(code) if report is not None else None
    theirs = report.stale[code][1] if report is not None and code in report.stale else None
    level = _level(criterion, text) if criterion.kind is Kind.LEVELS else _band(view, criterion)
    return Box(
        criterion=criterion,
        group=group.code,
        text=text,
        level=level,
        comment=comment,
        version=stored.version,
        comment_rule=comment_rule(criterion),
        errors=(error,) if error is not None else (),
        theirs=theirs,
        cited=view.cited.get(code, ()),
    )


def _level(criterion: Criterion, text: str) -> str:
    """Return the code of the level that a text names, by its code or by its points."""
    return next((level.code for level in criterion.levels if text in (level.code, format_number(level.low))), "")


def _band(view: SheetView, criterion: Criterion) -> str:
    mark = view.marks.get(criterion.code)
    level = criterion.level_of(mark.value) if mark is not None and mark.value is not None else None
    return level.code if level is not None else ""


def comment_rule(criterion: Criterion) -> Message | None:
    """Say when a criterion needs a comment."""
    rule = criterion.comment
    if rule.use == "required":
        return _l("required")
    if rule.below is not None and rule.above is not None:
        return _l(
            "required below %(below)s and above %(above)s",
            below=format_number(rule.below),
            above=format_number(rule.above),
        )
    if rule.below is not None:
        return _l("required below %(below)s", below=format_number(rule.below))
    if rule.above is not None:
        return _l("required above %(above)s", above=format_number(rule.above))
    return None


def key_of(cited: Cited) -> str:
    """Return the key of a citation's source: what its cite button sends."""
    source = cited.source
    if source.diary_entry is not None:
        return f"diary:{source.diary_entry}"
    return f"file:{source.evidence}" if source.page is None else f"page:{source.evidence}:{source.page}"


def cited_for(view: SheetView) -> Mapping[str, str]:
    """Return for each cited source the codes of the criteria that cite it."""
    found: dict[str, list[str]] = {}
    for criterion in view.document.rubric.criteria:
        for cited in view.cited.get(criterion.code, ()):
            found.setdefault(key_of(cited), []).append(criterion.code)
    return {key: " ".join(codes) for key, codes in found.items()}


def shots(evidence: list[File], cited: Mapping[str, str], *, form: str | None) -> list[dict[str, Any]]:
    """Return pictures for the gallery, each with its cite button."""
    pictures = [file for file in evidence if file.is_picture and file.thumb is not None and not file.is_struck]
    drawn = files.shots(pictures)
    return [_citable(shot, f"file:{file.public_id}", cited, form) for shot, file in zip(drawn, pictures, strict=True)]


def pages(file: File, cited: Mapping[str, str], *, form: str | None) -> list[dict[str, Any]]:
    """Return the pages of a document, each with its cite button."""
    return [_citable(page, f"page:{file.public_id}:{page['number']}", cited, form) for page in files.sheets(file)]


def _citable(item: dict[str, Any], key: str, cited: Mapping[str, str], form: str | None) -> dict[str, Any]:
    return {**item, "cite": key if form else None, "cite_form": form, "cited": cited.get(key)}


def others(evidence: list[File]) -> list[File]:
    """Return the files that are neither pictures nor documents with pages: to be downloaded, or struck."""
    return [file for file in evidence if file.is_struck or not (file.sheets or (file.is_picture and file.thumb))]


def anchor(cited: Cited) -> str:
    """Return the anchor, on the scoresheet's own page, of what a citation points to."""
    source = cited.source
    if source.diary_entry is not None:
        return f"#diary-{source.diary_entry}"
    if source.page is not None:
        return f"#{source.evidence}-{source.page}"
    return f"#diary-{cited.diary_entry}" if cited.diary_entry else "#files"


def address(cited: Cited) -> str:
    """Return the address of what a citation points to."""
    source = cited.source
    if source.diary_entry is not None:
        return url_for("diaries.show", diary_entry=source.diary_entry)
    if source.page is not None:
        return url_for("evidence.preview", evidence=source.evidence, name="page", number=source.page)
    return url_for("evidence.download", evidence=source.evidence)
