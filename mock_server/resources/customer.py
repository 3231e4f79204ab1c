"""Customers: who pays, and what is on record about them.

Source: docs.stripe.com/api/customers
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from flask_portal.wire import errors
from flask_portal.wire.params import Email, Hash, Int, ListOf, Metadata, Money, OneOf, Params, Ref, Str
from mock_server.core.call import Body, Call
from mock_server.core.params import NotBuilt
from mock_server.core.resource import Included, Key, Resource, merge, metadata_of

from . import tax_location, test_clock
from .common import Address, ListByCreation, Shipping, full_address

PREFIX_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
PREFIX_LENGTH = 8
MOST_SEQUENCE = 2**31 - 1

customer = Resource(
    "customer",
    "/v1/customers",
    prefix="cus",
    search=("email", Key("invoice_prefix")),
    expands={
        "invoice_settings.default_payment_method": "payment_method",
        "test_clock": "test_helpers.test_clock",
    },
    includes={
        "subscriptions": Included("subscription", "customer_of_current", "/v1/customers/{id}/subscriptions"),
        "tax_ids": Included("tax_id", "customer", "/v1/customers/{id}/tax_ids"),
    },
    hidden=("tax",),
    happenings=("balance_set", "tax_ids_given", "payment_method_given", "default_chosen", "deleting", "deleted"),
)


class CustomField(Params):
    name = Str(max_length=40, required=True)
    value = Str(max_length=140, required=True)


class RenderingOptions(Params):
    amount_tax_display = OneOf("exclude_tax", "include_inclusive_tax", nullable=True)
    template = NotBuilt("invoice rendering templates")


class InvoiceSettings(Params):
    custom_fields = ListOf(Hash(CustomField), max=4, nullable=True)
    default_payment_method = Ref("PaymentMethod", nullable=True)
    footer = Str(nullable=True)
    rendering_options = Hash(RenderingOptions, nullable=True)


class Tax(Params):
    ip_address = Str(nullable=True)
    validate_location = OneOf("deferred", "immediately")


class TaxOnUpdate(Tax):
    validate_location = OneOf("deferred", "immediately", "auto")


class TaxIdData(Params):
    type = Str(required=True)
    value = Str(required=True)


class Fields(Params):
    address = Hash(Address, nullable=True)
    balance = Money()
    business_name = Str(max_length=150, nullable=True)
    cash_balance = NotBuilt("cash balances")
    description = Str(nullable=True)
    email = Email(nullable=True)
    individual_name = Str(max_length=150, nullable=True)
    invoice_prefix = Str(max_length=12)
    invoice_settings = Hash(InvoiceSettings)
    metadata = Metadata(nullable=True)
    name = Str(max_length=256, nullable=True)
    next_invoice_sequence = Int(minimum=1, maximum=MOST_SEQUENCE)
    phone = Str(max_length=20, nullable=True)
    preferred_locales = ListOf(Str(), nullable=True)
    shipping = Hash(Shipping, nullable=True)
    source = NotBuilt("legacy sources")
    tax = Hash(Tax)
    tax_exempt = OneOf("none", "exempt", "reverse", nullable=True)
    validated = NotBuilt("Validating a legacy source", data_key="validate")


class Create(Fields):
    payment_method = Ref("PaymentMethod")
    tax_id_data = ListOf(Hash(TaxIdData))
    test_clock = Ref("test clock")


class Update(Fields):
    tax = Hash(TaxOnUpdate)
    default_source = NotBuilt("legacy sources")


class List(ListByCreation):
    email = Str(max_length=512)
    test_clock = Ref("test clock")


def represent(call: Call, sent: Body) -> Body:
    """The object of a new customer."""
    return {
        "id": customer.new_id(),
        "object": "customer",
        "address": full_address(sent.get("address")),
        "balance": sent.get("balance", 0),
        "created": call.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": sent.get("description"),
        "discount": None,
        "email": sent.get("email"),
        "invoice_prefix": sent.get("invoice_prefix") or new_prefix(),
        "invoice_settings": invoice_settings(sent.get("invoice_settings", {})),
        "livemode": call.livemode,
        "metadata": metadata_of(sent),
        "name": sent.get("name"),
        "next_invoice_sequence": sent.get("next_invoice_sequence", 1),
        "phone": sent.get("phone"),
        "preferred_locales": sent.get("preferred_locales") or [],
        "shipping": shipping(sent.get("shipping")),
        "tax": {"ip_address": sent.get("tax", {}).get("ip_address")},
        "tax_exempt": sent.get("tax_exempt") or "none",
        "test_clock": call.clock,
    } | {name: sent[name] for name in ("business_name", "individual_name") if sent.get(name)}


def invoice_settings(sent: Body) -> Body:
    """The `invoice_settings` of a customer, with all their keys."""
    options = sent.get("rendering_options")
    return {
        "custom_fields": sent.get("custom_fields"),
        "default_payment_method": sent.get("default_payment_method"),
        "footer": sent.get("footer"),
        "rendering_options": options and {"amount_tax_display": options.get("amount_tax_display"), "template": None},
    }


def shipping(sent: Body | None) -> Body | None:
    """The `shipping` of a customer, with all its keys."""
    if sent is None:
        return None
    return {"address": full_address(sent["address"]), "name": sent["name"], "phone": sent.get("phone")}


def new_prefix() -> str:
    """A prefix for invoice numbers that nobody chose."""
    return "".join(PREFIX_LETTERS[byte % len(PREFIX_LETTERS)] for byte in secrets.token_bytes(PREFIX_LENGTH))


@customer.create(Create)
def create(call: Call, sent: Body) -> Body:
    if "test_clock" in sent:
        check_room(call, test_clock.on(call, sent["test_clock"]))
    check_prefix(call, sent)
    body = represent(call, sent)
    check_location(body, sent)
    customer.add(call, body)
    if "payment_method" in sent:
        customer.tell(call, "payment_method_given", body, sent["payment_method"])
    choose_default(call, body, sent)
    customer.tell(call, "balance_set", body, 0, "initial")
    if "tax_id_data" in sent:
        customer.tell(call, "tax_ids_given", body, sent["tax_id_data"])
    call.emit("customer.created", body)
    return body


@customer.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    check_prefix(call, sent, body)
    check_sequence(body, sent)
    balance = body["balance"]
    patch(body, sent)
    check_location(body, sent)
    if "ip_address" in sent.get("tax", {}):
        body["tax"] = {"ip_address": sent["tax"]["ip_address"]}
        customer.save(call, body)
    customer.tell(call, "balance_set", body, balance, "adjustment")
    choose_default(call, body, sent)
    return save(call, body)


def check_location(body: Body, sent: Body) -> None:
    """Where it is asked for, the location has to be known at once."""
    if sent.get("tax", {}).get("validate_location") == "immediately":
        tax_location.check(body, "tax[validate_location]")


@customer.expanded("tax")
def find_tax(call: Call, body: Body) -> Body:
    """Where the customer is for tax is found out anew, because registrations come and go."""
    return tax_location.tax_of(call, body)


@customer.endpoint("DELETE", "/v1/customers/{id}/discount")
def delete_discount(call: Call, found: dict[str, str], _sent: Body) -> Body:
    """No parameter gives a customer a discount of their own any more, so there is none to remove."""
    body = customer.get(call, found["id"])
    raise errors.StripeError(
        f"No active discount for customer: {body['id']}", status=404, code="resource_missing", param="id"
    )


def patch(body: Body, sent: Body) -> None:
    """Change what was sent, and keep every key that the object always has."""
    merge(body, sent, skip=("tax", "invoice_settings", "tax_exempt", "preferred_locales"))
    body["invoice_settings"] = invoice_settings(merge(body["invoice_settings"], sent.get("invoice_settings", {})))
    body["address"] = full_address(body["address"])
    body["shipping"] = shipping(body["shipping"])
    if "tax_exempt" in sent:
        body["tax_exempt"] = sent["tax_exempt"] or "none"
    if "preferred_locales" in sent:
        body["preferred_locales"] = sent["preferred_locales"] or []
    for name in ("business_name", "individual_name"):
        if name in body and body[name] is None:
            del body[name]


def save(call: Call, body: Body) -> Body:
    """Store a changed customer, and tell when anything did change."""
    if call.changed(body):
        customer.save(call, body)
        call.emit("customer.updated", body)
    return body


def choose_default(call: Call, body: Body, sent: Body) -> None:
    """A default method has to be one of the customer's own, which only the payment methods know."""
    chosen = sent.get("invoice_settings", {}).get("default_payment_method")
    if chosen is None:
        return
    before: Any = dict(body["invoice_settings"])
    customer.tell(call, "default_chosen", body, chosen)
    if body["invoice_settings"] != before:
        customer.save(call, body)


