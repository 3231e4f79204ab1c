"""External accounts: where a connected account is paid out to. Bank accounts only; debit cards are not built.

They belong to the platform that named them, as the connected account itself does.
Source: docs.stripe.com/api/external_account_bank_accounts
"""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa

from flask_portal.wire import errors, lists
from flask_portal.wire.params import (
    Bool,
    ListParams,
    Metadata,
    OneOf,
    Params,
    Str,
)
from mock_server.core.call import Body, Call
from mock_server.core.params import NotBuilt
from mock_server.core.resource import Key, Resource, merge
from mock_server.payments import numbers

from . import account as accounts
from .account_params import DEBIT_CARDS, DESTINATIONS, TOKENS, Destination
from .account_shape import currency_of

SHOWN = 10
ROUTING = {"US": re.compile(r"[0-9]{9}"), "GB": re.compile(r"[0-9]{6}"), "AU": re.compile(r"[0-9]{6}")}
"""Countries whose account numbers mean nothing without a number of the bank."""

bank_account = Resource(
    "bank_account",
    prefix="ba",
    label="external account",
    search=(Key("holder", of="account"), "currency"),
    expands={"account": "account"},
)


class Create(Params):
    default_for_currency = Bool()
    external_account = Destination(required=True)
    metadata = Metadata()


class Update(Params):
    account_holder_name = Str()
    account_holder_type = OneOf("company", "individual", nullable=True)
    account_type = OneOf("checking", "futsu", "savings", "toza")
    address_city = NotBuilt(DEBIT_CARDS)
    address_country = NotBuilt(DEBIT_CARDS)
    address_line1 = NotBuilt(DEBIT_CARDS)
    address_line2 = NotBuilt(DEBIT_CARDS)
    address_state = NotBuilt(DEBIT_CARDS)
    address_zip = NotBuilt(DEBIT_CARDS)
    default_for_currency = Bool()
    documents = NotBuilt("Documents that prove who owns a bank account")
    exp_month = NotBuilt(DEBIT_CARDS)
    exp_year = NotBuilt(DEBIT_CARDS)
    metadata = Metadata(nullable=True)
    name = NotBuilt(DEBIT_CARDS)


class List(ListParams):
    object = OneOf(*DESTINATIONS)


def described(sent: Any, param: str) -> Body:
    """The bank account that was sent, or that a test token stands for."""
    if isinstance(sent, str):
        if sent not in TOKENS:
            raise errors.missing_object("token", sent, param)
        return dict(TOKENS[sent])
    for name in ("account_number", "country"):
        if name not in sent:
            raise errors.missing_parameter(f"{param}[{name}]")
    pattern = ROUTING.get(sent["country"])
    if pattern is not None and not pattern.fullmatch(sent.get("routing_number", "")):
        message = f"A bank account in {sent['country']} has a routing_number of {pattern.pattern}."
        raise errors.invalid(message, f"{param}[routing_number]", "routing_number_invalid")
    if not re.fullmatch(r"[A-Z0-9]{4,34}", sent["account_number"].replace(" ", "")):
        raise errors.invalid("Invalid account number.", f"{param}[account_number]", "account_number_invalid")
    return dict(sent)


def represent(call: Call, holder: str, about: Body, metadata: Body) -> Body:
    """The object of a new one. about: what is known of it, with its number."""
    number = about["account_number"].replace(" ", "")
    nothing: Body = {"currently_due": [], "errors": [], "past_due": [], "pending_verification": []}
    return {
        "id": bank_account.new_id(),
        "object": "bank_account",
        "account": holder,
        "account_holder_name": about.get("account_holder_name"),
        "account_holder_type": about.get("account_holder_type"),
        "account_type": None,
        "available_payout_methods": ["standard"],
        "bank_name": "STRIPE TEST BANK",
        "country": about["country"],
        "currency": about.get("currency") or currency_of(about["country"]),
        "customer": None,
        "default_for_currency": False,
        "fingerprint": numbers.fingerprint(call.account, f"{about.get('routing_number')} {number}"),
        "future_requirements": nothing,
        "last4": number[-4:],
        "metadata": metadata,
        "requirements": nothing,
        "routing_number": about.get("routing_number"),
        "status": "new",
    }


