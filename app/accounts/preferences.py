# SPDX-License-Identifier: Apache-2.0
"""Language and theme of a browser."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, current_app, g, redirect, request
from flask_babel import lazy_gettext as _l

from app import clock
from app.accounts import service
from app.accounts.blueprint import blueprint
from app.accounts.models import User
from app.accounts.returning import page_to_return_to
from app.db import db, transaction
from app.errors import Invalid
from app.i18n import COOKIE, LANGUAGES
from app.policy import actor, public

THEME_COOKIE = "theme"
THEMES = ("light", "auto", "dark")
KEPT = timedelta(days=365)


def _remember(response: Response, name: str, value: str) -> Response:
    response.set_cookie(
        name,
        value,
        max_age=KEPT,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        path="/",
    )
    return response


def _back() -> Response:
    return redirect(page_to_return_to(request.form.get("next")), 303)  # type: ignore[return-value]  # Werkzeug's serves


@blueprint.post("/language")
@public
def set_language() -> Response:
    """Switch the language, for this browser and for the person who is signed in."""
    chosen = request.form.get("lang", "")
    if chosen not in LANGUAGES:
        raise Invalid(_l("There is no such language here."))
    if actor().is_signed_in and g.get("preferred_language") != chosen:
        with transaction():
            user = db.session.get_one(User, actor().user_id)
            service.set_language(user, chosen, by=actor(), now=clock.now())
    return _remember(_back(), COOKIE, chosen)


@blueprint.post("/theme")
@public
def set_theme() -> Response:
    """Switch between light, dark and what the device says."""
    chosen = request.form.get("theme", "")
    if chosen not in THEMES:
        raise Invalid(_l("There is no such theme here."))
    return _remember(_back(), THEME_COOKIE, chosen)
