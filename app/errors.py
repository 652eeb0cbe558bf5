# SPDX-License-Identifier: Apache-2.0
"""What can go wrong in the domain, and what HTTP makes of it.

A service raises one of these; it never builds a response. The message is a lazy string, so that it is worded in the
language of whoever reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, TypeAlias

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException

Message: TypeAlias = str | LazyString


class DomainError(Exception):
    """A rule refused. `message` says why and what to do; `fields` places it beside what was typed."""

    status: ClassVar[int] = 400

    def __init__(self, message: Message, *, fields: Mapping[str, Message] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields: dict[str, Message] = dict(fields or {})


class NotFound(DomainError):
    """There is no such thing, or none that this actor may know of: the two look the same."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_l("There is nothing at this address, or it is not open to you."))


class Forbidden(DomainError):
    """The actor may know of the thing but not do this to it; the message is the reason."""

    status = 403


class Conflict(DomainError):
    """Somebody else was first, or the thing is no longer in the state this needs."""

    status = 409


class Stale(Conflict):
    """The thing changed since it was opened. `theirs` is what stands now, `yours` what was sent: neither is lost."""

    def __init__(self, message: Message, *, yours: object = None, theirs: object = None) -> None:
        super().__init__(message)
        self.yours = yours
        self.theirs = theirs


class Invalid(DomainError):
    """What was sent breaks a rule; `fields` says where."""

    status = 422


class TooLarge(DomainError):
    """More bytes than this place takes."""

    status = 413


class TooMany(DomainError):
    """Too many tries in a short time."""

    status = 429


def page(status: int, message: Message, *, fields: Mapping[str, Message] | None = None) -> ResponseReturnValue:
    """Answer with the error page, or with the fragment when htmx asked."""
    fragment = request.headers.get("HX-Request") == "true"
    template = "errors/_fragment.html" if fragment else "errors/page.html"
    return render_template(template, status=status, message=message, fields=fields or {}), status


def init_app(app: Flask) -> None:
    """Give every domain error and every HTTP error its page."""

    def domain_error(error: DomainError) -> ResponseReturnValue:
        return page(error.status, error.message, fields=error.fields)

    def http_error(error: HTTPException) -> ResponseReturnValue:
        if error.response is not None or error.code is None or error.code < 400:
            return error.get_response()  # whoever raised it brought the answer along
        return page(error.code, HTTP_MESSAGES.get(error.code, HTTP_MESSAGES[400]))

    def unexpected(error: Exception) -> ResponseReturnValue:
        current_app.logger.error("unexpected error", exc_info=error)
        return page(500, HTTP_MESSAGES[500])

    app.register_error_handler(DomainError, domain_error)
    app.register_error_handler(HTTPException, http_error)
    if not app.testing and not app.debug:
        app.register_error_handler(Exception, unexpected)


HTTP_MESSAGES: dict[int, Message] = {
    400: _l("The request could not be understood. Go back, reload the page and try again."),
    403: _l("This is not open to you."),
    404: NotFound().message,
    405: _l("This address does not take that kind of request. Go back and use the buttons of the page."),
    409: _l("Somebody else changed this meanwhile. Reload the page and look at what stands there now."),
    413: _l("What was sent is larger than this place takes. Send less, or a smaller file."),
    415: _l("This kind of content is not taken here."),
    422: _l("Something that was sent is not right. Look at the marked fields."),
    429: _l("Too many tries in a short time. Wait a minute and try again."),
    500: _l("Something went wrong on our side. Nothing that was confirmed to you is lost. Try again in a moment."),
    503: _l("The service is not ready at the moment. Try again in a minute."),
}
