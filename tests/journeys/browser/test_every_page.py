"""Every page at both widths, in light and in dark: axe has nothing to say, nothing scrolls sideways, no complaint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.browser.chromium import SCHEMES, WIDTHS, Window
from tests.journeys.browser.scenes import NAMES, Stage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_accessible_and_fits(scenes: Stage, window: Window, name: str) -> None:
    scenes.open(window.page, name)
    for width in WIDTHS:
        for scheme in SCHEMES:
            window.resize(width, scheme)
            assert violations(window.page) == [], f"at {width} pixels, {scheme}"
            assert not window.scrolls_sideways(), f"at {width} pixels"
    assert window.complaints == []


@pytest.mark.parametrize("name", ["overview", "invoices", "payment_methods", "details"])
def test_on_a_small_screen_the_navigation_shows_where_one_is(scenes: Stage, window: Window, name: str) -> None:
    window.resize(320, "light")
    scenes.open(window.page, name)
    box = window.page.locator("nav [aria-current]").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320


@pytest.mark.parametrize("name", ["overview", "cancel_with_offer", "details", "result_canceled"])
def test_on_paper_there_is_nothing_to_press(scenes: Stage, window: Window, name: str) -> None:
    scenes.open(window.page, name)
    window.page.emulate_media(media="print")
    pressable = window.page.locator("button:visible:not(.unseen), a.button:visible, nav:visible a, a.back:visible")
    assert pressable.all_inner_texts() == []


def test_a_page_can_be_used_without_script(browser: Browser, scenes: Stage) -> None:
    window = Window(browser, java_script_enabled=False)
    scenes.open(window.page, "result_of_flow")
    assert window.page.get_by_role("heading", level=1).inner_text() == "Magazine is canceled"
    window.close()


def violations(page: Page) -> list[str]:
    """What axe finds: the rule, and the elements that break it."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]
