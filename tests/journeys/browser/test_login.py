"""From the no-code link to the portal in a real browser: by keyboard, with the code from the mail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mock_server.testing import serve
from tests.journeys.browser.chromium import Window
from tests.journeys.shop import Shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def shop() -> Shop:
    made = Shop()
    made.reader("jenny@example.com")
    return made


@pytest.fixture
def url(shop: Shop) -> Iterator[str]:
    with serve(shop.mock) as served:
        yield served.url


def test_a_code_from_the_mail_opens_the_portal(shop: Shop, url: str, window: Window) -> None:
    page = window.page
    page.goto(f"{url}{shop.login_link()}?prefilled_email=jenny%40example.com")
    page.get_by_label("Email").press("Enter")
    page.wait_for_url("**/code")
    page.get_by_label("Code from the email").fill("000 00")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    page.get_by_label("Code from the email").fill(shop.mailed_code())
    page.keyboard.press("Enter")
    page.wait_for_url("**/bps_*/")
    assert page.get_by_role("heading", level=1).inner_text() == "All is well, Jenny"


def test_an_expired_link_goes_on_by_a_code(shop: Shop, url: str, window: Window) -> None:
    page = window.page
    link = shop.link(shop.reader("omar@example.com"), after_expiration={"type": "customer_login"})
    shop.mock.clock.advance(301)
    page.goto(url + link)
    page.get_by_role("button", name="Send the code").click()
    page.get_by_label("Code from the email").fill(shop.mailed_code())
    page.get_by_role("button", name="Open my billing").click()
    page.wait_for_url("**/bps_*/")
    assert page.get_by_role("heading", level=1).inner_text() == "All is well, Omar"
