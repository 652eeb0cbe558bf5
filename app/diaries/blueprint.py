# SPDX-License-Identifier: Apache-2.0
"""Where the pages of diaries hang. They are written in `app.entries`, for a diary's owner stands to the right of it."""

from __future__ import annotations

from flask import Blueprint

from app.diaries.rendering import excerpt, markdown

blueprint = Blueprint("diaries", __name__)
blueprint.add_app_template_filter(markdown, "markdown")
blueprint.add_app_template_filter(excerpt, "excerpt")
