"""Every row of Stripe's tables of test bank accounts, by its id and by its number: set up, debited, answered.

The rows are written out as docs.stripe.com/testing has them, apart from the mock's own tables.
"""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock
from tests.hosted.browser import Visitor

from .sales import payer
from .test_payment_intent import intend
from .test_setup_intent import MANDATE

LIMIT, LATER = "charge_exceeds_source_limit", 180
MANY, MOST = "charge_exceeds_weekly_limit", "charge_exceeds_transaction_limit"

US = """
000123456789 pm_usBankAccount_success              0 succeeded
000111111113 pm_usBankAccount_accountClosed        0 account_closed
000111111116 pm_usBankAccount_noAccount            0 no_account
000222222227 pm_usBankAccount_insufficientFunds    0 insufficient_funds
000333333335 pm_usBankAccount_debitNotAuthorized   0 debit_not_authorized
000444444440 pm_usBankAccount_invalidCurrency      0 invalid_currency
000555555559 pm_usBankAccount_dispute              0 disputed
000000000009 pm_usBankAccount_processing           0 processing
000777777771 pm_usBankAccount_weeklyLimitExceeded  0 charge_exceeds_source_limit
"""

BACS = """
00012345 pm_bacsDebit_success                   0 succeeded
90012345 pm_bacsDebit_successDelayed          180 succeeded
33333335 pm_bacsDebit_debitNotAuthorized        0 debit_not_authorized
93333335 -                                    180 debit_not_authorized
22222227 pm_bacsDebit_insufficientFunds         0 insufficient_funds
92222227 -                                    180 insufficient_funds
55555559 pm_bacsDebit_dispute                   0 disputed
34343434 pm_bacsDebit_exceedsWeeklyLimit        0 charge_exceeds_source_limit
12121212 pm_bacsDebit_exceedsTransactionLimit   0 charge_exceeds_transaction_limit
"""

BECS = """
000123456 pm_auBecsDebit_success                 0 succeeded
900123456 pm_auBecsDebit_successDelayed        180 succeeded
111111113 pm_auBecsDebit_accountClosed           0 account_closed
111111116 pm_auBecsDebit_noAccount               0 no_account
222222227 pm_auBecsDebit_referToCustomer         0 refer_to_customer
922222227 -                                    180 refer_to_customer
333333335 pm_auBecsDebit_debitNotAuthorized      0 debit_not_authorized
666666660 pm_auBecsDebit_dispute                 0 disputed
343434343 pm_auBecsDebit_exceedsWeeklyLimit      0 charge_exceeds_source_limit
121212121 pm_auBecsDebit_exceedsTransactionLimit 0 charge_exceeds_transaction_limit
"""

ACSS = """
000123456789 pm_acssDebit_success              0 succeeded
900123456789 -                               180 succeeded
000222222227 pm_acssDebit_insufficientFunds    0 insufficient_funds
900222222227 -                               180 insufficient_funds
000777777771 -                                 0 charge_exceeds_source_limit
000888888881 -                                 0 charge_exceeds_transaction_limit
-            pm_acssDebit_noAccount            0 no_account
-            pm_acssDebit_accountClosed        0 account_closed
-            pm_acssDebit_debitNotAuthorized   0 debit_not_authorized
-            pm_acssDebit_dispute              0 disputed
"""

NZ = """
0000000-010 pm_nzBankAccount_success             0 succeeded
2222222-027 pm_nzBankAccount_insufficientFunds   0 insufficient_funds
8888888-000 pm_nzBankAccount_referToCustomer     0 refer_to_customer
1111111-016 pm_nzBankAccount_noAccount           0 no_account
5555555-059 pm_nzBankAccount_debitNotAuthorized  0 debit_not_authorized
9999999-000 pm_nzBankAccount_processing          0 processing
"""

SEPA = """
success AT611904300234573201 BE62510007547061 HR7624020064583467589 EE382200221020145685 FI2112345600000785
    FR1420041010050500013M02606 DE89370400440532013000 GI60MPFS599327643783385 IE29AIBK93115212345678
    LI0508800636123378777 LT121000011101001000 LU280019400644750000 NL39RABO0300065264 NO9386011117947
    PT50000201231234567890154 ES0700120345030000067890 SE3550000000054910000003 CH9300762011623852957
    GB82WEST12345698765432
successDelayed DE08370400440532013003 FR3020041010050500013M02609 AT321904300235473204 NL55RABO0300065267
    IE24AIBK93115212345671 ES2300120345030000067893 GB98WEST12345698765435 BE78510007547064
failed DE62370400440532013001 FR8420041010050500013M02607 AT861904300235473202 NL91ABNA0417164300
    IE02AIBK93115212345679 ES9121000418450200051332 GB55WEST12345698765433 BE68539007547034
failedDelayed DE78370400440532013004 FR7920041010050500013M02600 AT051904300235473205 NL28RABO0300065268
    IE94AIBK93115212345672 ES9300120345030000067894 GB71WEST12345698765436 BE51510007547065
disputed DE35370400440532013002 FR5720041010050500013M02608 AT591904300235473203 NL82RABO0300065266
    IE51AIBK93115212345670 ES5000120345030000067892 GB28WEST12345698765434 BE08510007547063
exceedsWeeklyVolumeLimit DE65370400440000343434 FR9720041010050000000343434 AT981904300000343434
exceedsWeeklyTransactionLimit DE27370400440000121212 FR5920041010050000000121212 AT601904300000121212
insufficientFunds DE65370400440002222227 FR9720041010050000002222227 AT981904300002222227
"""

