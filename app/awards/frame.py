# SPDX-License-Identifier: Apache-2.0
"""The frame around a certificate: two lines of red, one of gold, and a key pattern 回纹 in each corner."""

from __future__ import annotations

from functools import lru_cache

RED, GOLD, PALE = "#9d1d20", "#b08d45", "#efe3c6"
WIDTH, HEIGHT = 297.0, 210.0  # millimetres
CORNER = 22.0
# One key, a square spiral, on a grid of seven: drawn with one stroke.
KEY = "M0 0H7V7H1.6V2.2H5.2V5.2H3.2"


@lru_cache(maxsize=1)
def frame() -> str:
    """Return the frame as SVG, one unit a millimetre."""
    corners = "".join(
        f'<g transform="translate({x} {y}) scale({sx} {sy})">{_corner()}</g>'
        for x, sx in ((11.0, 1), (WIDTH - 11.0, -1))
        for y, sy in ((11.0, 1), (HEIGHT - 11.0, -1))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}">'
        f'<g fill="none">{_border(7.0, 1.5, RED)}{_border(9.2, 0.35, RED)}{_border(14.5, 0.35, GOLD)}'
        f"{_rules()}{corners}</g></svg>"
    )


def _border(inset: float, width: float, colour: str) -> str:
    return (
        f'<rect x="{inset}" y="{inset}" width="{WIDTH - 2 * inset}" height="{HEIGHT - 2 * inset}" '
        f'stroke="{colour}" stroke-width="{width}"/>'
    )


def _corner() -> str:
    """Return the ornament of the upper left corner: a cleared field, three keys, and a fine quarter line."""
    keys = "".join(
        f'<path d="{KEY}" transform="translate({x} {y}) scale(0.86)" stroke="{RED}" stroke-width="0.62"/>'
        for x, y in ((0.8, 0.8), (8.4, 0.8), (0.8, 8.4))
    )
    return (
        f'<rect x="-1" y="-1" width="17" height="17" fill="#fff"/>{keys}'
        f'<path d="M16.4 0.8V8.6H8.6V16.4H0.8" stroke="{GOLD}" stroke-width="0.45"/>'
    )


def _rules() -> str:
    """Return the line under the heading: it thins out to both sides of a small lozenge."""
    middle, y = WIDTH / 2, 61.5
    return (
        f'<path d="M{middle - 62} {y}H{middle - 4}M{middle + 4} {y}H{middle + 62}" '
        f'stroke="{GOLD}" stroke-width="0.35"/>'
        f'<path d="M{middle} {y - 1.7}L{middle + 1.7} {y}L{middle} {y + 1.7}L{middle - 1.7} {y}Z" fill="{RED}"/>'
        f'<path d="M{middle - 62} {y + 0.9}H{middle + 62}" stroke="{PALE}" stroke-width="0.3"/>'
    )
