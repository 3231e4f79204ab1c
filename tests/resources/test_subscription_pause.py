"""Subscriptions that stand still and begin again, and those whose invoices are not collected for a while.

April has 30 days, May 31.
"""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY, HOUR, change, intent_of, invoice_of, item_of, lines_of, payer, price, subscribe

PAID = (
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "invoice.updated",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice_payment.paid",
)


@pytest.fixture
def april(mock: Mock) -> Mock:
    """The mock on the first of April."""
    mock.clock.to("2031-04-01")
    return mock


def pause(shop: stripe.StripeClient, subscription: stripe.Subscription, **sent: Any) -> stripe.Subscription:
    """The subscription after it was paused."""
    params: Any = sent
    return shop.v1.subscriptions.pause(subscription.id, params)


def resume(shop: stripe.StripeClient, subscription: stripe.Subscription, **sent: Any) -> stripe.Subscription:
    """The subscription after it was resumed."""
    params: Any = sent
    return shop.v1.subscriptions.resume(subscription.id, params)


def now(shop: stripe.StripeClient, subscription: stripe.Subscription) -> stripe.Subscription:
    """The subscription as it is now."""
    return shop.v1.subscriptions.retrieve(subscription.id)


def waiting(shop: stripe.StripeClient, subscription: stripe.Subscription) -> list[int]:
    """The amounts that wait for the next invoice."""
    params: Any = {"customer": str(subscription.customer), "pending": True}
    return [item.amount for item in shop.v1.invoice_items.list(params).data]


def paused(april: Mock, shop: stripe.StripeClient, card: str | None = "pm_card_visa") -> stripe.Subscription:
    """A subscription for 30 dollars a month that was paused on the 11th of April, without credit."""
    made = subscribe(shop, payer(shop, "pm_card_visa"), price(shop, 3000))
    april.clock.to("2031-04-11")
    if card != "pm_card_visa":
        change(shop, made, default_payment_method=card)
    return pause(shop, made, bill_for={"unused_time_from": {"type": "none"}})


def test_a_paused_subscription_gives_back_what_is_not_used(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    april.clock.to("2031-04-11")
    with april.expect_events("invoiceitem.created", "customer.subscription.updated", "customer.subscription.paused"):
        stopped = pause(shop, made)
    assert stopped.status == "paused"
    details: Any = stopped.status_details
    assert details.paused.type == "subscription"
    assert details.paused.subscription.type == "pause_requested"
    assert item_of(stopped).current_period_end == details.paused.transitioned_at
    assert waiting(shop, made) == [-2000], "3000 * 20/30"


@pytest.mark.parametrize(
    ("since", "credit"),
    [
        pytest.param("now", [-2000], id="what is left: 3000 * 20/30"),
        pytest.param("item_current_period_start", [-3000], id="the whole period"),
        pytest.param("none", [], id="nothing"),
    ],
)
def test_credit_counts_from_where_it_was_asked_for(
    april: Mock, shop: stripe.StripeClient, since: str, credit: list[int]
) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    april.clock.to("2031-04-11")
    pause(shop, made, bill_for={"unused_time_from": {"type": since}})
    assert waiting(shop, made) == credit


def test_credit_can_be_invoiced_at_once(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    april.clock.to("2031-04-11")
    stopped = pause(shop, made, invoicing_behavior="invoice")
    assert stopped.status == "paused"
    assert (invoice_of(shop, made).total, waiting(shop, made)) == (-2000, [])


def test_nothing_is_billed_while_it_is_paused(april: Mock, shop: stripe.StripeClient) -> None:
    made = paused(april, shop)
    with april.expect_events():
        april.clock.to("2031-08-01")
    assert now(shop, made).status == "paused"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({"billing_mode": {"type": "classic"}}, id="classic billing mode"),
        pytest.param({"collection_method": "send_invoice", "days_until_due": 3}, id="invoices that are sent"),
        pytest.param({"trial_period_days": 9}, id="on trial"),
    ],
)
def test_what_cannot_be_paused_is_refused(mock: Mock, shop: stripe.StripeClient, sent: Any) -> None:
    made = subscribe(shop, payer(shop), price(shop), **sent)
    with mock.expect_events(), pytest.raises(stripe.InvalidRequestError, match="cannot be paused"):
        pause(shop, made)


