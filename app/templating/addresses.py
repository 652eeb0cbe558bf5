# SPDX-License-Identifier: Apache-2.0
"""Addresses as templates ask for them: each is built once and remembered, since a page asks for fifty."""

from __future__ import annotations

from typing import Any

from flask import current_app, has_request_context, request
from werkzeug.routing import BuildError

KEPT = 20_000
_BUILT = "youyin_addresses"


def url_for(endpoint: str, **values: Any) -> str:
    """Return the address of an endpoint as Flask does."""
    if not has_request_context() or endpoint.startswith("."):
        return current_app.url_for(endpoint, **values)
    built: dict[tuple[Any, ...], str] = current_app.extensions.setdefault(_BUILT, {})
    # A proxy may announce a prefix, and an endpoint may have an address for each method.
    key = (request.script_root, request.method, endpoint, *values.items())
    try:
        known = built.get(key)
    except TypeError:  # a list among the values
        return current_app.url_for(endpoint, **values)
    if known is None:
        known = current_app.url_for(endpoint, **values)
        if "_external" not in values and "_scheme" not in values:
            if len(built) >= KEPT:
                built.clear()
            built[key] = known
    return known


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
