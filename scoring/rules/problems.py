# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a document: every problem at once, each with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from scoring.wording import problem_sentence

# Keys, and positions of list items counted from 0.
Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a document.

    Attributes
    ----------
    code : str
        What is wrong, from a closed list.
    where : str
        Dotted path of the key; items of a list are counted from 1, as people count.
    line : int or None
        Line of the file, where the document came from one.
    params : mapping
        The values that the sentence names.
    """

    code: str
    where: str
    line: int | None = None
    params: Mapping[str, str] = field(default_factory=dict)

    def say(self, language: str) -> str:
        """Return what is wrong and what to do, as a sentence in ``zh`` or ``en``."""
        return problem_sentence(self.code, self.where, self.line, self.params, language)


class DocumentError(ValueError):
    """A text is no legal document; `problems` holds everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(problem.say("en") for problem in self.problems))


def dotted(path: Path) -> str:
    """Return the path as people write it.

    Examples
    --------
    >>> dotted(("rubric", "groups", 0, "code"))
    'rubric.groups[1].code'
    """
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


class Collector:
    """Gathers problems while a document is read, and knows the line of each key."""

    def __init__(self, lines: Mapping[Path, int] | None = None) -> None:
        self._lines = lines or {}
        self._found: list[Problem] = []

    def add(self, code: str, path: Path, /, **params: str) -> None:
        """Note a problem at `path`."""
        self._found.append(Problem(code, dotted(path), self._line(path), params))

    def _line(self, path: Path) -> int | None:
        # A missing key has no line of its own: the table that lacks it has.
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return 1 if self._lines else None

    def close(self) -> None:
        """Raise everything that was found, in the order of the file."""
        if self._found:
            raise DocumentError(sorted(self._found, key=lambda problem: problem.line or 0))
