"""Other ways for a subscription to begin: in the past, on a day of the month, with something billed once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from mock_server.resources.subscription import subscription
from mock_server.testing import Mock

from .sales import DAY, change, invoice_of, item_of, lines_of, payer, price, subscribe


@pytest.fixture
def april(mock: Mock) -> Mock:
    """The mock on the first of April."""
    mock.clock.to("2031-04-01")
    return mock


def day(text: str) -> int:
    """Unix seconds of a moment in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def once(shop: stripe.StripeClient, amount: int = 500) -> str:
    """The id of a price that is charged once."""
    product = shop.v1.products.create({"name": "Setting up"}).id
    return shop.v1.prices.create({"product": product, "currency": "usd", "unit_amount": amount}).id


def refusal(shop: stripe.StripeClient, **sent: Any) -> stripe.InvalidRequestError:
    """The error that such a subscription is answered with."""
    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe(shop, payer(shop), price(shop), **sent)
    return refused.value


def test_what_is_billed_once_stands_on_the_first_invoice(april: Mock, shop: stripe.StripeClient) -> None:
    added = [{"price": once(shop), "quantity": 2}]
    made = subscribe(shop, payer(shop), price(shop, 3000), add_invoice_items=added)
    assert [amount for amount, _ in lines_of(invoice_of(shop, made))] == [1000, 3000]
    april.clock.to("2031-05-01T02:00")
    assert invoice_of(shop, made).total == 3000


def test_what_is_added_later_stands_on_the_next_invoice(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    setting_up = once(shop)
    with april.expect_events("invoiceitem.created"):
        change(shop, made, add_invoice_items=[{"price": setting_up}])
    at_once = [{"price": once(shop, 70)}]
    change(shop, made, add_invoice_items=at_once, proration_behavior="always_invoice")
    assert [amount for amount, _ in lines_of(invoice_of(shop, made))] == [70, 500]


def test_what_is_billed_once_needs_a_price(shop: stripe.StripeClient) -> None:
    assert refusal(shop, add_invoice_items=[{"quantity": 2}]).param == "add_invoice_items[0][price]"


def test_periods_begin_on_a_day_of_the_month(april: Mock, shop: stripe.StripeClient) -> None:
    april.clock.to("2032-01-15")
    config = {"day_of_month": 31, "hour": 0, "minute": 0, "second": 0}
    made = subscribe(shop, payer(shop), price(shop, 3100), billing_cycle_anchor_config=config)
    assert made.billing_cycle_anchor_config is not None
    assert made.billing_cycle_anchor_config.day_of_month == 31
    assert made.billing_cycle_anchor == item_of(made).current_period_end == day("2032-01-31")
    assert abs(invoice_of(shop, made).total - 1600) <= 1, "16 of the 31 days from 31 December to 31 January"
    ends = []
    for text in ("2032-02-01", "2032-03-01", "2032-04-01"):
        april.clock.to(text)
        ends.append(item_of(shop.v1.subscriptions.retrieve(made.id)).current_period_end)
    assert ends == [day("2032-02-29"), day("2032-03-31"), day("2032-04-30")]


def test_an_anchor_is_named_or_described(mock: Mock, shop: stripe.StripeClient) -> None:
    refused = refusal(shop, billing_cycle_anchor=mock.clock.now + DAY, billing_cycle_anchor_config={"day_of_month": 1})
    assert "billing_cycle_anchor" in str(refused)


def test_a_start_in_the_past_is_billed_period_by_period(april: Mock, shop: stripe.StripeClient) -> None:
    start = day("2031-02-10")
    made = subscribe(shop, payer(shop), price(shop, 3000), backdate_start_date=start)
    assert (made.start_date, made.billing_cycle_anchor) == (start, start)
    assert item_of(made).current_period_start == day("2031-03-10")
    assert item_of(made).current_period_end == day("2031-04-10")
    invoice = invoice_of(shop, made)
    assert [line.period.start for line in invoice.lines.data] == [start, day("2031-03-10")]
    assert invoice.amount_paid == 6000
    change(shop, made, items=[{"id": item_of(made).id, "quantity": 2}])
    waiting = shop.v1.invoice_items.list({"customer": str(made.customer), "pending": True}).data
    assert [item.amount for item in waiting] == [1742, -871], "9 of the 31 days from 10 March are left"


def test_a_start_in_the_future_is_no_start_in_the_past(mock: Mock, shop: stripe.StripeClient) -> None:
    assert refusal(shop, backdate_start_date=mock.clock.now + DAY).param == "backdate_start_date"


def test_a_start_in_the_past_with_a_trial_is_refused_in_so_many_words(mock: Mock, shop: stripe.StripeClient) -> None:
    assert "not built" in str(refusal(shop, backdate_start_date=mock.clock.now - DAY, trial_period_days=5))


def test_classic_billing_mode_is_left_for_good(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000), billing_mode={"type": "classic"})
    wanted: Any = {"billing_mode": {"type": "flexible"}}
    with april.expect_events("customer.subscription.updated"):
        moved = shop.v1.subscriptions.migrate(made.id, wanted)
    assert moved.billing_mode.type == "flexible"
    assert moved.billing_mode.updated_at is not None
    with pytest.raises(stripe.InvalidRequestError, match="already"):
        shop.v1.subscriptions.migrate(made.id, wanted)


def test_a_customer_has_five_hundred_subscriptions_at_most(shop: stripe.StripeClient, inside: Any) -> None:
    jenny, gold = payer(shop), price(shop)
    made = subscribe(shop, jenny, gold)
    copy_subscription(inside, made.id, 499)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe(shop, jenny, gold)
    assert (refused.value.code, refused.value.param) == ("customer_max_subscriptions", "customer")


def copy_subscription(inside: Any, id: str, times: int) -> None:
    """Store the same subscription under other ids: making each by a call would take long."""
    with inside() as call:
        body = subscription.get(call, id)
        for _ in range(times):
            subscription.add(call, body | {"id": subscription.new_id()})
