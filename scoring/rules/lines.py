# SPDX-License-Identifier: Apache-2.0
"""The line of each key in a TOML text, which the standard reader does not tell."""

from __future__ import annotations

import re

from scoring.rules.problems import Path

_KEY = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*""")


def key_lines(text: str) -> dict[Path, int]:
    """Return the line, counted from 1, of every table and every key that starts a line.

    The text must already be known to be TOML. Keys inside an inline table share the line of that table.

    Examples
    --------
    >>> lines = key_lines('format = 1\\n[[rule.ties]]\\nby = "median"\\n')
    >>> lines[("format",)], lines[("rule", "ties", 0, "by")]
    (1, 3)
    """
    return _Scanner().scan(text)


class _Scanner:
    def __init__(self) -> None:
        self.found: dict[Path, int] = {}
        self.table: Path = ()
        self.counts: dict[Path, int] = {}

    def scan(self, text: str) -> dict[Path, int]:
        open_value = _OpenValue()
        for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
            if open_value.unfinished:
                open_value.read(line)
                continue
            stripped = line.strip()
            if not stripped or stripped.startswith("#"):
                continue
            if stripped.startswith("["):
                self.header(stripped, number)
                continue
            parts, rest = _key(line)
            for length in range(1, len(parts) + 1):
                self.found.setdefault(self.table + parts[:length], number)
            open_value.read(rest.lstrip().removeprefix("="))
        return self.found

    def header(self, text: str, number: int) -> None:
        repeated = text.startswith("[[")
        parts, _ = _key(text[2 if repeated else 1 :])
        path: Path = ()
        for part in parts[:-1]:
            path += (part,)
            if path in self.counts:
                path += (self.counts[path] - 1,)
            self.found.setdefault(path, number)
        path += parts[-1:]
        if repeated:
            index = self.counts.get(path, 0)
            self.counts[path] = index + 1
            self.found.setdefault(path, number)
            path += (index,)
        self.found[path] = number
        self.table = path


def _key(text: str) -> tuple[tuple[str, ...], str]:
    """Split a dotted key off the front of `text`."""
    parts: list[str] = []
    while match := _KEY.match(text):
        parts.append(next(group for group in match.groups() if group is not None))
        text = text[match.end() :]
        if not text.startswith("."):
            break
        text = text[1:]
    return tuple(parts), text


class _OpenValue:
    """Follows a value over the lines that it spans: strings of three quotes, arrays, inline tables."""

    def __init__(self) -> None:
        self.quote = ""
        self.depth = 0

    @property
    def unfinished(self) -> bool:
        return bool(self.quote) or self.depth > 0

    def read(self, text: str) -> None:
        index = 0
        while index < len(text):
            if self.quote:
                index = self._inside(text, index)
            elif text[index] == "#":
                break
            elif text[index] in "\"'":
                triple = text[index] * 3
                self.quote = triple if text.startswith(triple, index) else text[index]
                index += len(self.quote)
            else:
                self.depth += (text[index] in "[{") - (text[index] in "]}")
                index += 1

    def _inside(self, text: str, index: int) -> int:
        if text[index] == "\\" and self.quote[0] == '"':
            return index + 2
        if text.startswith(self.quote, index):
            end = index + len(self.quote)
            # Up to two quotes may stand directly before the closing three.
            while len(self.quote) == 3 and text.startswith(self.quote[0], end):
                end += 1
            self.quote = ""
            return end
        return index + 1
