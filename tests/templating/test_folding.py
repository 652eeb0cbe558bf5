# SPDX-License-Identifier: Apache-2.0
"""Words are in the compiled template, in the reader's language, and values are escaped as before."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel
from jinja2 import DictLoader
from markupsafe import Markup

from app import i18n
from app.templating.folding import Environment

TEMPLATES = {
    "plain.html": "{{ _('Sign in') }}|{{ icon('check') }}|{{ _('100%%') }}",
    "value.html": "{{ _('Account of %(name)s', name=who) }}",
    "argument.html": "{% macro quoted(x) %}“{{ x }}”{% endmacro %}{{ quoted(_('A & B')) }}",
    "macros.html": "{% macro icon(x) %}drawn {{ x }}{% endmacro %}",
    "imported.html": "{% from 'macros.html' import icon %}{{ icon('check') }}",
    "own.html": "{% macro _(x) %}mine{% endmacro %}{{ _('Sign in') }}",
    "loop.html": "{% for _ in [1, 2] %}{{ _ }}{% endfor %}",
    "dynamic.html": "{% set word = 'Sign in' %}{{ _(word) }}{{ icon(symbol) }}",
    "text.txt": "{{ _('A & B') }}",
}


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = Flask("folding", root_path=str(Path(i18n.__file__).parent), instance_path=str(tmp_path))
    app.jinja_environment = Environment  # type: ignore[assignment]  # as create_app does it
    app.jinja_loader = DictLoader(TEMPLATES)
    Babel(app, locale_selector=lambda: app.config["LANGUAGE"])
    app.config["LANGUAGE"] = "en"
    app.jinja_env.globals["icon"] = lambda name: Markup(f"<svg>{name}</svg>")
    return app


def drawn(app: Flask, name: str, **values: object) -> str:
    with app.test_request_context():
        return app.jinja_env.get_template(name).render(values)


def test_words_and_icons_are_part_of_the_compiled_template(app: Flask) -> None:
    assert drawn(app, "plain.html") == "Sign in|<svg>check</svg>|100%"
    app.jinja_env.globals["icon"] = lambda name: Markup("never asked again")
    assert "<svg>check</svg>" in drawn(app, "plain.html")


def test_each_language_has_its_own(app: Flask) -> None:
    english = drawn(app, "plain.html")
    app.config["LANGUAGE"] = "zh"
    chinese = drawn(app, "plain.html")
    assert chinese.startswith("登录|")
    app.config["LANGUAGE"] = "en"
    assert drawn(app, "plain.html") == english


def test_values_in_a_sentence_are_escaped(app: Flask) -> None:
    assert drawn(app, "value.html", who="<b>Ada</b>") == "Account of &lt;b&gt;Ada&lt;/b&gt;"
    assert drawn(app, "value.html", who=Markup("<b>Ada</b>")) == "Account of <b>Ada</b>"
    assert drawn(app, "argument.html") == "“A & B”"


def test_another_meaning_of_the_names_is_left_alone(app: Flask) -> None:
    assert drawn(app, "own.html") == "mine"
    assert drawn(app, "loop.html") == "12"
    assert drawn(app, "imported.html") == "drawn check"


def test_what_is_known_late_is_looked_up_late(app: Flask) -> None:
    assert drawn(app, "dynamic.html", symbol="bell") == "Sign in<svg>bell</svg>"
    assert drawn(app, "text.txt") == "A & B"
