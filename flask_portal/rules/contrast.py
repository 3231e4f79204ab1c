"""Colours that can be read: whatever the brand's colour is, text keeps a contrast of 4.5 to 1.

Colours are `#rrggbb`.  Source: w3.org/TR/WCAG22, "contrast ratio" and "relative luminance"
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

ENOUGH = Decimal("4.5")

WHITE, BLACK = "#ffffff", "#000000"
LIGHT_GROUNDS = ("#ffffff", "#f7f7f5", "#e7f5ed", "#fdf1df", "#fdecec")
"""What text stands on by day: the style sheet's `--paper`, `--ground`, and the grounds of good, warning and bad."""
DARK_GROUNDS = ("#1c1c20", "#131316", "#12301f", "#33250f", "#3a1719")
"""The same by night."""

_STEPS = 50


def on_brand(color: str) -> str:
    """White or black, whichever reads better on `color`; one of them always has enough contrast."""
    return max((WHITE, BLACK), key=lambda text: ratio(text, color))


def brand_text(color: str, dark: bool) -> str:
    """`color` as text and links: darker on the light pages, lighter on the dark ones, as far as it needs to be."""
    grounds, end = (DARK_GROUNDS, WHITE) if dark else (LIGHT_GROUNDS, BLACK)
    return _until_readable(color, end, grounds)


def dark_brand(color: str) -> str:
    """`color` for buttons on the dark pages: light enough to stand out there."""
    return _until_readable(color, WHITE, DARK_GROUNDS)


def ratio(one: str, other: str) -> Decimal:
    """The contrast of two colours, from 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + Decimal("0.05")) / (darker + Decimal("0.05"))


def luminance(color: str) -> Decimal:
    """The relative luminance, from 0 for black to 1 for white."""
    red, green, blue = (_linear(channel) for channel in _channels(color))
    return Decimal("0.2126") * red + Decimal("0.7152") * green + Decimal("0.0722") * blue


@lru_cache(maxsize=512)
def _until_readable(color: str, end: str, grounds: tuple[str, ...]) -> str:
    """The first colour on the way from `color` to `end` that can be read on every ground."""
    way = (_mixed(color, end, step) for step in range(_STEPS + 1))
    return next((each for each in way if all(ratio(each, ground) >= ENOUGH for ground in grounds)), end)


def _mixed(color: str, end: str, step: int) -> str:
    pairs = zip(_channels(color), _channels(end), strict=True)
    return "#" + "".join(f"{(a * (_STEPS - step) + b * step) // _STEPS:02x}" for a, b in pairs)


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


@lru_cache(maxsize=256)
def _linear(channel: int) -> Decimal:
    share = Decimal(channel) / 255
    if share <= Decimal("0.04045"):
        return share / Decimal("12.92")
    return Decimal(((share + Decimal("0.055")) / Decimal("1.055")) ** Decimal("2.4"))
