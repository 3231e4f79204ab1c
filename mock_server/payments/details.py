"""The sub-hash that a payment method carries under the name of its type.

Source: docs.stripe.com/api/payment_methods/object
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from mock_server.payments.cards import Card, Checks
from mock_server.payments.methods import Method
from mock_server.payments.numbers import expiry, fingerprint
from mock_server.payments.sepa import bank_and_branch

BANK_NAME = "STRIPE TEST BANK"


def card_details(card: Card, account: str, checks: Checks, exp_month: int, exp_year: int) -> dict[str, object]:
    """`payment_method.card`. account: the account in which equal numbers have equal fingerprints."""
    return {
        "brand": card.brand,
        "checks": {
            "address_line1_check": checks.address_line1_check,
            "address_postal_code_check": checks.address_postal_code_check,
            "cvc_check": checks.cvc_check,
        },
        "country": card.country,
        "display_brand": card.brand,
        "exp_month": exp_month,
        "exp_year": exp_year,
        "fingerprint": fingerprint(account, card.number),
        "funding": card.funding,
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": list(card.networks), "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": card.supports_3ds},
        "wallet": None,
    }


def details(instrument: Card | Method, account: str, now: int) -> dict[str, object]:
    """The sub-hash of an instrument that was made from a test id at `now`: `payment_method[type]`."""
    if isinstance(instrument, Card):
        month, year = expiry(now)
        return card_details(instrument, account, instrument.checks(), month, year)
    return FORMS[instrument.type](instrument, fingerprint(account, instrument.routing + instrument.account))


def _us_bank_account(method: Method, mark: str) -> dict[str, object]:
    return {
        "account_holder_type": "individual",
        "account_type": "checking",
        "bank_name": BANK_NAME,
        "financial_connections_account": None,
        "fingerprint": mark,
        "last4": method.last4,
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": method.routing,
        "status_details": {},
    }


def _sepa_debit(method: Method, mark: str) -> dict[str, object]:
    bank_code, branch_code = bank_and_branch(method.account)
    return {
        "bank_code": bank_code,
        "branch_code": branch_code,
        "country": method.country,
        "fingerprint": mark,
        "generated_from": {"charge": None, "setup_attempt": None},
        "last4": method.last4,
    }


def _bacs_debit(method: Method, mark: str) -> dict[str, object]:
    return {"fingerprint": mark, "last4": method.last4, "sort_code": method.routing}


def _au_becs_debit(method: Method, mark: str) -> dict[str, object]:
    return {"bsb_number": method.routing, "fingerprint": mark, "last4": method.last4}


def _acss_debit(method: Method, mark: str) -> dict[str, object]:
    return {
        "bank_name": BANK_NAME,
        "fingerprint": mark,
        "institution_number": "000",
        "last4": method.last4,
        "transit_number": method.routing,
    }


def _nz_bank_account(method: Method, _: str) -> dict[str, object]:
    number, _, suffix = method.account.partition("-")
    return {
        "account_holder_name": None,
        "bank_code": "11",
        "bank_name": BANK_NAME,
        "branch_code": method.routing,
        "last4": number[-4:],
        "suffix": suffix,
    }


def _link(_: Method, __: str) -> dict[str, object]:
    return {"email": None, "persistent_token": None}


def _cashapp(_: Method, __: str) -> dict[str, object]:
    return {"buyer_id": None, "cashtag": None}


def _paypal(_: Method, __: str) -> dict[str, object]:
    return {"country": None, "payer_email": None, "payer_id": None}


def _amazon_pay(_: Method, __: str) -> dict[str, object]:
    return {}


FORMS: Mapping[str, Callable[[Method, str], dict[str, object]]] = MappingProxyType(
    {
        "us_bank_account": _us_bank_account,
        "sepa_debit": _sepa_debit,
        "bacs_debit": _bacs_debit,
        "au_becs_debit": _au_becs_debit,
        "acss_debit": _acss_debit,
        "nz_bank_account": _nz_bank_account,
        "link": _link,
        "cashapp": _cashapp,
        "paypal": _paypal,
        "amazon_pay": _amazon_pay,
    }
)
