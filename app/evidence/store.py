# SPDX-License-Identifier: Apache-2.0
"""The installation's store of bytes, where files wait while they are checked, and what is accepted."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from flask import current_app

from app.config import Settings
from uploads import Kind, Limits, Storage

PAGES = 200  # of one document: as many as are drawn for reading in place


def storage() -> Storage:
    """Return the store that the settings name."""
    return _opened(_settings().storage_url)


@lru_cache(maxsize=8)
def _opened(url: str) -> Storage:
    return Storage.from_url(url)


def intake_folder() -> Path:
    """Return the folder for files on their way; beside the default store, so that taking one over is a rename."""
    return _settings().instance / "intake"


def limits(kinds: frozenset[Kind] | None = None) -> Limits:
    """Return what this installation accepts as evidence; `kinds` narrows it."""
    return Limits(max_bytes=_settings().max_upload_mib << 20, kinds=kinds or frozenset(Kind), max_pages=PAGES)


def _settings() -> Settings:
    settings: Settings = current_app.config["YOUYIN"]
    return settings