def check_prefix(call: Call, sent: Body, body: Body | None = None) -> None:
    """An invoice prefix is 1 to 12 capital letters or digits, and belongs to one customer of the account."""
    prefix = sent.get("invoice_prefix")
    if prefix is None or (body is not None and body["invoice_prefix"] == prefix):
        return
    if not prefix or set(prefix) - set(PREFIX_LETTERS):
        raise errors.invalid("An invoice prefix consists of 1 to 12 upper-case letters or digits.", "invoice_prefix")
    call.alone("invoice_prefix", prefix)
    if customer.where(call, invoice_prefix=prefix, limit=1):
        raise errors.invalid(f"The invoice prefix {prefix} is already used by another customer.", "invoice_prefix")


def check_room(call: Call, clock: Body) -> None:
    """A test clock has few customers."""
    if len(of_clock(call, clock)) >= test_clock.MOST_CUSTOMERS:
        message = f"The test clock {clock['id']} has {test_clock.MOST_CUSTOMERS} customers already, which is the most."
        raise errors.invalid(message, "test_clock")


def of_clock(call: Call, clock: Body) -> list[Body]:
    """The customers of a test clock."""
    return customer.where(call, customer.table.c.clock == clock["id"])


@test_clock.test_clock.on("customer_given")
def adopt(call: Call, clock: Body, id: str) -> None:
    """A customer and all that is theirs move to a test clock, for good."""
    body = customer.get(call, id, "customer")
    if body["test_clock"] is not None:
        message = f"The customer {id} lives on the test clock {body['test_clock']} already, and cannot leave it."
        raise errors.invalid(message, "customer")
    if clock["frozen_time"] < call.now:
        message = "frozen_time lies in the past of this customer: a clock for them starts at the present or later."
        raise errors.invalid(message, "frozen_time")
    call.enter(clock["id"])
    call.registry.move_to_clock(call, id)
    body["test_clock"] = clock["id"]
    save(call, body)


@test_clock.test_clock.on("deleting")
def delete_with_clock(call: Call, clock: Body) -> None:
    """Customers do not outlive their test clock."""
    for body in of_clock(call, clock)[::-1]:
        delete(call, body, {})


def check_sequence(body: Body, sent: Body) -> None:
    """A sequence that went back would give two invoices one number."""
    lowest = body["next_invoice_sequence"]
    if sent.get("next_invoice_sequence", lowest) < lowest:
        message = f"The next invoice of this customer has the number {lowest} at least: lower ones may have been given."
        raise errors.invalid(message, "next_invoice_sequence")


@customer.delete()
def delete(call: Call, body: Body, _sent: Body) -> Body:
    customer.tell(call, "deleting", body)
    customer.tell(call, "deleted", body)
    call.emit("customer.deleted", body)
    return customer.remove(call, body)


def narrow(table: sa.Table, sent: Body) -> Iterator[sa.ColumnElement[bool]]:
    """Customers of a test clock are listed with it, and never among the others."""
    yield table.c.clock == sent["test_clock"] if "test_clock" in sent else table.c.clock.is_(None)


customer.retrieves()
customer.lists(List, narrow, narrows=("test_clock",))
