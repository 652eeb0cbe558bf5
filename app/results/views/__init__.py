# SPDX-License-Identifier: Apache-2.0
"""The pages of results: an organizer's workbench, the public page of a ranking and its reasons, downloads."""

from app.results.views import downloads, ranking, steps, workbench
from app.results.views.blueprint import blueprint

__all__ = ["blueprint", "downloads", "ranking", "steps", "workbench"]
