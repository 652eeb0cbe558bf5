# SPDX-License-Identifier: Apache-2.0
"""The blueprint of this feature: its view modules hang their routes on it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
