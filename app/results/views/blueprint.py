# SPDX-License-Identifier: Apache-2.0
"""The blueprint that the pages of results share."""

from flask import Blueprint

blueprint = Blueprint("results", __name__)
