"""What a payment method is made of: from test ids, tokens and numbers to the instrument behind them.

Only what the tables of test data know is stored as typed: of any other account the last four digits are.
Source: docs.stripe.com/api/payment_methods/object, docs.stripe.com/testing
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from stdnum import iban
from stdnum.exceptions import ValidationError
from stdnum.us import rtn

from flask_portal.wire import errors
from mock_server.core.call import Body, Call
from mock_server.payments import cards, methods, numbers
from mock_server.payments.cards import Card
from mock_server.payments.details import FORMS, card_details, details
from mock_server.payments.failures import Failure, failure
from mock_server.payments.methods import Method
from mock_server.payments.outcomes import NOT_A_TEST_CARD, Instrument

from .payment_method_params import PLAIN

MADE_FROM = "_made_from"
"""The key that remembers which test data a method was made from."""

UNVERIFIED = "_unverified"
"""Stored as true while nobody has shown that a bank account is theirs."""

WALLETS = {method.type: method for method in methods.WALLETS}


def declined(why: Failure, **extra: Any) -> errors.StripeError:
    """The card error of a failure."""
    return errors.card_error(why.message, why.code, why.decline_code, advice_code=why.advice_code, **extra)


def by_test_id(id: str) -> Instrument | None:
    """The instrument that a `pm_card_...` or another test id stands for."""
    return cards.by_payment_method_id(id) or methods.by_payment_method_id(id)


def instrument(body: Body) -> Instrument:
    """The instrument behind a stored payment method; an account that no table knows pays without trouble."""
    made_from = body.get(MADE_FROM) or ""
    kind, _, account = made_from.partition(":")
    card = cards.by_payment_method_id(made_from) or cards.by_token(made_from) or cards.by_number(made_from)
    return (
        card
        or methods.by_payment_method_id(made_from)
        or methods.by_account(kind, account)
        or Method(None, body["type"])
    )


def mark(found: Instrument) -> str:
    """What `instrument` finds it again by: its id, where that does not mean another card first."""
    if isinstance(found, Card):
        return found.id if found.id and cards.by_payment_method_id(found.id) == found else found.number
    return found.id or f"{found.type}:{found.account}"


def of_test_id(call: Call, id: str, found: Instrument) -> Body:
    """Type, sub-hash and memory of a method that a test id stands for."""
    return {"type": found.type, found.type: details(found, call.account, call.now), MADE_FROM: id}


def of_parameters(call: Call, sent: Body, param: str = "") -> Body:
    """Type, sub-hash and memory of a method that a call describes. param: the parameter that does so, for errors."""
    kind = sent["type"]
    if kind == "card":
        return _card(call, sent)
    if kind in WALLETS:
        return {"type": kind, kind: FORMS[kind](WALLETS[kind], ""), MADE_FROM: WALLETS[kind].id}
    if kind in PLAIN:
        return {"type": kind, kind: {}, MADE_FROM: None}
    if kind not in BANKS:
        raise errors.not_built(f"The payment method type {kind}", f"{param}[type]" if param else "type")
    if kind not in sent:
        raise errors.missing_parameter(f"{param}[{kind}]" if param else kind)
    return BANKS[kind](call, sent[kind], f"{param}[{kind}]" if param else kind)


def _card(call: Call, sent: Body) -> Body:
    described = sent.get("card")
    if described is None:
        raise errors.missing_parameter("card")
    if "token" in described:
        card = cards.by_token(described["token"])
        if card is None:
            raise errors.missing_object("token", described["token"], "card[token]")
        made, made_from = details(card, call.account, call.now), mark(card) if card.id else described["token"]
    else:
        card, made = _typed_card(call, described, sent.get("billing_details", {}))
        made_from = mark(card)
    body = {"type": "card", "card": made, MADE_FROM: made_from}
    prefer_network(body, described)
    return body


def _typed_card(call: Call, sent: Body, billing: Body) -> tuple[Card, Body]:
    for name in ("number", "exp_month", "exp_year"):
        if name not in sent:
            raise errors.missing_parameter(f"card[{name}]")
    number = sent["number"].replace(" ", "")
    refuse(numbers.number_problem(number), "number")
    check_expiry(call, sent["exp_month"], sent["exp_year"])
    if "cvc" in sent:
        refuse(numbers.cvc_problem(sent["cvc"], numbers.brand_of(number)), "cvc")
    card = cards.by_number(number)
    if card is None and NOT_A_TEST_CARD.failure is not None:
        raise declined(NOT_A_TEST_CARD.failure)
    if card is None:
        raise errors.api_error("A card was refused without a reason.")
    checks = card.checks(**_given(billing), cvc="cvc" in sent)
    year = numbers.full_year(sent["exp_year"])
    return card, card_details(card, call.account, checks, sent["exp_month"], year)


def _given(billing: Body) -> dict[str, bool]:
    address = billing.get("address") or {}
    return {"line1": bool(address.get("line1")), "postal_code": bool(address.get("postal_code"))}


def check_address(body: Body) -> None:
    """Let the bank look at the address again, after it was changed."""
    found = instrument(body)
    if isinstance(found, Card):
        checks = found.checks(**_given(body["billing_details"]))
        body["card"]["checks"] |= {
            "address_line1_check": checks.address_line1_check,
            "address_postal_code_check": checks.address_postal_code_check,
        }


def check_expiry(call: Call, month: int, year: int) -> None:
    """Refuse an expiry that is none, or has passed."""
    code = numbers.expiry_problem(month, year, call.now)
    refuse(code, "exp_month" if code == "invalid_expiry_month" else "exp_year")


def refuse(code: str | None, param: str) -> None:
    """Raise the card error of this code, if there is one."""
    if code is not None:
        raise declined(failure(code), param=param)


def prefer_network(body: Body, sent: Body) -> None:
    """The network that the customer wants, which must be one of the card's."""
    if "networks" not in sent:
        return
    wanted = sent["networks"].get("preferred")
    networks = body["card"]["networks"]
    if wanted is not None and wanted not in networks["available"]:
        raise errors.invalid(f"This card cannot be used on the network {wanted}.", "card[networks][preferred]")
    networks["preferred"] = wanted
    body["card"]["display_brand"] = wanted or body["card"]["brand"]


