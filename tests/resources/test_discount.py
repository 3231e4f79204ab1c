"""Discounts, as subscriptions and invoices show them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import change, invoice_of, item_of, payer, price, subscribe


def coupon(shop: stripe.StripeClient, **sent: Any) -> str:
    """The id of a new coupon."""
    params: Any = sent
    return shop.v1.coupons.create(params).id


@pytest.fixture
def january(mock: Mock) -> Mock:
    """The mock on the first of January."""
    mock.clock.to("2031-01-01")
    return mock


def totals(shop: stripe.StripeClient, subscription: stripe.Subscription) -> list[int]:
    """The totals of its invoices, oldest first."""
    return [invoice.total for invoice in shop.v1.invoices.list({"subscription": subscription.id}).data[::-1]]


def test_a_share_is_taken_off_every_line(shop: stripe.StripeClient) -> None:
    quarter = coupon(shop, percent_off=25, duration="forever")
    made = subscribe(
        shop, payer(shop), price(shop, 1000), price(shop, 3000), discounts=[{"coupon": quarter}], expand=["discounts"]
    )
    (applied,) = made.discounts
    assert isinstance(applied, stripe.Discount)
    assert (applied.source.coupon, applied.subscription, applied.end) == (quarter, made.id, None)
    invoice = invoice_of(shop, made)
    assert (invoice.subtotal, invoice.total, invoice.amount_paid) == (4000, 3000, 3000)
    assert [line.discount_amounts[0].amount for line in invoice.lines.data if line.discount_amounts] == [250, 750]
    assert invoice.total_discount_amounts is not None
    assert [one.amount for one in invoice.total_discount_amounts] == [1000]
    assert invoice.discounts == [applied.id]


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        pytest.param({"duration": "once"}, [1500, 2000, 2000], id="once"),
        pytest.param({"duration": "repeating", "duration_in_months": 2}, [1500, 1500, 2000], id="for two months"),
        pytest.param({"duration": "forever"}, [1500, 1500, 1500], id="for ever"),
    ],
)
def test_a_discount_lasts_as_long_as_its_coupon_says(
    january: Mock, shop: stripe.StripeClient, duration: Any, expected: list[int]
) -> None:
    made = subscribe(shop, payer(shop), price(shop), discounts=[{"coupon": coupon(shop, percent_off=25, **duration)}])
    january.clock.to("2031-03-02")
    assert totals(shop, made) == expected


def test_a_discount_for_one_invoice_outlasts_a_trial(january: Mock, shop: stripe.StripeClient) -> None:
    half = coupon(shop, percent_off=50, duration="once")
    made = subscribe(shop, payer(shop), price(shop), trial_period_days=7, discounts=[{"coupon": half}])
    january.clock.to("2031-01-09")
    assert totals(shop, made) == [0, 1000]
    assert shop.v1.subscriptions.retrieve(made.id).discounts == []


def test_an_amount_is_shared_by_the_lines(shop: stripe.StripeClient) -> None:
    five = coupon(shop, amount_off=500, currency="usd", duration="once")
    made = subscribe(shop, payer(shop), price(shop, 1000), price(shop, 3000), discounts=[{"coupon": five}])
    lines = invoice_of(shop, made).lines.data
    assert [line.discount_amounts[0].amount for line in lines if line.discount_amounts] == [125, 375]


def test_an_items_own_discount_comes_first(shop: stripe.StripeClient) -> None:
    half, tenth = coupon(shop, percent_off=50, duration="forever"), coupon(shop, percent_off=10, duration="forever")
    items: Any = [{"price": price(shop, 1000), "discounts": [{"coupon": half}]}, {"price": price(shop, 1000)}]
    discounts: Any = [{"coupon": tenth}]
    made = shop.v1.subscriptions.create({"customer": payer(shop), "items": items, "discounts": discounts})
    assert invoice_of(shop, made).total == 1350, "500 + 1000, less a tenth"
    assert len(item_of(made).discounts) == 1


def test_a_coupon_is_counted_when_it_is_applied(shop: stripe.StripeClient) -> None:
    used = coupon(shop, percent_off=25, duration="forever", max_redemptions=1)
    jenny, gold = payer(shop), price(shop)
    subscribe(shop, jenny, gold, discounts=[{"coupon": used}])
    assert shop.v1.coupons.retrieve(used).times_redeemed == 1
    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe(shop, jenny, gold, discounts=[{"coupon": used}])
    assert refused.value.param == "discounts[0][coupon]"


@pytest.mark.parametrize(
    ("discounts", "param"),
    [
        pytest.param([{"coupon": "nobody"}], "discounts[0][coupon]", id="an unknown coupon"),
        pytest.param([{"discount": "di_nobody"}], "discounts[0][discount]", id="a discount from elsewhere"),
        pytest.param([{"coupon": "tenth"}, {"coupon": "tenth"}], "discounts[1]", id="the same twice"),
        pytest.param([{"coupon": "euro"}], "discounts", id="an amount in another currency"),
    ],
)
def test_what_cannot_be_applied_is_refused(shop: stripe.StripeClient, discounts: Any, param: str) -> None:
    coupon(shop, id="tenth", percent_off=10)
    coupon(shop, id="euro", amount_off=100, currency="eur")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe(shop, payer(shop), price(shop), discounts=discounts)
    assert refused.value.param is not None
    assert refused.value.param.startswith(param)


def test_discounts_are_kept_replaced_and_removed(shop: stripe.StripeClient) -> None:
    first, second = (coupon(shop, percent_off=share, duration="forever") for share in (10, 20))
    made = subscribe(shop, payer(shop), price(shop), discounts=[{"coupon": first}])
    both = change(shop, made, discounts=[{"discount": made.discounts[0]}, {"coupon": second}])
    assert both.discounts[0] == made.discounts[0]
    assert len(both.discounts) == 2
    assert change(shop, made, discounts="").discounts == []
