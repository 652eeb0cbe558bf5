# SPDX-License-Identifier: Apache-2.0
"""Markdown as people write it, made into the little HTML that we allow."""

from __future__ import annotations

import html
import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup
from mdit_py_cjk_friendly import cjk_friendly

TAGS = {"p", "br", "hr", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre", "blockquote"}
TAGS |= {"ul", "ol", "li", "a", "img", "table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
# A picture comes from this installation: another server would learn who reads what and when.
OWN_PICTURE = re.compile(r"/(?![/\\])[A-Za-z0-9/_.~-]*\Z")
LINK = re.compile(r"https?://|mailto:|/(?![/\\])|#")  # whole addresses and places here; anything else leads nowhere
HEADINGS_BEGIN = 3  # the page's own headings stand above those of a text

# Link references are off: nobody keeps a diary with them, and some thousand of them cost the parser twenty seconds.
_markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("reference")
cjk_friendly(_markdown)  # without it `**注意：**必须` is not bold
# Line ends stay line ends, as on the phone on which the text was typed; the plugin would join Chinese lines.
_markdown.add_render_rule("softbreak", lambda *_: "<br>\n")


@lru_cache(maxsize=256)
def markdown(text: str) -> Markup:
    """Return Markdown as safe HTML: no raw HTML, an allow-list of tags, pictures of this installation only."""
    tokens = _markdown.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + HEADINGS_BEGIN - 1)}"
    rendered = _markdown.renderer.render(tokens, _markdown.options, {})
    clean = nh3.clean(
        rendered,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_filter,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener noreferrer",
    )
    return Markup(clean)  # noqa: S704 -- nh3 has just made it safe


def excerpt(text: str, limit: int = 160) -> str:
    """Return the beginning of a text as plain words, for lists, feeds and search."""
    spaced = re.sub(r"(?=<(?:br|/p|/li|/h\d|/t[dh])\b)", " ", str(markdown(text)))
    line = " ".join(html.unescape(nh3.clean(spaced, tags=set())).split())
    return line if len(line) <= limit else line[:limit].rstrip() + "…"


def _filter(_tag: str, attribute: str, value: str) -> str | None:
    wanted = {"src": OWN_PICTURE, "href": LINK}.get(attribute)
    return value if wanted is None or wanted.match(value) else None
