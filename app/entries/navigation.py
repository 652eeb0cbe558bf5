# SPDX-License-Identifier: Apache-2.0
"""The way through the pages of one's own entry."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from app.entries.models import Entry
from app.policy import Action, can
from app.templating import safe_url

Line = tuple[str, str | None, str | None, bool]


def entry_nav(entry: Entry, here: str) -> list[Line]:
    """Return the lines of the side navigation, for whoever may read all of the entry; others get none."""
    if not can(Action.ENTRY_READ, entry):
        return []
    lines = [("overview", _("Overview"), url_for("entries.overview", entry=entry.public_id), "layout-dashboard")]
    if can(Action.ENTRY_EDIT, entry):
        lines.append(("edit", _("Application form"), url_for("entries.edit", entry=entry.public_id), "forms"))
    lines.append(("diary", _("Progress diary"), url_for("diaries.timeline", entry=entry.public_id), "notebook"))
    if can(Action.RESULT_EDIT, entry):
        lines.append(("result", _("Result report"), url_for("entries.result", entry=entry.public_id), "file-text"))
    seen = safe_url("workspaces.entry", entry=entry.public_id)
    if seen:
        lines.append(("seen", _("As judges see it"), seen, "eye"))
    return [(label, url, symbol, name == here) for name, label, url, symbol in lines]


def crumbs(entry: Entry, *more: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """Return the way from the contest down to the entry, and `more` below it."""
    contest = entry.competition
    reads = can(Action.ENTRY_READ, entry)
    own = url_for("entries.overview", entry=entry.public_id) if reads else None
    return [
        (contest.title, safe_url("workspaces.contest", competition=contest.slug)),
        (entry.title, own or safe_url("workspaces.entry", entry=entry.public_id)),
        *more,
    ]
