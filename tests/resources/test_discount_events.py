"""What is told of the discounts that a customer keeps, and when they end."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY, change, invoice_of, item_of, payer, price, subscribe


@pytest.fixture
def april(mock: Mock) -> Mock:
    """The mock on the first of April."""
    mock.clock.to("2031-04-01")
    return mock


def coupon(shop: stripe.StripeClient, **sent: Any) -> str:
    """The id of a new coupon of a half."""
    params: Any = {"percent_off": 50, "duration": "forever", **sent}
    return shop.v1.coupons.create(params).id


def told(shop: stripe.StripeClient) -> list[tuple[str, str]]:
    """The events of discounts, oldest first, with the discount that each is about."""
    found = shop.v1.events.list({"types": [f"customer.discount.{one}" for one in ("created", "deleted", "updated")]})
    return [(one.type, one.data.object["id"]) for one in found.data[::-1]]


def test_a_discount_of_a_subscription_is_told_of(april: Mock, shop: stripe.StripeClient) -> None:
    half = coupon(shop)
    made = subscribe(shop, payer(shop), price(shop), discounts=[{"coupon": half}])
    [first] = made.discounts
    third = coupon(shop, percent_off=33)
    with april.expect_events("customer.discount.deleted", "customer.discount.created", "customer.subscription.updated"):
        changed = change(shop, made, discounts=[{"coupon": third}])
    [second] = changed.discounts
    assert told(shop) == [
        ("customer.discount.created", first),
        ("customer.discount.deleted", first),
        ("customer.discount.created", second),
    ]


def test_what_is_named_again_is_not_told_again(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop), discounts=[{"coupon": coupon(shop)}])
    with april.expect_events():
        change(shop, made, discounts=[{"discount": str(made.discounts[0])}])


def test_a_discount_of_an_item_goes_with_it(april: Mock, shop: stripe.StripeClient) -> None:
    half = coupon(shop)
    made = subscribe(shop, payer(shop), price(shop))
    silver = price(shop, 500, "Silver")
    items: Any = [{"price": silver, "discounts": [{"coupon": half}]}]
    changed = change(shop, made, items=items, proration_behavior="none")
    own = item_of(changed, 1)
    change(shop, made, items=[{"id": own.id, "deleted": True}], proration_behavior="none")
    reduced = str(own.discounts[0])
    assert told(shop) == [("customer.discount.created", reduced), ("customer.discount.deleted", reduced)]


def test_what_lasts_for_one_invoice_is_over_with_it(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop), discounts=[{"coupon": coupon(shop, duration="once")}])
    assert [kind for kind, _ in told(shop)] == ["customer.discount.created", "customer.discount.deleted"]
    assert shop.v1.subscriptions.retrieve(made.id).discounts == []


def test_a_coupon_for_some_months_ends_by_itself_before_the_next_period_is_billed(
    april: Mock, shop: stripe.StripeClient
) -> None:
    half = coupon(shop, duration="repeating", duration_in_months=2)
    made = subscribe(shop, payer(shop), price(shop, 2000), discounts=[{"coupon": half}])
    april.clock.to("2031-05-02")
    assert invoice_of(shop, made).total == 1000
    april.clock.to(made.created + 61 * DAY - 1)
    with april.expect_events(
        "customer.discount.deleted",
        "customer.subscription.updated",
        "customer.subscription.updated",
        "invoice.created",
    ):
        april.clock.advance(2)
    assert invoice_of(shop, made).total == 2000
    assert shop.v1.subscriptions.retrieve(made.id).discounts == []


def test_the_discount_of_one_invoice_is_told_by_nobody_else(april: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    shop.v1.invoices.create({"customer": jenny, "currency": "usd", "discounts": [{"coupon": coupon(shop)}]})
    assert told(shop) == []
