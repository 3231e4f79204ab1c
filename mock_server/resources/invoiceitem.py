"""Invoice items: what is to be billed with the next invoice, above all the prorations of changes.

Source: docs.stripe.com/api/invoiceitems
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_portal.wire import errors
from flask_portal.wire.params import Bool, Currency, Hash, Int, Metadata, Money, Params, Ref, Str, Timestamp
from flask_portal.wire.scalars import MAX_AMOUNT
from mock_server.billing.money import decimal_string
from mock_server.core.call import Body, Call
from mock_server.core.params import NotBuilt
from mock_server.core.resource import Key, Resource, merge

from .common import ListByCreation
from .customer import customer
from .price import price

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
        "customer": "customer",
        "invoice": "invoice",
        "discounts": "discount",
        "pricing.price_details.price": "price",
    },
)


class Period(Params):
    end = Timestamp(required=True)
    start = Timestamp(required=True)


class Pricing(Params):
    price = Ref("price")


class Update(Params):
    amount = NotBuilt("Changing the amount of an invoice item")
    description = Str()
    discountable = Bool()
    discounts = NotBuilt("A discount of a single invoice item")
    invoicing_rules = NotBuilt("Choosing when an invoice item is billed")
    metadata = Metadata()
    period = Hash(Period)
    price_data = NotBuilt("A price made together with its invoice item")
    pricing = NotBuilt("Changing the price of an invoice item")
    quantity = NotBuilt("Changing the quantity of an invoice item")
    quantity_decimal = NotBuilt("A fractional quantity")
    tax_behavior = NotBuilt("Tax on an invoice item")
    tax_code = NotBuilt("Tax on an invoice item")
    tax_rates = NotBuilt("Tax on an invoice item")
    unit_amount_decimal = NotBuilt("Changing the amount of an invoice item")


class Create(Params):
    exclusive = (("amount", "pricing"),)

    amount = Money()
    currency = Currency()
    customer = Ref("customer", required=True)
    customer_account = NotBuilt("An account of the second API as a customer")
    description = Str()
    discountable = Bool()
    discounts = NotBuilt("A discount of a single invoice item")
    invoice = NotBuilt("Adding an item to a draft")
    metadata = Metadata()
    period = Hash(Period)
    price_data = NotBuilt("A price made together with its invoice item")
    pricing = Hash(Pricing)
    quantity = Int(minimum=0)
    quantity_decimal = NotBuilt("A fractional quantity")
    subscription = NotBuilt("An item for one subscription alone")
    tax_behavior = NotBuilt("Tax on an invoice item")
    tax_code = NotBuilt("Tax on an invoice item")
    tax_rates = NotBuilt("Tax on an invoice item")
    unit_amount_decimal = NotBuilt("An amount for each unit of an invoice item")


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
        "test_clock": None,
    } | more


def add(call: Call, body: Body) -> Body:
    """Store a new item, and tell of it."""
    invoiceitem.add(call, body)
    call.emit("invoiceitem.created", body)
    return body


def pricing(bought: Body, unit_amount_decimal: str | None = None) -> Body:
    """The `pricing` of an item or line for a price."""
    return {
        "price_details": {"price": bought["id"], "product": bought["product"]},
        "type": "price_details",
        "unit_amount_decimal": unit_amount_decimal or bought["unit_amount_decimal"],
    }


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


@invoiceitem.create(Create)
def create(call: Call, sent: Body) -> Body:
    owner = customer.get(call, sent["customer"], "customer")
    taken = ("description", "discountable", "metadata", "period")
    more = {name: sent[name] for name in taken if sent.get(name) is not None}
    if "pricing" in sent:
        amount, currency, known = priced(call, sent)
        more |= known
    else:
        amount, currency = plain_amount(sent, owner)
    if amount < 0:
        more["discountable"] = False
    return add(call, represent(call, owner["id"], currency, amount, more))


def plain_amount(sent: Body, owner: Body) -> tuple[int, str]:
    """An amount without a price, in the currency that was sent, or the customer's."""
    if "amount" not in sent:
        raise errors.missing_parameter("amount")
    currency = sent.get("currency") or owner["currency"]
    if currency is None:
        raise errors.missing_parameter("currency")
    if sent.get("quantity", 1) != 1:
        raise errors.invalid("An amount without a price has no quantity.", "quantity")
    return sent["amount"], currency


def priced(call: Call, sent: Body) -> tuple[int, str, Body]:
    """Amount, currency and further keys of an item for a price."""
    id = sent["pricing"].get("price")
    if id is None:
        raise errors.missing_parameter("pricing[price]")
    found = price.get(call, id, "pricing[price]")
    if found["type"] != "one_time" or found["unit_amount"] is None:
        raise errors.invalid("An invoice item needs a one-time price of whole units.", "pricing[price]")
    quantity = sent.get("quantity", 1)
    amount = found["unit_amount"] * quantity
    if amount > MAX_AMOUNT:
        raise errors.invalid(f"{MAX_AMOUNT} is the largest amount of an item.", "quantity", "amount_too_large")
    known = {"pricing": pricing(found), "quantity": quantity, "quantity_decimal": decimal_string(quantity)}
    return amount, found["currency"], known


@invoiceitem.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    if body["invoice"] is not None:
        raise errors.invalid("An item that stands on an invoice cannot be changed.", code="invoice_not_editable")
    merge(body, sent)
    return invoiceitem.save(call, body)


@invoiceitem.delete()
def delete(call: Call, body: Body, _sent: Body) -> Body:
    if body["invoice"] is not None:
        raise errors.invalid("An item that stands on an invoice cannot be removed.", code="invoice_not_editable")
    return drop(call, body)


invoiceitem.retrieves()
invoiceitem.lists(List)
