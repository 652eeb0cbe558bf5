# SPDX-License-Identifier: Apache-2.0
"""The pages of people: ways in and out, one's own account, the administration of people and units."""

from __future__ import annotations

from app.accounts import door_views, own_views, people_views, preferences, unit_views
from app.accounts.blueprint import blueprint

__all__ = ["blueprint", "door_views", "own_views", "people_views", "preferences", "unit_views"]
