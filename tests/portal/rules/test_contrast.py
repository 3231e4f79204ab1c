"""Colours that can be read, whatever the brand's colour is."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_portal.rules import contrast
from flask_portal.rules.contrast import BLACK, DARK_GROUNDS, ENOUGH, LIGHT_GROUNDS, WHITE, ratio

COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
STYLES = Path(contrast.__file__).parents[1] / "static" / "portal.css"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(WHITE, BLACK, "21.00", id="the most there is"),
        pytest.param("#4338ca", "#4338ca", "1.00", id="itself"),
        pytest.param("#767676", WHITE, "4.54", id="the lightest grey that is enough on white"),
        pytest.param("#777777", WHITE, "4.48", id="the next one is not"),
        pytest.param("#ff0000", WHITE, "4.00", id="red"),
    ],
)
def test_the_ratio_is_that_of_the_web_guidelines(one: str, other: str, expected: str) -> None:
    assert ratio(one, other).quantize(Decimal("0.01")) == Decimal(expected)
    assert ratio(one, other) == ratio(other, one)


@pytest.mark.parametrize(
    ("color", "text"), [("#000000", WHITE), ("#4338ca", WHITE), ("#ffd400", BLACK), ("#ffffff", BLACK)]
)
def test_text_on_the_brand_is_white_or_black(color: str, text: str) -> None:
    assert contrast.on_brand(color) == text


def test_a_colour_that_can_be_read_already_stays_as_it_is() -> None:
    assert contrast.brand_text("#4338ca", False) == "#4338ca"
    assert contrast.dark_brand("#aaa4ff") == "#aaa4ff"


def test_a_bright_colour_is_darkened_by_day_and_a_dark_one_lightened_by_night() -> None:
    assert contrast.brand_text("#ffd400", False) < "#ffd400"
    assert contrast.brand_text("#000080", True) > "#000080"


@settings(deadline=None)
@given(COLORS)
def test_every_colour_can_be_read(color: str) -> None:
    light, dark = contrast.brand_text(color, False), contrast.brand_text(color, True)
    button = contrast.dark_brand(color)
    assert ratio(contrast.on_brand(color), color) >= ENOUGH
    assert ratio(contrast.on_brand(button), button) >= ENOUGH
    assert all(ratio(light, ground) >= ENOUGH for ground in LIGHT_GROUNDS)
    assert all(ratio(dark, ground) >= ENOUGH for ground in DARK_GROUNDS)
    assert all(ratio(button, ground) >= ENOUGH for ground in DARK_GROUNDS)


def test_the_grounds_are_those_of_the_style_sheet() -> None:
    """Whoever changes them there has to change them here."""
    text = STYLES.read_text(encoding="utf-8")
    names = ("paper", "ground", "good-ground", "warn-ground", "bad-ground")
    found = [[_long(color) for color in re.findall(rf"--{name}:\s*#([0-9a-f]+)", text)] for name in names]
    assert tuple(colors[0] for colors in found) == LIGHT_GROUNDS
    assert tuple(colors[1] for colors in found) == DARK_GROUNDS


def _long(color: str) -> str:
    return f"#{''.join(each * 2 for each in color)}" if len(color) == 3 else f"#{color}"
