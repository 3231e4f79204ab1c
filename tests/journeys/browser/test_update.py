"""A change of plan in a real browser: to the paid invoice, over the bank's page, and with another card."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.browser.chromium import Window
from tests.journeys.browser.scenes import Stage

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def test_a_plan_is_chosen_reviewed_and_paid(scenes: Stage, window: Window) -> None:
    page = window.page
    scenes.open(page, "update")
    page.get_by_role("link", name="Keep my plan").click()
    page.get_by_role("link", name="Change plan").click()
    page.get_by_label("Magazine Plus").first.check()
    page.get_by_role("textbox", name="Quantity").fill("2")
    page.get_by_role("button", name="See what it costs").click()
    assert heading(page) == "Review your change"
    page.get_by_role("button", name="Pay $93.00 and switch").click()
    page.wait_for_url("**/update/result")
    assert heading(page) == "You have Magazine Plus now"
    assert window.complaints == []


def test_a_bank_that_asks_leads_back_to_a_result_that_is_true(scenes: Stage, window: Window) -> None:
    page = window.page
    scenes.open(page, "updated_one_step_left")
    page.get_by_role("link", name="Confirm with your bank").click()
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/update/result*")
    assert heading(page) == "You have Magazine Plus now"
    assert window.complaints == []


def test_after_a_decline_another_card_pays(scenes: Stage, window: Window) -> None:
    page = window.page
    scenes.open(page, "review_declined")
    page.get_by_label("Visa ending in 4242").check()
    page.get_by_role("button", name="Pay with this").click()
    page.get_by_role("button", name="Pay $93.00 and switch").click()
    page.wait_for_url("**/update/result")
    assert heading(page) == "You have Magazine Plus now"
