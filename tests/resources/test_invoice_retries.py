"""Payments that fail are tried again, as the account has set it, and then it is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from mock_server.core import settings
from mock_server.core.accounts import authenticate
from mock_server.testing import Mock
from mock_server.testing.patches import DEFAULT_KEY
from tests.resources.sales import DAY, HOUR, change, invoice_of, payer, price, subscribe

START = "2031-06-15"
RENEWAL = int(datetime(2031, 7, 15, 1, tzinfo=UTC).timestamp())
"""When the first renewal is finalised and tried: an hour after its draft."""

LOST = "tok_visa_chargeCustomerFailLostCard"

Configure = Callable[..., None]


@pytest.fixture
def configure(mock: Mock) -> Configure:
    account = authenticate(f"Bearer {DEFAULT_KEY}").account
    return lambda **sent: mock.state.keep_settings(account, settings.changed(settings.DEFAULTS, sent))


@pytest.fixture
def jenny(mock: Mock, shop: stripe.StripeClient) -> str:
    mock.clock.to(START)
    return payer(shop)


def declined_by(shop: stripe.StripeClient, customer: str, card: str) -> stripe.Subscription:
    """A subscription of 30 dollars a month, begun with a good card; from now on this one pays, which does not work."""
    made = subscribe(shop, customer, price(shop, 3000))
    return change(shop, made, default_payment_method=card)


def status(shop: stripe.StripeClient, made: stripe.Subscription) -> str:
    return shop.v1.subscriptions.retrieve(made.id).status


def attempts(shop: stripe.StripeClient, made: stripe.Subscription) -> tuple[int, int | None]:
    """How often the latest invoice was tried, and when it is tried next."""
    found = invoice_of(shop, made)
    return found.attempt_count, found.next_payment_attempt


def charged(shop: stripe.StripeClient, customer: str) -> int:
    return len(shop.v1.charges.list({"customer": customer, "limit": 100}).data)


def close_to(moment: int) -> Any:
    """A subscription of a test begins some seconds after the start of its day."""
    return pytest.approx(moment, abs=30)


def test_a_new_account_tries_eight_more_times_in_two_weeks(mock: Mock, shop: stripe.StripeClient, jenny: str) -> None:
    made = declined_by(shop, jenny, "pm_card_chargeCustomerFail")
    mock.clock.to("2031-07-15T02:00")
    assert attempts(shop, made) == (1, close_to(RENEWAL + DAY))
    # The attempts are on days 1, 3, 5, 7, 9, 11, 13 and 14.
    for nth, day in enumerate((1, 3, 5, 7, 9, 11, 13), start=2):
        mock.clock.to(RENEWAL + day * DAY + HOUR)
        count, following = attempts(shop, made)
        assert (count, following is None) == (nth, False)
        assert status(shop, made) == "past_due"
    mock.clock.to(RENEWAL + 14 * DAY + HOUR)
    assert attempts(shop, made) == (9, None)
    assert status(shop, made) == "canceled"
    assert charged(shop, jenny) == 1 + 9


def test_the_schedule_can_be_set(mock: Mock, shop: stripe.StripeClient, jenny: str, configure: Configure) -> None:
    configure(retry_after_days=[3, 5])
    made = declined_by(shop, jenny, "pm_card_chargeCustomerFail")
    mock.clock.to("2031-07-15T02:00")
    assert attempts(shop, made) == (1, close_to(RENEWAL + 3 * DAY))
    mock.clock.to(RENEWAL + 3 * DAY + HOUR)
    assert attempts(shop, made) == (2, close_to(RENEWAL + 8 * DAY))
    mock.clock.to(RENEWAL + 8 * DAY + HOUR)
    assert attempts(shop, made) == (3, None)


RETRIED = ("charge.failed", "payment_intent.payment_failed", "invoice.updated", "invoice.payment_failed")


def test_each_attempt_tells_of_its_failure(
    mock: Mock, shop: stripe.StripeClient, jenny: str, configure: Configure
) -> None:
    configure(retry_after_days=[3, 5])
    declined_by(shop, jenny, "pm_card_chargeCustomerFail")
    mock.clock.to("2031-07-16")
    with mock.expect_events(*RETRIED):
        mock.clock.to("2031-07-19")
    failed = mock.events[-1].data.object
    assert (failed["attempt_count"], failed["next_payment_attempt"]) == (2, close_to(RENEWAL + 8 * DAY))


@pytest.mark.parametrize(
    ("final", "paper", "ends_as", "invoice_as", "events"),
    [
        pytest.param(
            "cancel", "open", "canceled", "open", ("customer.subscription.deleted", "invoice.updated"), id="canceled"
        ),
        pytest.param(
            "cancel",
            "uncollectible",
            "canceled",
            "uncollectible",
            (
                "customer.subscription.deleted",
                "invoice.updated",
                "invoice.marked_uncollectible",
                "customer.updated",
            ),
            id="canceled, and written off",
        ),
        pytest.param("unpaid", "open", "unpaid", "open", ("customer.subscription.updated",), id="unpaid"),
        pytest.param("past_due", "open", "past_due", "open", (), id="left past due"),
        pytest.param(
            "pause",
            "open",
            "paused",
            "open",
            ("customer.subscription.updated", "customer.subscription.paused"),
            id="paused",
        ),
    ],
)
def test_what_follows_the_last_attempt_can_be_set(
    mock: Mock,
    shop: stripe.StripeClient,
    jenny: str,
    configure: Configure,
    final: str,
    paper: str,
    ends_as: str,
    invoice_as: str,
    events: tuple[str, ...],
) -> None:
    configure(retry_after_days=[3], subscription_after_retries=final, invoice_after_retries=paper)
    made = declined_by(shop, jenny, "pm_card_chargeCustomerFail")
    mock.clock.to("2031-07-16")
    with mock.expect_events(*RETRIED, *events):
        mock.clock.to("2031-07-19")
    assert status(shop, made) == ends_as
    assert invoice_of(shop, made).status == invoice_as


def test_a_cancellation_for_want_of_payment_says_so(
    mock: Mock, shop: stripe.StripeClient, jenny: str, configure: Configure
) -> None:
    configure(retry_after_days=[])
    made = declined_by(shop, jenny, "pm_card_chargeCustomerFail")
    mock.clock.to("2031-07-16")
    gone = shop.v1.subscriptions.retrieve(made.id)
    assert gone.cancellation_details is not None
    assert (gone.status, gone.cancellation_details.reason) == ("canceled", "payment_failed")


def test_the_invoices_of_an_unpaid_subscription_stay_drafts(
    mock: Mock, shop: stripe.StripeClient, jenny: str, configure: Configure
) -> None:
    configure(retry_after_days=[3], subscription_after_retries="unpaid")
    made = declined_by(shop, jenny, "pm_card_chargeCustomerFail")
    mock.clock.to("2031-08-16")
    assert (status(shop, made), invoice_of(shop, made).status) == ("unpaid", "draft")


def test_a_new_card_is_used_at_the_next_attempt(
    mock: Mock, shop: stripe.StripeClient, jenny: str, configure: Configure
) -> None:
    configure(retry_after_days=[3, 5])
    made = declined_by(shop, jenny, "pm_card_chargeCustomerFail")
    mock.clock.to("2031-07-16")
    change(shop, made, default_payment_method="pm_card_mastercard")
    assert status(shop, made) == "past_due"
    with mock.expect_events(
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
        "customer.updated",
        "customer.subscription.updated",
    ):
        mock.clock.to("2031-07-19")
    assert status(shop, made) == "active"
    assert attempts(shop, made) == (2, None)


def test_a_card_that_is_lost_is_not_tried_again(
    mock: Mock, shop: stripe.StripeClient, jenny: str, configure: Configure
) -> None:
    configure(retry_after_days=[3, 5])
    lost = shop.v1.payment_methods.create({"type": "card", "card": {"token": LOST}})
    shop.v1.payment_methods.attach(lost.id, {"customer": jenny})
    made = declined_by(shop, jenny, lost.id)
    mock.clock.to("2031-07-16")
    tried = charged(shop, jenny)
    with mock.expect_events("invoice.updated"):
        mock.clock.to("2031-07-19")
    assert charged(shop, jenny) == tried
    assert attempts(shop, made) == (2, close_to(RENEWAL + 8 * DAY))
    change(shop, made, default_payment_method="pm_card_mastercard")
    mock.clock.to("2031-07-24")
    assert status(shop, made) == "active"


def test_without_a_method_the_attempts_go_on_in_number(
    mock: Mock, shop: stripe.StripeClient, configure: Configure
) -> None:
    configure(retry_after_days=[3, 5], subscription_after_retries="unpaid")
    mock.clock.to(START)
    nobody = payer(shop, None)
    made = subscribe(shop, nobody, price(shop), trial_period_days=30)
    mock.clock.to("2031-07-16")
    assert attempts(shop, made) == (1, close_to(RENEWAL + 3 * DAY))
    mock.clock.to("2031-07-19")
    assert attempts(shop, made) == (2, close_to(RENEWAL + 8 * DAY))
    mock.clock.to("2031-07-24")
    assert (status(shop, made), charged(shop, nobody)) == ("unpaid", 0)


def test_an_attempt_by_hand_leaves_the_schedule_alone(
    mock: Mock, shop: stripe.StripeClient, jenny: str, configure: Configure
) -> None:
    configure(retry_after_days=[3, 5])
    made = declined_by(shop, jenny, "pm_card_chargeCustomerFail")
    mock.clock.to("2031-07-16")
    with pytest.raises(stripe.CardError):
        shop.v1.invoices.pay(invoice_of(shop, made).id)
    assert attempts(shop, made) == (1, close_to(RENEWAL + 3 * DAY))


def test_the_first_invoice_is_not_tried_again(mock: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop, "pm_card_chargeCustomerFail"), price(shop))
    assert attempts(shop, made) == (1, None)
    mock.clock.advance(22 * HOUR)
    assert status(shop, made) == "incomplete"
    mock.clock.advance(2 * HOUR)
    assert (status(shop, made), invoice_of(shop, made).status) == ("incomplete_expired", "void")


def test_a_void_invoice_is_not_tried_again(
    mock: Mock, shop: stripe.StripeClient, jenny: str, configure: Configure
) -> None:
    configure(retry_after_days=[3, 5])
    made = declined_by(shop, jenny, "pm_card_chargeCustomerFail")
    mock.clock.to("2031-07-16")
    shop.v1.invoices.void_invoice(invoice_of(shop, made).id)
    with mock.expect_events():
        mock.clock.to("2031-07-25")
    assert status(shop, made) == "active"


def test_a_customer_is_delinquent_until_the_latest_invoice_is_paid(
    mock: Mock, shop: stripe.StripeClient, jenny: str
) -> None:
    made = declined_by(shop, jenny, "pm_card_chargeCustomerFail")
    mock.clock.to("2031-07-16")
    assert shop.v1.customers.retrieve(jenny).delinquent is True
    shop.v1.invoices.pay(invoice_of(shop, made).id, {"payment_method": "pm_card_mastercard"})
    assert shop.v1.customers.retrieve(jenny).delinquent is False


def test_a_customer_whose_first_payment_fails_is_not_delinquent(shop: stripe.StripeClient) -> None:
    jenny = payer(shop, "pm_card_chargeCustomerFail")
    subscribe(shop, jenny, price(shop))
    assert shop.v1.customers.retrieve(jenny).delinquent is False


def test_an_invoice_that_was_sent_is_not_tried_again(mock: Mock, shop: stripe.StripeClient, jenny: str) -> None:
    made = subscribe(shop, jenny, price(shop), collection_method="send_invoice", days_until_due=10)
    mock.clock.advance(11 * DAY)
    assert (status(shop, made), attempts(shop, made)) == ("past_due", (0, None))
    assert shop.v1.customers.retrieve(jenny).delinquent is True
