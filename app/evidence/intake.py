# SPDX-License-Identifier: Apache-2.0
"""Take the files of a request in, before any transaction: each is checked and stored, or refused with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from werkzeug.datastructures import FileStorage

import uploads
from app.evidence.store import intake_folder, limits, storage
from app.i18n import language
from uploads import Kind, Received, Refused

# What a file chooser offers first; what is taken is decided by the content.
ACCEPT = ".jpg,.jpeg,.png,.webp,.gif,.heic,.pdf,.docx,.xlsx,.pptx,.mp4,.mov,.txt,.csv"


@dataclass(slots=True)
class Taken:
    """What became of some files: those received, and a sentence for each that was refused."""

    received: list[Received] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def take(files: Iterable[FileStorage], *, kinds: frozenset[Kind] | None = None) -> Taken:
    """Receive every file that was chosen; `kinds` narrows what is taken."""
    taken, accepted = Taken(), limits(kinds)
    for file in files:
        if not file.filename:
            continue
        try:
            received = uploads.receive(
                file.stream, file_name=file.filename, storage=storage(), limits=accepted, workdir=intake_folder()
            )
        except Refused as refused:
            taken.refused.append(f"{uploads.clean_file_name(file.filename)}: {refused.say(language())}")
        else:
            taken.received.append(received)
    return taken
