"""Cards whose time is over: announced when their last month begins, and declined when it has ended."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import invoice_of, payer, price, subscribe
from .test_payment_intent import intend

EXPIRING = "customer.source.expiring"


def card_of(mock: Mock, customer: str, month: int = 3, year: int = 2028) -> stripe.PaymentMethod:
    """A card of a customer that is good to the end of March 2028, or another month."""
    typed: Any = {"number": "4242424242424242", "exp_month": month, "exp_year": year, "cvc": "123"}
    made = mock.client.v1.payment_methods.create({"type": "card", "card": typed})
    return mock.client.v1.payment_methods.attach(made.id, {"customer": customer})


@pytest.fixture
def jenny(mock: Mock) -> str:
    """A customer, on the 10th of January 2028."""
    mock.clock.to("2028-01-10T00:00:00")
    return payer(mock.client, None)


def test_its_last_month_is_announced_when_it_begins(mock: Mock, jenny: str) -> None:
    card = card_of(mock, jenny)
    mock.clock.to("2028-02-29T23:59:59")
    assert EXPIRING not in [event.type for event in mock.events]
    with mock.expect_events(EXPIRING):
        mock.clock.to("2028-03-01T00:00:00")
    shown = mock.events[-1].data.object
    assert (shown["object"], shown["id"], shown["customer"]) == ("card", card.id, jenny)
    assert (shown["brand"], shown["exp_month"], shown["exp_year"], shown["last4"]) == ("Visa", 3, 2028, "4242")
    with mock.expect_events():
        mock.clock.to("2028-06-01T00:00:00")


def test_a_new_expiry_is_announced_in_its_own_time(mock: Mock, jenny: str) -> None:
    card = card_of(mock, jenny)
    mock.client.v1.payment_methods.update(card.id, {"card": {"exp_month": 5, "exp_year": 2028}})
    with mock.expect_events():
        mock.clock.to("2028-04-30T00:00:00")
    with mock.expect_events(EXPIRING):
        mock.clock.to("2028-05-01T00:00:00")


def test_a_card_of_nobody_is_not_announced(mock: Mock, jenny: str) -> None:
    mock.client.v1.payment_methods.detach(card_of(mock, jenny).id)
    with mock.expect_events():
        mock.clock.to("2028-03-02T00:00:00")


def test_it_pays_until_its_last_month_has_ended(mock: Mock, jenny: str) -> None:
    card = card_of(mock, jenny)
    by: Any = {"customer": jenny, "payment_method": card.id, "confirm": True, "off_session": True}
    mock.clock.to("2028-03-31T12:00:00")
    assert intend(mock.client, **by).status == "succeeded"
    mock.clock.to("2028-04-01T00:00:00")
    with pytest.raises(stripe.CardError) as refused:
        intend(mock.client, **by)
    assert refused.value.error is not None
    assert (refused.value.code, refused.value.error.decline_code) == ("expired_card", "expired_card")


def test_an_expired_card_is_not_attached(mock: Mock, jenny: str) -> None:
    typed: Any = {"number": "4242424242424242", "exp_month": 3, "exp_year": 2028}
    made = mock.client.v1.payment_methods.create({"type": "card", "card": typed})
    mock.clock.to("2028-04-01T00:00:00")
    with pytest.raises(stripe.CardError) as refused:
        mock.client.v1.payment_methods.attach(made.id, {"customer": jenny})
    assert refused.value.code == "expired_card"


def test_a_renewal_by_an_expired_card_fails_until_its_expiry_is_brought_up_to_date(mock: Mock, jenny: str) -> None:
    shop = mock.client
    card = card_of(mock, jenny)
    bought = subscribe(shop, jenny, price(shop), default_payment_method=card.id)
    mock.clock.to("2028-03-10T01:00:00")
    assert shop.v1.subscriptions.retrieve(bought.id).status == "active"
    mock.clock.to("2028-04-10T01:00:00")
    assert shop.v1.subscriptions.retrieve(bought.id).status == "past_due"
    shop.v1.payment_methods.update(card.id, {"card": {"exp_month": 12, "exp_year": 2031}})
    shop.v1.invoices.pay(invoice_of(shop, bought).id)
    assert shop.v1.subscriptions.retrieve(bought.id).status == "active"
