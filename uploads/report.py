# SPDX-License-Identifier: Apache-2.0
"""Tell the operator which fences around the parser hold on this system, by trying to break out."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from uploads.parse import ask

# What must hold wherever user files are parsed, whichever layer does it.
NEEDED = ("memory", "cpu", "open_files", "file_size", "network", "files", "processes", "privileges")


@dataclass(frozen=True)
class SandboxReport:
    """What a child could not do (fences, tried), and by which means (layers, as the child set them up)."""

    fences: Mapping[str, bool]
    layers: Mapping[str, bool]

    @property
    def missing(self) -> tuple[str, ...]:
        """Name the fences that do not hold here."""
        return tuple(name for name in NEEDED if not self.fences.get(name))

    def __str__(self) -> str:
        return f"open: {', '.join(self.missing)}" if self.missing else "all closed"


def sandbox_report() -> SandboxReport:
    """Start a child, let it try to break out, and return what it could not do."""
    with tempfile.TemporaryDirectory(prefix="youyin-upload-") as name:
        folder = Path(name)
        probe = folder / "probe"
        probe.write_bytes(b"probe")
        answer = ask({"task": "report"}, probe, folder)
    line = answer.lines[-1] if answer.lines else {}
    return SandboxReport(fences=_booleans(line.get("fences")), layers=_booleans(line.get("layers")))


def _booleans(value: object) -> dict[str, bool]:
    return {str(name): held is True for name, held in value.items()} if isinstance(value, dict) else {}
