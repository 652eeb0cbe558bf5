# SPDX-License-Identifier: Apache-2.0
"""Builds the application from the environment; nothing else."""

from app import create_app
from app.config import Settings

app = create_app(Settings.from_env())
