"""Checkout in a browser: a form whose redirects the page's policy allows, and pages that everybody can use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import stripe

from tests.journeys.browser.chromium import SCHEMES, WIDTHS, Window
from tests.journeys.browser.conftest import Demo
from tests.journeys.browser.test_every_page import violations
from tests.resources.checkout import line, monthly, session

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FIELD = {"key": "size", "label": {"type": "custom", "custom": "Size"}, "type": "text"}


def opened(demo: Demo, window: Window, *lines: dict[str, Any], **sent: Any) -> stripe.checkout.Session:
    """A new session, on its page. It leads back to a page of the same server."""
    back = {"success_url": f"{demo.url}/healthz?session={{CHECKOUT_SESSION_ID}}", "cancel_url": f"{demo.url}/healthz"}
    made = session(demo.client, *lines, **back, **sent)
    window.page.goto(str(made.url))
    return made


def status_of(demo: Demo, made: stripe.checkout.Session) -> str | None:
    return demo.client.v1.checkout.sessions.retrieve(made.id).status


@pytest.mark.parametrize("mode", ["payment", "subscription", "setup"])
def test_the_page_is_accessible_and_fits(running_demo: Demo, window: Window, mode: str) -> None:
    lines = {"payment": [line(2050, "Atlas", 2)], "subscription": [monthly(), line(500, "Fee")], "setup": []}[mode]
    more = {"allow_promotion_codes": True, "custom_fields": [FIELD]} if mode != "setup" else {}
    opened(running_demo, window, *lines, mode=mode, **more)
    window.page.locator("summary").click()
    for width in WIDTHS:
        for scheme in SCHEMES:
            window.resize(width, scheme)
            assert violations(window.page) == [], f"at {width} pixels, {scheme}"
            assert not window.scrolls_sideways(), f"at {width} pixels"
    assert window.complaints == []


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_payment_leads_back_to_the_shop(running_demo: Demo, browser: Browser, script: bool) -> None:
    window = Window(browser, java_script_enabled=script)
    made = opened(running_demo, window, line(2050))
    window.page.get_by_label("Email").fill("jenny@example.com")
    window.page.get_by_role("button", name="Pay $20.50").click()
    window.page.wait_for_url(f"**/healthz?session={made.id}")
    assert status_of(running_demo, made) == "complete"
    assert window.complaints == []
    window.close()


def test_the_way_over_the_bank_leads_back_to_the_shop(running_demo: Demo, window: Window) -> None:
    made = opened(running_demo, window, monthly(), mode="subscription")
    window.page.get_by_label("Email").fill("jenny@example.com")
    window.page.get_by_text("asks for a confirmation by the bank").click()
    window.page.get_by_role("button", name="Subscribe and pay $15.00").click()
    window.page.get_by_role("button", name="Confirm").click()
    window.page.wait_for_url(f"**/healthz?session={made.id}")
    assert status_of(running_demo, made) == "complete"
    assert window.complaints == []


def test_no_other_number_than_a_test_cards_leaves_the_browser(running_demo: Demo, window: Window) -> None:
    made = opened(running_demo, window, line(2050))
    sent: list[str] = []
    window.page.on("request", lambda request: sent.append(request.method))
    window.page.get_by_label("Email").fill("jenny@example.com")
    window.page.locator("summary").click()
    window.page.get_by_label("Another test card, by its number").check()
    window.page.get_by_label("Number of the test card").fill("4111111111111111")
    window.page.get_by_role("button", name="Pay $20.50").click()
    assert (sent, status_of(running_demo, made)) == ([], "open")
