# SPDX-License-Identifier: Apache-2.0
"""The command line. Each feature's group lives in its own `commands.py`; this wires them."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

GROUPS = ("accounts", "competitions", "exchange", "archives", "ops")


def init_app(app: Flask) -> None:
    """Add every feature's commands."""
    for name in GROUPS:
        if find_spec(f"app.{name}.commands" if name != "ops" else "app.ops_commands"):
            module = import_module(f"app.{name}.commands" if name != "ops" else "app.ops_commands")
            module.init_app(app)
