"""Payment intents."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import intent_of, invoice_of, payer, price, subscribe


def intend(shop: stripe.StripeClient, **sent: Any) -> stripe.PaymentIntent:
    """An intent of 10 dollars."""
    params: Any = {"amount": 1000, "currency": "usd"} | sent
    return shop.v1.payment_intents.create(params)


def confirm(shop: stripe.StripeClient, intent: stripe.PaymentIntent, **sent: Any) -> stripe.PaymentIntent:
    params: Any = sent
    return shop.v1.payment_intents.confirm(intent.id, params)


def now(shop: stripe.StripeClient, intent: stripe.PaymentIntent) -> stripe.PaymentIntent:
    return shop.v1.payment_intents.retrieve(intent.id)


def test_an_intent_waits_for_a_payment_method(mock: Mock, shop: stripe.StripeClient) -> None:
    with mock.expect_events("payment_intent.created"):
        made = intend(shop, description="A book", metadata={"a": "b"})
    assert (made.status, made.amount, made.amount_received) == ("requires_payment_method", 1000, 0)
    assert made.client_secret is not None
    assert made.client_secret.startswith(f"{made.id}_secret_")


def test_it_is_confirmed_with_a_card(mock: Mock, shop: stripe.StripeClient) -> None:
    made = intend(shop, receipt_email="jenny@example.com")
    with mock.expect_events("charge.succeeded", "payment_intent.succeeded"):
        paid = confirm(shop, made, payment_method="pm_card_visa")
    assert (paid.status, paid.amount_received) == ("succeeded", 1000)
    shown = shop.v1.payment_intents.retrieve(made.id, {"expand": ["latest_charge"]})
    assert isinstance(shown.latest_charge, stripe.Charge)
    assert shown.latest_charge.receipt_email == "jenny@example.com"


def test_it_may_be_made_and_confirmed_in_one_call(mock: Mock, shop: stripe.StripeClient) -> None:
    with mock.expect_events("payment_intent.created", "charge.succeeded", "payment_intent.succeeded"):
        assert intend(shop, payment_method="pm_card_visa", confirm=True).status == "succeeded"


def test_a_declined_payment_is_an_error_that_carries_the_intent(mock: Mock, shop: stripe.StripeClient) -> None:
    made = intend(shop)
    with (
        mock.expect_events("charge.failed", "payment_intent.payment_failed"),
        pytest.raises(stripe.CardError) as declined,
    ):
        confirm(shop, made, payment_method="pm_card_visa_chargeDeclinedInsufficientFunds")
    assert (declined.value.code, declined.value.http_status) == ("card_declined", 402)
    assert declined.value.error is not None
    assert declined.value.error.decline_code == "insufficient_funds"
    assert declined.value.error.payment_intent is not None
    assert declined.value.error.payment_intent.id == made.id
    failed = now(shop, made)
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error is not None
    assert failed.last_payment_error.charge == failed.latest_charge
    assert confirm(shop, made, payment_method="pm_card_visa").last_payment_error is None


def test_the_bank_may_want_the_customers_confirmation(mock: Mock, shop: stripe.StripeClient) -> None:
    made = intend(shop)
    with mock.expect_events("payment_intent.requires_action"):
        asked = confirm(shop, made, payment_method="pm_card_authenticationRequired")
    assert asked.status == "requires_action"
    assert asked.next_action is not None
    assert asked.next_action.type == "use_stripe_sdk"


def test_without_the_customer_such_a_payment_fails(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.CardError) as declined:
        intend(shop, payment_method="pm_card_authenticationRequired", confirm=True, off_session=True)
    assert declined.value.code == "authentication_required"


def test_a_method_is_kept_for_later_payments(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop, None)
    paid = intend(shop, customer=jenny, setup_future_usage="off_session", payment_method="pm_card_visa", confirm=True)
    assert shop.v1.payment_methods.retrieve(str(paid.payment_method)).customer == jenny


def test_a_method_of_a_customer_pays_only_for_them(shop: stripe.StripeClient) -> None:
    other = shop.v1.payment_methods.attach("pm_card_visa", {"customer": payer(shop, None)}).id
    with pytest.raises(stripe.InvalidRequestError) as refused:
        intend(shop, payment_method=other)
    assert refused.value.param == "payment_method"


def test_it_is_changed_while_it_is_open(shop: stripe.StripeClient) -> None:
    made = intend(shop)
    jenny = payer(shop)
    address: Any = {"name": "Jenny", "address": {"city": "Berlin"}}
    sent: Any = {"amount": 1200, "customer": jenny, "shipping": address, "payment_method": "pm_card_visa"}
    changed = shop.v1.payment_intents.update(made.id, sent)
    assert (changed.amount, changed.customer, changed.status) == (1200, jenny, "requires_confirmation")
    assert confirm(shop, made).amount_received == 1200
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.payment_intents.update(made.id, {"amount": 1300})
    assert refused.value.code == "payment_intent_unexpected_state"


def test_it_may_be_canceled(mock: Mock, shop: stripe.StripeClient) -> None:
    made = intend(shop)
    with mock.expect_events("payment_intent.canceled"):
        canceled = shop.v1.payment_intents.cancel(made.id, {"cancellation_reason": "abandoned"})
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    with pytest.raises(stripe.InvalidRequestError):
        confirm(shop, made, payment_method="pm_card_visa")


def test_an_invoices_intent_is_changed_through_the_invoice(shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop, "pm_card_chargeCustomerFail"), price(shop))
    intent = intent_of(shop, invoice_of(shop, made))
    with pytest.raises(stripe.InvalidRequestError, match="belongs to an invoice"):
        shop.v1.payment_intents.cancel(intent.id)
    with pytest.raises(stripe.InvalidRequestError, match="belongs to an invoice"):
        shop.v1.payment_intents.update(intent.id, {"amount": 5})


def test_an_amount_below_the_minimum_is_refused(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        intend(shop, amount=49)
    assert (refused.value.code, refused.value.param) == ("amount_too_small", "amount")


def test_a_confirmation_needs_a_method(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        confirm(shop, intend(shop))
    assert refused.value.param == "payment_method"


@pytest.mark.parametrize("sent", [{"confirmation_token": "ctoken_1"}, {"amount_details": {"discount_amount": 1}}])
def test_what_is_not_built_says_so(shop: stripe.StripeClient, sent: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="not built yet"):
        intend(shop, **sent)


def test_a_bank_debit_takes_its_time(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop, None)
    accepted: Any = {"customer_acceptance": {"type": "offline"}}
    intent = shop.v1.setup_intents.create(
        {"customer": jenny, "confirm": True, "payment_method": "pm_usBankAccount_success", "mandate_data": accepted}
    )
    # It settles as soon as the clock goes on, which may be while the events are read: so they are looked at once.
    with mock.expect_events(
        "payment_intent.created",
        "charge.pending",
        "payment_intent.processing",
        "charge.succeeded",
        "payment_intent.succeeded",
    ):
        made = intend(shop, customer=jenny, payment_method=str(intent.payment_method), confirm=True, off_session=True)
        mock.clock.advance(3600)
    assert made.status == "processing"
    assert now(shop, made).status == "succeeded"


def test_lists_filter_by_customer(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    made = intend(shop, customer=jenny)
    intend(shop)
    assert [one.id for one in shop.v1.payment_intents.list({"customer": jenny}).data] == [made.id]


def test_a_client_secret_opens_its_own_intent_only(shop: stripe.StripeClient) -> None:
    made, other = intend(shop), intend(shop)
    assert shop.v1.payment_intents.retrieve(made.id, {"client_secret": str(made.client_secret)}).id == made.id
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.payment_intents.retrieve(made.id, {"client_secret": str(other.client_secret)})
    assert refused.value.param == "client_secret"
