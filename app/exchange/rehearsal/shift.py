# SPDX-License-Identifier: Apache-2.0
"""Moves a contest in time, so that a rehearsal can stand in the middle of its final today."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from app.exchange.folder import Folder, WindowSpec


def into_the_final(folder: Folder, now: datetime) -> Folder:
    """Return the folder moved by whole days so that two fifths of the last stage's marking are over at `now`."""
    return into(folder, folder.stages[-1].marking, now, fifths=2)


def into(folder: Folder, window: WindowSpec, now: datetime, *, fifths: int) -> Folder:
    """Return the folder moved by whole days so that so many fifths of one of its windows are over at `now`."""
    then = window.starts_at + (window.ends_at - window.starts_at) * fifths / 5
    by = timedelta(days=(now - then).days)

    def moved(window: WindowSpec) -> WindowSpec:
        return replace(window, starts_at=window.starts_at + by, ends_at=window.ends_at + by)

    return replace(
        folder,
        windows=tuple(moved(window) for window in folder.windows),
        stages=tuple(replace(stage, marking=moved(stage.marking)) for stage in folder.stages),
    )
