"""Every row of Stripe's table of cards for 3-D Secure, by its id and by its number."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock
from tests.hosted.browser import Visitor

from .test_card_rows import attached, course, each, pay, refused_at

CHALLENGES = """
4000002500003155 pm_card_authenticationRequiredOnSetup         asks   refuses pays   pays
4000002760003184 pm_card_authenticationRequired                asks   refuses asks   refuses
4000003800000446 pm_card_authenticationRequiredSetupForOffSession asks pays   asks   pays
4000008260003178 pm_card_authenticationRequiredChargeDeclinedInsufficientFunds asks refuses asks refuses
4000000000003220 pm_card_threeDSecure2Required                 asks   refuses asks   pays
4000008400000027 -                                             asks   refuses asks   pays
4000008400001629 pm_card_threeDSecureRequiredChargeDeclined    asks   refuses asks   declines
4000008405600003 pm_card_adaptive3dsChallenge                  asks   refuses asks   pays
4000000000003055 pm_card_threeDSecureOptional                  pays   pays    pays   pays
4000000000003097 -                                             pays   pays    pays   pays
4242424242424242 pm_card_visa                                  pays   pays    pays   pays
-                pm_card_amex_threeDSecureNotSupported         pays   pays    pays   pays
4000000032200000 -                                             pays   pays    pays   pays
4000582600000094 -                                             asks   refuses asks   pays
4000582600000045 -                                             asks   refuses asks   pays
4000582600000102 -                                             asks   refuses asks   pays
4000582600000110 -                                             asks   refuses asks   pays
4000000000001208 -                                             asks   refuses asks   pays
4000000000003725 -                                             asks   refuses asks   pays
"""
"""What a new one does on-session and off-session, and the same once it was set up."""


@pytest.mark.parametrize(("what", "on", "off", "on_known", "off_known"), each(CHALLENGES))
def test_3d_secure_depends_on_who_is_there_and_what_was_set_up(
    mock: Mock, what: str, on: str, off: str, on_known: str, off_known: str
) -> None:
    shop = mock.client
    method = attached(shop, what)
    assert (course(shop, method), course(shop, method, off_session=True)) == (on, off)
    sent: Any = {"customer": method.customer, "payment_method": method.id, "confirm": True}
    prepared = shop.v1.setup_intents.create({**sent, "return_url": "https://shop.example"})
    if prepared.status == "requires_action":
        assert prepared.next_action is not None
        assert prepared.next_action.redirect_to_url is not None
        Visitor(mock).answer(str(prepared.next_action.redirect_to_url.url), answer="complete")
    assert shop.v1.setup_intents.retrieve(prepared.id).status == "succeeded"
    assert (course(shop, method), course(shop, method, off_session=True)) == (on_known, off_known)


@pytest.mark.parametrize(
    ("what", "decline_code"),
    [
        ("pm_card_authenticationRequiredChargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("4000008260003178", "insufficient_funds"),
        ("4000008400001629", "generic_decline"),
    ],
)
def test_a_passed_challenge_may_end_in_a_decline(mock: Mock, what: str, decline_code: str) -> None:
    shop = mock.client
    made = pay(shop, attached(shop, what), return_url="https://shop.example")
    assert made.next_action is not None
    assert made.next_action.redirect_to_url is not None
    Visitor(mock).answer(str(made.next_action.redirect_to_url.url), answer="complete")
    failed = shop.v1.payment_intents.retrieve(made.id)
    assert failed.last_payment_error is not None
    assert (failed.status, failed.last_payment_error.decline_code) == ("requires_payment_method", decline_code)


def test_the_lookup_of_3d_secure_may_fail(shop: stripe.StripeClient) -> None:
    assert refused_at(lambda: pay(shop, attached(shop, "4000008400001280")))[:2] == ("card_declined", "generic_decline")


@pytest.mark.parametrize(("how", "on"), [("any", "asks"), ("challenge", "asks"), ("automatic", "pays")])
def test_the_business_may_want_3d_secure(mock: Mock, how: str, on: str) -> None:
    shop = mock.client
    options = {"card": {"request_three_d_secure": how}}
    optional = attached(shop, "pm_card_threeDSecureOptional")
    assert course(shop, optional, payment_method_options=options) == on
    assert course(shop, optional, payment_method_options=options, off_session=True) == "pays"
    unsupported = attached(shop, "pm_card_amex_threeDSecureNotSupported")
    assert course(shop, unsupported, payment_method_options=options) == "pays"
    frictionless = pay(shop, attached(shop, "4000000032200000"), payment_method_options=options)
    charge = shop.v1.charges.retrieve(str(frictionless.latest_charge))
    assert charge.payment_method_details is not None
    assert charge.payment_method_details.card is not None
    secured = charge.payment_method_details.card.three_d_secure
    assert secured is not None
    assert (secured.authentication_flow, secured.result) == ("frictionless", "authenticated")
