"""A failed payment is mended in a real browser: by another card, by a new one, and with the bank in between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from mock_server.testing import serve
from tests.journeys.browser.chromium import Window
from tests.journeys.browser.payment_scenes import pay_with, save_card
from tests.journeys.shop import Reader, Shop

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def url(shop: Shop) -> Iterator[str]:
    with serve(shop.mock) as served:
        yield served.url


@pytest.fixture
def late(shop: Shop) -> Reader:
    reader = shop.reader("jenny.rosen@example.com")
    shop.refuse_payment(reader)
    return reader


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def paid(shop: Shop, reader: Reader) -> list[int]:
    made = shop.client.v1.charges.list({"customer": reader.customer}).data
    return [charge.amount for charge in made if charge.paid]


def test_from_the_overview_one_button_leads_to_the_page_that_mends_it(
    shop: Shop, url: str, late: Reader, window: Window
) -> None:
    page = window.page
    page.goto(url + shop.link(late))
    page.get_by_role("link", name="Fix my payment").click()
    page.get_by_role("button", name="Pay $29.00 and use it from now on").click()
    page.wait_for_url("**/fix/result?**")
    assert heading(page) == "Paid, thank you"
    page.get_by_role("link", name="To the overview").click()
    assert heading(page) == "All is well, Jenny.Rosen"
    assert paid(shop, late) == [2900, 2900]
    assert window.complaints == []


def test_a_new_card_is_added_on_the_way_and_pays(shop: Shop, url: str, late: Reader, window: Window) -> None:
    page = window.page
    page.goto(url + shop.link(late))
    page.get_by_role("link", name="Fix my payment").click()
    page.get_by_role("link", name="Add a payment method").click()
    save_card(page)
    page.get_by_role("button", name="Use it for everything and pay $29.00").click()
    page.wait_for_url("**/fix/result?**")
    assert heading(page) == "Paid, thank you"
    assert "Mastercard ending in 4444 is used from now on." in page.inner_text("main")
    assert window.complaints == []


def test_the_bank_is_visited_in_between(shop: Shop, url: str, late: Reader, window: Window) -> None:
    card = "pm_card_authenticationRequired"
    shop.client.v1.payment_methods.attach(card, {"customer": late.customer})
    page = window.page
    page.goto(url + shop.link(late))
    page.get_by_role("link", name="Fix my payment").click()
    pay_with(page, "3184")
    page.get_by_role("link", name="Confirm with your bank").click()
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/fix/result?**")
    assert heading(page) == "Paid, thank you"
    assert paid(shop, late) == [2900, 2900]


def test_the_back_button_and_the_same_form_charge_nothing_more(
    shop: Shop, url: str, late: Reader, window: Window
) -> None:
    page = window.page
    page.goto(url + shop.link(late))
    page.get_by_role("link", name="Fix my payment").click()
    page.get_by_role("button", name="Pay").click()
    page.wait_for_url("**/fix/result?**")
    page.go_back()
    page.get_by_role("button").last.click()
    page.wait_for_url("**/result**")
    assert paid(shop, late) == [2900, 2900]


def test_the_flow_for_a_new_method_goes_through_checkout_and_ends_at_the_business(
    shop: Shop, url: str, late: Reader, window: Window
) -> None:
    end = {"type": "redirect", "redirect": {"return_url": f"{url}/nowhere"}}
    page = window.page
    page.goto(url + shop.link(late, flow_data={"type": "payment_method_update", "after_completion": end}))
    save_card(page)
    page.get_by_role("button", name="Use it from now on").click()
    page.wait_for_url("**/nowhere")
    settings = shop.client.v1.customers.retrieve(late.customer).invoice_settings
    cards = shop.client.v1.customers.payment_methods.list(late.customer).data
    assert settings is not None
    assert settings.default_payment_method == cards[0].id
