"""Changes that wait until they are paid.

April has 30 days: after 10 of them, two thirds are left.
"""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY, HOUR, change, intent_of, invoice_of, item_of, payer, price, subscribe

WANTED: Any = {"payment_behavior": "pending_if_incomplete", "proration_behavior": "always_invoice"}


@pytest.fixture
def april(mock: Mock) -> Mock:
    """The mock on the first of April."""
    mock.clock.to("2031-04-01")
    return mock


def now(shop: stripe.StripeClient, subscription: stripe.Subscription) -> stripe.Subscription:
    """The subscription as it is now."""
    return shop.v1.subscriptions.retrieve(subscription.id)


def declined(april: Mock, shop: stripe.StripeClient) -> stripe.Subscription:
    """A subscription for 30 dollars a month on the 11th of April, whose card does not pay any more."""
    made = subscribe(shop, payer(shop), price(shop, 3000))
    april.clock.to("2031-04-11")
    return change(shop, made, default_payment_method="pm_card_chargeCustomerFail")


def two(made: stripe.Subscription) -> Any:
    """The change to a quantity of two."""
    return {**WANTED, "items": [{"id": item_of(made).id, "quantity": 2}]}


def test_a_change_that_is_paid_takes_effect_at_once(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    april.clock.to("2031-04-11")
    with april.expect_events(
        "invoiceitem.created",
        "invoiceitem.created",
        "invoice.created",
        "invoice.finalized",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
        "customer.subscription.updated",
    ):
        changed = change(shop, made, **two(made))
    assert (item_of(changed).quantity, changed.pending_update) == (2, None)
    assert invoice_of(shop, made).amount_paid == 2000


def test_a_change_that_is_not_paid_waits(april: Mock, shop: stripe.StripeClient) -> None:
    made = declined(april, shop)
    changed = change(shop, made, **two(made))
    assert (changed.status, item_of(changed).quantity) == ("active", 1)
    pending = changed.pending_update
    assert pending is not None
    assert [item.quantity for item in pending.subscription_items or ()] == [2]
    assert pending.expires_at - april.clock.now in (23 * HOUR, 23 * HOUR - 1)
    assert invoice_of(shop, made).status == "open"


def test_a_change_takes_effect_when_it_is_paid(april: Mock, shop: stripe.StripeClient) -> None:
    made = declined(april, shop)
    change(shop, made, **two(made))
    with april.expect_events(
        "payment_method.attached",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
        "customer.updated",
        "customer.subscription.pending_update_applied",
        "customer.subscription.updated",
    ):
        try_to_pay(shop, made)
    after = now(shop, made)
    assert (after.pending_update, item_of(after).quantity, after.status) == (None, 2, "active")
    april.clock.to("2031-05-01T02:00")
    assert invoice_of(shop, made).total == 6000


def try_to_pay(shop: stripe.StripeClient, made: stripe.Subscription) -> None:
    shop.v1.invoices.pay(invoice_of(shop, made).id, {"payment_method": "pm_card_mastercard"})


def test_a_change_expires_after_23_hours(april: Mock, shop: stripe.StripeClient) -> None:
    made = declined(april, shop)
    change(shop, made, **two(made))
    with april.expect_events(
        "invoice.voided",
        "payment_intent.canceled",
        "customer.updated",
        "customer.subscription.pending_update_expired",
    ):
        april.clock.advance(23 * HOUR + 60)
    after = now(shop, made)
    assert (after.pending_update, item_of(after).quantity, after.status) == (None, 1, "active")
    assert shop.v1.invoice_items.list({"customer": str(made.customer), "pending": True}).data == []


def test_a_change_expires_with_its_period(april: Mock, shop: stripe.StripeClient) -> None:
    made = declined(april, shop)
    april.clock.to("2031-04-30T12:00")
    changed = change(shop, made, **two(made))
    assert changed.pending_update is not None
    assert changed.pending_update.expires_at == item_of(made).current_period_end


def test_another_change_takes_its_place(april: Mock, shop: stripe.StripeClient) -> None:
    made = declined(april, shop)
    first = change(shop, made, **two(made)).latest_invoice
    changed = change(shop, made, items=[{"id": item_of(made).id, "quantity": 3}])
    assert (changed.pending_update, item_of(changed).quantity) == (None, 3)
    assert shop.v1.invoices.retrieve(str(first)).status == "void"
    waiting = shop.v1.invoice_items.list({"customer": str(made.customer), "pending": True}).data
    assert abs(sum(item.amount for item in waiting) - 4000) <= 1, "two more seats for 20 of 30 days"


def test_other_things_leave_it_pending(april: Mock, shop: stripe.StripeClient) -> None:
    made = declined(april, shop)
    change(shop, made, **two(made))
    assert change(shop, made, description="Ours").pending_update is not None


def test_a_change_that_costs_nothing_now_takes_effect(april: Mock, shop: stripe.StripeClient) -> None:
    made = declined(april, shop)
    wanted = two(made) | {"proration_behavior": "create_prorations"}
    changed = change(shop, made, **wanted)
    assert (changed.pending_update, item_of(changed).quantity) == (None, 2)


def test_a_change_waits_for_the_customers_confirmation(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    change(shop, made, default_payment_method="pm_card_threeDSecure2Required")
    changed = change(shop, made, items=[{"price": price(shop, 500, "Extra")}], **WANTED)
    assert changed.pending_update is not None
    assert intent_of(shop, invoice_of(shop, made)).status == "requires_action"


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        pytest.param({"description": "Ours"}, "description", id="what costs nothing"),
        pytest.param({"collection_method": "send_invoice", "days_until_due": 5}, "collection_method", id="another way"),
    ],
)
def test_only_what_is_billed_can_wait(shop: stripe.StripeClient, sent: Any, param: str) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    with pytest.raises(stripe.InvalidRequestError) as refused:
        change(shop, made, payment_behavior="pending_if_incomplete", **sent)
    assert refused.value.param == param


def test_a_trial_that_cannot_be_paid_goes_on(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop, "pm_card_chargeCustomerFail"), price(shop, 3000), trial_period_days=20)
    changed = change(shop, made, payment_behavior="pending_if_incomplete", trial_end="now")
    assert changed.status == "trialing"
    assert changed.pending_update is not None
    try_to_pay(shop, made)
    after = now(shop, made)
    assert (after.status, after.pending_update) == ("active", None)
    assert item_of(after).current_period_end - item_of(after).current_period_start == 30 * DAY