SEPA_COUNTRIES = [
    "at",
    "be",
    "hr",
    "ee",
    "fi",
    "fr",
    "de",
    "gi",
    "ie",
    "li",
    "lt",
    "lu",
    "nl",
    "no",
    "pt",
    "es",
    "se",
    "ch",
    "gb",
]
SEPA_RESULTS: dict[str, tuple[int, str]] = {
    "success": (0, "succeeded"),
    "successDelayed": (LATER, "succeeded"),
    "failed": (0, "payment_intent_payment_attempt_failed"),
    "failedDelayed": (LATER, "payment_intent_payment_attempt_failed"),
    "disputed": (0, "disputed"),
    "exceedsWeeklyVolumeLimit": (0, LIMIT),
    "exceedsWeeklyTransactionLimit": (0, MANY),
    "insufficientFunds": (0, "insufficient_funds"),
}
ONLY_OF_CHARGES = {MANY: MOST, "invalid_currency": "payment_method_currency_mismatch"}
"""Failure codes that the errors of intents do not know, and what they say instead."""

TYPES: dict[str, tuple[str, str, dict[str, str]]] = {
    "us_bank_account": (US, "usd", {"routing_number": "110000000", "account_holder_type": "individual"}),
    "bacs_debit": (BACS, "gbp", {"sort_code": "108800"}),
    "au_becs_debit": (BECS, "aud", {"bsb_number": "000000"}),
    "acss_debit": (ACSS, "cad", {"institution_number": "000", "transit_number": "11000"}),
    "nz_bank_account": (NZ, "nzd", {"bank_code": "11", "branch_code": "0000"}),
}


def described(kind: str, account: str) -> Any:
    """The parameters of a bank account that is typed."""
    if kind == "sepa_debit":
        return {"type": kind, kind: {"iban": account}}
    number, dash, suffix = account.partition("-")
    routing = TYPES[kind][2] | ({"suffix": suffix} if dash else {})
    return {"type": kind, kind: {"account_number": number, **routing}}


def each() -> list[Any]:
    """Type, id or number, seconds until the answer, answer."""
    rows: list[Any] = []
    for kind, (table, _, _) in TYPES.items():
        for line in table.strip().splitlines():
            number, id, delay, result = line.split()
            for what in (number, id):
                if what != "-":
                    rows.append(pytest.param(kind, what, int(delay), result, id=f"{kind} {what}"))
    for line in SEPA.replace("\n    ", " ").strip().splitlines():
        outcome, *ibans = line.split()
        rows += [pytest.param("sepa_debit", iban, *SEPA_RESULTS[outcome], id=iban) for iban in ibans]
    for outcome, answer in SEPA_RESULTS.items():
        names = [f"pm_sepaDebit_{outcome}_{country}" for country in SEPA_COUNTRIES]
        rows += [pytest.param("sepa_debit", name, *answer, id=name) for name in names]
    return rows


def set_up(shop: stripe.StripeClient, kind: str, what: str) -> stripe.SetupIntent:
    """A setup by a test id or a typed number, verified where that is asked for."""
    method = {"payment_method": what} if what.startswith("pm_") else {"payment_method_data": described(kind, what)}
    terms: Any = {"customer": payer(shop, None), "confirm": True, "mandate_data": MANDATE, **method}
    made = shop.v1.setup_intents.create(terms)
    if made.status == "requires_action":
        return shop.v1.setup_intents.verify_microdeposits(made.id, {"descriptor_code": "SM11AA"})
    return made


def debit(shop: stripe.StripeClient, done: stripe.SetupIntent, currency: str) -> stripe.PaymentIntent:
    """A payment of 10 by what was set up, while nobody is there."""
    by: Any = {"customer": done.customer, "payment_method": done.payment_method, "off_session": True}
    return intend(shop, **by, confirm=True, currency=currency)


@pytest.mark.parametrize(("kind", "what", "delay", "result"), each())
def test_a_debit_is_answered_as_the_row_says(mock: Mock, kind: str, what: str, delay: int, result: str) -> None:
    shop = mock.client
    done = set_up(shop, kind, what)
    assert (done.status, done.payment_method_types) == ("succeeded", [kind])
    made = debit(shop, done, TYPES[kind][1] if kind in TYPES else "eur")
    assert made.status == "processing"
    if delay:
        mock.clock.advance(delay - 60)
        assert shop.v1.payment_intents.retrieve(made.id).status == "processing"
    mock.clock.advance(61)
    check(shop, made, result)


