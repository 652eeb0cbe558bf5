# SPDX-License-Identifier: Apache-2.0
"""What templates may use beside their own variables: addresses of files, icons, dates, numbers, names."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from flask import Flask

from app import clock
from app.templating.addresses import safe_url, url_for, url_with
from app.templating.chips import chip_of
from app.templating.fields import error_lines, field_kind, input_of
from app.templating.files import StaticFiles
from app.templating.wording import FILTERS, time_left, time_to

__all__ = ["init_app", "page_numbers", "safe_url", "url_for", "url_with"]


def init_app(app: Flask) -> None:
    """Give the application's templates our globals and filters, and static files their lifetime in caches."""
    mimetypes.add_type("text/javascript", ".mjs")
    mimetypes.add_type("font/woff2", ".woff2")
    watch = app.debug or bool(getattr(app.config.get("YOUYIN"), "development", False))
    files = StaticFiles(Path(app.static_folder or "static"), app.static_url_path or "/static", watch=watch)
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(
        asset=files.asset,
        icon=files.icon,
        url_for=url_for,
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
    app.after_request(files.cache)


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
