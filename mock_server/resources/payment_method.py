"""Payment methods: cards, bank accounts and wallets, and whose they are.

Source: docs.stripe.com/api/payment_methods
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from flask_portal.wire import errors
from flask_portal.wire.params import Params
from mock_server.core.call import Body, Call
from mock_server.core.resource import Key, Resource, merge
from mock_server.payments import numbers
from mock_server.payments.methods import Method
from mock_server.payments.outcomes import EXPIRED, on_attach

from . import legacy_card as legacy
from . import payment_method_details as made
from .common import full_address
from .customer import customer
from .payment_method_params import Attach, Create, List, ListOfCustomer, Update

instrument = made.instrument
declined = made.declined

SET_UP = "_set_up"
"""Stored as true once its owner has agreed to later payments, and the bank has seen it."""

SPENT = "_spent"
"""Stored as true when it can never be attached any more: it was detached, or used without a customer."""

payment_method = Resource(
    "payment_method",
    "/v1/payment_methods",
    prefix="pm",
    label="PaymentMethod",
    search=("customer", "type", "allow_redisplay", Key("made_from", of=made.MADE_FROM)),
    expands={"customer": "customer"},
    private=True,
    happenings=("detached",),
)


def represent(call: Call, instrument_of_it: Body, sent: Body, id: str) -> Body:
    """The object of a new payment method, nobody's yet."""
    return {
        "id": id,
        "object": "payment_method",
        "allow_redisplay": sent.get("allow_redisplay", "unspecified"),
        "billing_details": billing_details(sent.get("billing_details", {})),
        "created": call.now,
        "customer": None,
        "customer_account": None,
        "livemode": call.livemode,
        "metadata": sent.get("metadata") or {},
        **instrument_of_it,
    }


def billing_details(sent: Body) -> Body:
    """The `billing_details` of a payment method, with all their keys."""
    names = ("email", "name", "phone", "tax_id")
    return {"address": full_address(sent.get("address") or {})} | {name: sent.get(name) for name in names}


def make(call: Call, sent: Body, param: str = "") -> Body:
    """A new payment method, nobody's yet. param: the parameter that describes it, for errors."""
    described = made.of_parameters(call, sent, param)
    return payment_method.add(call, represent(call, described, sent, payment_method.new_id()))


def found(call: Call, id: str, param: str = "payment_method") -> Body:
    """The payment method that a parameter names, whoever's it is.

    Within one call a test id such as `pm_card_visa` stands for one new method.
    StripeError 400 `resource_missing`.
    """
    tested = made.by_test_id(id)
    if tested is None:
        return payment_method.get(call, id, param)
    if id not in call.stands_for:
        described = made.of_test_id(call, id, tested)
        body = payment_method.add(call, represent(call, described, {}, payment_method.new_id()))
        call.stands_for[id] = body["id"]
    return payment_method.get(call, call.stands_for[id], param)


def resolve(call: Call, id: str, owner: str, param: str = "payment_method") -> Body:
    """The payment method that a parameter names, where it has to be attached to the customer `owner`.

    A test id means the newest of the customer's that was made from it, else a new one, attached.
    StripeError 400 `resource_missing` when it is not the customer's, 402 when a new one is declined.
    """
    if made.by_test_id(id) is None:
        body = payment_method.find(call, id)
        if body is None or body["customer"] != owner:
            message = f"The customer {owner} has no payment method {id}: it has to be attached to the customer first."
            raise errors.invalid(message, param, "resource_missing")
        return body
    known = payment_method.where(call, customer=owner, made_from=id, limit=1)
    if known and id not in call.stands_for:
        return known[0]
    return attach(call, found(call, id, param), owner)


def was_set_up(body: Body) -> bool:
    """Whether its owner has agreed to later payments."""
    return bool(body.get(SET_UP))


def is_verified(body: Body) -> bool:
    """Whether a bank account is known to be its owner's; that of other methods is not asked."""
    return not body.get(made.UNVERIFIED)


