# SPDX-License-Identifier: Apache-2.0
"""Templates, icons and colours: rules that a reader of one file cannot see."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from app.templating.chips import STATES

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
ICONS = set(json.loads((ROOT / "static/src/icons.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_holds_no_style_and_no_script_of_its_own(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"""<style|\sstyle=|\son[a-z]+=["']|\shx-on|javascript:|<script(?![^>]*\ssrc=)""", text)
    assert found == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_names_only_icons_that_are_brought(path: Path) -> None:
    named = set(re.findall(r"""\b(?:icon\(|symbol=)["']([a-z0-9-]+)["']""", path.read_text(encoding="utf-8")))
    assert named - ICONS == set()


def test_every_state_has_an_icon_that_is_brought() -> None:
    assert {chip.icon for chip in STATES.values()} - ICONS == set()


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


def _tokens(name: str) -> dict[str, str]:
    text = (ROOT / "static/css" / name).read_text(encoding="utf-8")
    return dict(re.findall(r"--y-([a-z0-9-]+): (#[0-9a-f]{3,6});", text))


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(char * 2 for char in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT_ON = [
    *[(ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in ("paper", "surface", "hover")],
    *[(ink, ground) for ink in ("celadon", "vermilion", "bad", "warn") for ground in ("paper", "surface")],
    *[(tone, f"{tone}-soft") for tone in ("info", "good", "warn", "bad", "cold", "quiet", "celadon", "vermilion")],
    *[("ink", f"{tone}-soft") for tone in ("info", "good", "warn", "bad", "cold", "vermilion", "celadon")],
    ("ink-2", "celadon-soft"),
    ("hero-ink", "hero"),
    ("hero-ink-2", "hero"),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_stands_out_from_its_ground(theme: str, ink: str, ground: str) -> None:
    tokens = _tokens("tokens.css") | (_tokens("tokens-dark.css") if theme == "dark" else {})
    assert _contrast(tokens[ink], tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "fill", ["celadon-fill", "celadon-fill-2", "vermilion-fill", "vermilion-fill-2", "bad-fill", "bad-fill-2"]
)
def test_white_words_stand_out_from_a_filled_button(theme: str, fill: str) -> None:
    tokens = _tokens("tokens.css") | (_tokens("tokens-dark.css") if theme == "dark" else {})
    assert _contrast("#ffffff", tokens[fill]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("edge", ["field-line", "focus"])
def test_edges_of_fields_and_the_focus_ring_can_be_seen(theme: str, edge: str) -> None:
    tokens = _tokens("tokens.css") | (_tokens("tokens-dark.css") if theme == "dark" else {})
    assert _contrast(tokens[edge], tokens["surface"]) >= 3
