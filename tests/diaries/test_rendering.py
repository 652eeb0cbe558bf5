# SPDX-License-Identifier: Apache-2.0
"""Markdown that people write becomes little HTML, and nothing in it runs."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest

from app.diaries.rendering import ATTRIBUTES, TAGS, excerpt, markdown

SCHEMES = ["javascript:", "JaVaScRiPt:", "java&#10;script:", "&#x6A;avascript:", "vbscript:", "data:text/html,"]
SCHEMES += ["data:text/html;base64,PHNjcmlwdD4=", "feed:javascript:", "file:///", "blob:x", "java\\script:"]
SCHEMES += ["javascript&colon;", "//javascript:", "view-source:javascript:", "jar:javascript:"]
SCHEMES += ["java\tscript:", "\x01javascript:", " javascript:"]
HTML = """
<script>alert(1)</script>
<img src=x onerror=alert(1)>
<svg/onload=alert(1)>
<svg><script>alert(1)</script></svg>
<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>
<iframe src=javascript:alert(1)></iframe>
<object data=x></object>
<embed src=x>
<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>
<noscript><p title='</noscript><img src=x onerror=alert(1)>'>
<form action=x><button formaction=javascript:alert(1)>
<a href=javascript:alert(1)>x</a>
<details open ontoggle=alert(1)>
<video><source onerror=alert(1)></video>
<body onload=alert(1)>
<style>@import 'x'</style>
<link rel=stylesheet href=x>
<meta http-equiv=refresh content=0>
<base href=//x>
<template><script>alert(1)</script></template>
<xmp><p title='</xmp><img src=x onerror=alert(1)>'>
<!--><img src=x onerror=alert(1)>-->
<?xml-stylesheet href=x?>
<![CDATA[<script>alert(1)</script>]]>
<p style=background:url(x)>
<div onmouseover=alert(1)>x</div>
<input autofocus onfocus=alert(1)>
<<script>alert(1)//<</script>
&lt;script&gt;alert(1)&lt;/script&gt;
""".strip().splitlines()
HTML += ["<a\x00href=x onclick=alert(1)>", "<img src=x\nonerror=alert(1)>"]
FRAMES = (
    "{}",
    "# {}",
    "- {}",
    "> {}",
    "| {} | b |\n|-|-|\n| {} | c |",
    "**{}**",
    "[{}](/x)",
    "![{}](/files/x)",
    "`{}`",
    "    {}",
)
LINKS = ("[x]({})", "[x](<{}>)", "<{}>", "![x]({})", '[x](/a "{}")')
VECTORS = [
    frame.format(html, html) if frame.count("{}") == 2 else frame.format(html) for html in HTML for frame in FRAMES
]
VECTORS += [link.format(scheme + "alert(1)") for scheme in SCHEMES for link in LINKS]


class Reader(HTMLParser):
    """Collects what a browser would take for tags and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


@pytest.mark.parametrize("frame", range(0, len(VECTORS), 25))
def test_nothing_runs(frame: int) -> None:
    assert len(VECTORS) >= 200
    for vector in VECTORS[frame : frame + 25]:
        reader = Reader()
        reader.feed(str(markdown(vector)))
        for tag, attributes in reader.seen:
            assert tag in TAGS, vector
            assert set(attributes) <= ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set()), vector
            for address in (attributes.get("href"), attributes.get("src")):
                assert re.match(r"(https?://|mailto:|/(?!/)|#|$)", address or ""), (vector, address)
            if tag == "img":
                assert (attributes.get("src") or "/").startswith("/"), vector
                assert not (attributes.get("src") or "/").startswith("//"), vector


def test_chinese_emphasis_and_line_ends_come_out_as_they_were_meant() -> None:
    html = str(markdown("**注意：**必须在**“关键”**步骤\n第二行"))
    assert html == "<p><strong>注意：</strong>必须在<strong>“关键”</strong>步骤<br>\n第二行</p>\n"


def test_headings_begin_below_those_of_the_page() -> None:
    assert str(markdown("# One\n\n###### Six")) == "<h3>One</h3>\n<h6>Six</h6>\n"


def test_links_leave_without_telling_where_from_and_pictures_are_our_own() -> None:
    assert str(markdown("[a](https://example.org)")) == (
        '<p><a href="https://example.org" rel="nofollow ugc noopener noreferrer">a</a></p>\n'
    )
    assert str(markdown("[a](//example.org)")) == '<p><a rel="nofollow ugc noopener noreferrer">a</a></p>\n'
    assert str(markdown("![a](/files/abc/display/1)")) == '<p><img src="/files/abc/display/1" alt="a"></p>\n'
    for foreign in ("https://example.org/a.png", "//example.org/a.png", "/\\example.org/a.png", "a.png"):
        assert str(markdown(f"![a]({foreign})")) == '<p><img alt="a"></p>\n'


def test_an_excerpt_is_plain_words() -> None:
    assert excerpt("# 标题\n\n- **一** & <b>\n- 二\n\n|a|b|\n|-|-|\n|c|d|") == "标题 一 & <b> 二 a b c d"
    assert excerpt("字" * 20, 8) == "字" * 8 + "…"


@pytest.mark.parametrize(
    "piece", ["[", "*a ", "![", ">", "- ", "|", "[a](", "<", "_中", "[x]: y\n", "&", "`", "a|b\n-|-\n", "\\*", "1. a\n"]
)
def test_no_text_keeps_the_parser_busy(piece: str) -> None:
    markdown.cache_clear()
    begun = time.process_time()
    markdown((piece * 20_000)[:20_000])
    assert time.process_time() - begun < 3
