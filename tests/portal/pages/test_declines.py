"""Why a bank said no, in words that help and give nothing away."""

from __future__ import annotations

import pytest
from flask import Flask

from flask_portal import i18n
from flask_portal.pages.declines import _SAME_AS, _sentences, why
from mock_server.payments.failures import _DECLINES, _OTHERS
from tests.portal.pages.conftest import Shop


@pytest.fixture
def app(shop: Shop) -> Flask:
    return shop.app


@pytest.mark.parametrize(
    ("code", "decline_code", "begins"),
    [
        ("card_declined", "insufficient_funds", "There was not enough money in the account."),
        ("expired_card", "expired_card", "The card has expired."),
        ("expired_card", None, "The card has expired."),
        ("card_declined", "do_not_honor", "Your bank declined the payment and gave no reason."),
        ("payment_intent_authentication_failure", None, "Your bank could not confirm that it was you."),
        ("card_declined", "card_velocity_exceeded", "The card was used too often"),
        (None, None, "Your bank declined the payment and gave no reason."),
    ],
)
def test_a_code_is_told_in_words(app: Flask, code: str | None, decline_code: str | None, begins: str) -> None:
    with app.test_request_context():
        i18n.use_locale("en")
        assert why(code, decline_code).startswith(begins)


@pytest.mark.parametrize("secret", ["lost_card", "stolen_card", "fraudulent", "pickup_card", "merchant_blacklist"])
def test_what_would_warn_a_thief_reads_like_a_plain_refusal(app: Flask, secret: str) -> None:
    with app.test_request_context():
        i18n.use_locale("en")
        assert why("card_declined", secret) == why("card_declined", "generic_decline")


def test_every_word_that_stands_for_another_leads_to_a_sentence(app: Flask) -> None:
    with app.test_request_context():
        i18n.use_locale("en")
        assert [code for code, word in _SAME_AS.items() if word not in _sentences()] == []


def test_every_failure_of_a_test_card_that_can_be_mended_has_its_own_words(app: Flask) -> None:
    """Setups and micro-deposits are another page's; the rest are plain on purpose."""
    plain = {"generic_decline", "lost_card", "stolen_card", "fraudulent", "payment_intent_payment_attempt_failed"}
    elsewhere = ("setup_", "payment_method_microdeposit")
    with app.test_request_context():
        i18n.use_locale("en")
        told = {code: why(code, None) for code in {*_DECLINES, *_OTHERS} if not code.startswith(elsewhere)}
        assert {code for code, words in told.items() if words == why(None, None)} == plain
