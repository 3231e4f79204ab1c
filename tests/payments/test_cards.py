"""The table of test cards, and how a card is found."""

from __future__ import annotations

import pytest

from mock_server.payments import cards
from mock_server.payments.cards import CARDS, CVC_FAILS, INDEX, Card, Checks
from mock_server.payments.numbers import luhn


@pytest.mark.parametrize(
    ("name", "brand", "last4", "funding", "country"),
    [
        ("pm_card_visa", "visa", "4242", "credit", "US"),
        ("pm_card_visa_debit", "visa", "5556", "debit", "US"),
        ("pm_card_mastercard", "mastercard", "4444", "credit", "US"),
        ("pm_card_mastercard_prepaid", "mastercard", "5100", "prepaid", "US"),
        ("pm_card_amex", "amex", "0005", "credit", "US"),
        ("pm_card_discover", "discover", "1117", "credit", "US"),
        ("pm_card_diners", "diners", "0004", "credit", "US"),
        ("pm_card_jcb", "jcb", "0505", "credit", "US"),
        ("pm_card_unionpay", "unionpay", "0005", "credit", "US"),
        ("pm_card_de", "visa", "0016", "credit", "DE"),
        ("pm_card_us", "visa", "4242", "credit", "US"),
        ("pm_card_authenticationRequired", "visa", "3184", "credit", "DE"),
    ],
)
def test_an_id_stands_for_a_card(name: str, brand: str, last4: str, funding: str, country: str) -> None:
    card = cards.by_payment_method_id(name)
    assert card is not None
    assert (card.brand, card.last4, card.funding, card.country) == (brand, last4, funding, country)


@pytest.mark.parametrize("name", ["pm_card_nobody", "pm_1Pgc75B7WZ01zgkW", "", "tok_visa"])
def test_another_id_stands_for_nothing(name: str) -> None:
    assert cards.by_payment_method_id(name) is None


def test_a_token_stands_for_the_card_of_the_id_of_the_same_name() -> None:
    assert cards.by_token("tok_visa") is cards.by_payment_method_id("pm_card_visa")
    assert cards.by_token("tok_de") is cards.by_payment_method_id("pm_card_de")
    assert cards.by_token("tok_nobody") is None


def test_some_cards_have_only_a_token() -> None:
    lost = cards.by_token("tok_visa_chargeCustomerFailLostCard")
    assert lost is not None
    assert (lost.id, lost.decline, lost.declines_at) == (None, "lost_card", "charge")


def test_a_card_is_found_by_its_number_with_or_without_spaces() -> None:
    assert cards.by_number("4242 4242 4242 4242") is cards.by_payment_method_id("pm_card_visa")
    assert cards.by_number("4000000000000341") is cards.by_payment_method_id("pm_card_chargeCustomerFail")
    assert cards.by_number("4111111111111111") is None


def test_some_cards_have_only_a_number() -> None:
    card = cards.by_number("4000008400001280")
    assert card is not None
    assert (card.id, card.token) == (None, None)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id or card.own_token or card.number)
def test_every_number_but_the_wrong_one_has_a_right_check_digit(card: Card) -> None:
    assert luhn(card.number) is (card.decline != "incorrect_number")


def test_every_id_of_the_table_is_found() -> None:
    assert INDEX.by_id.keys() == {card.id for card in CARDS if card.id}


@pytest.mark.parametrize("country", cards.COUNTRY_NUMBERS)
def test_every_country_has_a_card_of_its_own(country: str) -> None:
    card = cards.by_payment_method_id(f"pm_card_{country.lower()}")
    assert card is not None
    assert card.country == country


def test_a_co_branded_card_names_both_networks() -> None:
    card = cards.by_payment_method_id("pm_card_visa_cartesBancaires")
    assert card is not None
    assert card.networks == ("cartes_bancaires", "visa")
    assert Card("4242424242424242").networks == ("visa",)


def test_only_one_card_does_not_know_3d_secure() -> None:
    assert [card.id for card in CARDS if not card.supports_3ds] == ["pm_card_amex_threeDSecureNotSupported"]


def test_every_card_is_of_type_card() -> None:
    assert {card.type for card in CARDS} == {"card"}


def test_what_was_given_passes_and_what_was_not_is_left_open() -> None:
    card = Card("4242424242424242")
    assert card.checks() == Checks(None, None, "pass")
    assert card.checks(line1=True, postal_code=True) == Checks("pass", "pass", "pass")
    assert card.checks(cvc=False) == Checks(None, None, "unchecked")


@pytest.mark.parametrize(
    ("name", "checks"),
    [
        ("pm_card_cvcCheckFail", Checks(None, None, "fail")),
        ("pm_card_avsZipFail", Checks(None, "fail", "pass")),
        ("pm_card_avsLine1Fail", Checks("fail", "pass", "pass")),
        ("pm_card_avsFail", Checks("fail", "fail", "pass")),
        ("pm_card_avsUnchecked", Checks("unchecked", "unchecked", "pass")),
    ],
)
def test_a_check_card_fails_its_check_whatever_is_typed(name: str, checks: Checks) -> None:
    card = cards.by_payment_method_id(name)
    assert card is not None
    assert card.checks() == checks


def test_a_code_that_is_left_out_is_unchecked_even_where_it_would_fail() -> None:
    assert Card("4000000000000101", fixed_checks=CVC_FAILS).checks(cvc=False).cvc_check == "unchecked"


@pytest.mark.parametrize(
    ("name", "dispute", "refund"),
    [
        ("pm_card_createDispute", "fraudulent", None),
        ("pm_card_createDisputeInquiry", "inquiry", None),
        ("pm_card_pendingRefund", None, "pending"),
        ("pm_card_refundFail", None, "failing"),
    ],
)
def test_a_card_says_what_follows_its_charge(name: str, dispute: str | None, refund: str | None) -> None:
    card = cards.by_payment_method_id(name)
    assert card is not None
    assert (card.dispute, card.refund) == (dispute, refund)