def add(call: Call, holder: Body, sent: Any, param: str, metadata: Body, *, default: bool) -> Body:
    """A new external account. default: it takes the place of the default of its currency; the first always has it."""
    body = represent(call, holder["id"], described(sent, param), metadata)
    others = bank_account.where(call, holder=holder["id"], currency=body["currency"])
    body["default_for_currency"] = default or not others
    if body["default_for_currency"]:
        step_back(call, others)
    bank_account.add(call, body)
    call.acting_for(holder["id"]).emit("account.external_account.created", body)
    return body


def step_back(call: Call, others: list[Body]) -> None:
    """These are no longer the default of their currency."""
    for other in others:
        if other["default_for_currency"]:
            bank_account.save(call, other | {"default_for_currency": False})


def of_account(call: Call, holder: str, id: str) -> Body:
    """An external account of this connected account; that of another one counts as missing."""
    body = bank_account.get(call, id, lock=True)
    if body["account"] != holder:
        raise bank_account.missing(id)
    return body


@accounts.account.on("given_bank")
def replace_default(call: Call, holder: Body, sent: Any) -> None:
    """One that is named with the account itself takes the place of the former default, which is gone.

    sent: None when the account's own currency is to have none any more.
    """
    if sent is None:
        for other in bank_account.where(call, holder=holder["id"], currency=holder["default_currency"]):
            drop(call, other)
        return
    body = add(call, holder, sent, "external_account", {}, default=True)
    for other in bank_account.where(call, holder=holder["id"], currency=body["currency"]):
        if other["id"] != body["id"]:
            drop(call, other)


def drop(call: Call, body: Body) -> Body:
    there = call.acting_for(body["account"])
    there.emit("account.external_account.deleted", body)
    return bank_account.remove(call, body)


@accounts.account.shown
def with_external_accounts(call: Call, holder: Body) -> Body:
    """An account is shown with the newest of its external accounts."""
    keeper = call.acting_for(call.platform) if call.platform else call
    newest = bank_account.where(keeper, holder=holder["id"], limit=SHOWN + 1)
    shown, more = lists.cut(newest, SHOWN)
    url = f"/v1/accounts/{holder['id']}/external_accounts"
    return holder | {"external_accounts": lists.envelope(url, shown, more)}


@bank_account.endpoint("POST", "/v1/accounts/{account}/external_accounts", Create)
def create(call: Call, found: dict[str, str], sent: Body) -> Body:
    holder = accounts.connected(call, found["account"])
    default = sent.get("default_for_currency", False)
    return add(call, holder, sent["external_account"], "external_account", sent.get("metadata") or {}, default=default)


@bank_account.endpoint("GET", "/v1/accounts/{account}/external_accounts", List)
def list_of_account(call: Call, found: dict[str, str], sent: Body) -> Body:
    holder = accounts.connected(call, found["account"])["id"]
    nothing = (sa.false(),) if sent.get("object") == "card" else ()
    return bank_account.page(call, f"/v1/accounts/{holder}/external_accounts", sent, nothing, holder=holder)


@bank_account.endpoint("GET", "/v1/accounts/{account}/external_accounts/{id}")
def retrieve(call: Call, found: dict[str, str], _sent: Body) -> Body:
    return of_account(call, accounts.connected(call, found["account"])["id"], found["id"])


@bank_account.endpoint("POST", "/v1/accounts/{account}/external_accounts/{id}", Update)
def update(call: Call, found: dict[str, str], sent: Body) -> Body:
    holder = accounts.connected(call, found["account"])["id"]
    body = of_account(call, holder, found["id"])
    if sent.get("default_for_currency") is False and body["default_for_currency"]:
        message = "Make another external account the default of this currency instead."
        raise errors.invalid(message, "default_for_currency")
    if sent.get("default_for_currency"):
        step_back(call, bank_account.where(call, holder=holder, currency=body["currency"]))
    merge(body, sent)
    bank_account.save(call, body)
    if call.changed(body):
        call.acting_for(holder).emit("account.external_account.updated", body)
    return body


@bank_account.endpoint("DELETE", "/v1/accounts/{account}/external_accounts/{id}")
def delete(call: Call, found: dict[str, str], _sent: Body) -> Body:
    holder = accounts.connected(call, found["account"])
    body = of_account(call, holder["id"], found["id"])
    if body["default_for_currency"] and body["currency"] == holder["default_currency"]:
        message = "You cannot delete the default external account for the default currency of an account."
        raise errors.invalid(message, "id")
    return drop(call, body) | {"currency": body["currency"]}
