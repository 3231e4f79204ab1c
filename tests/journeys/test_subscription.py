"""The page of one subscription. The shop opens on January 15, 2035; the magazine is $29.00 a month."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.shop import Reader, Shop, Visitor


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


def opened(shop: Shop, reader: Reader, **more: Any) -> Visitor:
    page = shop.visit(reader, **more)
    page.go(f"/subscriptions/{reader.subscription}")
    return page


def test_it_says_what_is_charged_next_when_and_from_which_card(shop: Shop) -> None:
    page = opened(shop, shop.reader("jenny@example.com"))
    assert page.heading == "Magazine"
    assert "Next payment on February 15, 2035 Magazine Feb 15 – Mar 15, 2035 $29.00" in page.said
    assert "Charged then to Visa ending in 4242 $29.00" in page.said


def test_the_next_payment_counts_what_waits_for_it(shop: Shop) -> None:
    reader = shop.reader("waits@example.com")
    more: Any = {"customer": reader.customer, "subscription": reader.subscription, "amount": 450, "currency": "usd"}
    shop.client.v1.invoice_items.create({**more, "description": "A binder"})
    page = opened(shop, reader)
    assert "A binder" in page.said
    assert "Charged then to Visa ending in 4242 $33.50" in page.said


def test_it_says_what_it_contains_since_when_and_with_which_discount(shop: Shop) -> None:
    coupon: Any = {"name": "Early bird", "percent_off": 10, "duration": "forever"}
    made = shop.client.v1.coupons.create(coupon).id
    reader = shop.reader("many@example.com", prices=[shop.price, shop.plan("Maps", 500)], discounts=[{"coupon": made}])
    page = opened(shop, reader)
    assert "Contains Magazine, $29.00 a month Maps, $5.00 a month" in page.said
    assert "Started January 15, 2035" in page.said
    assert "Discount Early bird: 10% off for as long as you stay." in page.said


def test_a_card_of_its_own_is_named(shop: Shop) -> None:
    reader = shop.reader("own@example.com")
    card = shop.client.v1.payment_methods.attach("pm_card_mastercard", {"customer": reader.customer})
    shop.client.v1.subscriptions.update(reader.subscription, {"default_payment_method": card.id})
    page = opened(shop, reader)
    assert "Mastercard ending in 4444, chosen for this subscription" in page.said


def test_its_own_invoices_stand_there_and_no_others(shop: Shop) -> None:
    reader = shop.reader("invoices@example.com")
    more: Any = {"customer": reader.customer, "items": [{"price": shop.plan("Atlas", 900)}]}
    shop.client.v1.subscriptions.create(more)
    page = opened(shop, reader)
    history = page.said.partition("Invoices of this subscription")[2]
    assert "$29.00" in history
    assert "$9.00" not in history


def test_where_invoices_are_not_shown_the_page_has_none(shop: Shop) -> None:
    page = opened(
        shop, shop.reader("none@example.com"), configuration=shop.configuration(subscription_cancel={"enabled": True})
    )
    assert "Invoices of this subscription" not in page.said


@pytest.mark.parametrize("task", ["cancel", "pause"])
def test_what_is_charged_no_more_has_no_next_payment(shop: Shop, task: str) -> None:
    reader = shop.reader("stops@example.com")
    if task == "cancel":
        shop.client.v1.subscriptions.update(reader.subscription, {"cancel_at_period_end": True})
    else:
        shop.client.v1.subscriptions.pause(reader.subscription, {})
    assert "Next payment on" not in opened(shop, reader).said


def test_what_is_held_says_so(shop: Shop) -> None:
    reader = shop.reader("held@example.com")
    shop.client.v1.subscriptions.update(reader.subscription, {"pause_collection": {"behavior": "void"}})
    page = opened(shop, reader)
    assert "Payments paused" in page.said
    assert "nothing is charged at the moment" in page.said


def test_two_of_the_same_are_told_apart(shop: Shop) -> None:
    reader = shop.reader("two@example.com")
    card = shop.client.v1.payment_methods.attach("pm_card_mastercard", {"customer": reader.customer})
    more: Any = {
        "customer": reader.customer,
        "items": [{"price": shop.price}],
        "default_payment_method": card.id,
        "backdate_start_date": shop.subscription(reader).start_date - 31 * 86400,
    }
    shop.client.v1.subscriptions.create(more)
    page = shop.visit(reader)
    assert "since January 15, 2035 · paid with Visa ending in 4242" in page.said
    assert "since December 15, 2034 · paid with Mastercard ending in 4444" in page.said


def test_one_alone_needs_nothing_to_tell_it_apart(shop: Shop) -> None:
    assert "since" not in shop.visit(shop.reader("alone@example.com")).said
