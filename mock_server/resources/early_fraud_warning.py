"""Early fraud warnings: a card's bank suspects a payment before anybody contests it.

Source: docs.stripe.com/api/radar/early_fraud_warnings
"""

from __future__ import annotations

from flask_portal.wire.params import Ref
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource
from mock_server.payments.cards import Card

from . import payment_method as methods
from .charge import charge
from .common import ListByCreation

early_fraud_warning = Resource(
    "radar.early_fraud_warning",
    "/v1/radar/early_fraud_warnings",
    prefix="issfr",
    label="early fraud warning",
    search=("charge", "payment_intent"),
    expands={"charge": "charge", "payment_intent": "payment_intent"},
    on_clocks=True,
)


class List(ListByCreation):
    charge = Ref("charge")
    payment_intent = Ref("payment_intent")


@charge.on("contested")
def warn(call: Call, paid: Body) -> None:
    """The bank of a card that says so warns of each payment."""
    method = methods.payment_method.peek(call, paid["payment_method"]) or {}
    instrument = methods.instrument(method)
    if not isinstance(instrument, Card) or not instrument.early_fraud_warning:
        return
    body = {
        "id": early_fraud_warning.new_id(),
        "object": "radar.early_fraud_warning",
        "actionable": True,
        "charge": paid["id"],
        "created": call.now,
        "fraud_type": "misc",
        "livemode": call.livemode,
        "payment_intent": paid["payment_intent"],
    }
    early_fraud_warning.add(call, body)
    call.emit("radar.early_fraud_warning.created", body)


def withdraw(call: Call, paid: Body) -> None:
    """Nothing is left to do about a payment that went back."""
    for body in early_fraud_warning.where(call, charge=paid["id"]):
        if body["actionable"]:
            body["actionable"] = False
            early_fraud_warning.save(call, body)
            call.emit("radar.early_fraud_warning.updated", body)


early_fraud_warning.retrieves()
early_fraud_warning.lists(List)
