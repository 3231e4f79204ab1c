"""With the keyboard alone: a way past the navigation, a focus that can be seen, and the exit within reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.browser.chromium import Window
from tests.journeys.browser.scenes import Stage

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

MOST_KEYS = 40


def focused(page: Page) -> str:
    """The text of the element that has the focus, or its name where it is a field."""
    return str(page.evaluate("(document.activeElement.innerText || document.activeElement.name || '').trim()"))


def tab_to(page: Page, text: str) -> list[str]:
    """Press the tab key until the focus is on an element with this text; what had the focus on the way."""
    seen: list[str] = []
    for _ in range(MOST_KEYS):
        page.keyboard.press("Tab")
        seen.append(focused(page))
        if seen[-1].startswith(text):
            return seen
    raise AssertionError(f"{text!r} is not reached: {seen}")


def test_the_first_key_offers_to_skip_to_the_content(scenes: Stage, window: Window) -> None:
    scenes.open(window.page, "overview")
    window.page.keyboard.press("Tab")
    assert focused(window.page) == "Skip to content"
    box = window.page.get_by_role("link", name="Skip to content").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    window.page.keyboard.press("Enter")
    assert window.page.evaluate("document.activeElement.id") == "main"


def test_after_the_skip_the_next_stop_is_inside_the_content(scenes: Stage, window: Window) -> None:
    scenes.open(window.page, "overview")
    window.page.keyboard.press("Tab")
    window.page.keyboard.press("Enter")
    window.page.keyboard.press("Tab")
    assert window.page.evaluate("document.getElementById('main').contains(document.activeElement)")


@pytest.mark.parametrize("name", ["overview", "cancel", "details"])
def test_every_stop_shows_that_it_has_the_focus(scenes: Stage, window: Window, name: str) -> None:
    scenes.open(window.page, name)
    stops = 0
    while stops < MOST_KEYS:
        window.page.keyboard.press("Tab")
        if window.page.evaluate("document.activeElement === document.body"):
            break
        stops += 1
        outline = window.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", focused(window.page)
    assert stops > 5


def test_a_subscription_is_canceled_with_the_keyboard_alone(scenes: Stage, window: Window) -> None:
    page = window.page
    scenes.open(page, "overview")
    tab_to(page, "Cancel subscription")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cancel")
    tab_to(page, "cancellation_details[feedback]")
    page.keyboard.press("Space")
    tab_to(page, "cancellation_details[comment]")
    page.keyboard.type("No time.")
    tab_to(page, "Cancel on")
    page.keyboard.press("Enter")
    page.wait_for_url("**/result")
    assert page.get_by_role("heading", level=1).inner_text() == "Magazine is canceled"
    assert window.complaints == []


def test_the_way_out_comes_before_the_way_to_stay_in_the_order_of_keys(scenes: Stage, window: Window) -> None:
    scenes.open(window.page, "cancel_with_offer")
    on_the_way = tab_to(window.page, "Take the offer")
    assert any(each.startswith("Cancel on") for each in on_the_way)


def test_a_wrong_detail_is_reached_from_the_summary(scenes: Stage, window: Window) -> None:
    scenes.open(window.page, "details_wrong")
    tab_to(window.page, "Enter an email address")
    window.page.keyboard.press("Enter")
    assert window.page.evaluate("document.activeElement.id") == "email"
