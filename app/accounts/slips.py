# SPDX-License-Identifier: Apache-2.0
"""Slips of paper with a personal way in: an address to type and the same as a QR code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from flask import current_app, request, url_for
from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Slip:
    """What one slip says."""

    name: str
    unit: str
    part: str
    url: str
    expires_at: datetime
    qr: Markup


def address(endpoint: str, **values: Any) -> str:
    """Return the address of a page as somebody outside types it: the installation's own, else this request's."""
    base = current_app.config["YOUYIN"].public_url or request.host_url.rstrip("/")
    return f"{base}{url_for(endpoint, **values)}"


def slip(name: str, unit: str, token: str, expires_at: datetime, *, part: str = "") -> Slip:
    """Return the slip of one person for a link that was just made."""
    url = address("accounts.follow_link", token=token)
    return Slip(name=name, unit=unit, part=part, url=url, expires_at=expires_at, qr=qr(url))


def qr(text: str) -> Markup:
    """Return a QR code as inline SVG without styles, which our content security policy would refuse."""
    svg = segno.make(text, error="m", micro=False).svg_inline(
        border=2, omitsize=True, svgclass="qr", lineclass=None, light="#fff", dark="#000"
    )
    return Markup(svg)  # noqa: S704 -- segno writes coordinates only; the text stands in no attribute
