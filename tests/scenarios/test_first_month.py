"""The first months of three customers: one pays, one tries first, one's card is declined at the renewal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import stripe

from mock_server.http.transport import InProcessTransport
from mock_server.testing import Mock
from tests.contract.recorder import watched
from tests.resources.sales import change, invoice_of, item_of, lines_of, payer, price, subscribe

STARTED = (
    "customer.subscription.created",
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
)
NEXT_PERIOD = ("customer.subscription.updated", "invoice.created")
COLLECTED = (
    "invoice.finalized",
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "invoice.updated",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice_payment.paid",
)
DECLINED = (
    "invoice.finalized",
    "payment_intent.created",
    "charge.failed",
    "payment_intent.payment_failed",
    "invoice.updated",
    "invoice.payment_failed",
    "customer.updated",
    "customer.subscription.updated",
)


@pytest.fixture
def mock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mock]:
    """An empty mock on the 15th of June 2031; each answer is held against the contract."""
    monkeypatch.setattr(InProcessTransport, "send", watched(InProcessTransport.send))
    made = Mock()
    made.clock.to("2031-06-15")
    yield made
    made.reset()


def status(shop: stripe.StripeClient, subscription: stripe.Subscription) -> str:
    return shop.v1.subscriptions.retrieve(subscription.id).status


def test_a_subscription_is_paid_month_after_month_and_ends_with_one(mock: Mock) -> None:
    shop = mock.client
    jenny, gold = payer(shop), price(shop, 3000)

    # 15 June: she subscribes
    with mock.expect_events(*STARTED):
        made = subscribe(shop, jenny, gold)

    # 8 July: the renewal is announced
    with mock.expect_events("invoice.upcoming"):
        mock.clock.to("2031-07-08T00:30")

    # 15 July, 00:00: the next period begins, and its invoice is a draft for an hour
    with mock.expect_events(*NEXT_PERIOD):
        mock.clock.to("2031-07-15T00:30")
    draft = invoice_of(shop, made)
    assert (draft.status, draft.number, draft.billing_reason) == ("draft", None, "subscription_cycle")
    assert draft.period_start == made.created
    assert draft.period_end == draft.lines.data[0].period.start
    assert draft.automatically_finalizes_at == draft.created + 3600 == draft.next_payment_attempt

    # 15 July, 01:00: it is finalised and paid
    with mock.expect_events(*COLLECTED):
        mock.clock.to("2031-07-15T02:00")
    assert invoice_of(shop, made).amount_paid == 3000

    # 25 July: a second seat; 21 of 31 days are left
    mock.clock.to("2031-07-25")
    with mock.expect_events("invoiceitem.created", "invoiceitem.created", "customer.subscription.updated"):
        change(shop, made, items=[{"id": item_of(made).id, "quantity": 2}])

    # 15 August: both seats, and what the second one cost in July: 6000 * 21/31 - 3000 * 21/31
    with mock.expect_events("invoice.upcoming", *NEXT_PERIOD, *COLLECTED):
        mock.clock.to("2031-08-15T02:00")
    invoice = invoice_of(shop, made)
    assert [amount for amount, _ in lines_of(invoice)] == [4065, -2032, 6000]
    assert invoice.amount_paid == 8033

    # 20 August: she leaves with the period
    mock.clock.to("2031-08-20")
    with mock.expect_events("customer.subscription.updated"):
        change(shop, made, cancel_at_period_end=True)

    # 15 September: it ends, and nothing is billed any more
    with mock.expect_events("customer.subscription.deleted"):
        mock.clock.to("2031-11-01")
    assert status(shop, made) == "canceled"


def test_a_trial_becomes_a_subscription(mock: Mock) -> None:
    shop = mock.client
    jenny, gold = payer(shop), price(shop, 3000)

    # 15 June: he tries it for two weeks
    with mock.expect_events(
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
    ):
        made = subscribe(shop, jenny, gold, trial_period_days=14)

    # 22 June: a week before the end the first charge is announced
    with mock.expect_events("invoice.upcoming"):
        mock.clock.to("2031-06-22T12:00")

    # 26 June: three days before the end he is told
    with mock.expect_events("customer.subscription.trial_will_end"):
        mock.clock.to("2031-06-26T12:00")

    # 29 June: the trial ends, the first month begins, and is paid an hour later
    with mock.expect_events(*NEXT_PERIOD):
        mock.clock.to("2031-06-29T00:30")
    assert status(shop, made) == "active"
    with mock.expect_events(*COLLECTED):
        mock.clock.to("2031-06-29T02:00")
    assert lines_of(invoice_of(shop, made)) == [(3000, "1 × Gold (at $30.00 / month)")]
    assert item_of(shop.v1.subscriptions.retrieve(made.id)).current_period_start == made.trial_end


def test_a_renewal_is_declined_and_recovered(mock: Mock) -> None:
    shop = mock.client
    jenny, gold = payer(shop), price(shop, 3000)
    made = subscribe(shop, jenny, gold)

    # 1 July: the card is replaced by one that does not pay
    mock.clock.to("2031-07-01")
    change(shop, made, default_payment_method="pm_card_chargeCustomerFail")

    # 15 July: the renewal fails
    with mock.expect_events("invoice.upcoming", *NEXT_PERIOD, *DECLINED):
        mock.clock.to("2031-07-15T02:00")
    assert status(shop, made) == "past_due"

    # 15 July: she pays with another card before it is tried again
    mock.clock.to("2031-07-15T12:00")
    with mock.expect_events(
        "payment_method.attached",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
        "customer.updated",
        "customer.subscription.updated",
    ):
        shop.v1.invoices.pay(invoice_of(shop, made).id, {"payment_method": "pm_card_mastercard"})
    assert status(shop, made) == "active"


def test_a_month_later_than_the_end_of_january_keeps_its_day(mock: Mock) -> None:
    shop = mock.client
    mock.clock.to("2032-01-31T12:00")
    made = subscribe(shop, payer(shop), price(shop, 3000))
    mock.clock.to("2032-05-01")
    starts = [invoice.lines.data[0].period.start for invoice in shop.v1.invoices.list({"subscription": made.id}).data]
    days = [(start - made.created) // 86_400 for start in starts[::-1]]
    assert days == [0, 29, 60, 90], "31 January, 29 February, 31 March, 30 April"


def test_a_year_passes_in_one_step(mock: Mock) -> None:
    shop = mock.client
    made = subscribe(shop, payer(shop), price(shop, 3000))
    mock.clock.to("2032-06-14")
    invoices = list(shop.v1.invoices.list({"subscription": made.id, "limit": 100}).auto_paging_iter())
    assert [invoice.status for invoice in invoices] == ["paid"] * 12
    assert [str(invoice.number)[-4:] for invoice in invoices] == [f"{number:04}" for number in range(12, 0, -1)]
