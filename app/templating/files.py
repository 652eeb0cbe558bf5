# SPDX-License-Identifier: Apache-2.0
"""Static files: their addresses, how long browsers keep them, and icons drawn into the page."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path

from flask import Response, request
from markupsafe import Markup, escape

YEAR = 365 * 24 * 3600
MONTH = 30 * 24 * 3600
_BLANK = Markup('<span class="icon icon-missing" aria-hidden="true"></span>')

log = logging.getLogger(__name__)


class StaticFiles:
    """The files under `static/`. Digests and icons are read once; in development, again whenever a file changed."""

    def __init__(self, folder: Path, address: str, *, watch: bool) -> None:
        self._folder = folder
        self._address = address
        self._watch = watch
        self._digests: dict[str, tuple[int, str]] = {}
        self._noted: dict[str, str] | None = None
        self._icons: dict[str, Markup] = {}

    def asset(self, path: str) -> str:
        """Return the address of a file, changing whenever its bytes do."""
        digest = self._digest(path)
        address = f"{request.script_root}{self._address}/{path}"
        return f"{address}?v={digest}" if digest else address

    def _digest(self, path: str) -> str:
        known = self._digests.get(path)
        if known and not self._watch:
            return known[1]
        try:
            changed = (self._folder / path).stat().st_mtime_ns
        except OSError:
            return ""
        if known is None or known[0] != changed:
            known = (changed, self._noted_digest(path) or self._own_digest(path))
            self._digests[path] = known
        return known[1]

    def _own_digest(self, path: str) -> str:
        return hashlib.sha256((self._folder / path).read_bytes()).hexdigest()[:16]

    def _noted_digest(self, path: str) -> str | None:
        """Return what set-up noted of other people's files, so that a megabyte need not be read at the first page."""
        if not path.startswith("vendor/") or self._watch:
            return None
        if self._noted is None:
            noted = self._folder / "vendor" / "hashes.json"
            self._noted = json.loads(noted.read_text(encoding="utf-8")) if noted.exists() else {}
        digest = self._noted.get(path.removeprefix("vendor/"))
        return digest[:16] if digest else None

    def icon(self, name: str, label: str | None = None) -> Markup:
        """Return an icon as inline SVG: silent decoration, or with `label` a picture that is read out."""
        svg = self._icons.get(name)
        if svg is None:
            svg = self._read_icon(name)
            if svg is None:
                return _BLANK
            self._icons[name] = svg
        if label is None:
            return svg
        # `str`, because Markup would escape the quotation marks of what is put in.
        named = str(svg).replace('aria-hidden="true"', f'role="img" aria-label="{escape(label)}"', 1)
        return Markup(named)  # noqa: S704 -- the label is escaped, the rest is ours

    def _read_icon(self, name: str) -> Markup | None:
        if not name.replace("-", "").isalnum():
            raise ValueError(f"no such icon: {name!r}")
        try:
            text = (self._folder / "vendor" / "icons" / f"{name}.svg").read_text(encoding="utf-8")
        except OSError:
            log.warning("icon %s is not in static/vendor/icons: see static/src/icons.json", name)
            return None
        opening = '<svg class="icon" aria-hidden="true" focusable="false" '
        return Markup(opening + text.removeprefix("<svg "))  # noqa: S704 -- written by static/src/vendor.mjs alone

    def cache(self, response: Response) -> Response:
        """Let browsers keep a static file for good when its address carries its digest; typefaces for a month."""
        if request.endpoint == "static" and response.status_code in {200, 206, 304}:
            if request.args.get("v"):
                response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
            elif request.path.endswith(".woff2"):
                response.headers["Cache-Control"] = f"public, max-age={MONTH}"
        return response
