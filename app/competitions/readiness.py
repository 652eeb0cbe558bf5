# SPDX-License-Identifier: Apache-2.0
"""What a contest still needs before it opens to the public: a list of lights, each with a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.competitions.models import Competition, WindowKind
from app.errors import Message


class Tone(StrEnum):
    """A light: ready, worth a look, in the way."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list; `endpoint` is the page of the contest where it is put right."""

    tone: Tone
    text: Message
    endpoint: str


SETTINGS, STRUCTURE = "competitions.settings", "competitions.structure"


def readiness(competition: Competition) -> list[Item]:
    """Return everything that was looked at, what is in the way first."""
    items = [*_texts(competition), *_structure(competition), *_windows(competition), *_documents(competition)]
    order = (Tone.BAD, Tone.WARN, Tone.GOOD)
    return sorted(items, key=lambda item: order.index(item.tone))


def blocking(competition: Competition) -> list[Item]:
    """Return what is in the way of opening."""
    return [item for item in readiness(competition) if item.tone == Tone.BAD]


def _item(holds: bool, good: Message, otherwise: Message, endpoint: str, tone: Tone = Tone.BAD) -> Item:
    return Item(Tone.GOOD, good, endpoint) if holds else Item(tone, otherwise, endpoint)


def _texts(contest: Competition) -> list[Item]:
    return [
        _item(
            bool(contest.intro.strip()),
            _l("There is an introduction."),
            _l("There is no introduction; the public page stays nearly empty."),
            SETTINGS,
            Tone.WARN,
        ),
        _item(
            bool(contest.contact.strip()),
            _l("It says who answers questions and objections."),
            _l("It does not say who answers questions and objections."),
            SETTINGS,
        ),
        _item(
            bool(contest.names_rule.strip()),
            _l("It says how names are published."),
            _l("It does not say how names are published; contestants accept that text when they hand in."),
            SETTINGS,
        ),
    ]


def _structure(contest: Competition) -> list[Item]:
    categories = [category for division in contest.divisions for category in division.categories]
    bare = [division.title for division in contest.divisions if not division.categories]
    formless = [division.title for division in contest.divisions if not division.form]
    idle = [category.title for category in categories if not category.stage_categories]
    items = [
        _item(bool(categories), _l("There are categories."), _l("There is no category yet."), STRUCTURE),
        _item(bool(contest.stages), _l("There are stages."), _l("There is no stage yet."), STRUCTURE),
    ]
    if bare:
        items.append(Item(Tone.WARN, _l("Without a category: %(names)s", names=_some(bare)), STRUCTURE))
    if formless:
        text = _l("The application form has no fields: %(names)s", names=_some(formless))
        items.append(Item(Tone.WARN, text, STRUCTURE))
    if idle:
        items.append(Item(Tone.BAD, _l("Takes part in no stage: %(names)s", names=_some(idle)), STRUCTURE))
    return items


def _windows(contest: Competition) -> list[Item]:
    found = {(window.kind, window.stage_id): window for window in contest.windows}
    entry = found.get((WindowKind.ENTRY, None))
    items = [
        _item(
            entry is not None,
            _l("It is set when people can register."),
            _l("It is not set when people can register."),
            STRUCTURE,
        )
    ]
    for kind, text in (
        (WindowKind.DIARY, _l("It is not set when diaries are kept.")),
        (WindowKind.HAND_IN, _l("It is not set when results are handed in.")),
    ):
        if (kind, None) not in found:
            items.append(Item(Tone.WARN, text, STRUCTURE))
    unset = [stage.title for stage in contest.stages if (WindowKind.MARKING, stage.id) not in found]
    if unset:
        text = _l("It is not set when marking takes place: %(names)s", names=_some(unset))
        items.append(Item(Tone.WARN, text, STRUCTURE))
    marking = [found[WindowKind.MARKING, s.id] for s in contest.stages if (WindowKind.MARKING, s.id) in found]
    line = [window for window in (entry, found.get((WindowKind.HAND_IN, None)), *marking) if window is not None]
    if any(later.ends_at <= earlier.ends_at for earlier, later in pairwise(line)):
        text = _l("The windows do not follow each other: registration, results, then marking stage by stage.")
        items.append(Item(Tone.WARN, text, STRUCTURE))
    return items


def _documents(contest: Competition) -> list[Item]:
    parts = [part for stage in contest.stages for part in stage.stage_categories]
    without = [f"{part.stage.title} · {part.category.title}" for part in parts if part.document is None]
    if not without:
        return [Item(Tone.GOOD, _l("Every category has its rubric and rule."), STRUCTURE)] if parts else []
    text = _l("Without rubric and rule: %(names)s", names=_some(without))
    return [Item(Tone.WARN, text, STRUCTURE)]


def _some(names: list[str]) -> str:
    return str(gettext(", ")).join(names[:5]) + (f" … (+{len(names) - 5})" if len(names) > 5 else "")
