"""Transfers: what a platform passes on of its payments. They are made by payments with `transfer_data`.

Not built: transfers by hand, their reversal, and the payment that stands for a transfer on the other account.
Source: docs.stripe.com/api/transfers
"""

from __future__ import annotations

from flask_portal.wire import lists
from flask_portal.wire.params import Ref, Str
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource

from . import balance_transaction as movements
from . import charge as charges
from .common import ListByCreation

transfer = Resource(
    "transfer",
    "/v1/transfers",
    prefix="tr",
    search=("destination", "transfer_group"),
    expands={
        "balance_transaction": "balance_transaction",
        "destination": "account",
        "source_transaction": "charge",
    },
)


class List(ListByCreation):
    destination = Ref("account")
    transfer_group = Str()


@charges.charge.on("brought_in")
def pass_on(call: Call, charge: Body) -> None:
    """A payment has come in: its destination gets all of it, or what was agreed."""
    passed_on = charge["transfer_data"]
    if not passed_on:
        return
    charge["transfer_group"] = charge["transfer_group"] or f"group_{charge['payment_intent']}"
    body = represent(call, charge, passed_on.get("amount") or charge["amount_captured"], passed_on["destination"])
    body["balance_transaction"] = movements.of_transfer(call, body)
    transfer.add(call, body)
    call.emit("transfer.created", body)
    charge["transfer"] = body["id"]


def represent(call: Call, charge: Body, amount: int, destination: str) -> Body:
    """The object of a new transfer."""
    id = transfer.new_id()
    return {
        "id": id,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": call.now,
        "currency": charge["currency"],
        "description": None,
        "destination": destination,
        "destination_payment": None,
        "livemode": call.livemode,
        "metadata": {},
        "reversals": lists.envelope(f"/v1/transfers/{id}/reversals", [], False),
        "reversed": False,
        "source_transaction": charge["id"],
        "source_type": "card",
        "transfer_group": charge["transfer_group"],
    }


transfer.retrieves()
transfer.lists(List)
