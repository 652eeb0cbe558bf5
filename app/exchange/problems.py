# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a competition folder: every problem at once, each with its place and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.errors import Invalid, Message


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: the file inside the folder, the row or line when there is one, the field, and a sentence."""

    file: str
    message: Message
    row: int | None = None
    field: str | None = None

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += ":" + str(self.row)
        if self.field:
            place += f" [{self.field}]"
        return f"{place}: {self.message}"


class FolderError(Invalid):
    """Nothing was loaded; `problems` says why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__(_l("Nothing was loaded. Mend what is listed and load the folder again."))
        self.problems = tuple(problems)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems]
        return "\n".join([gettext("Nothing was loaded. Mend what is listed and load the folder again."), *lines])


class Problems:
    """Collects faults while a folder is read, so that one run shows them all."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(
        self, file: str | PurePosixPath, message: Message, *, row: int | None = None, field: str | None = None
    ) -> None:
        """Note one fault and go on."""
        self.found.append(Problem(str(file), message, row, field))

    def raise_any(self) -> None:
        """Stop here when anything was wrong so far."""
        if self.found:
            raise FolderError(self.found)