def verify(call: Call, body: Body) -> Body:
    """Its owner has shown that a bank account is theirs."""
    body.pop(made.UNVERIFIED, None)
    return payment_method.save(call, body)


def is_expired(call: Call, body: Body) -> bool:
    """Whether it is a card whose last month has ended."""
    card = body.get("card")
    return card is not None and numbers.is_expired(card["exp_month"], card["exp_year"], call.now)


def warned_at(call: Call, body: Body) -> int | None:
    """When its customer's card enters its last month; None where that is past, or will not be."""
    card = body.get("card")
    if card is None or body["customer"] is None:
        return None
    begins = numbers.last_month_begins(card["exp_month"], card["exp_year"])
    return begins if begins > call.now else None


def keep(call: Call, body: Body, owner: str | None) -> Body:
    """A payment or a setup has prepared it for later payments: it is set up, and attached to the customer, if any."""
    body[SET_UP] = True
    payment_method.save(call, body)
    return body if owner is None else attach(call, body, owner)


def spend(call: Call, body: Body) -> None:
    """It was used without belonging to anyone, so it can never be attached."""
    if body["customer"] is None:
        payment_method.save(call, body | {SPENT: True})


def attach(call: Call, body: Body, owner: str) -> Body:
    """Make it the customer's, and tell of it; the bank is asked whether it is good.

    StripeError 400 when it is somebody else's or was detached, 402 when it is declined.
    """
    if body["customer"] == owner:
        return body
    check_attachable(body)
    answer = EXPIRED if is_expired(call, body) else on_attach(instrument(body))
    if answer.failure is not None:
        raise made.declined(answer.failure)
    body["customer"] = owner
    payment_method.save(call, body, due=warned_at(call, body))
    call.emit("payment_method.attached", body)
    return body


def check_attachable(body: Body) -> None:
    """Refuse what belongs to somebody, is used up, or needs a mandate first."""
    if body["customer"] is not None:
        raise unexpected("This payment method is attached to another customer: it cannot be attached to a second one.")
    check_unused(body)
    behind = instrument(body)
    if isinstance(behind, Method) and behind.needs_mandate and not was_set_up(body):
        kind = body["type"]
        raise unexpected(f"A payment method of the type {kind} needs a mandate: confirm a SetupIntent to attach it.")


def check_unused(body: Body) -> None:
    """Refuse what was detached, or used without belonging to anyone."""
    if body.get(SPENT):
        raise unexpected(
            "This payment method was detached from a customer, or used without one, and can never be attached again: "
            "make a new one."
        )


def unexpected(message: str) -> errors.StripeError:
    """The error of a payment method that is not in a state for what is asked."""
    return errors.invalid(message, "payment_method", "payment_method_unexpected_state")


def detach(call: Call, body: Body) -> Body:
    """Take it away from its customer, for ever."""
    owner = body["customer"]
    body |= {"customer": None, SPENT: True}
    payment_method.save(call, body, due=None)
    call.emit("payment_method.detached", body)
    payment_method.tell(call, "detached", body, owner)
    return body


@payment_method.create(Create)
def create(call: Call, sent: Body) -> Body:
    if "type" not in sent:
        raise errors.missing_parameter("type")
    return make(call, sent)


@payment_method.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    if body["customer"] is None:
        raise unexpected("Only a payment method that is attached to a customer can be updated.")
    patch(call, body, sent)
    payment_method.save(call, body, **({"due": warned_at(call, body)} if "card" in sent else {}))
    if call.changed(body):
        call.emit("payment_method.updated", body)
    return body


def patch(call: Call, body: Body, sent: Body) -> None:
    """Change what was sent, as far as the method is of that type."""
    for kind in ("card", "us_bank_account"):
        if kind in sent and body["type"] != kind:
            raise errors.invalid(f"This payment method is of the type {body['type']}.", kind)
    merge(body, sent, skip=("billing_details", "card"))
    if "card" in sent:
        card = body["card"]
        card |= {name: sent["card"][name] for name in ("exp_month", "exp_year") if name in sent["card"]}
        made.check_expiry(call, card["exp_month"], card["exp_year"])
        made.prefer_network(body, sent["card"])
    if "billing_details" in sent:
        body["billing_details"] = billing_details(merge(body["billing_details"], sent["billing_details"]))
        made.check_address(body)


