# SPDX-License-Identifier: Apache-2.0
"""What a diary entry is written with, and when the public may read a diary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import DateField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, Optional

from app.diaries.models import DiaryEntry, ReleaseRule
from app.diaries.service import BODY, PLACE, TITLE, Files
from app.diaries.texts import tidy
from app.evidence.intake import Taken, take
from app.forms import REQUIRED, Form
from uploads import Kind, Received

CAPTION = "caption-"
RELEASE, DRAFT = "release", "draft"  # the two buttons

_tidied = [lambda text: tidy(text) if text else ""]


class DiaryEntryForm(Form):
    """One day: what, when, where, with pictures and documents."""

    title = StringField(_l("Title"), validators=[Length(max=TITLE)], filters=_tidied)
    body = TextAreaField(
        _l("What happened"),
        validators=[Length(max=BODY)],
        filters=_tidied,
        description=_l("Plain words are enough. **bold**, lists with - and tables with | are understood."),
    )
    happened_on = DateField(_l("Day on which it happened"), validators=[InputRequired(REQUIRED)])
    place = StringField(_l("Place"), validators=[Length(max=PLACE)], filters=_tidied)
    photos = MultipleFileField(_l("Take a photo"))
    files = MultipleFileField(_l("Pictures and documents"))
    version = HiddenField()

    @property
    def expected_version(self) -> int:
        """The version that was open, or 0 when the page did not say."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def take_files(self) -> list[Received]:
        """Receive the files and put each refusal beside its input; call it before the transaction."""
        received: list[Received] = []
        for input_, kinds in ((self.photos, frozenset({Kind.PICTURE})), (self.files, None)):
            taken: Taken = take(input_.data or [], kinds=kinds)
            received += taken.received
            input_.errors = [*input_.errors, *taken.refused]
        return received

    def refused_files(self, received: list[Received]) -> None:
        """Say beside the inputs that what was received is kept, and only the rest must be chosen again."""
        for input_ in (self.photos, self.files):
            if input_.errors and received:
                input_.errors = [
                    *input_.errors,
                    _("The other files are kept. Choose only this one again, or go on without it."),
                ]

    def content(self) -> dict[str, Any]:
        """Return what was typed as the service takes it."""
        return {
            "title": self.title.data or "",
            "body": self.body.data or "",
            "happened_on": self.happened_on.data,
            "place": self.place.data or "",
        }

    def draft_content(self, today: date) -> dict[str, Any]:
        """Return of what was typed that which a draft can hold; the rest stays in the page that shows the faults."""
        kept = {name: "" if self[name].errors else value for name, value in self.content().items()}
        day = self.happened_on.data
        return {**kept, "happened_on": day if day is not None and not self.happened_on.errors else today}

    def show(self, diary_entry: DiaryEntry) -> None:
        """Fill the inputs from a stored entry."""
        for name in ("title", "body", "happened_on", "place", "version"):
            self[name].process(None, getattr(diary_entry, name))


def file_changes(sent: Mapping[str, str], removed: list[str], added: list[Received]) -> Files:
    """Read what becomes of the files that an entry has already."""
    captions = {name.removeprefix(CAPTION): text for name, text in sent.items() if name.startswith(CAPTION)}
    return Files(added=added, captions=captions, removed=removed)


class ReleaseRuleForm(Form):
    """When everybody may read what is released in a diary."""

    rule = RadioField(
        _l("When may everybody read this diary?"),
        choices=[
            SelectChoice(ReleaseRule.AS_CONTEST.value, _l("As the contest says")),
            SelectChoice(ReleaseRule.FROM_DATE.value, _l("From a day on")),
            SelectChoice(ReleaseRule.NEVER.value, _l("Never")),
        ],
        validators=[InputRequired(REQUIRED)],
    )
    release_from = DateField(_l("From this day on"), validators=[Optional()])
