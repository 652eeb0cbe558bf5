# SPDX-License-Identifier: Apache-2.0
"""A way back never leads out of the installation."""

from __future__ import annotations

import pytest
from flask import Flask

from app.accounts.returning import page_to_return_to

OPEN_REDIRECTS = [
    "https://evil.example",
    "http:evil.example",
    "HTTPS://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "\\evil.example",
    "/%5cevil.example",
    "/%5c%5cevil.example",
    "/%2f%2fevil.example",
    "/%2fevil.example",
    "%2f%2fevil.example",
    "/%255cevil.example",
    "/%252f%252fevil.example",
    "/me\\@evil.example",
    "/.evil.example",
    "/..//evil.example",
    "/../evil.example",
    "/./\\evil.example",
    "/%09/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "/%0d%0aLocation:%20https://evil.example",
    "/%0aSet-Cookie:x=y",
    "/me%0d%0aX: y",
    "/me\r\nX: y",
    " //evil.example",
    "\t//evil.example",
    "\x00//evil.example",
    "/\x00/evil.example",
    "\u2028//evil.example",
    "/\u3000/evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "javascript://%0aalert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "ftp://evil.example",
    "blob:https://evil.example/1",
    "mailto:x@evil.example",
    "evil.example",
    "www.evil.example/me",
    "me",
    "./me",
    "../me",
    "?next=//evil.example",
    "#//evil.example",
    "@evil.example",
    "user@evil.example/me",
    "http://localhost@evil.example",
    "http://localhost.evil.example",
    "http://localhost:80@evil.example",
    "http://evil.example#localhost",
    "http://evil.example?localhost",
    "http://[::1",
    "http://[evil.example]/",
    "//[::1/me",
    "https:/evil.example",
    "https:///evil.example",
    "https:\\\\evil.example",
    "http:\\evil.example",
    ":80",
    "://evil.example",
    "/:@evil.example",
    "/https://evil.example",
    "/;@evil.example",
    "/me/..;/evil.example",
    "//google.com/%2f..",
    "//www.evil.example/%2e%2e%2f",
    "/evil.example/..//",
    "〱evil.example",
    "／／evil.example",
    "/／evil.example",
    "%00/me",
    "/no-such-page",
    "/sign-out",
    "/language",
    "",
    "/" + "x" * 3000,
]


def test_there_are_enough_forms_of_open_redirects() -> None:
    assert len(set(OPEN_REDIRECTS)) >= 80


@pytest.mark.parametrize("target", OPEN_REDIRECTS)
def test_a_way_back_never_leads_out(app: Flask, target: str) -> None:
    assert page_to_return_to(target) == "/"


@pytest.mark.parametrize("target", ["/me", "/people?q=%E5%BC%A0&page=2", "/contests", "/me?x=//evil.example"])
def test_a_page_of_ours_is_a_way_back(app: Flask, target: str) -> None:
    assert page_to_return_to(target) == target
