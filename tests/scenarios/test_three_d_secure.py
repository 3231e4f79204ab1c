"""Subscriptions by cards whose bank asks for its customer: at the sign-up, at the renewal, or only once."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock
from tests.hosted.browser import Visitor
from tests.hosted.test_challenge import page_of
from tests.resources.sales import HOUR, intent_of, invoice_of, payer, price, subscribe

ASKED = ("payment_intent.created", "payment_intent.requires_action", "invoice.payment_action_required")
PAID = (
    *("charge.succeeded", "payment_intent.succeeded", "invoice.updated", "invoice.paid"),
    *("invoice.payment_succeeded", "invoice_payment.paid"),
)


@pytest.fixture
def mock() -> Mock:
    return Mock()


@pytest.fixture
def gold(mock: Mock) -> str:
    """A price of 20 dollars a month; it is the 10th of January 2028."""
    mock.clock.to("2028-01-10T00:00:00")
    return price(mock.client)


def bought(mock: Mock, gold: str, card: str) -> stripe.Subscription:
    """A new subscription, whose first payment waits for its customer."""
    with mock.expect_events(
        *("payment_method.attached", "customer.created", "customer.subscription.created"),
        *("invoice.created", "invoice.finalized", *ASKED),
    ):
        made = subscribe(mock.client, payer(mock.client, card), gold)
    assert made.status == "incomplete"
    return made


def answer(mock: Mock, subscription: stripe.Subscription, said: str) -> None:
    """The customer is at the page of their bank."""
    intent = intent_of(mock.client, invoice_of(mock.client, subscription))
    Visitor(mock).answer(page_of(intent), answer=said)


def status(mock: Mock, subscription: stripe.Subscription) -> str:
    return mock.client.v1.subscriptions.retrieve(subscription.id).status


@pytest.mark.parametrize(
    ("card", "renewed"),
    [
        pytest.param("pm_card_authenticationRequiredOnSetup", "active", id="asks until it is set up"),
        pytest.param("pm_card_authenticationRequiredSetupForOffSession", "active", id="asks on-session only"),
        pytest.param("pm_card_threeDSecure2Required", "active", id="asks on-session"),
        pytest.param("pm_card_authenticationRequired", "past_due", id="always asks"),
    ],
)
def test_who_has_confirmed_the_first_payment_may_not_be_asked_again(
    mock: Mock, gold: str, card: str, renewed: str
) -> None:
    # 10 January: the customer confirms at their bank.
    made = bought(mock, gold, card)
    with mock.expect_events(*PAID, "customer.subscription.updated"):
        answer(mock, made, "complete")
    assert status(mock, made) == "active"
    # 10 February, two hours later: the renewal is paid while nobody is there, or is not.
    mock.clock.to("2028-02-10T02:00:00")
    assert status(mock, made) == renewed


def test_who_fails_at_the_bank_may_try_another_card(mock: Mock, gold: str) -> None:
    # 10 January: the bank does not recognise the customer.
    made = bought(mock, gold, "pm_card_threeDSecure2Required")
    with mock.expect_events("payment_intent.payment_failed", "invoice.payment_failed"):
        answer(mock, made, "fail")
    assert status(mock, made) == "incomplete"
    # Ten minutes later another card pays.
    mock.clock.advance(600)
    intent = intent_of(mock.client, invoice_of(mock.client, made))
    with mock.expect_events(*PAID[:2], "payment_method.attached", *PAID[2:], "customer.subscription.updated"):
        confirm(mock, intent, "pm_card_visa")
    assert status(mock, made) == "active"


def test_a_bank_may_recognise_its_customer_and_decline(mock: Mock, gold: str) -> None:
    made = bought(mock, gold, "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds")
    with mock.expect_events("charge.failed", "payment_intent.payment_failed", "invoice.payment_failed"):
        answer(mock, made, "complete")
    assert status(mock, made) == "incomplete"


def test_who_never_answers_has_bought_nothing(mock: Mock, gold: str) -> None:
    made = bought(mock, gold, "pm_card_threeDSecure2Required")
    mock.clock.advance(23 * HOUR)
    assert status(mock, made) == "incomplete_expired"


def confirm(mock: Mock, intent: stripe.PaymentIntent, card: str) -> None:
    params: Any = {"payment_method": card}
    mock.client.v1.payment_intents.confirm(intent.id, params)
