# SPDX-License-Identifier: Apache-2.0
"""Choosing a language and filling a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

# code → (Chinese, English)
Sentences: TypeAlias = Mapping[str, tuple[str, str]]


def language_of(tag: str) -> str:
    """Return ``zh`` for every Chinese language tag, otherwise ``en``.

    Examples
    --------
    >>> language_of("zh-CN"), language_of("zh_Hans"), language_of("de")
    ('zh', 'zh', 'en')
    """
    return "zh" if tag.lower().replace("_", "-").split("-")[0] == "zh" else "en"


def pick(pair: tuple[str, str], language: str) -> str:
    """Return the half of a (Chinese, English) pair for this language."""
    return pair[0] if language_of(language) == "zh" else pair[1]


def fill(sentences: Sentences, code: str, params: Mapping[str, str], language: str) -> str:
    """Return the sentence of `code` with its values; a code without a sentence is a fault of ours."""
    return pick(sentences[code], language).format_map(params)


def joined(items: list[str], language: str) -> str:
    """Join names into a list."""
    return ("、" if language_of(language) == "zh" else ", ").join(items)
