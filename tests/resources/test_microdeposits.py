"""Small deposits that show whose a bank account is, for setups and payments."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY, payer
from .test_payment_intent import intend
from .test_setup_intent import MANDATE, begun, owner

US: Any = {
    "type": "us_bank_account",
    "us_bank_account": {
        "account_number": "000123456789",
        "routing_number": "110000000",
        "account_holder_type": "individual",
    },
}
ACSS: Any = {
    "type": "acss_debit",
    "acss_debit": {"account_number": "000123456789", "institution_number": "000", "transit_number": "11000"},
}
MISMATCH = "payment_method_microdeposit_verification_amounts_mismatch"


def typed(account: Any, number: str) -> Any:
    """The same kind of account with another number."""
    kind = account["type"]
    return account | {kind: account[kind] | {"account_number": number}}


def waiting(shop: stripe.StripeClient, account: Any = US, **sent: Any) -> stripe.SetupIntent:
    """A setup that waits for what the customer finds on their account."""
    terms = {"payment_method_data": account, "mandate_data": MANDATE, "confirm": True}
    return begun(shop, customer=payer(shop, None), **terms, **sent)


def verify(shop: stripe.StripeClient, intent: Any, **told: Any) -> Any:
    params: Any = told
    service = shop.v1.setup_intents if intent.object == "setup_intent" else shop.v1.payment_intents
    return service.verify_microdeposits(intent.id, params)


def told_wrong(shop: stripe.StripeClient, intent: Any, **told: Any) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        verify(shop, intent, **told)
    return refused.value


@pytest.mark.parametrize("account", [US, ACSS], ids=["us_bank_account", "acss_debit"])
@pytest.mark.parametrize(
    "told", [{"amounts": [32, 45]}, {"descriptor_code": "SM11AA"}], ids=["by amounts", "by the code"]
)
def test_an_account_is_verified(mock: Mock, account: Any, told: Any) -> None:
    shop = mock.client
    with mock.expect_events("customer.created", "setup_intent.created", "setup_intent.requires_action"):
        made = waiting(shop, account)
    assert made.next_action is not None
    assert made.next_action.verify_with_microdeposits is not None
    assert made.next_action.type == "verify_with_microdeposits"
    assert made.next_action.verify_with_microdeposits.arrival_date == made.created + 2 * DAY
    assert (made.status, made.mandate, owner(shop, made.payment_method)) == ("requires_action", None, None)
    with mock.expect_events("setup_intent.succeeded", "payment_method.attached"):
        done = verify(shop, made, **told)
    assert (done.status, done.next_action, owner(shop, done.payment_method)) == ("succeeded", None, made.customer)
    assert shop.v1.mandates.retrieve(done.mandate).status == "active"
    paid = intend(
        shop, customer=made.customer, payment_method=done.payment_method, confirm=True, off_session=True, currency="usd"
    )
    assert paid.status == "processing"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"amounts": [10, 11]}, "attempts_exceeded"),
        ({"amounts": [40, 41]}, "timeout"),
        ({"descriptor_code": "SM33CC"}, "attempts_exceeded"),
        ({"descriptor_code": "SM44DD"}, "timeout"),
    ],
)
def test_some_answers_end_it(mock: Mock, shop: stripe.StripeClient, told: Any, code: str) -> None:
    made = waiting(shop)
    with mock.expect_events("setup_intent.setup_failed"):
        refused = told_wrong(shop, made, **told)
    assert (refused.code, refused.http_status) == (f"payment_method_microdeposit_verification_{code}", 400)
    failed = shop.v1.setup_intents.retrieve(made.id)
    assert failed.last_setup_error is not None
    assert (failed.status, failed.payment_method, failed.last_setup_error.code) == (
        "requires_payment_method",
        None,
        refused.code,
    )


@pytest.mark.parametrize(("account", "tries"), [(US, 10), (ACSS, 3)], ids=["us_bank_account", "acss_debit"])
def test_what_is_wrong_may_be_told_again_for_some_times(shop: stripe.StripeClient, account: Any, tries: int) -> None:
    made = waiting(shop, account)
    for _ in range(tries - 1):
        assert told_wrong(shop, made, amounts=[1, 2]).code == MISMATCH
    assert shop.v1.setup_intents.retrieve(made.id).status == "requires_action"
    last = told_wrong(shop, made, amounts=[1, 2])
    assert last.code == "payment_method_microdeposit_verification_attempts_exceeded"
    assert shop.v1.setup_intents.retrieve(made.id).status == "requires_payment_method"


def test_the_right_answer_may_follow_a_wrong_one(shop: stripe.StripeClient) -> None:
    made = waiting(shop)
    assert told_wrong(shop, made, descriptor_code="SM00XX").code == (
        "payment_method_microdeposit_verification_descriptor_code_mismatch"
    )
    assert verify(shop, made, amounts=[45, 32]).status == "succeeded"


def test_after_ten_days_nobody_waits_any_more(mock: Mock, shop: stripe.StripeClient) -> None:
    made = waiting(shop)
    with mock.expect_events("setup_intent.setup_failed"):
        mock.clock.advance(10 * DAY)
    failed = shop.v1.setup_intents.retrieve(made.id)
    assert failed.last_setup_error is not None
    assert failed.last_setup_error.code == "payment_method_microdeposit_verification_timeout"


@pytest.mark.parametrize(
    "account", [typed(US, "000666666661"), typed(ACSS, "000666666661")], ids=["us_bank_account", "acss_debit"]
)
def test_to_some_accounts_nothing_can_be_sent(mock: Mock, shop: stripe.StripeClient, account: Any) -> None:
    made = waiting(shop, account)
    mock.clock.advance(1)
    failed = shop.v1.setup_intents.retrieve(made.id)
    assert failed.last_setup_error is not None
    assert (failed.status, failed.last_setup_error.code) == (
        "requires_payment_method",
        "payment_method_microdeposit_failed",
    )


def test_an_account_that_is_known_is_verified_where_that_is_wanted(shop: stripe.StripeClient) -> None:
    options: Any = {"us_bank_account": {"verification_method": "microdeposits"}}
    sent = {"customer": payer(shop, None), "payment_method": "pm_usBankAccount_success", "mandate_data": MANDATE}
    assert begun(shop, **sent, confirm=True).status == "succeeded"
    made = begun(shop, **sent, confirm=True, payment_method_options=options)
    assert made.status == "requires_action"
    assert verify(shop, made, descriptor_code="SM11AA").status == "succeeded"


def test_verifying_at_once_needs_what_the_mock_does_not_have(shop: stripe.StripeClient) -> None:
    options: Any = {"us_bank_account": {"verification_method": "instant"}}
    with pytest.raises(stripe.InvalidRequestError, match="not built yet"):
        waiting(shop, payment_method_options=options)


@pytest.mark.parametrize(
    ("told", "param"),
    [
        ({}, "amounts"),
        ({"amounts": [1]}, "amounts"),
        ({"amounts": [32, 45], "descriptor_code": "SM11AA"}, "descriptor_code"),
    ],
)
def test_what_is_told_is_two_amounts_or_a_code(shop: stripe.StripeClient, told: Any, param: str | None) -> None:
    assert told_wrong(shop, waiting(shop), **told).param == param


def test_an_intent_that_does_not_wait_for_deposits_says_so(shop: stripe.StripeClient) -> None:
    assert told_wrong(shop, begun(shop), amounts=[32, 45]).code == "setup_intent_unexpected_state"
    assert told_wrong(shop, intend(shop), amounts=[32, 45]).code == "payment_intent_unexpected_state"
    challenged = intend(shop, payment_method="pm_card_authenticationRequired", confirm=True)
    assert told_wrong(shop, challenged, amounts=[32, 45]).code == "payment_intent_unexpected_state"


def paying(shop: stripe.StripeClient, account: Any = US) -> stripe.PaymentIntent:
    """A payment that waits for what the customer finds on their account."""
    return intend(shop, payment_method_data=account, mandate_data=MANDATE, confirm=True)


def test_a_payment_goes_on_once_its_account_is_verified(mock: Mock, shop: stripe.StripeClient) -> None:
    with mock.expect_events("payment_intent.created", "payment_intent.requires_action"):
        made = paying(shop)
    with mock.expect_events(
        "charge.pending", "payment_intent.processing", "charge.succeeded", "payment_intent.succeeded"
    ):
        assert verify(shop, made, amounts=[32, 45]).status == "processing"
        mock.clock.advance(1)
    done = shop.v1.payment_intents.retrieve(made.id, {"expand": ["latest_charge"]})
    assert isinstance(done.latest_charge, stripe.Charge)
    assert done.latest_charge.payment_method_details is not None
    assert done.latest_charge.payment_method_details.us_bank_account is not None
    assert str(done.latest_charge.payment_method_details.us_bank_account.mandate).startswith("mandate_")


def test_an_account_that_a_payment_has_verified_is_known_from_then_on(shop: stripe.StripeClient) -> None:
    jenny = payer(shop, None)
    terms = {"customer": jenny, "payment_method_data": US, "mandate_data": MANDATE, "confirm": True}
    made = intend(shop, **terms, setup_future_usage="off_session")
    paid = verify(shop, made, amounts=[32, 45])
    again = intend(shop, customer=jenny, payment_method=paid.payment_method, confirm=True, off_session=True)
    assert (paid.status, again.status) == ("processing", "processing")


def test_a_payment_fails_with_its_verification(mock: Mock, shop: stripe.StripeClient) -> None:
    made = paying(shop)
    with mock.expect_events("payment_intent.payment_failed"):
        assert told_wrong(shop, made, amounts=[10, 11]).http_status == 400
    failed = shop.v1.payment_intents.retrieve(made.id)
    assert failed.last_payment_error is not None
    assert (failed.status, failed.next_action) == ("requires_payment_method", None)
    late = paying(shop)
    mock.clock.advance(10 * DAY)
    timed_out = shop.v1.payment_intents.retrieve(late.id)
    assert timed_out.last_payment_error is not None
    assert timed_out.last_payment_error.code == "payment_method_microdeposit_verification_timeout"