def test_it_is_paused_and_resumed_once(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    with pytest.raises(stripe.InvalidRequestError, match="Only a paused subscription"):
        resume(shop, made)
    pause(shop, made)
    with pytest.raises(stripe.InvalidRequestError, match="paused already"):
        pause(shop, made)


def test_an_end_that_was_to_come_keeps_its_date(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    change(shop, made, cancel_at_period_end=True)
    stopped = pause(shop, made)
    assert stopped.cancel_at == item_of(made).current_period_end
    april.clock.to("2031-05-02")
    assert now(shop, made).status == "canceled"


def test_a_new_period_begins_and_is_paid_when_it_is_resumed(april: Mock, shop: stripe.StripeClient) -> None:
    made = paused(april, shop)
    april.clock.to("2031-04-20")
    with april.expect_events(
        "invoice.created",
        "invoice.finalized",
        *PAID,
        "customer.subscription.updated",
        "customer.subscription.resumed",
    ):
        running = resume(shop, made)
    assert (running.status, getattr(running, "status_details", None)) == ("active", None)
    assert running.billing_cycle_anchor == item_of(running).current_period_start >= made.created + 19 * DAY
    assert invoice_of(shop, made).amount_paid == 3000


def test_the_credit_of_the_pause_reduces_what_resuming_costs(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    april.clock.to("2031-04-11")
    pause(shop, made)
    resume(shop, made)
    assert [amount for amount, _ in lines_of(invoice_of(shop, made))] == [-2000, 3000]
    assert invoice_of(shop, made).amount_paid == 1000


def test_a_kept_anchor_bills_the_rest_of_the_period(april: Mock, shop: stripe.StripeClient) -> None:
    made = paused(april, shop)
    april.clock.to("2031-04-21")
    with april.expect_events("invoiceitem.created", "customer.subscription.updated", "customer.subscription.resumed"):
        running = resume(shop, made, billing_cycle_anchor={"type": "unchanged"})
    assert running.billing_cycle_anchor == made.billing_cycle_anchor
    assert waiting(shop, made) == [1000], "3000 * 10/30"
    april.clock.to("2031-05-01T02:00")
    assert invoice_of(shop, made).amount_paid == 4000


def test_a_kept_anchor_is_free_without_prorations(april: Mock, shop: stripe.StripeClient) -> None:
    made = paused(april, shop)
    april.clock.to("2031-04-21")
    running = resume(shop, made, billing_cycle_anchor={"type": "unchanged"}, proration_behavior="none")
    assert (running.status, waiting(shop, made)) == ("active", [])


def test_a_declined_payment_leaves_it_past_due(april: Mock, shop: stripe.StripeClient) -> None:
    made = paused(april, shop, "pm_card_chargeCustomerFail")
    assert resume(shop, made).status == "past_due"


def test_a_declined_payment_leaves_it_paused_where_that_was_wanted(april: Mock, shop: stripe.StripeClient) -> None:
    made = paused(april, shop, "pm_card_chargeCustomerFail")
    assert resume(shop, made, payment_behavior="resume_on_payment_success").status == "paused"
    with pytest.raises(stripe.InvalidRequestError, match="has to be paid"):
        resume(shop, made)
    shop.v1.invoices.pay(invoice_of(shop, made).id, {"payment_method": "pm_card_mastercard"})
    assert now(shop, made).status == "active"


def test_an_unpaid_return_is_given_up_after_23_hours(april: Mock, shop: stripe.StripeClient) -> None:
    made = paused(april, shop, "pm_card_chargeCustomerFail")
    resume(shop, made, payment_behavior="resume_on_payment_success")
    april.clock.advance(23 * HOUR + 60)
    assert (invoice_of(shop, made).status, now(shop, made).status) == ("void", "paused")
    change(shop, made, default_payment_method="pm_card_visa")
    assert resume(shop, made).status == "active"


def test_a_return_that_is_written_off_is_no_longer_waited_for(april: Mock, shop: stripe.StripeClient) -> None:
    made = paused(april, shop, "pm_card_chargeCustomerFail")
    resume(shop, made, payment_behavior="resume_on_payment_success")
    shop.v1.invoices.mark_uncollectible(invoice_of(shop, made).id)
    assert now(shop, made).status == "active"


def test_a_pause_and_a_return_can_be_previewed(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    april.clock.to("2031-04-11")
    details: Any = {"pause": {"invoicing_behavior": "invoice"}}
    shown = shop.v1.invoices.create_preview({"subscription": made.id, "subscription_details": details})
    assert shown.total == -2000
    pause(shop, made)
    shown = shop.v1.invoices.create_preview({"subscription": made.id, "subscription_details": {"resume_at": "now"}})
    assert shown.total == 1000


@pytest.mark.parametrize(
    ("behavior", "status", "events"),
    [
        pytest.param("keep_as_draft", "draft", (), id="kept as a draft"),
        pytest.param(
            "void",
            "void",
            ("invoice.finalized", "payment_intent.created", "invoice.voided", "payment_intent.canceled"),
            id="declared void",
        ),
        pytest.param(
            "mark_uncollectible",
            "uncollectible",
            ("invoice.finalized", "payment_intent.created", "invoice.marked_uncollectible"),
            id="written off",
        ),
    ],
)
def test_what_is_not_collected_is_not_paid(
    april: Mock, shop: stripe.StripeClient, behavior: str, status: str, events: tuple[str, ...]
) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    held = change(shop, made, pause_collection={"behavior": behavior})
    assert held.status == "active"
    with april.expect_events("customer.subscription.updated", "invoice.created", *events):
        april.clock.to("2031-05-02")
    invoice = invoice_of(shop, made)
    assert (invoice.status, invoice.auto_advance, now(shop, made).status) == (status, False, "active")


def test_collection_begins_again_by_itself(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    until = item_of(made).current_period_end
    change(shop, made, pause_collection={"behavior": "void", "resumes_at": until})
    april.clock.to("2031-05-01T02:00")
    assert now(shop, made).pause_collection is None
    assert invoice_of(shop, made).status == "paid", "what begins at that moment is collected"


def test_collection_begins_again_by_a_call(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    change(shop, made, pause_collection={"behavior": "void"})
    assert change(shop, made, pause_collection="").pause_collection is None
    april.clock.to("2031-05-01T02:00")
    assert invoice_of(shop, made).status == "paid"


def test_what_a_balance_pays_for_is_paid_all_the_same(april: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    made = subscribe(shop, jenny, price(shop))
    change(shop, made, pause_collection={"behavior": "void"})
    shop.v1.customers.update(jenny, {"balance": -5000})
    april.clock.to("2031-05-02")
    assert invoice_of(shop, made).status == "paid"
    assert shop.v1.customers.retrieve(jenny).balance == -3000


def test_collection_begins_again_in_the_future(mock: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    with pytest.raises(stripe.InvalidRequestError) as refused:
        change(shop, made, pause_collection={"behavior": "void", "resumes_at": mock.clock.now - 5})
    assert refused.value.param == "pause_collection[resumes_at]"


def test_an_invoice_that_was_written_off_can_still_be_paid(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    change(shop, made, pause_collection={"behavior": "mark_uncollectible"})
    april.clock.to("2031-05-02")
    invoice = invoice_of(shop, made)
    assert intent_of(shop, invoice).status != "canceled"
    assert shop.v1.invoices.pay(invoice.id).status == "paid"


def test_a_paused_subscription_gets_no_trial(april: Mock, shop: stripe.StripeClient) -> None:
    made = paused(april, shop)
    with april.expect_events(), pytest.raises(stripe.InvalidRequestError) as refused:
        change(shop, made, trial_end=april.clock.now + 9 * DAY)
    assert refused.value.param == "trial_end"
