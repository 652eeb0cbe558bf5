# SPDX-License-Identifier: Apache-2.0
"""Where the pages of entries hang; those of diaries come with them."""

from __future__ import annotations

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from app.diaries.blueprint import blueprint as diaries

blueprint = Blueprint("entries", __name__)


@blueprint.record_once
def _with_diaries(state: BlueprintSetupState) -> None:
    state.app.register_blueprint(diaries)
