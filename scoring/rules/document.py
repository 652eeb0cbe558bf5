# SPDX-License-Identifier: Apache-2.0
"""The document of a stage and category: rubric and rule, one canonical text, one digest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from scoring.canonical import canonical, sha256
from scoring.rules.rubric import Rubric
from scoring.rules.rule import Rule
from scoring.rules.write import Value, document_value, toml_text
from scoring.wording.rule import rule_sentences

FORMAT = 1


@dataclass(frozen=True)
class Document:
    """A rubric with its rule. Equal documents have equal canonical texts and digests.

    Attributes
    ----------
    canonical : str
        RFC 8785 text. Every key of format 1 that has a default is written out; a key that later versions
        add is written only where it is used, so the digest of an old document never changes.
    digest : str
        SHA-256 of the canonical text, 64 hexadecimal digits.
    """

    format: int
    title: str
    rubric: Rubric
    rule: Rule

    @cached_property
    def canonical(self) -> str:
        """The canonical JSON text, which is the truth of the document."""
        return canonical(self.to_json())

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the canonical text."""
        return sha256(self.canonical)

    def to_json(self) -> dict[str, Value]:
        """Return the document as plain JSON values, keys in the order people write them."""
        return document_value(self.format, self.title, self.rubric, self.rule)

    def to_toml(self) -> str:
        """Return the file form; reading it back gives an equal document."""
        return toml_text(self.to_json())

    def sentences(self, language: str) -> list[str]:
        """Return the rule as sentences in ``zh`` or ``en``, in the order of the computation."""
        return rule_sentences(self, language)
