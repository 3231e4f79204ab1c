"""Starting again after the end. The shop opens on January 15, 2035; the magazine is $29.00 a month."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.journeys.host import HostApp
from tests.journeys.shop import Reader, Shop, Visitor


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


def left(shop: Shop, email: str, **subscription: Any) -> Reader:
    """Somebody whose subscription has ended."""
    reader = shop.reader(email, **subscription)
    shop.client.v1.subscriptions.cancel(reader.subscription)
    return reader


def at(shop: Shop, reader: Reader, **more: Any) -> Visitor:
    page = shop.visit(reader, **more)
    page.go(f"/subscriptions/{reader.subscription}/start-again")
    return page


def live(shop: Shop, reader: Reader) -> list[Any]:
    return list(shop.client.v1.subscriptions.list({"customer": reader.customer}).data)


def pay_with(shop: Shop, reader: Reader, method: str) -> None:
    card = shop.client.v1.payment_methods.attach(method, {"customer": reader.customer})
    settings: Any = {"invoice_settings": {"default_payment_method": card.id}}
    shop.client.v1.customers.update(reader.customer, settings)


def start(page: Visitor) -> None:
    page.submit('name="quote"')


def test_after_the_end_the_portal_opens_and_offers_a_new_start(shop: Shop) -> None:
    page = shop.visit(left(shop, "gone@example.com"))
    assert "ended on January 15, 2035" in page.said
    assert "Start again" in page.said
    page.go("/invoices")
    assert "$29.00" in page.said


def test_the_page_says_what_is_charged_today_and_on_which_card(shop: Shop) -> None:
    page = at(shop, left(shop, "looks@example.com"))
    assert page.heading == "Start Magazine again"
    assert "It begins today at $29.00 a month, and you pay $29.00 now." in page.said
    assert "Charged today to Visa ending in 4242 $29.00" in page.said
    assert "Pay $29.00 and start Not now" in page.said


def test_it_begins_with_the_old_plan_and_card(shop: Shop) -> None:
    reader = left(shop, "again@example.com", metadata={"shelf": "7"})
    page = at(shop, reader)
    start(page)
    assert page.heading == "Magazine goes on"
    begun = live(shop, reader)
    assert [(each.status, each["items"].data[0].price.id, each.metadata.to_dict()) for each in begun] == [
        ("active", shop.price, {"shelf": "7"})
    ]
    newest = shop.client.v1.invoices.list({"subscription": begun[0].id}).data[0]
    assert (newest.amount_paid, newest.status) == (2900, "paid")


def test_a_second_click_and_a_second_window_start_one(shop: Shop) -> None:
    reader = left(shop, "twice@example.com")
    page, other = at(shop, reader), at(shop, reader)
    where, form = page.form('name="quote"')
    page.post(where, form)
    page.post(where, form)
    assert page.heading == "Magazine goes on"
    start(other)
    assert other.heading == "Magazine goes on"
    assert len(live(shop, reader)) == 1


def test_who_has_it_already_does_not_get_it_twice(shop: Shop) -> None:
    reader = left(shop, "has@example.com")
    more: Any = {"customer": reader.customer, "items": [{"price": shop.price}]}
    shop.client.v1.subscriptions.create(more)
    page = at(shop, reader)
    assert page.status == 403
    assert "You have a subscription to this already" in page.said


def test_what_runs_cannot_be_started(shop: Shop) -> None:
    page = at(shop, shop.reader("runs@example.com"))
    assert page.status == 403
    assert "This subscription has not ended" in page.said


def test_a_plan_that_is_not_sold_any_more_is_not_started(shop: Shop) -> None:
    price = shop.plan("Almanac", 900)
    reader = left(shop, "almanac@example.com", prices=[price])
    shop.client.v1.products.update(shop.client.v1.prices.retrieve(price).product, {"active": False})  # type: ignore[arg-type]
    page = at(shop, reader)
    assert page.status == 403
    assert "This plan is not sold any more." in page.said


def test_a_declined_card_starts_nothing_and_another_one_does(shop: Shop) -> None:
    reader = left(shop, "declined@example.com")
    pay_with(shop, reader, "pm_card_chargeCustomerFail")
    page = at(shop, reader)
    start(page)
    assert page.status == 402
    assert "Nothing was started, and nothing was charged." in page.said
    assert live(shop, reader) == []
    pay_with(shop, reader, "pm_card_mastercard")
    page.go(f"/subscriptions/{reader.subscription}/start-again")
    start(page)
    assert page.heading == "Magazine goes on"


def test_a_bank_that_asks_is_answered_in_between(shop: Shop) -> None:
    reader = left(shop, "confirms@example.com")
    pay_with(shop, reader, "pm_card_authenticationRequired")
    page = at(shop, reader)
    start(page)
    assert page.heading == "One step is left"
    assert "Your bank asks you to confirm the payment of $29.00." in page.said
    assert "Confirm with your bank" in page.said


def test_without_a_method_the_page_says_where_to_add_one(shop: Shop) -> None:
    reader = left(shop, "bare@example.com")
    for card in shop.client.v1.payment_methods.list({"customer": reader.customer}).data:
        shop.client.v1.payment_methods.detach(card.id)
    page = at(shop, reader)
    assert page.status == 200
    assert "There is no payment method to pay with. Please add one first." in page.said


def test_a_price_that_moved_is_shown_again(shop: Shop) -> None:
    reader = left(shop, "moves@example.com")
    page = at(shop, reader)
    shop.client.v1.customers.update(reader.customer, {"balance": 100})
    before = shop.events()
    start(page)
    assert page.status == 409
    assert "The amount has changed from $29.00 to $30.00. Nothing was charged." in page.said
    assert shop.since(before) == []


def test_a_host_application_can_switch_it_off(shop: Shop, tmp_path: Path) -> None:
    host = HostApp(shop, tmp_path, PORTAL_START_AGAIN=False)
    reader = left(shop, "off@example.com")
    page = host.visit(reader)
    page.go("/")
    assert "Start again" not in page.said
    page.go(f"/subscriptions/{reader.subscription}/start-again")
    assert page.status == 403
    assert "Subscriptions are not started here." in page.said
    host.close()
