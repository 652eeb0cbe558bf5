# SPDX-License-Identifier: Apache-2.0
"""What the handbook shows of a competition folder is itself correct."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from scoring import document_from_toml

HANDBOOK = Path(__file__).resolve().parents[2] / "docs" / "handbook"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_samples_of_the_chapter_are_sound(language: str) -> None:
    text = (HANDBOOK / f"competition-folder.{language}.md").read_text(encoding="utf-8")
    samples = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert [sorted(tomllib.loads(sample)) for sample in samples] == [
        ["windows"],
        ["stages"],
        ["divisions"],
        ["format", "rubric", "title"],
        ["rule"],
        ["fields", "format"],
    ]
    document = document_from_toml(samples[3] + samples[4])
    assert [criterion.code for criterion in document.rubric.criteria] == ["A1", "A2"]
