# SPDX-License-Identifier: Apache-2.0
"""The side navigation of an organizer's pages, the same on each of them whichever feature the page belongs to."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from werkzeug.routing import BuildError

from app.competitions.models import Competition
from app.policy import Action, can

Line = tuple[str, str | None, str | None, bool]


def organizer_nav(competition: Competition, active: str) -> list[Line]:
    """Return the lines (label, address, icon, whether one is there) that this person may open."""
    lines = (
        (_("Overview"), "workspaces.console", "layout-dashboard", Action.COMPETITION_OVERSEE),
        (_("Preparation"), None, None, Action.COMPETITION_MANAGE),
        (_("Settings"), "competitions.settings", "settings", Action.COMPETITION_MANAGE),
        (_("Structure and times"), "competitions.structure", "sitemap", Action.COMPETITION_MANAGE),
        (_("People and roles"), "accounts.grants", "users", Action.GRANTS_MANAGE),
        (_("Sign-in slips"), "accounts.slips", "qrcode", Action.GRANTS_MANAGE),
        (_("Operation"), None, None, Action.COMPETITION_OVERSEE),
        (_("Panels"), "judging.panels", "users-group", Action.PANELS_MANAGE),
        (_("Diary releases"), "diaries.releases", "world", Action.COMPETITION_MANAGE),
        (_("Archive"), "archives.index", "archive", Action.COMPETITION_OVERSEE),
        (_("Audit trail"), "workspaces.audit", "history", Action.AUDIT_VIEW),
    )
    found: list[Line] = []
    for label, endpoint, symbol, action in lines:
        if not can(action, competition):
            continue
        if endpoint is None:
            found.append((label, None, None, False))
            continue
        try:
            found.append((label, url_for(endpoint, competition=competition.slug), symbol, endpoint == active))
        except BuildError:  # the feature is not installed
            continue
    return found