@payment_method.due
def enter_last_month(call: Call, body: Body) -> None:
    """The card of a customer expires at the end of this month, which is told of the card that it is elsewhere."""
    payment_method.save(call, body, due=None)
    call.emit("customer.source.expiring", legacy.card(body))


@payment_method.endpoint("POST", "/v1/payment_methods/{payment_method}/attach", Attach)
def attach_to_customer(call: Call, ids: dict[str, str], sent: Body) -> Body:
    owner = customer.get(call, sent["customer"], "customer")
    return attach(call, reached(call, ids["payment_method"]), owner["id"])


def reached(call: Call, id: str) -> Body:
    """The payment method of an address; a test id makes a new one."""
    return payment_method.get(call, id) if made.by_test_id(id) is None else found(call, id)


@payment_method.action("/detach", Params)
def detach_from_customer(call: Call, body: Body, _sent: Body) -> Body:
    if body["customer"] is None:
        raise unexpected("This payment method is not attached to a customer, so it cannot be detached.")
    return detach(call, body)


@payment_method.on("detached")
def clear_default(call: Call, body: Body, owner: str) -> None:
    """A customer's default method that is gone is no default."""
    payer = customer.find(call, owner)
    if payer is not None and payer.get("invoice_settings", {}).get("default_payment_method") == body["id"]:
        payer["invoice_settings"]["default_payment_method"] = None
        customer.save(call, payer)
        call.emit("customer.updated", payer)


@customer.on("payment_method_given")
def attach_given(call: Call, payer: Body, id: str) -> None:
    """A customer was created with a payment method."""
    attach(call, found(call, id), payer["id"])


@customer.on("default_chosen")
def choose_default(call: Call, payer: Body, id: str) -> None:
    """The default method of a customer is one of its own."""
    chosen = resolve(call, id, payer["id"], "invoice_settings[default_payment_method]")
    payer["invoice_settings"]["default_payment_method"] = chosen["id"]


@customer.on("deleted")
def detach_all(call: Call, payer: Body) -> None:
    """The methods of a deleted customer belong to nobody."""
    payer["invoice_settings"]["default_payment_method"] = None
    customer.save(call, payer)
    for body in payment_method.where(call, customer=payer["id"]):
        detach(call, body)


@payment_method.endpoint("GET", "/v1/payment_methods/{payment_method}")
def retrieve(call: Call, ids: dict[str, str], _sent: Body) -> Body:
    """A test id is shown as what it would become, under its own id: a GET makes nothing."""
    id = ids["payment_method"]
    tested = made.by_test_id(id)
    if tested is None:
        return payment_method.get(call, id)
    return represent(call, made.of_test_id(call, id, tested), {}, id)


@payment_method.endpoint("GET", "/v1/customers/{customer}/payment_methods", ListOfCustomer)
def list_of_customer(call: Call, ids: dict[str, str], sent: Body) -> Body:
    owner = customer.get(call, ids["customer"])["id"]
    kinds = {name: sent[name] for name in ("type", "allow_redisplay") if name in sent}
    return payment_method.page(call, f"/v1/customers/{owner}/payment_methods", sent, customer=owner, **kinds)


@payment_method.endpoint("GET", "/v1/customers/{customer}/payment_methods/{payment_method}")
def retrieve_of_customer(call: Call, ids: dict[str, str], _sent: Body) -> Body:
    owner = customer.get(call, ids["customer"])
    body = payment_method.get(call, ids["payment_method"])
    if body["customer"] != owner["id"]:
        raise payment_method.missing(ids["payment_method"])
    return body


def narrow(table: sa.Table, sent: Body) -> Iterator[sa.ColumnElement[Any]]:
    """Those of a customer, or those of nobody."""
    yield table.c.customer == sent.get("customer")


payment_method.lists(List, narrow, narrows=("customer",))
