# SPDX-License-Identifier: Apache-2.0
"""Headers, cookies, body limits and cross-site request forgery: what holds for every answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from app.config import Settings
from app.policy import actor

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'self'; form-action 'self'"
)
FILE_CSP = "sandbox; default-src 'none'"
SMALL_BODY = 1 << 20

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, headers_enabled=False, strategy="fixed-window")

View = TypeVar("View", bound=Callable[..., Any])


def takes_up_to(mib: int | None = None) -> Callable[[View], View]:
    """Let a view take bodies of up to `mib` MiB (None: the installation's limit for uploads)."""

    def mark(view: View) -> View:
        view.body_limit = mib  # type: ignore[attr-defined]  # read before the body is
        return view

    return mark


def init_app(app: Flask, settings: Settings) -> None:
    """Set cookies, limits and headers of the application."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks) or None,
        SESSION_COOKIE_NAME="__Host-youyin" if settings.secure_cookies else "youyin",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=SMALL_BODY,
        MAX_FORM_MEMORY_SIZE=SMALL_BODY,
        MAX_FORM_PARTS=600,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        WTF_CSRF_TIME_LIMIT=None,  # a judge may leave a page open over lunch; the session bounds the token
        WTF_CSRF_SSL_STRICT=False,
        RATELIMIT_STORAGE_URI=settings.cache_url,
        RATELIMIT_ENABLED=not settings.testing,
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, *([settings.proxies] * 4))  # type: ignore[method-assign]  # Flask's own advice
    csrf.init_app(app)
    limiter.init_app(app)

    def limit_body() -> None:
        view = app.view_functions.get(request.endpoint or "")
        if view is not None and hasattr(view, "body_limit"):
            mib = view.body_limit or settings.max_upload_mib
            request.max_content_length = (mib << 20) + SMALL_BODY

    # First of all: CSRF protection reads the form, and the limit must stand before anything is read.
    app.before_request_funcs.setdefault(None, []).insert(0, limit_body)
    app.after_request(_headers)


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
    if request.endpoint != "static":
        private = actor().is_signed_in or "Set-Cookie" in headers
        headers.setdefault("Cache-Control", "private, no-store" if private else "no-cache")
        headers.add("Vary", "Cookie, Accept-Language")
    return response
