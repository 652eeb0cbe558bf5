# SPDX-License-Identifier: Apache-2.0
"""Where a person goes back to: only ever a page of this installation."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from flask import current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

LONGEST = 2000


def is_own_page(target: str | None) -> bool:
    """Tell whether an address is a path of this application that answers to GET.

    Browsers take a backslash for a slash and drop tabs and line breaks, so an address that holds any of them, encoded
    or not, is refused before it is looked at.
    """
    if not target or len(target) > LONGEST:
        return False
    plain = target
    for _ in range(3):  # twice encoded is still an attack somewhere down the line
        if not plain.startswith("/") or plain.startswith(("//", "/\\")) or "\\" in plain:
            return False
        if any(ord(char) < 33 or ord(char) == 127 for char in plain.partition("?")[0]):
            return False
        plain = unquote(plain)
    if any(ord(char) < 33 or ord(char) == 127 for char in target):
        return False
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    if parts.scheme or parts.netloc:
        return False
    adapter = current_app.url_map.bind("localhost")
    try:
        adapter.match(unquote(parts.path), method="GET")
    except RequestRedirect:
        return False
    except HTTPException:
        return False
    return True


def page_to_return_to(target: str | None, otherwise: str = "/") -> str:
    """Return `target` when it is a page of ours, otherwise the other one."""
    return target if target is not None and is_own_page(target) else otherwise
