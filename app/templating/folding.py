# SPDX-License-Identifier: Apache-2.0
"""Templates compiled once for each language, with the words of the language and the icons already in them.

A page holds a hundred sentences and thirty icons that never change; looking them up for every reader took a third of
the time of a page. Sentences with values in them stay calls; their wording is found beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any, cast

from flask import Flask
from flask.templating import Environment as FlaskEnvironment
from flask_babel import gettext
from jinja2 import Template, nodes
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from app import i18n

WORDS = ("_", "gettext")
ICON = "icon"
Icon = Callable[[str], Markup]


class Page(Template):
    """A template that finds its imported macros at once.

    The base class counts all globals at every import, to see whether the caller knows more of them than the macros do;
    here nobody does, and to see that takes a hundredth of the time.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        if ctx is None or ctx.globals_keys == self.globals.keys():
            return super()._get_default_module()
        return super()._get_default_module(ctx)


class Environment(FlaskEnvironment):
    """Flask's environment with a shelf of compiled templates for each language."""

    template_class = Page

    def __init__(self, app: Flask, **options: Any) -> None:
        self._shelves: dict[str, MutableMapping[Any, Template] | None] = {}
        super().__init__(app, **options)

    @property
    def cache(self) -> MutableMapping[Any, Template] | None:
        """The compiled templates of the language in force."""
        language = i18n.language()
        if language not in self._shelves:
            self._shelves[language] = {}
        return self._shelves[language]

    @cache.setter
    def cache(self, _: MutableMapping[Any, Template] | None) -> None:
        """Drop what the base class makes: there is one shelf for each language instead."""
        self._shelves = {}

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        """Fold, then generate the code; the base class names this as the place to hook into."""
        folds = self.autoescape(name) if callable(self.autoescape) else self.autoescape
        if folds and not _gives_away(source):
            source = _Folding(cast("Icon | None", self.globals.get(ICON))).visit(source)
        return super()._generate(source, name, filename, defer_init)


def _gives_away(source: nodes.Template) -> bool:
    """Tell whether a template gives one of these names another meaning."""
    taken = {node.name for node in source.find_all(nodes.Name) if node.ctx != "load"}
    taken |= {node.name for node in source.find_all(nodes.Macro)}
    taken |= {node.target for node in source.find_all(nodes.Import)}
    for found in source.find_all(nodes.FromImport):
        taken |= {name if isinstance(name, str) else name[1] for name in found.names}
    return not taken.isdisjoint((*WORDS, ICON))


class _Folding(NodeTransformer):
    """Replaces calls whose answer is known by the answer."""

    def __init__(self, icon: Icon | None) -> None:
        self._icon = icon

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 -- the name that Jinja dispatches on
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        if node.dyn_args is not None or node.dyn_kwargs is not None or len(node.args) != 1:
            return node
        text = node.args[0].value if isinstance(node.args[0], nodes.Const) else None
        if not isinstance(text, str):
            return node
        if name in WORDS:
            return _worded(text, node)
        if name == ICON and self._icon is not None and not node.kwargs:
            return nodes.Const(self._icon(text), lineno=node.lineno)
        return node


def _worded(text: str, node: nodes.Call) -> nodes.Expr:
    """Return a sentence in the language in force, with its values still to be put in, each escaped."""
    words = Markup(gettext(text))  # noqa: S704 -- our own catalogues; Jinja's extension trusts them the same way
    if not node.kwargs:
        return nodes.Const(words % {}, lineno=node.lineno)
    values = [nodes.Pair(nodes.Const(given.key), given.value, lineno=given.lineno) for given in node.kwargs]
    return nodes.Mod(nodes.Const(words), nodes.Dict(values), lineno=node.lineno)
