"""Invoice items: what is to be billed with the next invoice, above all the prorations of changes.

Source: docs.stripe.com/api/invoiceitems
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from flask_portal.wire import errors
from flask_portal.wire.params import (
    Bool,
    Currency,
    DecimalString,
    Hash,
    Int,
    ListOf,
    Metadata,
    Money,
    Params,
    Ref,
    Str,
    Timestamp,
)
from mock_server.core.call import Body, Call
from mock_server.core.params import NotBuilt
from mock_server.core.resource import Key, Resource, merge

from . import discount as discounts
from . import tax_rate as rates
from .common import ListByCreation
from .customer import customer
from .discount import MOST as MOST_DISCOUNTS
from .discount import Applied
from .invoiceitem_amounts import QUANTITIES, WAYS, PriceData, Pricing, asked
from .tax_rate import MOST as MOST_RATES

invoiceitem = Resource(
    "invoiceitem",
    "/v1/invoiceitems",
    prefix="ii",
    label="invoice item",
    search=(
        "customer",
        "invoice",
        Key("pending", bool, of=lambda body: body["invoice"] is None),
        Key("subscription", of="parent.subscription_details.subscription"),
    ),
    expands={
        "test_clock": "test_helpers.test_clock",
        "customer": "customer",
        "invoice": "invoice",
        "discounts": "discount",
        "pricing.price_details.price": "price",
    },
    happenings=("placing", "added", "changing", "changed", "dropped"),
)


class Period(Params):
    end = Timestamp(required=True)
    start = Timestamp(required=True)


class Item(Params):
    """What can be said of an item, whether it is new or there already."""

    exclusive = (WAYS, QUANTITIES)

    amount = Money()
    description = Str()
    discountable = Bool()
    discounts = ListOf(Hash(Applied), max=MOST_DISCOUNTS, nullable=True)
    metadata = Metadata(nullable=True)
    period = Hash(Period)
    price_data = Hash(PriceData)
    pricing = Hash(Pricing)
    quantity = Int(minimum=0)
    quantity_decimal = DecimalString(minimum=0)
    tax_behavior = NotBuilt("Tax on an invoice item")
    tax_code = NotBuilt("Tax on an invoice item")
    tax_rates = ListOf(Ref("tax rate"), max=MOST_RATES, nullable=True)
    unit_amount_decimal = DecimalString()


class Update(Item):
    invoicing_rules = NotBuilt("Choosing when an invoice item is billed")


class Create(Item):
    currency = Currency()
    customer = Ref("customer", required=True)
    customer_account = NotBuilt("An account of the second API as a customer")
    invoice = Ref("invoice")
    subscription = Ref("subscription")


class List(ListByCreation):
    customer = Ref("customer")
    customer_account = NotBuilt("An account of the second API as a customer")
    invoice = Ref("invoice")
    pending = Bool()


def represent(call: Call, owner: str, currency: str, amount: int, more: Body) -> Body:
    """The object of a new item. more: further keys with their values."""
    return {
        "id": invoiceitem.new_id(),
        "object": "invoiceitem",
        "amount": amount,
        "currency": currency,
        "customer": owner,
        "customer_account": None,
        "date": call.now,
        "description": None,
        "discountable": True,
        "discounts": [],
        "invoice": None,
        "livemode": call.livemode,
        "metadata": {},
        "net_amount": amount,
        "parent": None,
        "period": {"end": call.now, "start": call.now},
        "pricing": None,
        "proration": False,
        "quantity": 1,
        "quantity_decimal": "1",
        "tax_rates": [],
        "test_clock": call.clock,
    } | more


def add(call: Call, body: Body) -> Body:
    """Store a new item, and tell of it."""
    invoiceitem.add(call, body)
    call.emit("invoiceitem.created", body)
    return body


def pending(call: Call, owner: str, subscription: str | None, currency: str) -> list[Body]:
    """What waits for the next invoice of a subscription, newest first: its own items, and those tied to none."""
    waiting = invoiceitem.where(call, customer=owner, pending=True)
    return [body for body in waiting if body["currency"] == currency and tie_of(body) in (None, subscription)]


def of_subscription(call: Call, subscription: str) -> list[Body]:
    """The items of a subscription that wait for an invoice."""
    return invoiceitem.where(call, subscription=subscription, pending=True)


def tie_of(body: Body) -> Any:
    """The subscription that an item is tied to."""
    return body["parent"]["subscription_details"]["subscription"] if body["parent"] else None


def bill(call: Call, bodies: Iterable[Body], invoice: str) -> None:
    """They stand on this invoice now."""
    for body in bodies:
        body["invoice"] = invoice
        invoiceitem.save(call, body)


def drop(call: Call, body: Body) -> Body:
    """Remove an item that will not be billed."""
    call.emit("invoiceitem.deleted", body)
    return invoiceitem.remove(call, body)


def reprice(body: Body, found: Body) -> None:
    """Give an item what it costs. found: as `asked` says it."""
    body |= found
    body["net_amount"] = body["amount"]
    if body["amount"] < 0:
        body["discountable"] = False


def take_discounts(call: Call, body: Body, sent: Body) -> None:
    """The discounts of one item alone, instead of those before."""
    if "discounts" in sent:
        owners = {"customer": body["customer"], "invoice": body["invoice"]}
        body["discounts"] = discounts.apply(call, sent["discounts"], "discounts", body["discounts"], **owners)
        discounts.check_currency(call, body["discounts"], body["currency"], "discounts")


def take_tax_rates(call: Call, body: Body, sent: Body) -> None:
    """The tax rates of one item alone, instead of those of its invoice."""
    if "tax_rates" in sent:
        body["tax_rates"] = rates.chosen(call, sent["tax_rates"], "tax_rates", body["tax_rates"])


@invoiceitem.shown
def show(call: Call, body: Body) -> Body:
    """An item with its tax rates as objects."""
    return body | {"tax_rates": rates.shown(call, body["tax_rates"])} if body["tax_rates"] else body


@invoiceitem.create(Create)
def create(call: Call, sent: Body) -> Body:
    owner = customer.get(call, sent["customer"], "customer")
    found = asked(call, sent, owner["currency"])
    taken = ("description", "discountable", "metadata", "period")
    more = {name: sent[name] for name in taken if sent.get(name) is not None}
    body = represent(call, owner["id"], found["currency"], found["amount"], more)
    reprice(body, found)
    take_discounts(call, body, sent)
    take_tax_rates(call, body, sent)
    invoiceitem.tell(call, "placing", body, sent)
    body["invoice"] = sent.get("invoice")
    add(call, body)
    if body["invoice"] is not None:
        invoiceitem.tell(call, "added", body)
    return body


@invoiceitem.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    if body["invoice"] is not None:
        invoiceitem.tell(call, "changing", body)
    change(call, body, sent)
    if body["invoice"] is not None:
        invoiceitem.tell(call, "changed", body)
    return body


FROZEN = frozenset({*WAYS, *QUANTITIES, "discounts"})
"""What cannot be changed in an item that a change of a subscription has caused."""


def change(call: Call, body: Body, sent: Body) -> Body:
    """Change an item, and store it."""
    if body["proration"] and FROZEN & sent.keys():
        name = sorted(FROZEN & sent.keys())[0]
        raise errors.invalid(f"{name} cannot be changed in a proration: it follows from the subscription.", name)
    if {*WAYS, *QUANTITIES} & sent.keys():
        reprice(body, asked(call, as_priced(body, sent), body["currency"], Fraction(body["quantity_decimal"])))
    take_discounts(call, body, sent)
    take_tax_rates(call, body, sent)
    merge(body, sent, skip=(*FROZEN, "currency", "tax_rates"))
    return invoiceitem.save(call, body)


def as_priced(body: Body, sent: Body) -> Body:
    """`sent`, with what an item costs already, where only its quantity changes."""
    if set(WAYS) & sent.keys():
        return sent
    if body["pricing"] is None:
        return {"amount": body["amount"], **sent}
    if body["pricing"]["price_details"] is None:
        return {"unit_amount_decimal": body["pricing"]["unit_amount_decimal"], **sent}
    return {"pricing": {"price": body["pricing"]["price_details"]["price"]}, **sent}


@invoiceitem.delete()
def delete(call: Call, body: Body, _sent: Body) -> Body:
    if body["invoice"] is not None:
        invoiceitem.tell(call, "changing", body)
    stub = drop(call, body)
    if body["invoice"] is not None:
        invoiceitem.tell(call, "dropped", body)
    return stub


invoiceitem.retrieves()
invoiceitem.lists(List)
