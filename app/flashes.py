# SPDX-License-Identifier: Apache-2.0
"""A short message on the next page that a person sees."""

from __future__ import annotations

import flask

from app.errors import Message


def flash(message: Message, tone: str = "info") -> None:
    """Keep a message for the next page; tones are those of a callout: info, good, warn, bad."""
    flask.flash(str(message), tone)
