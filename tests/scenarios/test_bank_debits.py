"""Subscriptions that are paid by bank debit, whose answer comes later."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock
from tests.resources.sales import invoice_of, payer, price, subscribe

BEGUN = (
    "customer.subscription.created",
    "invoice.created",
    "invoice.finalized",
    "payment_intent.created",
    "charge.pending",
    "payment_intent.processing",
    "customer.subscription.updated",
)


def account_of(shop: stripe.StripeClient, customer: str, account: str) -> str:
    """The id of a bank account that the customer has agreed to have debited."""
    accepted: Any = {"customer_acceptance": {"type": "offline"}}
    intent = shop.v1.setup_intents.create(
        {"customer": customer, "confirm": True, "payment_method": account, "mandate_data": accepted}
    )
    return str(intent.payment_method)


@pytest.mark.parametrize(
    ("account", "status", "events"),
    [
        pytest.param(
            "pm_usBankAccount_success",
            "active",
            (
                "charge.succeeded",
                "payment_intent.succeeded",
                "invoice.updated",
                "invoice.paid",
                "invoice.payment_succeeded",
                "invoice_payment.paid",
            ),
            id="the money comes",
        ),
        pytest.param(
            "pm_usBankAccount_insufficientFunds",
            "past_due",
            (
                "charge.failed",
                "payment_intent.payment_failed",
                "invoice.payment_failed",
                "customer.subscription.updated",
            ),
            id="the money does not come",
        ),
    ],
)
def test_a_subscription_begins_while_the_bank_is_asked(account: str, status: str, events: tuple[str, ...]) -> None:
    mock = Mock()
    shop = mock.client
    jenny, gold = payer(shop, None), price(shop)
    debited = account_of(shop, jenny, account)
    with mock.expect_events(*BEGUN, *events):
        made = subscribe(shop, jenny, gold, default_payment_method=debited, off_session=True)
        assert made.status == "active"
        assert invoice_of(shop, made).status == "open"
        mock.clock.advance(3600)
    assert shop.v1.subscriptions.retrieve(made.id).status == status
