# SPDX-License-Identifier: Apache-2.0
"""Find what killed processes left behind: remove temporary remains, report objects that nobody knows.

`python -m uploads.sweep WORKDIR STORAGE_URL < known-keys` does it by hand.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from uploads.drawing import original_key
from uploads.intake import SCRATCH
from uploads.local import LocalStorage
from uploads.storage import Storage

# An upload over a slow line may take hours; what is older than a day is nobody's.
REMAINS_SECONDS = 24 * 3600.0


@dataclass(frozen=True)
class Swept:
    """What the sweeper did and saw."""

    removed: int  # temporary folders and files
    unknown: tuple[str, ...]  # stored, but not among the known keys; left where they are
    missing: tuple[str, ...]  # known, but not stored


def sweep(
    workdir: Path, storage: Storage, known: Iterable[str], *, now: float, older_than: float = REMAINS_SECONDS
) -> Swept:
    """Remove temporary remains older than given; report unknown and missing objects, and touch none of them.

    A preview is known when its original is.
    """
    keys, stored = set(known), set(storage.keys())
    unknown = {key for key in stored - keys if original_key(key) not in keys}
    return Swept(
        removed=_remove_remains(workdir, storage, now - older_than),
        unknown=tuple(sorted(unknown)),
        missing=tuple(sorted(keys - stored)),
    )


def _remove_remains(workdir: Path, storage: Storage, before: float) -> int:
    removed = 0
    for folder in workdir.glob(f"{SCRATCH}*"):
        if folder.stat().st_mtime < before:
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    if isinstance(storage, LocalStorage):
        for part in storage.parts(older_than=before):
            part.unlink(missing_ok=True)
            removed += 1
    return removed


def main() -> None:
    """Run from a terminal; the known keys come one a line."""
    workdir, url = sys.argv[1:3]
    swept = sweep(Path(workdir), Storage.from_url(url), (line.strip() for line in sys.stdin), now=time.time())
    report = [f"removed {swept.removed} temporary remains"]
    report += [f"unknown {key}" for key in swept.unknown] + [f"missing {key}" for key in swept.missing]
    sys.stdout.write("\n".join(report) + "\n")


if __name__ == "__main__":
    main()
