"""The page of the customer's bank: what waits for them goes on when they confirm, and fails when they do not."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock
from tests.hosted.browser import Visitor, query_of
from tests.resources.sales import intent_of, invoice_of, payer, price, subscribe

SHOP = "https://shop.example/done?order=7"
CHALLENGED = "pm_card_threeDSecure2Required"


@pytest.fixture
def visitor(mock: Mock) -> Visitor:
    return Visitor(mock)


def paying(shop: stripe.StripeClient, card: str = CHALLENGED, **sent: Any) -> stripe.PaymentIntent:
    """An intent over 20 dollars that waits for its customer."""
    params: Any = {"amount": 2000, "currency": "usd", "payment_method": card, "confirm": True, "return_url": SHOP}
    return shop.v1.payment_intents.create(params | sent)


def page_of(intent: Any) -> str:
    """Where the customer is sent."""
    action = intent.next_action
    hash = action.redirect_to_url if action.type == "redirect_to_url" else action.use_stripe_sdk
    return str(hash.url if action.type == "redirect_to_url" else hash["stripe_js"])


def test_a_confirmed_payment_goes_on_and_leads_back_to_the_shop(
    mock: Mock, shop: stripe.StripeClient, visitor: Visitor
) -> None:
    intent = paying(shop)
    with mock.expect_events("charge.succeeded", "payment_intent.succeeded"):
        answer = visitor.answer(page_of(intent), answer="complete")
    assert answer.status_code == 303
    assert answer.location.startswith("https://shop.example/done?order=7&")
    assert query_of(answer.location) == {
        "order": "7",
        "payment_intent": intent.id,
        "payment_intent_client_secret": intent.client_secret,
        "redirect_status": "succeeded",
    }
    paid = shop.v1.payment_intents.retrieve(intent.id)
    assert (paid.status, paid.amount_received, paid.next_action) == ("succeeded", 2000, None)


def test_a_failed_challenge_asks_for_another_method(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    intent = paying(shop)
    with mock.expect_events("payment_intent.payment_failed"):
        answer = visitor.answer(page_of(intent), answer="fail")
    assert query_of(answer.location)["redirect_status"] == "failed"
    failed = shop.v1.payment_intents.retrieve(intent.id)
    assert failed.last_payment_error is not None
    assert (failed.status, failed.payment_method, failed.latest_charge, failed.last_payment_error.code) == (
        "requires_payment_method",
        None,
        None,
        "payment_intent_authentication_failure",
    )


def test_a_card_may_be_declined_after_its_challenge(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    intent = paying(shop, "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds")
    with mock.expect_events("charge.failed", "payment_intent.payment_failed"):
        answer = visitor.answer(page_of(intent), answer="complete")
    assert query_of(answer.location)["redirect_status"] == "failed"
    error = shop.v1.payment_intents.retrieve(intent.id).last_payment_error
    assert error is not None
    assert error.decline_code == "insufficient_funds"


def test_a_business_that_confirms_by_hand_does_so_once_more(
    mock: Mock, shop: stripe.StripeClient, visitor: Visitor
) -> None:
    intent = paying(shop, confirmation_method="manual")
    with mock.expect_events():
        visitor.answer(page_of(intent), answer="complete")
    assert shop.v1.payment_intents.retrieve(intent.id).status == "requires_confirmation"
    with mock.expect_events("charge.succeeded", "payment_intent.succeeded"):
        assert shop.v1.payment_intents.confirm(intent.id).status == "succeeded"


def test_what_was_recognised_is_one_card_and_no_other(shop: stripe.StripeClient, visitor: Visitor) -> None:
    intent = paying(shop, confirmation_method="manual")
    visitor.answer(page_of(intent), answer="complete")
    other: Any = {"payment_method": "pm_card_authenticationRequired"}
    assert shop.v1.payment_intents.confirm(intent.id, other).status == "requires_action"


def test_a_charge_says_how_its_customer_was_recognised(shop: stripe.StripeClient, visitor: Visitor) -> None:
    intent = paying(shop)
    visitor.answer(page_of(intent), answer="complete")
    paid = shop.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]}).latest_charge
    assert isinstance(paid, stripe.Charge)
    assert paid.payment_method_details is not None
    assert paid.payment_method_details.card is not None
    secured = paid.payment_method_details.card.three_d_secure
    assert secured is not None
    assert (secured.authentication_flow, secured.result, secured.electronic_commerce_indicator) == (
        "challenge",
        "authenticated",
        "05",
    )


def test_without_an_address_to_return_to_the_page_says_what_became_of_it(
    shop: stripe.StripeClient, visitor: Visitor
) -> None:
    intent = shop.v1.payment_intents.create(
        {"amount": 2000, "currency": "usd", "payment_method": CHALLENGED, "confirm": True}  # type: ignore[typeddict-item]
    )
    page = page_of(intent)
    assert "$20.00" in visitor.open(page).get_data(as_text=True)
    answer = visitor.answer(page, answer="complete")
    assert "Your bank has recognised you." in visitor.open(answer.location).get_data(as_text=True)


def test_only_the_first_answer_counts(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    page = page_of(paying(shop, use_stripe_sdk=True))
    token = visitor.open(page).get_data(as_text=True).partition('name="csrf_token" value="')[2].partition('"')[0]
    visitor.answer(page, answer="complete")
    path = page.replace("https://", "").partition("/")[2]
    with mock.expect_events():
        again = visitor.client.post(f"/{path}", data={"csrf_token": token, "answer": "fail"})
    assert again.status_code == 303


def test_looking_at_the_page_changes_nothing(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    intent = paying(shop)
    with mock.expect_events():
        page = visitor.open(page_of(intent))
    assert (page.status_code, page.headers["X-Frame-Options"]) == (200, "DENY")
    assert "https://shop.example" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(lambda page: page.replace("client_secret=", "client_secret=x"), id="secret"),
        pytest.param(lambda page: page.replace("merchant=acct_", "merchant=acct_x"), id="account"),
        pytest.param(lambda page: page.replace("/3ds/pi_", "/3ds/pi_x"), id="intent"),
        pytest.param(lambda page: page.replace("/3ds/pi_", "/3ds/cus_"), id="kind"),
        pytest.param(lambda page: page.replace("/3ds/pi_", "/3ds/pi_%00"), id="NUL"),
        pytest.param(lambda page: page.partition("?")[0], id="nothing"),
    ],
)
def test_who_does_not_know_the_address_finds_nothing(shop: stripe.StripeClient, visitor: Visitor, wrong: Any) -> None:
    assert visitor.open(wrong(page_of(paying(shop)))).status_code == 404


def test_a_form_without_its_token_changes_nothing(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    page = page_of(paying(shop))
    with mock.expect_events():
        refused = visitor.client.post(page.partition("stripe.com")[2], data={"answer": "complete"})
    assert refused.status_code == 403


def test_the_page_speaks_the_browsers_language(shop: stripe.StripeClient, visitor: Visitor) -> None:
    page = visitor.open(page_of(paying(shop)), headers={"Accept-Language": "de"}).get_data(as_text=True)
    assert '<html lang="de"' in page
    assert "Bestätigen" in page


@pytest.mark.parametrize(("said", "status"), [("complete", "succeeded"), ("fail", "requires_payment_method")])
def test_a_setup_waits_for_the_same_answer(
    mock: Mock, shop: stripe.StripeClient, visitor: Visitor, said: str, status: str
) -> None:
    jenny = payer(shop, None)
    asked = shop.v1.setup_intents.create(
        {"customer": jenny, "payment_method": CHALLENGED, "confirm": True, "return_url": SHOP}
    )
    events = {
        "complete": ("setup_intent.succeeded", "payment_method.attached"),
        "fail": ("setup_intent.setup_failed",),
    }
    with mock.expect_events(*events[said]):
        answer = visitor.answer(page_of(asked), answer=said)
    assert query_of(answer.location)["setup_intent"] == asked.id
    done = shop.v1.setup_intents.retrieve(asked.id)
    error = done.last_setup_error and done.last_setup_error.code
    assert (done.status, error) == (status, None if said == "complete" else "setup_intent_authentication_failure")


def test_a_confirmed_first_payment_starts_the_subscription(
    mock: Mock, shop: stripe.StripeClient, visitor: Visitor
) -> None:
    bought = subscribe(shop, payer(shop, CHALLENGED), price(shop))
    assert bought.status == "incomplete"
    page = page_of(intent_of(shop, invoice_of(shop, bought)))
    with mock.expect_events(
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
        "customer.subscription.updated",
    ):
        visitor.answer(page, answer="complete")
    assert shop.v1.subscriptions.retrieve(bought.id).status == "active"


def test_a_renewal_that_needs_the_customer_is_paid_when_they_come_back(
    mock: Mock, shop: stripe.StripeClient, visitor: Visitor
) -> None:
    mock.clock.to("2028-01-10T00:00:00")
    jenny = payer(shop, "pm_card_authenticationRequired")
    bought = subscribe(shop, jenny, price(shop))
    visitor.answer(page_of(intent_of(shop, invoice_of(shop, bought))), answer="complete")
    mock.clock.to("2028-02-10T01:00:00")
    happened = [event.type for event in mock.events if event.created >= mock.clock.now - 60]
    assert happened[-4:] == [
        "invoice.payment_failed",
        "invoice.payment_action_required",
        "customer.updated",
        "customer.subscription.updated",
    ]
    assert shop.v1.subscriptions.retrieve(bought.id).status == "past_due"
    unpaid = intent_of(shop, invoice_of(shop, bought))
    asked = shop.v1.payment_intents.confirm(unpaid.id, {"payment_method": str(method_of(shop, jenny))})
    visitor.answer(page_of(asked), answer="complete")
    assert (shop.v1.subscriptions.retrieve(bought.id).status, invoice_of(shop, bought).status) == ("active", "paid")


def method_of(shop: stripe.StripeClient, customer: str) -> str:
    """The method that a customer's invoices are paid with."""
    settings = shop.v1.customers.retrieve(customer).invoice_settings
    assert settings is not None
    return str(settings.default_payment_method)
