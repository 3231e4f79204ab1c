"""Money that goes on to connected accounts, and comes back from them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .test_connected_payment import charge_of, paid, seller

__all__ = ["seller"]
DAY = 86_400


def rested(mock: Mock, shop: stripe.StripeClient) -> stripe.Charge:
    """A payment of 100 dollars that is available: 96.80 after the fee of 2.9 % and 30 cents."""
    charge = charge_of(paid(shop))
    mock.clock.advance(3 * DAY)
    return charge


def sent_on(shop: stripe.StripeClient, seller: str, **more: Any) -> stripe.Transfer:
    params: Any = {"amount": 4000, "currency": "usd", "destination": seller}
    return shop.v1.transfers.create(params | more)


def amount_of(shop: stripe.StripeClient, movement: Any) -> tuple[int, str]:
    found = shop.v1.balance_transactions.retrieve(str(movement))
    return found.amount, found.type


def test_available_money_is_transferred_by_hand(mock: Mock, shop: stripe.StripeClient, seller: str) -> None:
    rested(mock, shop)
    with mock.expect_events("transfer.created"):
        made = sent_on(shop, seller, description="June", metadata={"for": "June"}, transfer_group="june")
    assert (made.amount, made.destination, made.source_transaction) == (4000, seller, None)
    assert (made.description, made.metadata["for"], made.transfer_group) == ("June", "June", "june")
    assert amount_of(shop, made.balance_transaction) == (-4000, "transfer")


def test_what_is_not_available_is_not_transferred(mock: Mock, shop: stripe.StripeClient, seller: str) -> None:
    paid(shop)
    with pytest.raises(stripe.InvalidRequestError, match=r"\$0\.00") as refused:
        sent_on(shop, seller)
    assert (refused.value.code, refused.value.param) == ("balance_insufficient", "amount")
    mock.clock.advance(3 * DAY)
    sent_on(shop, seller, amount=9680)
    with pytest.raises(stripe.InvalidRequestError):
        sent_on(shop, seller, amount=1)


def test_a_payment_is_passed_on_before_it_is_available(shop: stripe.StripeClient, seller: str) -> None:
    charge = charge_of(paid(shop))
    first = sent_on(shop, seller, source_transaction=charge.id, amount=7000)
    assert first.transfer_group == shop.v1.charges.retrieve(charge.id).transfer_group
    with pytest.raises(stripe.InvalidRequestError, match=r"\$30\.00") as refused:
        sent_on(shop, seller, source_transaction=charge.id, amount=3001)
    assert refused.value.param == "amount"
    assert sent_on(shop, seller, source_transaction=charge.id, amount=3000).transfer_group == first.transfer_group


@pytest.mark.parametrize(
    ("more", "param"),
    [
        pytest.param({"destination": "acct_1no"}, "destination", id="to nobody"),
        pytest.param({"source_transaction": "ch_1no"}, "source_transaction", id="of no charge"),
        pytest.param({"amount": 0}, "amount", id="nothing"),
    ],
)
def test_a_transfer_that_cannot_be_is_refused(
    shop: stripe.StripeClient, seller: str, more: dict[str, Any], param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sent_on(shop, seller, **more)
    assert refused.value.param == param
    assert shop.v1.transfers.list().data == []


def test_a_transfer_is_described_afterwards(mock: Mock, shop: stripe.StripeClient, seller: str) -> None:
    made = sent_on(shop, seller, source_transaction=charge_of(paid(shop)).id)
    with mock.expect_events("transfer.updated"):
        assert shop.v1.transfers.update(made.id, {"description": "June"}).description == "June"


def test_a_transfer_is_taken_back_in_parts(mock: Mock, shop: stripe.StripeClient, seller: str) -> None:
    made = sent_on(shop, seller, source_transaction=charge_of(paid(shop)).id)
    with mock.expect_events("transfer.reversed"):
        part = shop.v1.transfers.reversals.create(made.id, {"amount": 1000, "metadata": {"why": "late"}})
    assert amount_of(shop, part.balance_transaction) == (1000, "transfer_refund")
    rest = shop.v1.transfers.reversals.create(made.id)
    now = shop.v1.transfers.retrieve(made.id)
    assert (rest.amount, now.amount_reversed, now.reversed) == (3000, 4000, True)
    assert [each.id for each in now.reversals.data] == [rest.id, part.id]
    assert [each.id for each in shop.v1.transfers.reversals.list(made.id).data] == [rest.id, part.id]
    changed = shop.v1.transfers.reversals.update(made.id, part.id, {"metadata": {"why": "lost"}})
    assert changed.metadata is not None
    assert changed.metadata["why"] == "lost"
    with pytest.raises(stripe.InvalidRequestError, match="already been reversed"):
        shop.v1.transfers.reversals.create(made.id)


def test_no_more_is_taken_back_than_was_sent(shop: stripe.StripeClient, seller: str) -> None:
    made = sent_on(shop, seller, source_transaction=charge_of(paid(shop)).id)
    with pytest.raises(stripe.InvalidRequestError, match=r"\$40\.01"):
        shop.v1.transfers.reversals.create(made.id, {"amount": 4001})


def test_a_reversal_belongs_to_its_transfer(shop: stripe.StripeClient, seller: str) -> None:
    charge = charge_of(paid(shop)).id
    made, other = (sent_on(shop, seller, source_transaction=charge) for _ in range(2))
    back = shop.v1.transfers.reversals.create(made.id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.transfers.reversals.retrieve(other.id, back.id)
    assert refused.value.http_status == 404


def test_a_fee_is_given_back_in_parts(mock: Mock, shop: stripe.StripeClient, seller: str) -> None:
    paid(shop, seller, application_fee_amount=300)
    [fee] = shop.v1.application_fees.list().data
    with mock.expect_events("application_fee.refunded"):
        part = shop.v1.application_fees.refunds.create(fee.id, {"amount": 100})
    assert amount_of(shop, part.balance_transaction) == (-100, "application_fee_refund")
    rest = shop.v1.application_fees.refunds.create(fee.id)
    now = shop.v1.application_fees.retrieve(fee.id)
    assert (rest.amount, now.amount_refunded, now.refunded) == (200, 300, True)
    assert [each.id for each in now.refunds.data] == [rest.id, part.id]
    with mock.expect_events("application_fee.refund.updated"):
        shop.v1.application_fees.refunds.update(fee.id, part.id, {"metadata": {"why": "late"}})
    with pytest.raises(stripe.InvalidRequestError, match="already been refunded"):
        shop.v1.application_fees.refunds.create(fee.id)


def test_a_refund_takes_transfer_and_fee_back_in_proportion(mock: Mock, shop: stripe.StripeClient, seller: str) -> None:
    charge = charge_of(paid(shop, application_fee_amount=301, transfer_data={"destination": seller}))
    asked: Any = {"charge": charge.id, "reverse_transfer": True, "refund_application_fee": True}
    with mock.expect_events("transfer.reversed", "application_fee.refunded", "refund.created", "charge.refunded"):
        part = shop.v1.refunds.create(asked | {"amount": 5000, "expand": ["transfer_reversal"]})
    back: Any = part.transfer_reversal
    assert (back.amount, back.source_refund) == (5000, part.id)
    [fee] = shop.v1.application_fees.list().data
    assert fee.amount_refunded == 151, "301 * 5000/10000 = 150.5, rounded half up"
    shop.v1.refunds.create(asked)
    [fee], [transfer] = shop.v1.application_fees.list().data, shop.v1.transfers.list().data
    assert (fee.amount_refunded, fee.refunded, transfer.reversed) == (301, True, True)


def test_a_refund_of_a_direct_charge_gives_the_platforms_fee_back(shop: stripe.StripeClient, seller: str) -> None:
    charge = charge_of(paid(shop, seller, application_fee_amount=300))
    shop.v1.refunds.create({"charge": charge.id, "refund_application_fee": True}, {"stripe_account": seller})
    [fee] = shop.v1.application_fees.list().data
    assert fee.refunded


@pytest.mark.parametrize("wish", ["reverse_transfer", "refund_application_fee"])
def test_what_was_not_shared_is_not_taken_back(shop: stripe.StripeClient, wish: str) -> None:
    charge = charge_of(paid(shop))
    params: Any = {"charge": charge.id, wish: True}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.refunds.create(params)
    assert refused.value.param == wish
    assert shop.v1.charges.retrieve(charge.id).amount_refunded == 0


def test_a_reversal_gives_the_fee_back_in_proportion(shop: stripe.StripeClient, seller: str) -> None:
    paid(shop, application_fee_amount=300, transfer_data={"destination": seller})
    [transfer] = shop.v1.transfers.list().data
    shop.v1.transfers.reversals.create(transfer.id, {"amount": 2500, "refund_application_fee": True})
    [fee] = shop.v1.application_fees.list().data
    assert fee.amount_refunded == 75
