# SPDX-License-Identifier: Apache-2.0
"""What every page knows of its reader: name, language, theme, unread notices."""

from __future__ import annotations

from typing import Any

from flask import has_request_context, request

from app import i18n, notify
from app.policy import actor

THEMES = ("light", "dark", "auto")


def page_context() -> dict[str, Any]:
    """Return the names that base.html reads; one query, and none for strangers."""
    who = actor()
    theme = request.cookies.get("theme", "auto") if has_request_context() else "auto"
    return {
        "actor": who if who.is_signed_in else None,
        "locale": i18n.language(),
        "theme": theme if theme in THEMES else "auto",
        "notice_count": notify.unread(who.user_id) if who.user_id is not None else 0,
    }
