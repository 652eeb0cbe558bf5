# SPDX-License-Identifier: Apache-2.0
"""Hands the play's files in by the same door as the pages: spooled, parsed in the child, stored by content."""

from __future__ import annotations

import io

from app.evidence import intake_folder, storage
from uploads import Kind, Limits, Received, receive


class Intake:
    """One way in for many files."""

    def __init__(self) -> None:
        self.storage = storage()
        self.workdir = intake_folder()
        self.limits = Limits(max_bytes=50 << 20, kinds=frozenset({Kind.PICTURE, Kind.PDF}))

    def take(self, content: bytes, name: str) -> Received:
        """Receive one file."""
        return receive(
            io.BytesIO(content), file_name=name, storage=self.storage, limits=self.limits, workdir=self.workdir
        )