def check(shop: stripe.StripeClient, made: stripe.PaymentIntent, result: str) -> None:
    """Status, failure and dispute of a payment that was answered."""
    after = shop.v1.payment_intents.retrieve(made.id, {"expand": ["latest_charge"]})
    charge = after.latest_charge
    assert isinstance(charge, stripe.Charge)
    if result in ("succeeded", "processing", "disputed"):
        assert after.status == ("processing" if result == "processing" else "succeeded")
        assert charge.disputed is (result == "disputed")
        return
    assert after.last_payment_error is not None
    code = ONLY_OF_CHARGES.get(result, result)
    assert (after.status, after.last_payment_error.code) == ("requires_payment_method", code)
    assert (charge.status, charge.failure_code) == ("failed", result)


@pytest.mark.parametrize(
    ("kind", "what", "last4"),
    [
        ("us_bank_account", "pm_usBankAccount_success", "6789"),
        ("bacs_debit", "pm_bacsDebit_success", "2345"),
        ("au_becs_debit", "pm_auBecsDebit_success", "3456"),
        ("acss_debit", "pm_acssDebit_success", "6789"),
        ("sepa_debit", "pm_sepaDebit_success_de", "3000"),
    ],
)
def test_an_account_shows_its_end(shop: stripe.StripeClient, kind: str, what: str, last4: str) -> None:
    method = shop.v1.payment_methods.retrieve(str(set_up(shop, kind, what).payment_method))
    assert (method.type, method[kind].last4) == (kind, last4)


@pytest.mark.parametrize("what", ["pm_usBankAccount_riskLevelHighest", "000000004954"])
def test_an_account_of_the_highest_risk_is_blocked(shop: stripe.StripeClient, what: str) -> None:
    done = set_up(shop, "us_bank_account", what)
    with pytest.raises(stripe.CardError) as refused:
        debit(shop, done, "usd")
    assert (refused.value.code, refused.value.http_status) == ("payment_method_bank_account_blocked", 402)


@pytest.mark.parametrize(
    ("kind", "what", "code"),
    [
        ("us_bank_account", "000888888885", "bank_account_unusable"),
        ("bacs_debit", "00033333", "setup_intent_mandate_invalid"),
        ("bacs_debit", "pm_bacsDebit_mandateRefused", "setup_intent_mandate_invalid"),
        ("bacs_debit", "00044444", "setup_attempt_failed"),
    ],
)
def test_some_accounts_are_not_even_set_up(shop: stripe.StripeClient, kind: str, what: str, code: str) -> None:
    with pytest.raises(stripe.CardError) as refused:
        set_up(shop, kind, what)
    assert (refused.value.code, refused.value.http_status) == (code, 402)


@pytest.mark.parametrize(("kind", "asks"), [("link", False), ("cashapp", True), ("amazon_pay", True), ("paypal", True)])
def test_a_wallet_pays_off_session_once_it_is_saved(mock: Mock, kind: str, asks: bool) -> None:
    shop = mock.client
    terms: Any = {"customer": payer(shop, None), "confirm": True, "return_url": "https://shop.example"}
    made = shop.v1.setup_intents.create({**terms, "payment_method_data": {"type": kind}})
    assert made.status == ("requires_action" if asks else "succeeded")
    if made.next_action is not None:
        assert made.next_action.redirect_to_url is not None
        Visitor(mock).answer(str(made.next_action.redirect_to_url.url), answer="complete")
    done = shop.v1.setup_intents.retrieve(made.id)
    assert debit(shop, done, "usd").status == "succeeded"


@pytest.mark.parametrize("kind", ["cashapp", "amazon_pay", "paypal"])
def test_a_wallet_may_be_refused_on_its_page(mock: Mock, kind: str) -> None:
    shop = mock.client
    made = intend(shop, payment_method_data={"type": kind}, confirm=True, return_url="https://shop.example")
    assert made.next_action is not None
    assert made.next_action.redirect_to_url is not None
    Visitor(mock).answer(str(made.next_action.redirect_to_url.url), answer="fail")
    assert shop.v1.payment_intents.retrieve(made.id).status == "requires_payment_method"


@pytest.mark.parametrize("kind", ["boleto", "custom"])
def test_other_methods_say_that_they_are_not_built(shop: stripe.StripeClient, kind: str) -> None:
    params: Any = {"type": kind, kind: {"tax_id": "000.000.000-00"} if kind == "boleto" else {"type": "cpmt_1"}}
    with pytest.raises(stripe.InvalidRequestError, match="not built yet"):
        shop.v1.payment_methods.create(params)
