"""Payments that are held first and captured by hand, whole, in part, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY
from .test_payment_intent import confirm, intend
from .test_refund import movements

HELD = ("payment_intent.created", "charge.succeeded", "payment_intent.amount_capturable_updated")


def held(shop: stripe.StripeClient, **sent: Any) -> stripe.PaymentIntent:
    """An intent of 10 dollars that a card's bank holds."""
    return intend(shop, **{"payment_method": "pm_card_visa", "confirm": True, "capture_method": "manual", **sent})


def capture(shop: stripe.StripeClient, intent: stripe.PaymentIntent, **sent: Any) -> stripe.PaymentIntent:
    params: Any = sent
    return shop.v1.payment_intents.capture(intent.id, params)


def charge_of(shop: stripe.StripeClient, intent: stripe.PaymentIntent) -> stripe.Charge:
    return shop.v1.charges.retrieve(str(intent.latest_charge))


@pytest.mark.parametrize(
    "how", [{}, {"capture_method": "automatic", "payment_method_options": {"card": {"capture_method": "manual"}}}]
)
def test_an_amount_is_held_and_brings_nothing_yet(mock: Mock, shop: stripe.StripeClient, how: Any) -> None:
    with mock.expect_events(*HELD):
        made = held(shop, **how)
    assert (made.status, made.amount_capturable, made.amount_received) == ("requires_capture", 1000, 0)
    charge = charge_of(shop, made)
    assert (charge.status, charge.captured, charge.amount_captured) == ("succeeded", False, 0)
    assert charge.balance_transaction is None
    assert charge.payment_method_details is not None
    assert charge.payment_method_details.card is not None
    assert charge.payment_method_details.card.capture_before == charge.created + 7 * DAY
    assert movements(shop) == []


def test_all_of_it_is_captured(mock: Mock, shop: stripe.StripeClient) -> None:
    made = held(shop)
    with mock.expect_events("charge.captured", "payment_intent.succeeded"):
        done = capture(shop, made, metadata={"parcel": "7"}, statement_descriptor="BOOKS")
    assert (done.status, done.amount_capturable, done.amount_received) == ("succeeded", 0, 1000)
    assert (done.metadata or {})["parcel"] == "7"
    charge = charge_of(shop, done)
    assert (charge.captured, charge.amount_captured, charge.statement_descriptor) == (True, 1000, "BOOKS")
    # 2.9 % of 10 dollars and 30 cents.
    assert movements(shop) == [("charge", 1000, 59, 941)]


def test_a_part_is_captured_and_the_fee_is_that_of_the_part(shop: stripe.StripeClient) -> None:
    done = capture(shop, held(shop), amount_to_capture=400)
    charge = charge_of(shop, done)
    assert (done.amount, done.amount_received, charge.amount, charge.amount_captured) == (1000, 400, 1000, 400)
    # 400 * 2.9 % = 11.6, so 12, and 30.
    assert movements(shop) == [("charge", 400, 42, 358)]
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        shop.v1.refunds.create({"charge": charge.id, "amount": 401})
    back = shop.v1.refunds.create({"charge": charge.id})
    charge = charge_of(shop, done)
    assert (back.amount, charge.amount_refunded, charge.refunded) == (400, 400, True)


@pytest.mark.parametrize(
    ("sent", "param", "code"),
    [
        ({"amount_to_capture": 1001}, "amount_to_capture", "amount_too_large"),
        ({"final_capture": False}, "final_capture", None),
        ({"transfer_data": {"amount": 5}}, "transfer_data", None),
    ],
)
def test_what_cannot_be_captured_changes_nothing(
    mock: Mock, shop: stripe.StripeClient, sent: Any, param: str, code: str | None
) -> None:
    made = held(shop)
    with mock.expect_events(), pytest.raises(stripe.InvalidRequestError) as refused:
        capture(shop, made, **sent)
    assert (refused.value.param, refused.value.code) == (param, code)
    assert shop.v1.payment_intents.retrieve(made.id).status == "requires_capture"


def test_only_what_is_held_can_be_captured(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        capture(shop, intend(shop))
    assert refused.value.code == "payment_intent_unexpected_state"
    done = capture(shop, held(shop))
    with pytest.raises(stripe.InvalidRequestError):
        capture(shop, done)


def test_what_is_held_can_be_let_go(mock: Mock, shop: stripe.StripeClient) -> None:
    made = held(shop)
    with mock.expect_events("refund.created", "charge.refunded", "payment_intent.canceled"):
        gone = shop.v1.payment_intents.cancel(made.id)
    assert (gone.status, gone.amount_capturable) == ("canceled", 0)
    assert charge_of(shop, made).refunded is True
    assert movements(shop) == []


def test_nobody_captures_it_within_a_week(mock: Mock, shop: stripe.StripeClient) -> None:
    with mock.expect_events(*HELD, "charge.expired", "payment_intent.canceled"):
        made = held(shop)
        mock.clock.advance(7 * DAY)
    gone = shop.v1.payment_intents.retrieve(made.id)
    assert (gone.status, gone.cancellation_reason) == ("canceled", "expired")


def test_a_bank_debit_cannot_be_held(shop: stripe.StripeClient) -> None:
    accepted: Any = {"customer_acceptance": {"type": "offline"}}
    made = intend(shop, capture_method="manual", currency="eur")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        confirm(shop, made, payment_method="pm_sepaDebit_success_de", mandate_data=accepted)
    assert (refused.value.param, refused.value.code) == ("capture_method", "payment_intent_incompatible_payment_method")


def test_a_card_that_asks_for_its_customer_is_held_afterwards(mock: Mock, shop: stripe.StripeClient) -> None:
    made = held(shop, payment_method="pm_card_authenticationRequired")
    assert made.status == "requires_action"


def test_a_held_payment_is_contested_once_it_is_captured(mock: Mock, shop: stripe.StripeClient) -> None:
    made = held(shop, payment_method="pm_card_createDispute")
    mock.clock.advance(DAY)
    assert shop.v1.disputes.list().data == []
    capture(shop, made, amount_to_capture=600)
    mock.clock.advance(1)
    assert [one.amount for one in shop.v1.disputes.list().data] == [600]


def test_the_platforms_fee_is_of_what_was_captured(shop: stripe.StripeClient) -> None:
    account = shop.v1.accounts.create({"type": "custom", "country": "US"}).id
    made = held(shop, transfer_data={"destination": account}, application_fee_amount=300)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        capture(shop, made, amount_to_capture=200)
    assert refused.value.param == "application_fee_amount"
    done = capture(shop, made, amount_to_capture=500, application_fee_amount=50)
    assert [one.amount for one in shop.v1.application_fees.list().data] == [50]
    assert [one.amount for one in shop.v1.transfers.list().data] == [500]
    assert charge_of(shop, done).application_fee_amount == 50
