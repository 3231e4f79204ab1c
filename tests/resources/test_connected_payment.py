"""What a platform keeps and passes on of payments: direct charges, destination charges, subscriptions."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock
from tests.resources.sales import intent_of, invoice_of, payer, price, subscribe


@pytest.fixture
def seller(shop: stripe.StripeClient) -> str:
    """The id of a connected account."""
    return shop.v1.accounts.create({"type": "standard"}).id


def paid(shop: stripe.StripeClient, account: str | None = None, **sent: Any) -> stripe.PaymentIntent:
    """A payment of 100 dollars, on a connected account where one is named."""
    params: Any = {"amount": 10_000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    options: Any = {"stripe_account": account} if account else {}
    return shop.v1.payment_intents.create(params | sent | {"expand": ["latest_charge"]}, options)


def charge_of(intent: stripe.PaymentIntent) -> stripe.Charge:
    """The expanded charge."""
    assert isinstance(intent.latest_charge, stripe.Charge)
    return intent.latest_charge


def test_the_platform_gets_its_fee_of_a_direct_charge(mock: Mock, shop: stripe.StripeClient, seller: str) -> None:
    with mock.expect_events("application_fee.created"):
        charge = charge_of(paid(shop, seller, application_fee_amount=300))
    [fee] = shop.v1.application_fees.list().data
    assert (fee.id, fee.amount, fee.account, fee.charge) == (charge.application_fee, 300, seller, charge.id)
    moved = shop.v1.balance_transactions.retrieve(str(fee.balance_transaction))
    assert (moved.amount, moved.type) == (300, "application_fee")
    there = [event.type for event in shop.v1.events.list({}, {"stripe_account": seller}).data]
    assert there == ["payment_intent.succeeded", "charge.succeeded", "payment_intent.created"]


def test_a_destination_charge_is_passed_on_and_its_fee_kept(mock: Mock, shop: stripe.StripeClient, seller: str) -> None:
    sent: Any = {"application_fee_amount": 300, "transfer_data": {"destination": seller}, "on_behalf_of": seller}
    with mock.expect_events(
        "payment_intent.created",
        "application_fee.created",
        "transfer.created",
        "charge.succeeded",
        "payment_intent.succeeded",
    ):
        charge = charge_of(paid(shop, **sent))
    [transfer], [fee] = shop.v1.transfers.list({"destination": seller}).data, shop.v1.application_fees.list().data
    assert (transfer.id, transfer.amount, transfer.source_transaction) == (charge.transfer, 10_000, charge.id)
    assert (fee.account, fee.amount, charge.on_behalf_of) == (seller, 300, seller)
    assert transfer.transfer_group == charge.transfer_group == f"group_{charge.payment_intent}"


def test_a_part_of_a_charge_is_passed_on(shop: stripe.StripeClient, seller: str) -> None:
    paid(shop, transfer_data={"destination": seller, "amount": 8_000})
    [transfer] = shop.v1.transfers.list().data
    moved = shop.v1.balance_transactions.retrieve(str(transfer.balance_transaction))
    assert (transfer.amount, moved.amount) == (8_000, -8_000)


def test_a_failed_payment_passes_nothing_on(shop: stripe.StripeClient, seller: str) -> None:
    with pytest.raises(stripe.CardError):
        paid(shop, payment_method="pm_card_visa_chargeDeclined", transfer_data={"destination": seller})
    assert shop.v1.transfers.list().data == []


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        pytest.param({"application_fee_amount": 300}, "application_fee_amount", id="from nobody"),
        pytest.param({"transfer_data": {"destination": "acct_1no"}}, "transfer_data[destination]", id="to nobody"),
        pytest.param({"on_behalf_of": "acct_1no"}, "on_behalf_of", id="for nobody"),
    ],
)
def test_only_connected_accounts_share_a_payment(shop: stripe.StripeClient, sent: Any, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        paid(shop, **sent)
    assert refused.value.param == param
    assert shop.v1.payment_intents.list().data == []


def test_nobody_gets_more_than_the_payment(shop: stripe.StripeClient, seller: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="10000"):
        paid(shop, seller, application_fee_amount=10_001)


def test_each_payment_of_a_subscription_has_its_fee(mock: Mock, shop: stripe.StripeClient, seller: str) -> None:
    mock.clock.to("2028-01-10T00:00:00")
    bought = subscribe(
        shop, payer(shop), price(shop, 1_999), application_fee_percent=12.5, transfer_data={"destination": seller}
    )
    mock.clock.to("2028-02-10T02:00:00")
    assert bought.application_fee_percent == 12.5
    # 1999 * 12.5 % = 249.875
    assert [fee.amount for fee in shop.v1.application_fees.list().data] == [250, 250]
    assert [one.amount for one in shop.v1.transfers.list().data] == [1_999, 1_999]
    assert intent_of(shop, invoice_of(shop, bought)).application_fee_amount == 250


def test_a_subscription_passes_a_share_on(shop: stripe.StripeClient, seller: str) -> None:
    bought = subscribe(
        shop, payer(shop), price(shop, 2_000), transfer_data={"destination": seller, "amount_percent": 85}
    )
    assert [one.amount for one in shop.v1.transfers.list().data] == [1_700]
    changed = shop.v1.subscriptions.update(bought.id, {"on_behalf_of": seller, "expand": ["on_behalf_of"]})
    assert isinstance(changed.on_behalf_of, stripe.Account)
    kept: Any = {"transfer_data": "", "on_behalf_of": ""}
    alone = shop.v1.subscriptions.update(bought.id, kept)
    assert (alone.transfer_data, alone.on_behalf_of) == (None, None)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        pytest.param({"application_fee_percent": 10}, None, id="a fee from nobody"),
        pytest.param(
            {"application_fee_percent": 10, "transfer_data": {"amount_percent": 85}},
            "parameters_exclusive",
            id="a fee besides a share",
        ),
    ],
)
def test_a_subscription_that_cannot_be_shared_is_refused(
    shop: stripe.StripeClient, seller: str, sent: Any, code: str | None
) -> None:
    if "transfer_data" in sent:
        sent = sent | {"transfer_data": {**sent["transfer_data"], "destination": seller}}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe(shop, payer(shop), price(shop), **sent)
    assert (refused.value.param, refused.value.code) == ("application_fee_percent", code)


def test_a_subscription_of_a_connected_account_pays_the_platforms_fee(shop: stripe.StripeClient, seller: str) -> None:
    there: Any = {"stripe_account": seller}
    product = shop.v1.products.create({"name": "Gold"}, there).id
    cost: Any = {"product": product, "currency": "usd", "unit_amount": 5_000, "recurring": {"interval": "month"}}
    made = shop.v1.prices.create(cost, there).id
    card = "pm_card_visa"
    jenny: Any = {"payment_method": card, "invoice_settings": {"default_payment_method": card}}
    wanted: Any = {"customer": shop.v1.customers.create(jenny, there).id, "items": [{"price": made}]}
    shop.v1.subscriptions.create(wanted | {"application_fee_percent": 10}, there)
    assert [(fee.amount, fee.account) for fee in shop.v1.application_fees.list().data] == [(500, seller)]
    assert shop.v1.subscriptions.list().data == []


def test_the_shares_of_a_payment_change_until_it_is_made(shop: stripe.StripeClient, seller: str) -> None:
    sent: Any = {"amount": 1_000, "currency": "usd", "transfer_data": {"destination": seller}}
    made = shop.v1.payment_intents.create({**sent, "application_fee_amount": 100})
    changed = shop.v1.payment_intents.update(made.id, {"application_fee_amount": 200})
    assert changed.application_fee_amount == 200
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.payment_intents.update(made.id, {"amount": 150})
    assert refused.value.param == "application_fee_amount"
    params: Any = {"application_fee_amount": "", "transfer_data": {"amount": 700}}
    changed = shop.v1.payment_intents.update(made.id, params)
    assert changed.transfer_data is not None
    assert (changed.application_fee_amount, changed.transfer_data.amount, changed.transfer_data.destination) == (
        *(None, 700),
        seller,
    )
    alone = shop.v1.payment_intents.create({"amount": 1_000, "currency": "usd"})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.payment_intents.update(alone.id, {"transfer_data": {"amount": 5}})
    assert refused.value.param == "transfer_data"
