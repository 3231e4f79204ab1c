"""Refunds, and what payments and refunds do to the account's balance."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY, payer


def paid(shop: stripe.StripeClient, amount: int = 2000, card: str = "pm_card_visa", **sent: Any) -> stripe.Charge:
    """A successful charge."""
    params: Any = {
        "amount": amount,
        "currency": "usd",
        "customer": payer(shop, None),
        "payment_method": card,
        "confirm": True,
        "return_url": "https://shop.example",
        **sent,
    }
    return shop.v1.charges.retrieve(str(shop.v1.payment_intents.create(params).latest_charge))


def refund(shop: stripe.StripeClient, charge: stripe.Charge, **sent: Any) -> stripe.Refund:
    """A refund of it."""
    params: Any = {"charge": charge.id, **sent}
    return shop.v1.refunds.create(params)


def movements(shop: stripe.StripeClient) -> list[tuple[str, int, int, int]]:
    """Type, amount, fee and net of what happened to the account's balance, oldest first."""
    found = shop.v1.balance_transactions.list().data[::-1]
    return [(one.type, one.amount, one.fee, one.net) for one in found]


def test_all_of_a_charge_goes_back(mock: Mock, shop: stripe.StripeClient) -> None:
    charge = paid(shop)
    with mock.expect_events("refund.created", "charge.refunded"):
        made = refund(shop, charge, reason="requested_by_customer", metadata={"ticket": "7"})
    assert (made.amount, made.status, made.charge, made.payment_intent) == (
        2000,
        "succeeded",
        charge.id,
        charge.payment_intent,
    )
    after = shop.v1.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert (after.amount_refunded, after.refunded, after.status) == (2000, True, "succeeded")
    assert after.refunds is not None
    assert [one.id for one in after.refunds.data] == [made.id]


def test_a_charge_goes_back_in_parts(shop: stripe.StripeClient) -> None:
    charge = paid(shop)
    refund(shop, charge, amount=500)
    assert shop.v1.charges.retrieve(charge.id).refunded is False
    assert refund(shop, charge).amount == 1500, "the rest"
    assert shop.v1.charges.retrieve(charge.id).refunded is True
    assert len(shop.v1.refunds.list({"charge": charge.id}).data) == 2


def test_a_payment_intent_names_its_charge(shop: stripe.StripeClient) -> None:
    charge = paid(shop)
    made = shop.v1.refunds.create({"payment_intent": str(charge.payment_intent)})
    assert made.charge == charge.id


@pytest.mark.parametrize(
    ("amount", "first", "code", "words"),
    [
        pytest.param(2001, None, None, r"Refund amount \(\$20.01\) is greater than unrefunded", id="more than all"),
        pytest.param(1501, 500, None, r"unrefunded amount on charge \(\$15.00\)", id="more than is left"),
        pytest.param(1, 2000, "charge_already_refunded", "already been refunded", id="nothing is left"),
    ],
)
def test_no_more_goes_back_than_came(
    shop: stripe.StripeClient, amount: int, first: int | None, code: str | None, words: str
) -> None:
    charge = paid(shop)
    if first is not None:
        refund(shop, charge, amount=first)
    with pytest.raises(stripe.InvalidRequestError, match=words) as refused:
        refund(shop, charge, amount=amount)
    assert refused.value.code == code
    assert shop.v1.charges.retrieve(charge.id).amount_refunded == (first or 0)


def test_a_failed_charge_is_not_refunded(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.CardError):
        paid(shop, card="pm_card_chargeCustomerFail")
    with pytest.raises(stripe.InvalidRequestError, match="has not succeeded"):
        refund(shop, shop.v1.charges.list().data[0])


def test_something_has_to_be_refunded(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.refunds.create({})
    assert refused.value.code == "parameter_missing"


def test_a_refund_may_take_a_while(mock: Mock, shop: stripe.StripeClient) -> None:
    made = refund(shop, paid(shop, card="pm_card_pendingRefund"))
    assert (made.status, made.pending_reason) == ("pending", "processing")
    with mock.expect_events("refund.updated", "charge.refund.updated"):
        mock.clock.advance(DAY)
    after = shop.v1.refunds.retrieve(made.id)
    assert (after.status, after.pending_reason) == ("succeeded", None)


def test_a_refund_may_come_back(mock: Mock, shop: stripe.StripeClient) -> None:
    charge = paid(shop, card="pm_card_refundFail")
    made = refund(shop, charge, amount=500)
    assert made.status == "succeeded"
    with mock.expect_events("charge.updated", "refund.failed", "charge.refund.updated"):
        mock.clock.advance(DAY)
    after = shop.v1.refunds.retrieve(made.id)
    assert (after.status, after.failure_reason) == ("failed", "unknown")
    assert shop.v1.charges.retrieve(charge.id).amount_refunded == 0
    assert movements(shop) == [("charge", 2000, 88, 1912), ("refund", -500, 0, -500), ("refund_failure", 500, 0, 500)]


@pytest.mark.parametrize(
    ("amount", "currency", "fee"),
    [
        pytest.param(2000, "usd", 88, id="58 + 30"),
        pytest.param(1050, "eur", 60, id="30.45 + 30"),
        pytest.param(1000, "jpy", 59, id="29 + 30 without decimals"),
        pytest.param(10_000, "kwd", 590, id="290 + 300 with three decimals"),
    ],
)
def test_a_payment_brings_what_the_fee_leaves(shop: stripe.StripeClient, amount: int, currency: str, fee: int) -> None:
    paid(shop, amount, currency=currency)
    assert movements(shop) == [("charge", amount, fee, amount - fee)]


def test_money_is_available_after_two_days(mock: Mock, shop: stripe.StripeClient) -> None:
    entry = str(paid(shop).balance_transaction)
    assert shop.v1.balance_transactions.retrieve(entry).status == "pending"
    mock.clock.advance(2 * DAY)
    assert shop.v1.balance_transactions.retrieve(entry).status == "available"


def test_only_the_metadata_of_a_refund_changes(mock: Mock, shop: stripe.StripeClient) -> None:
    made = refund(shop, paid(shop))
    with mock.expect_events("refund.updated"):
        shop.v1.refunds.update(made.id, {"metadata": {"ticket": "8"}})
    with pytest.raises(stripe.InvalidRequestError, match="requires an action"):
        shop.v1.refunds.cancel(made.id)
