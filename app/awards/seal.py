# SPDX-License-Identifier: Apache-2.0
"""The red seal of a specimen: a ring of the issuer's name, a star, and 样章 for everybody to see.

It is written as the operators of a PDF page, once for each issuer, and laid under the text of every certificate: as a
picture it took longer than all the rest of the page. Real contests stamp their own seal: nobody's is drawn for him.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache

from app.awards.fonts import SERIF_BOLD, Outline, outlines

SPECIMEN = "样章"
RED = "0.757 0.153 0.176"
MOST = 26  # characters around the ring; a longer name is shortened
# The seal has a radius of 50; everything is given in fiftieths of it.
RIM, RIM_WIDTH, RING, STAR = 47.6, 2.6, 37.5, 11.5
_BESIDE = re.compile(r"[(（\[【].*?[)）\]】]|[“”‘’\"'《》]")
_ROUND = 0.5523  # a quarter of a circle as one Bézier curve

Outlines = Mapping[str, Outline]


@lru_cache(maxsize=64)
def seal(name: str, *, x: float, y: float, size: float) -> bytes:
    """Return the operators that draw an issuer's seal around (x, y), `size` across; in points, y upwards."""
    shown = _short(name)
    drawn = outlines(SERIF_BOLD, shown + SPECIMEN)
    step = min(24.0, 264.0 / max(1, len(shown) - 1))
    type_size = 11.0 if len(shown) <= 14 else 11.0 * 14 / len(shown) + 1.2
    first = -step * (len(shown) - 1) / 2
    parts = [_circle(RIM), _star(STAR)]
    parts += [_on_ring(drawn, char, first + step * at, type_size) for at, char in enumerate(shown)]
    parts += [
        _placed(drawn, char, (at - (len(SPECIMEN) - 1) / 2) * 15.0, -29.0, 14.0) for at, char in enumerate(SPECIMEN)
    ]
    scale = size / 100
    start = f"/Artifact BMC q {RED} rg {RED} RG {RIM_WIDTH} w {scale:.4f} 0 0 {scale:.4f} {x:.2f} {y:.2f} cm"
    return "\n".join([start, *filter(None, parts), "Q EMC"]).encode("ascii")


def _short(name: str) -> str:
    """Return a name as a seal has room for it: without brackets and quotation marks, and not too long."""
    plain = " ".join(_BESIDE.sub("", name).split())
    return plain if len(plain) <= MOST else plain[: MOST - 1] + "…"


def _circle(r: float) -> str:
    k = r * _ROUND
    return (
        f"{r} 0 m {r} {k:.2f} {k:.2f} {r} 0 {r} c {-k:.2f} {r} {-r} {k:.2f} {-r} 0 c "
        f"{-r} {-k:.2f} {-k:.2f} {-r} 0 {-r} c {k:.2f} {-r} {r} {-k:.2f} {r} 0 c S"
    )


def _star(radius: float) -> str:
    points = []
    for at in range(10):
        reach = radius if at % 2 == 0 else radius * 0.382
        angle = math.radians(90 + 36 * at)
        points.append(f"{reach * math.cos(angle):.3f} {reach * math.sin(angle):.3f}")
    return f"{points[0]} m " + " ".join(f"{point} l" for point in points[1:]) + " h f"


def _on_ring(drawn: Outlines, char: str, angle: float, size: float) -> str:
    """Draw a character standing on the ring, `angle` degrees clockwise from the top."""
    turn = math.radians(-angle)
    cos, sin = f"{math.cos(turn):.5f}", f"{math.sin(turn):.5f}"
    return f"q {cos} {sin} {-math.sin(turn):.5f} {cos} 0 0 cm {_placed(drawn, char, 0.0, RING - size * 0.36, size)} Q"


def _placed(drawn: Outlines, char: str, x: float, y: float, size: float) -> str:
    found = drawn.get(char)
    if found is None:
        return ""
    scale = size / 1000
    return f"q {scale:.5f} 0 0 {scale:.5f} {x - found.advance * scale / 2:.3f} {y:.3f} cm {found.operators} Q"
