"""Charges."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import payer, price, subscribe


def pay(shop: stripe.StripeClient, method: str, **sent: Any) -> stripe.Charge:
    """The charge of a payment of 10 dollars, which may have failed."""
    params: Any = {"amount": 1000, "currency": "usd", "payment_method": method, "confirm": True} | sent
    with contextlib.suppress(stripe.CardError):
        shop.v1.payment_intents.create(params)
    return shop.v1.charges.list().data[0]


def test_a_charge_says_what_was_paid_with_what(shop: stripe.StripeClient) -> None:
    made = pay(shop, "pm_card_mastercard", description="A book")
    assert (made.status, made.paid, made.captured, made.amount_captured) == ("succeeded", True, True, 1000)
    assert made.payment_method_details is not None
    assert made.payment_method_details.card is not None
    assert (made.payment_method_details.card.brand, made.payment_method_details.card.last4) == ("mastercard", "4444")
    assert (made.description, made.failure_code) == ("A book", None)
    assert made.balance_transaction is not None


@pytest.mark.parametrize(
    ("method", "code", "kind"),
    [
        pytest.param("pm_card_visa_chargeDeclined", "card_declined", "issuer_declined", id="the bank says no"),
        pytest.param("pm_card_chargeDeclinedExpiredCard", "expired_card", "issuer_declined", id="it has expired"),
        pytest.param("pm_card_radarBlock", "card_declined", "blocked", id="it is blocked"),
    ],
)
def test_a_failed_charge_says_why(shop: stripe.StripeClient, method: str, code: str, kind: str) -> None:
    made = pay(shop, method)
    assert (made.status, made.paid, made.amount_captured) == ("failed", False, 0)
    assert (made.failure_code, made.outcome and made.outcome.type) == (code, kind)


def test_a_charge_can_be_annotated(mock: Mock, shop: stripe.StripeClient) -> None:
    made = pay(shop, "pm_card_visa")
    parcel: Any = {"name": "Jenny", "address": {"city": "Berlin"}, "carrier": "DHL"}
    with mock.expect_events("charge.updated"):
        changed = shop.v1.charges.update(
            made.id, {"metadata": {"a": "b"}, "fraud_details": {"user_report": "safe"}, "shipping": parcel}
        )
    assert changed.metadata["a"] == "b"
    assert changed.fraud_details is not None
    assert changed.fraud_details.user_report == "safe"
    assert changed.shipping is not None
    assert changed.shipping.carrier == "DHL"
    with mock.expect_events():
        shop.v1.charges.update(made.id, {"metadata": {"a": "b"}})


def test_lists_filter_by_customer_and_intent(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    subscribe(shop, jenny, price(shop))
    other = pay(shop, "pm_card_visa")
    (own,) = shop.v1.charges.list({"customer": jenny}).data
    assert own.id != other.id
    assert [one.id for one in shop.v1.charges.list({"payment_intent": str(other.payment_intent)}).data] == [other.id]


def test_a_charge_of_nobody_may_be_given_to_a_customer(mock: Mock, shop: stripe.StripeClient) -> None:
    made, jenny = pay(shop, "pm_card_visa"), payer(shop, None)
    with mock.expect_events("charge.updated"):
        assert shop.v1.charges.update(made.id, {"customer": jenny}).customer == jenny
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.charges.update(made.id, {"customer": payer(shop, None)})
    assert refused.value.param == "customer"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.charges.update(pay(shop, "pm_card_visa").id, {"customer": "cus_none"})
    assert refused.value.code == "resource_missing"
