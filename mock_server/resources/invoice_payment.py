"""Invoice payments: which intent pays which invoice, and how much of it.

They arise when an invoice is finalised, and are read only.
Source: docs.stripe.com/api/invoice-payment
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from flask_portal.wire.params import Hash, OneOf, Params, Ref
from mock_server.core.call import Body, Call
from mock_server.core.params import NotBuilt
from mock_server.core.resource import Key, Resource

from .common import ListByCreation

invoice_payment = Resource(
    "invoice_payment",
    "/v1/invoice_payments",
    prefix="inpay",
    search=("invoice", "status", Key("payment_intent", of="payment.payment_intent")),
    expands={"invoice": "invoice", "payment.charge": "charge", "payment.payment_intent": "payment_intent"},
)


class Payment(Params):
    payment_intent = Ref("payment_intent")
    payment_record = NotBuilt("A payment record")
    type = OneOf("payment_intent", "payment_record", required=True)


class List(ListByCreation):
    invoice = Ref("invoice")
    payment = Hash(Payment)
    status = OneOf("canceled", "open", "paid")


def open_for(call: Call, invoice: Body, intent: Body) -> Body:
    """Store that `intent` is to pay what remains of `invoice`."""
    body = {
        "id": invoice_payment.new_id(),
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": intent["amount"],
        "created": call.now,
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": True,
        "livemode": call.livemode,
        "payment": {"payment_intent": intent["id"], "type": "payment_intent"},
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }
    return invoice_payment.add(call, body)


def pay(call: Call, body: Body) -> Body:
    """It has been paid in full."""
    body |= {"amount_paid": body["amount_requested"], "status": "paid"}
    body["status_transitions"]["paid_at"] = call.now
    invoice_payment.save(call, body)
    call.emit("invoice_payment.paid", body)
    return body


def cancel(call: Call, body: Body) -> Body:
    """It will not be paid."""
    body["status"] = "canceled"
    body["status_transitions"]["canceled_at"] = call.now
    return invoice_payment.save(call, body)


def open_of(call: Call, invoice_id: str) -> Body | None:
    """What an invoice is to be paid with, as long as it is not."""
    found = invoice_payment.where(call, invoice=invoice_id, status="open", limit=1)
    return found[0] if found else None


def of_intent(call: Call, intent_id: str) -> Body | None:
    """The invoice payment that an intent is for."""
    found = invoice_payment.where(call, payment_intent=intent_id, limit=1)
    return found[0] if found else None


def narrow(table: sa.Table, sent: Body) -> Iterator[sa.ColumnElement[bool]]:
    """`payment[payment_intent]`, which is no column of its name."""
    if "payment_intent" in sent.get("payment", {}):
        yield table.c.payment_intent == sent["payment"]["payment_intent"]


invoice_payment.retrieves()
invoice_payment.lists(List, narrow, narrows=("payment",))
