"""How payment methods are made: of numbers, tokens, accounts and test ids."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import stripe

from mock_server.core.call import Call
from mock_server.payments import cards
from mock_server.payments.numbers import luhn
from mock_server.resources import payment_method as methods
from mock_server.testing import Mock

Inside = Callable[[], AbstractContextManager[Call]]

VISA: dict[str, Any] = {"number": "4242424242424242", "exp_month": 12, "exp_year": 34, "cvc": "123"}


def card(shop: stripe.StripeClient, **sent: Any) -> stripe.PaymentMethod:
    """A card that was typed in."""
    params: Any = {"type": "card", "card": VISA} | sent
    return shop.v1.payment_methods.create(params)


def test_a_card_is_made_of_its_number(mock: Mock, shop: stripe.StripeClient) -> None:
    address: Any = {"line1": "1 Main St", "postal_code": "94110"}
    with mock.expect_events():
        made = card(shop, billing_details={"name": "Jenny", "address": address}, metadata={"a": "b"})
    assert made.card is not None
    assert made.card.checks is not None
    shown = made.card
    assert (shown.brand, shown.last4, shown.exp_month, shown.exp_year, shown.funding, shown.country) == (
        *("visa", "4242", 12, 2034),
        *("credit", "US"),
    )
    assert made.card.checks.to_dict() == {
        "address_line1_check": "pass",
        "address_postal_code_check": "pass",
        "cvc_check": "pass",
    }
    assert (made.customer, made.allow_redisplay, made.billing_details.name) == (None, "unspecified", "Jenny")


def test_equal_numbers_have_equal_fingerprints(shop: stripe.StripeClient) -> None:
    first, second, other = card(shop), card(shop), card(shop, card=VISA | {"number": "5555555555554444"})
    assert first.card is not None
    assert second.card is not None
    assert other.card is not None
    assert first.card.fingerprint == second.card.fingerprint != other.card.fingerprint


@pytest.mark.parametrize(
    ("wrong", "code", "param"),
    [
        pytest.param({"number": "4242424242424241"}, "incorrect_number", "number", id="a wrong check digit"),
        pytest.param({"number": "4242 abcd"}, "invalid_number", "number", id="letters"),
        pytest.param({"exp_month": 13}, "invalid_expiry_month", "exp_month", id="a 13th month"),
        pytest.param({"exp_year": 1995}, "invalid_expiry_year", "exp_year", id="a year that has passed"),
        pytest.param({"cvc": "99"}, "invalid_cvc", "cvc", id="two digits"),
        pytest.param({"number": "4111111111111111"}, "card_declined", None, id="no test card"),
    ],
)
def test_wrong_card_data_is_a_card_error(shop: stripe.StripeClient, wrong: Any, code: str, param: str | None) -> None:
    with pytest.raises(stripe.CardError) as refused:
        card(shop, card=VISA | wrong)
    assert (refused.value.code, refused.value.param, refused.value.http_status) == (code, param, 402)


def test_a_token_stands_for_a_card(shop: stripe.StripeClient) -> None:
    made = card(shop, card={"token": "tok_mastercard"})
    assert made.card is not None
    assert (made.card.brand, made.card.last4) == ("mastercard", "4444")


def test_a_token_without_an_id_keeps_its_own_behaviour(inside: Inside) -> None:
    with inside() as call:
        sent = {"type": "card", "card": {"token": "tok_visa_chargeCustomerFailStolenCard"}}
        behind = methods.instrument(methods.make(call, sent))
    assert behind == cards.by_token("tok_visa_chargeCustomerFailStolenCard")


def test_an_unknown_token_is_missing(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        card(shop, card={"token": "tok_none"})
    assert (refused.value.code, refused.value.param) == ("resource_missing", "card[token]")


@pytest.mark.parametrize(
    ("kind", "details", "last4"),
    [
        pytest.param(
            "us_bank_account",
            {"account_number": "000123456789", "routing_number": "110000000", "account_holder_type": "individual"},
            "6789",
            id="US account",
        ),
        pytest.param("sepa_debit", {"iban": "DE89 3704 0044 0532 0130 00"}, "3000", id="IBAN"),
        pytest.param("bacs_debit", {"account_number": "00012345", "sort_code": "108800"}, "2345", id="UK account"),
        pytest.param("au_becs_debit", {"account_number": "000123456", "bsb_number": "000000"}, "3456", id="Australia"),
        pytest.param(
            "acss_debit",
            {"account_number": "000123456789", "institution_number": "000", "transit_number": "11000"},
            "6789",
            id="Canada",
        ),
        pytest.param(
            "nz_bank_account",
            {"account_number": "0000000", "bank_code": "11", "branch_code": "0000", "suffix": "010"},
            "0000",
            id="New Zealand",
        ),
    ],
)
def test_bank_accounts_show_their_last_digits(shop: stripe.StripeClient, kind: str, details: Any, last4: str) -> None:
    params: Any = {"type": kind, kind: details}
    made = shop.v1.payment_methods.create(params)
    assert made.to_dict()[kind]["last4"] == last4


@pytest.mark.parametrize(
    ("params", "code"),
    [
        pytest.param({"type": "sepa_debit", "sepa_debit": {"iban": "DE00"}}, "invalid_bank_account_iban", id="IBAN"),
        pytest.param(
            {
                "type": "us_bank_account",
                "us_bank_account": {
                    "account_number": "1",
                    "routing_number": "123456789",
                    "account_holder_type": "company",
                },
            },
            "routing_number_invalid",
            id="routing number",
        ),
        pytest.param({"type": "sepa_debit"}, "parameter_missing", id="no details"),
        pytest.param({"type": "card"}, "parameter_missing", id="no card"),
        pytest.param({"card": VISA}, "parameter_missing", id="no type"),
    ],
)
def test_wrong_accounts_are_refused(shop: stripe.StripeClient, params: Any, code: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.payment_methods.create(params)
    assert refused.value.code == code


@pytest.mark.parametrize("kind", ["alipay", "bancontact", "cashapp", "link", "paypal", "revolut_pay"])
def test_wallets_need_no_details(shop: stripe.StripeClient, kind: Any) -> None:
    assert shop.v1.payment_methods.create({"type": kind}).type == kind


def test_a_type_that_is_not_built_says_so(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="klarna is not built yet"):
        shop.v1.payment_methods.create({"type": "klarna"})


@pytest.mark.parametrize("card_of_table", cards.CARDS, ids=lambda card: card.id or card.token or card.number)
def test_every_test_card_is_found_again(inside: Inside, card_of_table: cards.Card) -> None:
    """Several ids share a number, and each keeps its own behaviour; a number alone means the first of them."""
    with inside() as call:
        if card_of_table.id:
            behind = methods.instrument(methods.found(call, card_of_table.id))
            assert behind == cards.by_payment_method_id(card_of_table.id)
        if luhn(card_of_table.number):
            sent = {"type": "card", "card": VISA | {"number": card_of_table.number}}
            behind = methods.instrument(methods.make(call, sent))
            assert isinstance(behind, cards.Card)
            assert behind.number == card_of_table.number
