# SPDX-License-Identifier: Apache-2.0
"""What one press of a button on the pages of the structure does: several parts at once, all or nothing.

Each page carries the fingerprint of what it showed. Whoever saves over somebody else's change is told, and sees both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from app.clock import iso
from app.competitions import structure
from app.competitions.models import Applicant, Category, Competition, Division, Stage, Window, WindowKind
from app.errors import Invalid, Message, Stale
from app.policy import Actor

STALE = _l("Somebody else changed this meanwhile. What stands there now is shown; look at it and save again.")
INCOMPLETE = _l("Fill in both, the beginning and the end.")
NOT_REMOVED = _l("A time that was set can be moved, not taken away.")
BACKWARDS = _l("This ends before it begins.")

Times = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class PartWish:
    """What a category shall be in a stage."""

    category: Category
    takes_part: bool
    judges_wanted: int
    panel: structure.PanelRow | None


def fingerprint(*values: Any) -> str:
    """Return a short text that changes when any of the values does."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:20]


def times_seen(competition: Competition) -> str:
    """Return the fingerprint of the windows of a contest as a whole."""
    windows = [w for w in competition.windows if w.stage_id is None]
    return fingerprint(*sorted((str(w.kind), iso(w.starts_at), iso(w.ends_at)) for w in windows))


def division_seen(division: Division) -> str:
    """Return the fingerprint of a division and its application form."""
    return fingerprint(division.code, division.title, str(division.applicant), division.form)


def stage_seen(stage: Stage) -> str:
    """Return the fingerprint of a stage, its window and its categories."""
    window = marking_window(stage)
    parts = sorted((part.category_id, part.judges_wanted, part.panel_id) for part in stage.stage_categories)
    times = (iso(window.starts_at), iso(window.ends_at)) if window is not None else ()
    return fingerprint(stage.code, stage.title, times, parts)


def marking_window(stage: Stage) -> Window | None:
    """Return the marking window of a stage."""
    return next((w for w in stage.competition.windows if w.stage_id == stage.id), None)


def _look(seen: str, now_there: str) -> None:
    if seen != now_there:
        raise Stale(STALE)


def _times(times: Times, there: Window | None, names: tuple[str, str]) -> tuple[dict[str, Message], bool]:
    """Return what is wrong with two moments, beside which field, and whether they change anything."""
    starts, ends = times
    if starts is None and ends is None:
        return ({names[0]: NOT_REMOVED}, False) if there is not None else ({}, False)
    if starts is None or ends is None:
        return {names[0] if starts is None else names[1]: INCOMPLETE}, False
    if ends <= starts:
        return {names[1]: BACKWARDS}, False
    return {}, there is None or (there.starts_at, there.ends_at) != (starts, ends)


def set_times(
    competition: Competition, times: Mapping[WindowKind, Times], *, seen: str, by: Actor, now: datetime
) -> None:
    """Set the windows of the contest as a whole; those that stay as they are write no event."""
    _look(seen, times_seen(competition))
    there = {WindowKind(w.kind): w for w in competition.windows if w.stage_id is None}
    wrong: dict[str, Message] = {}
    changed = []
    for kind, pair in times.items():
        faults, changes = _times(pair, there.get(kind), (f"{kind.value}_starts", f"{kind.value}_ends"))
        wrong.update(faults)
        if changes:
            changed.append(kind)
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    for kind in changed:
        starts, ends = times[kind]
        assert starts is not None
        assert ends is not None
        structure.set_window(competition, kind, starts_at=starts, ends_at=ends, by=by, now=now)


def set_up_division(
    division: Division,
    *,
    code: str,
    title: str,
    applicant: Applicant,
    form: Sequence[Mapping[str, Any]],
    seen: str,
    by: Actor,
    now: datetime,
) -> None:
    """Change a division and its application form."""
    _look(seen, division_seen(division))
    structure.change_division(division, code=code, title=title, applicant=applicant, form=form, by=by, now=now)


def set_up_stage(
    stage: Stage,
    *,
    code: str,
    title: str,
    times: Times,
    parts: Sequence[PartWish],
    seen: str,
    by: Actor,
    now: datetime,
) -> None:
    """Change a stage: its name, when marking takes place, which categories take part and who judges them."""
    _look(seen, stage_seen(stage))
    wrong, changes = _times(times, marking_window(stage), ("marking_starts", "marking_ends"))
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    if (code.strip(), title.strip()) != (stage.code, stage.title):
        structure.change_stage(stage, code=code, title=title, by=by, now=now)
    starts, ends = times
    if changes and starts is not None and ends is not None:
        structure.set_window(
            stage.competition, WindowKind.MARKING, stage=stage, starts_at=starts, ends_at=ends, by=by, now=now
        )
    joined = {part.category_id: part for part in stage.stage_categories}
    for wish in parts:
        part = joined.get(wish.category.id)
        try:
            if wish.takes_part and part is None:
                structure.join(stage, wish.category, judges_wanted=wish.judges_wanted, panel=wish.panel, by=by, now=now)
            elif part is not None and not wish.takes_part:
                structure.leave(part, by=by, now=now)
            elif part is not None and (part.judges_wanted, part.panel_id) != (
                wish.judges_wanted,
                wish.panel.id if wish.panel else None,
            ):
                structure.change_join(part, judges_wanted=wish.judges_wanted, panel=wish.panel, by=by, now=now)
        except Invalid as error:
            raise Invalid(
                error.message,
                fields={f"{name}:{wish.category.public_id}": text for name, text in error.fields.items()},
            ) from error
