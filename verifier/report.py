# SPDX-License-Identifier: Apache-2.0
"""What the verifier found, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from verifier.words import sentence


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: a code, the file it is in, and the values that the sentence names."""

    code: str
    file: str = ""
    params: dict[str, str] = field(default_factory=dict)

    def say(self, language: str) -> str:
        """Return the finding as a sentence."""
        text = sentence(self.code, self.params, language)
        if not self.file:
            return text
        return f"{self.file}：{text}" if language == "zh" else f"{self.file}: {text}"


class NotAnArchiveError(Exception):
    """The file cannot be read as an archive at all; `finding` says why."""

    def __init__(self, code: str, **params: str) -> None:
        self.finding = Finding(code, "", params)
        super().__init__(self.finding.say("en"))


@dataclass
class Report:
    """The outcome: findings, and what was counted and computed on the way.

    `standings_sha256` is there only when nothing is wrong, so that nobody quotes it from a broken archive.
    """

    archive: str
    findings: list[Finding] = field(default_factory=list)
    bag_sha256: str = ""
    standings_sha256: str = ""
    title: str = ""
    rehearsal: bool = False
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, code: str, where: str = "", **params: object) -> None:
        """Note a finding."""
        self.findings.append(Finding(code, where, {key: _short(str(value)) for key, value in params.items()}))

    @property
    def sound(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.findings

    def to_json(self, language: str) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "archive": self.archive,
            "bag_sha256": self.bag_sha256,
            "counts": self.counts,
            "findings": [
                {"code": one.code, "file": one.file, "params": one.params, "sentence": one.say(language)}
                for one in self.findings
            ],
            "rehearsal": self.rehearsal,
            "sound": self.sound,
            "standings_sha256": self.standings_sha256,
            "title": self.title,
        }


def _short(text: str) -> str:
    """Keep hostile text from filling the screen or steering the terminal."""
    plain = "".join(char if char.isprintable() else "�" for char in text)
    return plain if len(plain) <= 120 else plain[:119] + "…"
