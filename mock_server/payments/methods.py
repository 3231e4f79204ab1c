"""Test bank accounts and wallets: what stands for them, and how they answer when they are set up or debited.

Source: docs.stripe.com/testing, docs.stripe.com/payments/ach-direct-debit, docs.stripe.com/payments/bacs-debit
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from mock_server.payments.sepa import IBANS, SUCCESS, iban_of

DELAY_SECONDS = 180
"""How long the delayed variants take; the others settle at the next opportunity."""

BANK_DEBITS = frozenset(
    {"us_bank_account", "sepa_debit", "bacs_debit", "au_becs_debit", "acss_debit", "nz_bank_account"}
)

VERIFIED_BY_DEPOSITS = frozenset({"us_bank_account", "acss_debit"})
"""Types whose accounts have to be shown to be their owner's, unless a test id stands for them."""

ENDS_MANDATE = frozenset({"account_closed", "debit_not_authorized", "no_account"})
"""Failures of a debit after which the account may not be debited again."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How an account answers.

    charge: what becomes of a debit; `processing` never settles.  set_up: what becomes of a SetupIntent.
    failure: the code of the failure.  delay: seconds until a debit settles.
    """

    charge: Literal["succeeded", "failed", "processing", "blocked", "disputed"] = "succeeded"
    set_up: Literal["succeeded", "failed", "microdeposits", "redirect"] = "succeeded"
    failure: str | None = None
    delay: int = 0


def fails(code: str, delay: int = 0) -> Behaviour:
    """It can be saved, and each debit fails with `code`."""
    return Behaviour("failed", failure=code, delay=delay)


def refused(code: str) -> Behaviour:
    """It cannot even be set up."""
    return Behaviour("failed", "failed", code)


SUCCEEDS = Behaviour()
SUCCEEDS_LATER = Behaviour(delay=DELAY_SECONDS)
DISPUTED = Behaviour("disputed")
STUCK = Behaviour("processing")
BLOCKED = Behaviour("blocked", failure="payment_method_bank_account_blocked")
MICRODEPOSITS = Behaviour("failed", "microdeposits", "payment_method_microdeposit_failed")
REDIRECTS = Behaviour(set_up="redirect")


@dataclass(frozen=True, slots=True)
class Method:
    """A test bank account or wallet.

    id: the `pm_...` that stands for it, or None where only the account is known.
    account: account number or IBAN, empty for a wallet.  routing: routing number, sort code, BSB, or transit number.
    """

    id: str | None
    type: str
    account: str = ""
    routing: str = ""
    behaviour: Behaviour = SUCCEEDS

    @property
    def last4(self) -> str:
        return self.account.replace("-", "")[-4:]

    @property
    def country(self) -> str | None:
        """Of an IBAN's account; the other types belong to one country each."""
        return self.account[:2] if self.type == "sepa_debit" else None

    @property
    def needs_mandate(self) -> bool:
        """Whether it can be saved only through a SetupIntent or a payment, which records a mandate."""
        return self.type in BANK_DEBITS


Row = tuple[str | None, str, Behaviour]
"""Suffix of the id where there is one, account, behaviour."""

US_BANK_ACCOUNTS: tuple[Row, ...] = (
    ("success", "000123456789", SUCCEEDS),
    ("accountClosed", "000111111113", fails("account_closed")),
    ("riskLevelHighest", "000000004954", BLOCKED),
    ("noAccount", "000111111116", fails("no_account")),
    ("insufficientFunds", "000222222227", fails("insufficient_funds")),
    ("debitNotAuthorized", "000333333335", fails("debit_not_authorized")),
    ("invalidCurrency", "000444444440", fails("invalid_currency")),
    ("failMicrodeposits", "000666666661", MICRODEPOSITS),
    ("dispute", "000555555559", DISPUTED),
    ("processing", "000000000009", STUCK),
    ("weeklyLimitExceeded", "000777777771", fails("charge_exceeds_source_limit")),
    (None, "000888888885", refused("bank_account_unusable")),
)

BACS_DEBITS: tuple[Row, ...] = (
    ("success", "00012345", SUCCEEDS),
    ("successDelayed", "90012345", SUCCEEDS_LATER),
    ("debitNotAuthorized", "33333335", fails("debit_not_authorized")),
    (None, "93333335", fails("debit_not_authorized", DELAY_SECONDS)),
    ("insufficientFunds", "22222227", fails("insufficient_funds")),
    (None, "92222227", fails("insufficient_funds", DELAY_SECONDS)),
    ("dispute", "55555559", DISPUTED),
    ("mandateRefused", "00033333", refused("setup_intent_mandate_invalid")),
    (None, "00044444", refused("setup_attempt_failed")),
    ("exceedsWeeklyLimit", "34343434", fails("charge_exceeds_source_limit")),
    ("exceedsTransactionLimit", "12121212", fails("charge_exceeds_transaction_limit")),
)

