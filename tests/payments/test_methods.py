"""Test bank accounts and wallets, and the sub-hash that they and cards carry."""

from __future__ import annotations

import pytest

from mock_server.payments import cards, methods
from mock_server.payments.details import details
from mock_server.payments.methods import METHODS, SEPA_OUTCOMES, Behaviour, Method
from mock_server.payments.numbers import fingerprint
from mock_server.payments.sepa import IBANS, SUCCESS, bank_and_branch, is_iban

NOW = 1_782_000_000


def found(name: str) -> Method:
    method = methods.by_payment_method_id(name)
    assert method is not None
    return method


@pytest.mark.parametrize(
    ("name", "kind", "last4", "behaviour"),
    [
        ("pm_usBankAccount_success", "us_bank_account", "6789", Behaviour()),
        ("pm_usBankAccount_noAccount", "us_bank_account", "1116", Behaviour("failed", failure="no_account")),
        ("pm_usBankAccount_processing", "us_bank_account", "0009", Behaviour("processing")),
        ("pm_sepaDebit_success_de", "sepa_debit", "3000", Behaviour()),
        ("pm_sepaDebit_successDelayed_fr", "sepa_debit", "2609", Behaviour(delay=180)),
        ("pm_sepaDebit_disputed_gb", "sepa_debit", "5434", Behaviour("disputed")),
        ("pm_bacsDebit_successDelayed", "bacs_debit", "2345", Behaviour(delay=180)),
        ("pm_auBecsDebit_referToCustomer", "au_becs_debit", "2227", Behaviour("failed", failure="refer_to_customer")),
        ("pm_acssDebit_dispute", "acss_debit", "5559", Behaviour("disputed")),
        ("pm_nzBankAccount_success", "nz_bank_account", "0010", Behaviour()),
        ("pm_link_success", "link", "", Behaviour()),
    ],
)
def test_an_id_stands_for_an_account(name: str, kind: str, last4: str, behaviour: Behaviour) -> None:
    method = found(name)
    assert (method.type, method.last4, method.behaviour) == (kind, last4, behaviour)


@pytest.mark.parametrize("name", ["pm_sepaDebit_success_it", "pm_usBankAccount_nobody", "pm_card_visa", ""])
def test_another_id_stands_for_nothing(name: str) -> None:
    assert methods.by_payment_method_id(name) is None


def test_every_sepa_outcome_has_an_id_in_every_country() -> None:
    for outcome in SEPA_OUTCOMES:
        for country in SUCCESS:
            assert found(f"pm_sepaDebit_{outcome}_{country.lower()}").country == country


def test_an_outcome_without_a_published_iban_shows_the_successful_one() -> None:
    assert found("pm_sepaDebit_failed_pt").account == SUCCESS["PT"]
    assert methods.by_account("sepa_debit", SUCCESS["PT"]) is found("pm_sepaDebit_success_pt")


@pytest.mark.parametrize("iban", [iban for row in IBANS.values() for iban in row.values()])
def test_every_published_iban_is_one_and_found(iban: str) -> None:
    assert is_iban(iban)
    assert methods.by_account("sepa_debit", iban) is not None


def test_an_account_is_found_by_type_and_number() -> None:
    assert methods.by_account("us_bank_account", "000111111113") is found("pm_usBankAccount_accountClosed")
    assert methods.by_account("sepa_debit", "DE89 3704 0044 0532 0130 00") is found("pm_sepaDebit_success_de")
    assert methods.by_account("us_bank_account", "00012345") is None


def test_some_accounts_have_no_id() -> None:
    unusable = methods.by_account("us_bank_account", "000888888885")
    assert unusable is not None
    assert unusable.id is None


def test_bank_debits_need_a_mandate_and_wallets_do_not() -> None:
    assert found("pm_sepaDebit_success_de").needs_mandate
    assert not found("pm_link_success").needs_mandate


@pytest.mark.parametrize(
    ("iban", "parts"),
    [
        (SUCCESS["DE"], ("37040044", None)),
        (SUCCESS["FR"], ("20041", "01005")),
        (SUCCESS["GB"], ("WEST", "123456")),
        ("XX00ABCDEFGHIJK", ("ABCD", None)),
    ],
)
def test_an_iban_names_bank_and_branch(iban: str, parts: tuple[str, str | None]) -> None:
    assert bank_and_branch(iban) == parts


@pytest.mark.parametrize(
    "text", ["DE89370400440532013001", "DE89", "89DE370400440532013000", "DE89 37040044", "ÄÄ" * 10]
)
def test_what_is_no_iban_is_told_apart(text: str) -> None:
    assert not is_iban(text)


def test_a_us_account_shows_bank_routing_and_last_digits() -> None:
    body = details(found("pm_usBankAccount_success"), "acct_1", NOW)
    assert (body["last4"], body["routing_number"], body["account_type"]) == ("6789", "110000000", "checking")
    assert body["networks"] == {"preferred": "ach", "supported": ["ach"]}
    assert body["status_details"] == {}


def test_a_sepa_account_shows_country_and_bank_code() -> None:
    body = details(found("pm_sepaDebit_success_de"), "acct_1", NOW)
    assert (body["country"], body["bank_code"], body["last4"]) == ("DE", "37040044", "3000")


def test_a_new_zealand_account_shows_its_suffix_apart() -> None:
    body = details(found("pm_nzBankAccount_insufficientFunds"), "acct_1", NOW)
    assert (body["last4"], body["suffix"], body["bank_code"]) == ("2222", "027", "11")


def test_a_card_shows_brand_expiry_and_checks() -> None:
    card = cards.by_payment_method_id("pm_card_visa")
    assert card is not None
    body = details(card, "acct_1", NOW)
    assert (body["brand"], body["last4"], body["exp_month"], body["exp_year"]) == ("visa", "4242", 12, 2030)
    assert body["checks"] == {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}
    assert body["fingerprint"] == fingerprint("acct_1", "4242424242424242")


KEYS = {
    "us_bank_account": {
        "account_holder_type", "account_type", "bank_name", "financial_connections_account", "fingerprint", "last4",
        "networks", "routing_number", "status_details",
    },
    "sepa_debit": {"bank_code", "branch_code", "country", "fingerprint", "generated_from", "last4"},
    "bacs_debit": {"fingerprint", "last4", "sort_code"},
    "au_becs_debit": {"bsb_number", "fingerprint", "last4"},
    "acss_debit": {"bank_name", "fingerprint", "institution_number", "last4", "transit_number"},
    "nz_bank_account": {"account_holder_name", "bank_code", "bank_name", "branch_code", "last4", "suffix"},
    "link": {"email", "persistent_token"},
    "cashapp": {"buyer_id", "cashtag"},
    "amazon_pay": set(),
    "paypal": {"country", "payer_email", "payer_id"},
}  # fmt: skip


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.id or method.account)
def test_every_method_shows_the_keys_of_its_type(method: Method) -> None:
    assert details(method, "acct_1", NOW).keys() == KEYS[method.type]
