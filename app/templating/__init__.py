# SPDX-License-Identifier: Apache-2.0
"""What templates may use beside their own variables: addresses of files, icons, dates, numbers, names."""

from __future__ import annotations

import hashlib
import json
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request, url_for
from markupsafe import Markup
from werkzeug.routing import BuildError

from app import clock
from app.templating.chips import chip_of
from app.templating.fields import error_lines, field_kind, input_of
from app.templating.wording import FILTERS, time_left, time_to

YEAR = 365 * 24 * 3600
_BLANK_ICON = Markup('<span class="icon icon-missing" aria-hidden="true"></span>')


def init_app(app: Flask) -> None:
    """Give the application's templates our globals and filters, and static files their lifetime in caches."""
    mimetypes.add_type("text/javascript", ".mjs")
    mimetypes.add_type("font/woff2", ".woff2")
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(
        asset=asset,
        icon=icon,
        safe_url=safe_url,
        url_with=url_with,
        page_numbers=page_numbers,
        now=clock.now,
        chip_of=chip_of,
        time_left=time_left,
        time_to=time_to,
        field_kind=field_kind,
        input_of=input_of,
        error_lines=error_lines,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.after_request(_cache_static)


def asset(path: str) -> str:
    """Return the address of a file under `static/`, changing whenever its bytes do."""
    folder = Path(current_app.static_folder or "static")
    file = folder / path
    try:
        stat = file.stat()
    except OSError:
        return url_for("static", filename=path)
    return url_for("static", filename=path, v=_digest(str(folder), path, stat.st_mtime_ns, stat.st_size))


@lru_cache(maxsize=512)
def _digest(folder: str, path: str, _changed: int, _size: int) -> str:
    """Return the start of a file's SHA-256: noted at set-up for other people's files, taken here for our own."""
    if path.startswith("vendor/"):
        noted = Path(folder) / "vendor" / "hashes.json"
        if noted.exists():
            known = json.loads(noted.read_text(encoding="utf-8")).get(path.removeprefix("vendor/"))
            if known:
                return str(known)[:16]
    return hashlib.sha256((Path(folder) / path).read_bytes()).hexdigest()[:16]


def _cache_static(response: Response) -> Response:
    """Let browsers keep a static file for good when its address carries its digest; typefaces for a month."""
    if request.endpoint == "static" and response.status_code in {200, 206, 304}:
        if request.args.get("v"):
            response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        elif request.path.endswith(".woff2"):
            response.headers["Cache-Control"] = f"public, max-age={30 * 24 * 3600}"
    return response


def icon(name: str, label: str | None = None) -> Markup:
    """Return an icon as inline SVG: silent decoration, or with `label` a picture that is read out."""
    svg = _svg(str(Path(current_app.static_folder or "static") / "vendor" / "icons"), name)
    if svg is None:
        return _BLANK_ICON
    if label is None:
        return Markup('<svg class="icon" aria-hidden="true" focusable="false" ') + svg
    return Markup('<svg class="icon" role="img" focusable="false" aria-label="{}" ').format(label) + svg


@lru_cache(maxsize=512)
def _read_svg(folder: str, name: str) -> Markup:
    if not name.replace("-", "").isalnum():
        raise ValueError(f"no such icon: {name!r}")
    text = (Path(folder) / f"{name}.svg").read_text(encoding="utf-8")
    return Markup(text.removeprefix("<svg "))  # noqa: S704 -- static/vendor is written by static/src/vendor.mjs alone


def _svg(folder: str, name: str) -> Markup | None:
    """Return the icon's SVG after its opening `<svg`, or nothing while the front-end files are not there."""
    try:
        return _read_svg(folder, name)
    except OSError:
        current_app.logger.warning("icon %s is not in static/src/icons.json", name)
        return None


def safe_url(endpoint: str | None, **values: Any) -> str | None:
    """Return the address of an endpoint, or None while the application has no such endpoint."""
    if not endpoint:
        return None
    try:
        return url_for(endpoint, **values)
    except BuildError:
        return None


def url_with(**changes: Any) -> str:
    """Return this page's address with some of its query arguments changed; None takes one away."""
    if request.endpoint is None:
        return request.path
    query: dict[str, Any] = {key: request.args.getlist(key) for key in request.args}
    query.update(changes)
    kept = {key: value for key, value in query.items() if value not in (None, "", [])}
    return url_for(request.endpoint, **{**(request.view_args or {}), **kept})


def page_numbers(page: int, pages: int) -> list[int | None]:
    """Return the pages to link: the first, the last, the neighbours, and None where some are left out."""
    shown = sorted({1, pages, *(at for at in range(page - 1, page + 2) if 1 <= at <= pages)})
    line: list[int | None] = []
    for number in shown:
        if line and line[-1] is not None and number - line[-1] == 2:
            line.append(number - 1)
        elif line and line[-1] is not None and number - line[-1] > 2:
            line.append(None)
        line.append(number)
    return line
