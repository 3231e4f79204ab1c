"""SetupIntents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

MANDATE: Any = {
    "customer_acceptance": {"type": "online", "online": {"ip_address": "127.0.0.1", "user_agent": "pytest"}}
}


@pytest.fixture
def payer(shop: stripe.StripeClient) -> str:
    """The id of a customer."""
    return shop.v1.customers.create({"name": "Jenny"}).id


def begun(shop: stripe.StripeClient, **sent: Any) -> stripe.SetupIntent:
    params: Any = sent
    return shop.v1.setup_intents.create(params)


def error_of(refused: stripe.StripeError) -> dict[str, Any]:
    """The `error` of an answer."""
    body: Any = refused.json_body
    return dict(body["error"])


def owner(shop: stripe.StripeClient, id: Any) -> Any:
    """Whose a payment method is."""
    return shop.v1.payment_methods.retrieve(str(id)).customer


def test_an_intent_waits_for_a_method(mock: Mock, shop: stripe.StripeClient, payer: str) -> None:
    with mock.expect_events("setup_intent.created"):
        made = begun(shop, customer=payer, metadata={"a": "b"}, description="Save a card")
    assert (made.status, made.usage, made.customer) == ("requires_payment_method", "off_session", payer)
    assert made.client_secret is not None
    assert made.client_secret.startswith(f"{made.id}_secret_")


def test_with_a_method_it_waits_for_its_confirmation(shop: stripe.StripeClient, payer: str) -> None:
    made = begun(shop, customer=payer, payment_method="pm_card_visa")
    assert (made.status, owner(shop, made.payment_method)) == ("requires_confirmation", None)


def test_confirmed_it_makes_the_method_the_customers(mock: Mock, shop: stripe.StripeClient, payer: str) -> None:
    made = begun(shop, customer=payer)
    with mock.expect_events("setup_intent.succeeded", "payment_method.attached"):
        done = shop.v1.setup_intents.confirm(made.id, {"payment_method": "pm_card_visa"})
    assert (done.status, owner(shop, done.payment_method), done.last_setup_error) == ("succeeded", payer, None)


def test_it_is_created_and_confirmed_in_one_call(mock: Mock, shop: stripe.StripeClient, payer: str) -> None:
    with mock.expect_events("setup_intent.created", "setup_intent.succeeded", "payment_method.attached"):
        made = begun(shop, customer=payer, payment_method="pm_card_visa", confirm=True)
    assert made.status == "succeeded"


def test_without_a_customer_nobody_gets_the_method(mock: Mock, shop: stripe.StripeClient, payer: str) -> None:
    with mock.expect_events("setup_intent.created", "setup_intent.succeeded"):
        made = begun(shop, payment_method="pm_card_visa", confirm=True)
    assert shop.v1.payment_methods.attach(str(made.payment_method), {"customer": payer}).customer == payer


def test_a_declined_card_leaves_the_intent_and_its_error(mock: Mock, shop: stripe.StripeClient, payer: str) -> None:
    made = begun(shop, customer=payer)
    with mock.expect_events("setup_intent.setup_failed"), pytest.raises(stripe.CardError) as refused:
        shop.v1.setup_intents.confirm(made.id, {"payment_method": "pm_card_visa_chargeDeclined"})
    error = error_of(refused.value)
    assert (error["code"], error["decline_code"], refused.value.http_status) == (
        "card_declined",
        "generic_decline",
        402,
    )
    assert (error["setup_intent"]["id"], error["setup_intent"]["status"]) == (made.id, "requires_payment_method")
    left = shop.v1.setup_intents.retrieve(made.id)
    assert left.last_setup_error is not None
    assert (left.status, left.payment_method, left.last_setup_error.code) == (
        *("requires_payment_method", None),
        "card_declined",
    )


def test_another_card_can_follow_a_declined_one(shop: stripe.StripeClient, payer: str) -> None:
    made = begun(shop, customer=payer)
    with pytest.raises(stripe.CardError):
        shop.v1.setup_intents.confirm(made.id, {"payment_method": "pm_card_visa_chargeDeclined"})
    done = shop.v1.setup_intents.confirm(made.id, {"payment_method": "pm_card_visa"})
    assert (done.status, done.last_setup_error) == ("succeeded", None)


def test_a_failure_in_one_call_keeps_the_new_intent(mock: Mock, shop: stripe.StripeClient, payer: str) -> None:
    with mock.expect_events("setup_intent.created", "setup_intent.setup_failed"), pytest.raises(stripe.CardError):
        begun(shop, customer=payer, payment_method="pm_card_visa_chargeDeclined", confirm=True)
    assert len(shop.v1.setup_intents.list().data) == 1


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        pytest.param({"return_url": "https://shop.example/done"}, "redirect_to_url", id="on a page"),
        pytest.param({}, "use_stripe_sdk", id="in the shop's own page"),
        pytest.param(
            {"return_url": "https://shop.example/done", "use_stripe_sdk": True}, "use_stripe_sdk", id="as asked"
        ),
    ],
)
def test_a_challenge_is_the_customers_to_answer(
    mock: Mock, shop: stripe.StripeClient, payer: str, sent: Any, kind: str
) -> None:
    made = begun(shop, customer=payer)
    with mock.expect_events("setup_intent.requires_action"):
        sent |= {"payment_method": "pm_card_authenticationRequired"}
        asked = shop.v1.setup_intents.confirm(made.id, sent)
    assert asked.next_action is not None
    assert (asked.status, asked.next_action.type) == ("requires_action", kind)
    assert owner(shop, asked.payment_method) is None


def test_a_bank_debit_is_set_up_with_a_mandate(shop: stripe.StripeClient, payer: str) -> None:
    made = begun(shop, customer=payer, payment_method="pm_sepaDebit_success_de")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.setup_intents.confirm(made.id)
    assert refused.value.param == "mandate_data"
    done = shop.v1.setup_intents.confirm(made.id, {"mandate_data": MANDATE})
    assert (done.status, done.payment_method_types, owner(shop, done.payment_method)) == (
        *("succeeded", ["sepa_debit"]),
        payer,
    )


def test_a_method_can_be_described_along_the_way(shop: stripe.StripeClient, payer: str) -> None:
    data: Any = {"type": "sepa_debit", "sepa_debit": {"iban": "DE89370400440532013000"}}
    made = begun(shop, customer=payer, payment_method_data=data, confirm=True, mandate_data=MANDATE)
    method = shop.v1.payment_methods.retrieve(str(made.payment_method))
    assert (method.type, method.customer) == ("sepa_debit", payer)


def test_a_wallet_needs_a_way_back(shop: stripe.StripeClient, payer: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        begun(shop, customer=payer, payment_method_data={"type": "paypal"}, confirm=True)
    assert refused.value.param == "return_url"


def test_it_cannot_be_confirmed_without_a_method(shop: stripe.StripeClient, payer: str) -> None:
    made = begun(shop, customer=payer)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.setup_intents.confirm(made.id)
    assert (refused.value.code, refused.value.param) == ("setup_intent_unexpected_state", "payment_method")


def test_the_method_of_another_customer_is_refused(shop: stripe.StripeClient, payer: str) -> None:
    other = shop.v1.customers.create({"payment_method": "pm_card_visa"}).id
    [theirs] = shop.v1.payment_methods.list({"customer": other}).data
    with pytest.raises(stripe.InvalidRequestError, match="another customer"):
        begun(shop, customer=payer, payment_method=theirs.id)


def test_a_detached_method_is_not_set_up_again(shop: stripe.StripeClient, payer: str) -> None:
    used = shop.v1.payment_methods.attach("pm_card_visa", {"customer": payer})
    shop.v1.payment_methods.detach(used.id)
    with pytest.raises(stripe.InvalidRequestError, match="never be attached again"):
        begun(shop, customer=payer, payment_method=used.id, confirm=True)


@pytest.mark.parametrize("sent", [{}, {"payment_method": "pm_card_visa"}])
def test_an_open_intent_can_be_canceled(mock: Mock, shop: stripe.StripeClient, payer: str, sent: Any) -> None:
    made = begun(shop, customer=payer, **sent)
    with mock.expect_events("setup_intent.canceled"):
        gone = shop.v1.setup_intents.cancel(made.id, {"cancellation_reason": "abandoned"})
    assert (gone.status, gone.cancellation_reason) == ("canceled", "abandoned")


def test_what_is_over_is_over(shop: stripe.StripeClient, payer: str) -> None:
    made = begun(shop, customer=payer, payment_method="pm_card_visa", confirm=True)
    intents = shop.v1.setup_intents
    again: list[Callable[[], object]] = [
        lambda: intents.confirm(made.id),
        lambda: intents.cancel(made.id),
        lambda: intents.update(made.id, {"payment_method": "pm_card_visa"}),
    ]
    for call in again:
        with pytest.raises(stripe.InvalidRequestError) as refused:
            call()
        assert refused.value.code == "setup_intent_unexpected_state"
    changed = shop.v1.setup_intents.update(made.id, {"metadata": {"a": "b"}})
    assert changed.metadata is not None
    assert changed.metadata["a"] == "b"


def test_an_update_takes_customer_and_method(shop: stripe.StripeClient, payer: str) -> None:
    made = begun(shop)
    changed = shop.v1.setup_intents.update(
        made.id, {"customer": payer, "payment_method": "pm_card_visa", "description": "x"}
    )
    assert (changed.customer, changed.status, changed.description) == (payer, "requires_confirmation", "x")


def test_intents_are_listed_by_customer_and_method(shop: stripe.StripeClient, payer: str) -> None:
    made = begun(shop, customer=payer, payment_method="pm_card_visa")
    begun(shop)
    assert [one.id for one in shop.v1.setup_intents.list({"customer": payer}).data] == [made.id]
    by_method = shop.v1.setup_intents.list({"payment_method": str(made.payment_method)})
    assert [one.id for one in by_method.data] == [made.id]


def test_customer_and_method_are_expanded(shop: stripe.StripeClient, payer: str) -> None:
    made = begun(shop, customer=payer, payment_method="pm_card_visa", expand=["customer", "payment_method"])
    assert isinstance(made.customer, stripe.Customer)
    assert isinstance(made.payment_method, stripe.PaymentMethod)


@pytest.mark.parametrize("name", ["return_url", "mandate_data"])
def test_what_belongs_to_a_confirmation_is_refused_without_one(shop: stripe.StripeClient, name: str) -> None:
    value: Any = MANDATE if name == "mandate_data" else "https://shop.example/done"
    with pytest.raises(stripe.InvalidRequestError, match="confirm=true") as refused:
        begun(shop, **{name: value})
    assert refused.value.param == name


def test_what_is_not_built_says_so(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="not built yet"):
        begun(shop, payment_method_options={"card": {"moto": True}})