AU_BECS_DEBITS: tuple[Row, ...] = (
    ("success", "000123456", SUCCEEDS),
    ("successDelayed", "900123456", SUCCEEDS_LATER),
    ("accountClosed", "111111113", fails("account_closed")),
    ("noAccount", "111111116", fails("no_account")),
    ("referToCustomer", "222222227", fails("refer_to_customer")),
    (None, "922222227", fails("refer_to_customer", DELAY_SECONDS)),
    ("debitNotAuthorized", "333333335", fails("debit_not_authorized")),
    ("dispute", "666666660", DISPUTED),
    ("exceedsWeeklyLimit", "343434343", fails("charge_exceeds_source_limit")),
    ("exceedsTransactionLimit", "121212121", fails("charge_exceeds_transaction_limit")),
)

# No account numbers are published for four of these ids; they show those of the US accounts of the same name.
ACSS_DEBITS: tuple[Row, ...] = (
    ("success", "000123456789", SUCCEEDS),
    (None, "900123456789", SUCCEEDS_LATER),
    ("noAccount", "000111111116", fails("no_account")),
    ("accountClosed", "000111111113", fails("account_closed")),
    ("insufficientFunds", "000222222227", fails("insufficient_funds")),
    (None, "900222222227", fails("insufficient_funds", DELAY_SECONDS)),
    ("debitNotAuthorized", "000333333335", fails("debit_not_authorized")),
    ("dispute", "000555555559", DISPUTED),
    (None, "000666666661", MICRODEPOSITS),
    (None, "000777777771", fails("charge_exceeds_source_limit")),
    (None, "000888888881", fails("charge_exceeds_transaction_limit")),
)

NZ_BANK_ACCOUNTS: tuple[Row, ...] = (
    ("success", "0000000-010", SUCCEEDS),
    ("insufficientFunds", "2222222-027", fails("insufficient_funds")),
    ("referToCustomer", "8888888-000", fails("refer_to_customer")),
    ("noAccount", "1111111-016", fails("no_account")),
    ("debitNotAuthorized", "5555555-059", fails("debit_not_authorized")),
    ("processing", "9999999-000", STUCK),
)

SEPA_OUTCOMES: Mapping[str, Behaviour] = MappingProxyType(
    {
        "success": SUCCEEDS,
        "successDelayed": SUCCEEDS_LATER,
        "failed": fails("payment_intent_payment_attempt_failed"),
        "failedDelayed": fails("payment_intent_payment_attempt_failed", DELAY_SECONDS),
        "disputed": DISPUTED,
        "exceedsWeeklyVolumeLimit": fails("charge_exceeds_source_limit"),
        "exceedsWeeklyTransactionLimit": fails("charge_exceeds_weekly_limit"),
        "insufficientFunds": fails("insufficient_funds"),
    }
)

WALLETS = (
    Method("pm_link_success", "link"),
    Method("pm_cashapp_success", "cashapp", behaviour=REDIRECTS),
    Method("pm_amazonPay_success", "amazon_pay", behaviour=REDIRECTS),
    Method("pm_paypal_success", "paypal", behaviour=REDIRECTS),
)
"""Saved wallets. Stripe publishes no names for their ids, so these are our own."""


def _accounts(kind: str, stem: str, routing: str, rows: tuple[Row, ...]) -> Iterator[Method]:
    for suffix, account, behaviour in rows:
        yield Method(f"pm_{stem}_{suffix}" if suffix else None, kind, account, routing, behaviour)


def _sepa_accounts() -> Iterator[Method]:
    for outcome, behaviour in SEPA_OUTCOMES.items():
        for country in SUCCESS:
            name = f"pm_sepaDebit_{outcome}_{country.lower()}"
            yield Method(name, "sepa_debit", iban_of(outcome, country), behaviour=behaviour)


METHODS: tuple[Method, ...] = (
    *_accounts("us_bank_account", "usBankAccount", "110000000", US_BANK_ACCOUNTS),
    *_sepa_accounts(),
    *_accounts("bacs_debit", "bacsDebit", "108800", BACS_DEBITS),
    *_accounts("au_becs_debit", "auBecsDebit", "000000", AU_BECS_DEBITS),
    *_accounts("acss_debit", "acssDebit", "11000", ACSS_DEBITS),
    *_accounts("nz_bank_account", "nzBankAccount", "0000", NZ_BANK_ACCOUNTS),
    *WALLETS,
)


def _by_account() -> Iterator[tuple[tuple[str, str], Method]]:
    for method in METHODS:
        if method.type != "sepa_debit":
            yield (method.type, method.account), method
    for outcome, ibans in IBANS.items():
        for country, iban in ibans.items():
            yield ("sepa_debit", iban), BY_ID[f"pm_sepaDebit_{outcome}_{country.lower()}"]


BY_ID: Mapping[str, Method] = MappingProxyType({method.id: method for method in METHODS if method.id})
BY_ACCOUNT: Mapping[tuple[str, str], Method] = MappingProxyType(dict(_by_account()))


def by_payment_method_id(payment_method: str) -> Method | None:
    """The bank account or wallet that a `pm_...` test id stands for."""
    return BY_ID.get(payment_method)


def by_account(kind: str, account: str) -> Method | None:
    """The test account of a type with this account number or IBAN, spaces allowed."""
    return BY_ACCOUNT.get((kind, account.replace(" ", "")))
