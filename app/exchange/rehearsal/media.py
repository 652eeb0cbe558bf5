# SPDX-License-Identifier: Apache-2.0
"""Pictures and documents made on the spot, each one different."""

from __future__ import annotations

import io
from enum import StrEnum

from app.exchange.rehearsal.chance import Chance


class Media(StrEnum):
    """How much of it: none; one picture in eight diary entries and a page for each report; or a full load."""

    NONE = "none"
    SMALL = "small"
    FULL = "full"

    @property
    def picture_percent(self) -> int:
        """How many diary entries of a hundred have a picture."""
        return {Media.NONE: 0, Media.SMALL: 5, Media.FULL: 60}[self]

    @property
    def width(self) -> int:
        return 480 if self is Media.SMALL else 1600

    @property
    def pages(self) -> int:
        return 2 if self is Media.SMALL else 8


def picture(chance: Chance, width: int) -> bytes:
    """Return a JPEG: sky, water and a bank in colours of this day."""
    from PIL import Image, ImageDraw  # about 0.1 s of import, and only rehearsals draw

    height = width * 3 // 4
    image = Image.new("RGB", (width, height), _colour(chance, "sky", (150, 235)))
    draw = ImageDraw.Draw(image)
    horizon = height * chance.number("horizon", 35, 55) // 100
    draw.rectangle((0, horizon, width, height), fill=_colour(chance, "water", (60, 150)))
    bank = [(width * step // 12, horizon + height * chance.number(f"bank{step}", -6, 10) // 100) for step in range(13)]
    draw.polygon([(0, height), *bank, (width, height * 3 // 4)], fill=_colour(chance, "bank", (70, 130)))
    for post in range(chance.number("posts", 3, 9)):
        x, y = width * chance.number(f"x{post}", 5, 95) // 100, horizon + height // 20
        draw.rectangle((x, y, x + width // 60, y + height // 5), fill=_colour(chance, f"post{post}", (30, 110)))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def document(chance: Chance, pages: int) -> bytes:
    """Return a PDF whose pages look like tables of figures."""
    from PIL import Image, ImageDraw  # as above

    sheets = []
    for page in range(pages):
        sheet = Image.new("RGB", (620, 877), "white")
        draw = ImageDraw.Draw(sheet)
        draw.rectangle((60, 60, 560, 96), fill=_colour(chance, f"head{page}", (120, 200)))
        for row in range(18):
            y = 130 + row * 38
            draw.line((60, y, 560, y), fill=(180, 180, 180))
            for column in range(4):
                figure = chance.number(f"{page}/{row}/{column}", 100, 99999)
                draw.text((70 + column * 125, y + 10), str(figure), fill=(40, 40, 40))
        sheets.append(sheet)
    out = io.BytesIO()
    sheets[0].save(out, "PDF", save_all=True, append_images=sheets[1:], resolution=75)
    return out.getvalue()


def _colour(chance: Chance, what: str, span: tuple[int, int]) -> tuple[int, int, int]:
    red, green, blue = (chance.number(f"{what}{part}", *span) for part in "rgb")
    return red, green, blue
