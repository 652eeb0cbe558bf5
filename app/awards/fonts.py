# SPDX-License-Identifier: Apache-2.0
"""The typefaces of certificates: where they are, which characters they have, and a cut that holds no others."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask_babel import lazy_gettext as _l
from fontTools.ttLib import TTCollection, TTFont

from app.errors import Conflict

FOLDERS = (
    Path("/usr/share/fonts/opentype/noto"),
    Path("/usr/share/fonts/noto-cjk"),
    Path("/usr/share/fonts/google-noto-cjk"),
    Path("/usr/local/share/fonts"),
)


@dataclass(frozen=True, slots=True)
class Face:
    """One typeface: the name by which the sheet calls it, its weight, its file and its family within the file."""

    name: str
    weight: int
    file: str
    family: str


SERIF = Face("serif", 400, "NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC")
SERIF_BOLD = Face("serif", 700, "NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC")
SANS = Face("sans", 400, "NotoSansCJK-Regular.ttc", "Noto Sans CJK SC")
FACES = (SERIF, SERIF_BOLD, SANS)


class FontsMissing(Conflict):
    """This machine cannot draw certificates."""

    def __init__(self, file: str) -> None:
        super().__init__(
            _l(
                "The typeface %(file)s is not on this machine: certificates cannot be drawn. Install the package "
                "fonts-noto-cjk.",
                file=file,
            )
        )


def path_of(face: Face) -> Path:
    """Return the file of a typeface; raise FontsMissing when this machine has none."""
    for folder in FOLDERS:
        if (folder / face.file).is_file():
            return folder / face.file
    raise FontsMissing(face.file)


def load(face: Face) -> TTFont:
    """Open a typeface for reading."""
    path = path_of(face)
    return TTFont(path, fontNumber=_number(path, face.family), lazy=True, recalcTimestamp=False)


@lru_cache(maxsize=16)
def _number(path: Path, family: str) -> int:
    with TTCollection(path, lazy=True) as collection:
        for number, font in enumerate(collection.fonts):
            if any(name.toUnicode() == family for name in font["name"].names if name.nameID in (1, 16)):
                return number
    raise FontsMissing(f"{family} ({path.name})")


@lru_cache(maxsize=16)
def characters(face: Face) -> frozenset[int]:
    """Return the code points that a typeface can draw."""
    with load(face) as font:
        return frozenset(font.getBestCmap())


def without_glyph(text: str) -> list[str]:
    """Return the characters of a text that no typeface of certificates can draw, each once, in their order.

    Every style has to have its own glyph in one of the two families: regular and bold hold the same characters.
    """
    drawn = characters(SERIF) & characters(SERIF_BOLD) | characters(SANS)
    return [char for char in dict.fromkeys(text) if char != "\n" and ord(char) not in drawn]


def cut(face: Face, text: Iterable[str]) -> bytes:
    """Return a typeface with the glyphs of a text only: two hundred kilobytes instead of twenty-five megabytes."""
    from fontTools import subset  # half a second, and only jobs cut

    options = subset.Options()
    options.layout_features = ["kern", "palt"]
    options.name_IDs = [1, 2, 4, 6]
    options.notdef_outline = True
    options.hinting = False
    options.desubroutinize = True
    options.drop_tables += ["BASE", "VORG", "vmtx", "vhea", "GSUB", "DSIG"]
    with load(face) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(text="".join(sorted(set(text))))
        cutter.subset(font)
        out = io.BytesIO()
        font.save(out, reorderTables=False)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class Outline:
    """A glyph as PDF draws it, filled, and its advance; in thousandths of the type size."""

    operators: str
    advance: int


def outlines(face: Face, text: str) -> dict[str, Outline]:
    """Return the outline of each character of a text that the typeface has."""
    from fontTools.pens.recordingPen import DecomposingRecordingPen

    with load(face) as font:
        glyphs, names = font.getGlyphSet(), font.getBestCmap()
        found = {}
        for char in sorted(set(text)):
            if ord(char) in names:
                pen = DecomposingRecordingPen(glyphs)
                glyph = glyphs[names[ord(char)]]
                glyph.draw(pen)
                found[char] = Outline(_operators(pen.value), round(glyph.width))
        return found


_OPERATOR = {"moveTo": "m", "lineTo": "l", "curveTo": "c", "closePath": "h", "endPath": "h"}


def _operators(strokes: Iterable[tuple[str, tuple[tuple[float, float], ...]]]) -> str:
    parts = [" ".join([*(f"{x:g} {y:g}" for x, y in points), _OPERATOR[name]]) for name, points in strokes]
    return " ".join([*parts, "f"]) if parts else ""
