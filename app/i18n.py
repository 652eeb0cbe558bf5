# SPDX-License-Identifier: Apache-2.0
"""Which language and which zone a page speaks."""

from __future__ import annotations

from babel.support import NullTranslations, Translations
from flask import Flask, current_app, g, has_app_context, has_request_context, request
from flask_babel import Babel, Domain, get_locale

LANGUAGES = ("zh", "en")  # `zh`, not `zh_Hans_CN`: browsers send zh-CN, and negotiation against the long name fails
COOKIE = "language"

babel = Babel()


def choose_language() -> str:
    """Return the language of this request: the person's choice, the browser's, the installation's."""
    settings = current_app.config["YOUYIN"]
    if not has_request_context():
        return str(settings.default_language)
    chosen = request.cookies.get(COOKIE) or g.get("preferred_language")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or str(settings.default_language)


def language() -> str:
    """Return the language in force as `zh` or `en`."""
    try:
        locale = g._flask_babel.babel_locale  # where Flask-Babel keeps it; its own way there takes three times as long
    except (AttributeError, RuntimeError):  # nobody asked in this context yet, or there is none
        locale = get_locale()
    return locale.language if locale is not None and locale.language in LANGUAGES else "en"


class Words(Domain):
    """Our catalogues, found by language: Flask-Babel writes out the name of the locale for every sentence."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, Translations | NullTranslations] = {}

    def get_translations(self) -> Translations | NullTranslations:
        """Return the catalogue of the language in force."""
        spoken = language() if has_app_context() else ""
        known = self._known.get(spoken)
        if known is None:
            known = self._known[spoken] = super().get_translations()
        return known


def init_app(app: Flask, timezone: str) -> None:
    """Install the catalogues."""
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    app.config["BABEL_DEFAULT_TIMEZONE"] = timezone
    babel.init_app(app, locale_selector=choose_language)
    babel.domain_instance = Words()
