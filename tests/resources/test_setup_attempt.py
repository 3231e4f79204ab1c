"""Setup attempts: what became of each confirmation."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock
from tests.hosted.browser import Visitor

from .sales import payer
from .test_setup_intent import begun


def attempts(shop: stripe.StripeClient, intent: stripe.SetupIntent) -> list[stripe.SetupAttempt]:
    """Newest first."""
    return shop.v1.setup_attempts.list({"setup_intent": intent.id}).data


def test_without_a_confirmation_there_is_none(shop: stripe.StripeClient) -> None:
    assert attempts(shop, begun(shop, payment_method="pm_card_visa")) == []


def test_each_confirmation_is_one(shop: stripe.StripeClient) -> None:
    jenny = payer(shop, None)
    made = begun(shop, customer=jenny)
    with pytest.raises(stripe.CardError):
        shop.v1.setup_intents.confirm(made.id, {"payment_method": "pm_card_visa_chargeDeclined"})
    done = shop.v1.setup_intents.confirm(made.id, {"payment_method": "pm_card_mastercard"})
    newest, oldest = attempts(shop, made)
    assert (newest.id, newest.status, newest.setup_error) == (done.latest_attempt, "succeeded", None)
    assert (newest.customer, newest.usage, newest.setup_intent) == (jenny, "off_session", made.id)
    assert newest.payment_method_details.card is not None
    assert newest.payment_method_details.card.brand == "mastercard"
    assert oldest.setup_error is not None
    assert (oldest.status, oldest.setup_error.decline_code) == ("failed", "generic_decline")


@pytest.mark.parametrize(
    ("answer", "status", "result"), [("complete", "succeeded", "authenticated"), ("fail", "failed", None)]
)
def test_a_challenge_belongs_to_it(mock: Mock, answer: str, status: str, result: str | None) -> None:
    shop = mock.client
    made = begun(shop, payment_method="pm_card_authenticationRequired", confirm=True, return_url="https://shop.example")
    assert [one.status for one in attempts(shop, made)] == ["requires_action"]
    assert made.next_action is not None
    assert made.next_action.redirect_to_url is not None
    Visitor(mock).answer(str(made.next_action.redirect_to_url.url), answer=answer)
    [found] = attempts(shop, made)
    assert found.payment_method_details.card is not None
    secured: Any = found.payment_method_details.card.three_d_secure
    assert (found.status, secured and secured.result) == (status, result)


def test_one_that_waits_is_abandoned_with_its_intent(shop: stripe.StripeClient) -> None:
    made = begun(shop, payment_method="pm_card_authenticationRequired", confirm=True)
    shop.v1.setup_intents.cancel(made.id)
    assert [one.status for one in attempts(shop, made)] == ["abandoned"]


def test_they_are_listed_for_one_intent(shop: stripe.StripeClient) -> None:
    params: Any = {}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.setup_attempts.list(params)
    assert refused.value.param == "setup_intent"