def _bank(call: Call, kind: str, account: str, routing: str, **own: Any) -> Body:
    """A bank account: of the tables, if its number is there."""
    known = methods.by_account(kind, account)
    found = replace(known or Method(None, kind), account=account, routing=routing)
    made = FORMS[kind](found, numbers.fingerprint(call.account, routing + account)) | own
    described = {"type": kind, kind: made, MADE_FROM: mark(known) if known else None}
    return described | ({UNVERIFIED: True} if kind in methods.VERIFIED_BY_DEPOSITS else {})


def _digits(text: str, param: str) -> str:
    digits = text.replace(" ", "").replace("-", "")
    if not (digits.isascii() and digits.isdigit()):
        raise errors.invalid("A bank account number consists of digits.", param, "account_number_invalid")
    return digits


def _needed(sent: Body, param: str, *names: str) -> None:
    for name in names:
        if name not in sent:
            raise errors.missing_parameter(f"{param}[{name}]")


def _us_bank_account(call: Call, sent: Body, param: str) -> Body:
    _needed(sent, param, "account_number", "routing_number", "account_holder_type")
    if not rtn.is_valid(sent["routing_number"]):
        raise errors.invalid("This is no routing number.", f"{param}[routing_number]", "routing_number_invalid")
    own = {name: sent[name] for name in ("account_holder_type", "account_type") if name in sent}
    account = _digits(sent["account_number"], f"{param}[account_number]")
    return _bank(call, "us_bank_account", account, sent["routing_number"], **own)


def _sepa_debit(call: Call, sent: Body, param: str) -> Body:
    typed = iban.compact(sent["iban"])
    if methods.by_account("sepa_debit", typed) is not None:
        # Some of the published ones have the check digits of an IBAN, and not those of their country inside it.
        return _bank(call, "sepa_debit", typed, "")
    try:
        account = iban.validate(sent["iban"])
    except ValidationError as problem:
        raise errors.invalid("The IBAN is invalid.", f"{param}[iban]", "invalid_bank_account_iban") from problem
    return _bank(call, "sepa_debit", account, "")


def _bacs_debit(call: Call, sent: Body, param: str) -> Body:
    _needed(sent, param, "account_number", "sort_code")
    account = _digits(sent["account_number"], f"{param}[account_number]")
    return _bank(call, "bacs_debit", account, _digits(sent["sort_code"], f"{param}[sort_code]"))


def _au_becs_debit(call: Call, sent: Body, param: str) -> Body:
    account = _digits(sent["account_number"], f"{param}[account_number]")
    return _bank(call, "au_becs_debit", account, _digits(sent["bsb_number"], f"{param}[bsb_number]"))


def _acss_debit(call: Call, sent: Body, param: str) -> Body:
    account = _digits(sent["account_number"], f"{param}[account_number]")
    institution = _digits(sent["institution_number"], f"{param}[institution_number]")
    transit = _digits(sent["transit_number"], f"{param}[transit_number]")
    return _bank(call, "acss_debit", account, transit, institution_number=institution)


def _nz_bank_account(call: Call, sent: Body, param: str) -> Body:
    number = _digits(sent["account_number"], f"{param}[account_number]")
    suffix = _digits(sent["suffix"], f"{param}[suffix]")
    bank = _digits(sent["bank_code"], f"{param}[bank_code]")
    own = {"account_holder_name": sent.get("account_holder_name"), "bank_code": bank}
    return _bank(call, "nz_bank_account", f"{number}-{suffix}", sent["branch_code"], **own)


BANKS = {
    "acss_debit": _acss_debit,
    "au_becs_debit": _au_becs_debit,
    "bacs_debit": _bacs_debit,
    "nz_bank_account": _nz_bank_account,
    "sepa_debit": _sepa_debit,
    "us_bank_account": _us_bank_account,
}
