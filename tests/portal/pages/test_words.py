"""Sentences that several pages share."""

from __future__ import annotations

import pytest

from flask_portal import i18n
from flask_portal.pages import words
from flask_portal.rules.methods import SUPPORTED, MethodView
from tests.portal.pages.conftest import Shop

NAMES = {
    "acss_debit": "Bank account ending in 6789",
    "amazon_pay": "Amazon Pay",
    "au_becs_debit": "Bank account ending in 6789",
    "bacs_debit": "Bank account ending in 6789",
    "boleto": "Boleto",
    "card": "Visa ending in 4242",
    "cashapp": "Cash App Pay",
    "custom": "Paper cheque",
    "link": "Link",
    "nz_bank_account": "Bank account ending in 6789",
    "paypal": "PayPal",
    "sepa_debit": "SEPA bank account ending in 3000",
    "us_bank_account": "Bank account ending in 6789",
}
DETAILS = {
    "card": {"brand": "visa", "last4": "4242"},
    "custom": {"display_name": "Paper cheque"},
    "sepa_debit": {"last4": "3000"},
}


def test_every_kind_is_named() -> None:
    assert set(NAMES) == SUPPORTED


@pytest.mark.parametrize("kind", sorted(NAMES))
def test_a_method_is_called_what_customers_call_it(shop: Shop, kind: str) -> None:
    account = {"last4": "6789"} if NAMES[kind].startswith("Bank account") else {}
    view = MethodView.of({"id": "pm_1", "type": kind, kind: DETAILS.get(kind, account)})
    with shop.app.test_request_context():
        i18n.use_locale("en")
        assert words.method(view) == NAMES[kind]


def test_a_card_in_a_wallet_names_the_wallet(shop: Shop) -> None:
    details = {"brand": "visa", "last4": "4242", "wallet": {"type": "apple_pay"}}
    with shop.app.test_request_context():
        i18n.use_locale("en")
        assert words.method(MethodView.of({"id": "pm_1", "type": "card", "card": details})) == "Apple Pay, Visa 4242"
