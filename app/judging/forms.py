# SPDX-License-Identifier: Apache-2.0
"""What judges and organizers fill in. The scoresheet's form is the document's own: its check is `scoring.check`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, NumberRange

from app.forms import REQUIRED, Form
from app.judging.service.drawing import HIGHEST_SEED

FILL_IN = InputRequired(message=REQUIRED)  # never DataRequired: it takes 0 for nothing
WHOLE_NUMBER = _l("Write a whole number.")


@dataclass(frozen=True)
class SentSheet:
    """A whole scoresheet as a browser sends it, read without judging it."""

    marks: Mapping[str, tuple[str | None, str | None]]
    versions: Mapping[str, int]
    note: str | None
    action: str = "save"
    cite: str | None = None
    cite_for: str | None = None
    uncite: int | None = None
    dropped: frozenset[str] = field(default_factory=frozenset)  # marks for which the stored one was chosen

    @classmethod
    def of(cls, form: MultiDict[str, str]) -> SentSheet:
        """Read the fields `mark-A1`, `comment-A1`, `version-A1`, `choice-A1`, the note and the button pressed."""
        codes = [name.partition("-")[2] for name in form if name.startswith(("mark-", "comment-"))]
        dropped = frozenset(code for code in codes if form.get(f"choice-{code}") == "theirs")
        return cls(
            marks={
                code: (form.get(f"mark-{code}"), form.get(f"comment-{code}"))
                for code in dict.fromkeys(codes)
                if code not in dropped
            },
            versions={code: whole_number(form.get(f"version-{code}")) or 0 for code in codes},
            note=form.get("note"),
            action=form.get("action", "save"),
            cite=form.get("cite"),
            cite_for=form.get("cite_for"),
            uncite=whole_number(form.get("uncite")),
            dropped=dropped,
        )


def whole_number(text: str | None) -> int | None:
    """Return a small whole number that was sent, or None for anything else."""
    return int(text) if text and len(text) <= 12 and text.isascii() and text.isdigit() else None


class ReasonForm(Form):
    """Why somebody steps back, abstains, returns or takes away; the service says what a reason needs."""

    reason = StringField(_l("Reason"))


class PanelForm(Form):
    """A new panel."""

    stage = SelectField(_l("Stage"), [FILL_IN])
    code = StringField(_l("Code"), [FILL_IN, Length(max=20)], description=_l("Short, such as P1"))
    title = StringField(_l("Name"), [FILL_IN, Length(max=120)])


class SeatForm(Form):
    """A person for a panel."""

    login = StringField(
        _l("Login name"), [FILL_IN, Length(max=80)], description=_l("Of somebody who has an account already")
    )
    role = RadioField(
        _l("Role"),
        [FILL_IN],
        choices=[SelectChoice("judge", _l("Judge")), SelectChoice("chair", _l("Chair"))],
        default="judge",
    )


class EntrustForm(Form):
    """A category for a panel."""

    stage_category = SelectField(_l("Category"), [FILL_IN])
    judges_wanted = IntegerField(
        _l("Judges for each entry"), [FILL_IN, NumberRange(1, 99)], description=_l("As the rules of the contest say")
    )


class SeedForm(Form):
    """The seed of a draw."""

    class Meta(Form.Meta):  # type: ignore[name-defined]  # Flask-WTF ships no types
        """A preview changes nothing."""

        csrf = False

    seed = IntegerField(
        _l("Seed"),
        [InputRequired(message=WHOLE_NUMBER), NumberRange(0, HIGHEST_SEED)],
        description=_l("Any whole number. It is published, so that anybody can repeat the draw."),
    )


class DrawForm(SeedForm):
    """A draw that was looked at and is to be saved."""

    class Meta(Form.Meta):  # type: ignore[name-defined]  # Flask-WTF ships no types
        """Saving is protected as every form is."""

    plan = HiddenField(validators=[FILL_IN])
    allow_short = BooleanField(_l("Save although some entries get fewer judges than wanted"))


class AddForm(Form):
    """One entry for one judge."""

    entry = SelectField(_l("Entry"), [FILL_IN])
    judge = SelectField(_l("Judge"), [FILL_IN])


class RemoveForm(ReasonForm):
    """One entry taken from one judge."""

    assignment = SelectField(_l("Whose, and which entry"), [FILL_IN])


def offer(form: Form, name: str, choices: list[tuple[str, str]]) -> None:
    """Fill a list to choose from."""
    form[name].choices = [SelectChoice("", _l("Choose…")), *(SelectChoice(value, label) for value, label in choices)]
