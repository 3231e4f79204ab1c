"""Application fees: what a platform keeps of a payment that its connected account gets.

Giving one back is not built.
Source: docs.stripe.com/api/application_fees
"""

from __future__ import annotations

from flask_portal.wire import lists
from flask_portal.wire.params import Ref
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource

from . import balance_transaction as movements
from . import charge as charges
from .common import ListByCreation
from .connected_payment import application

application_fee = Resource(
    "application_fee",
    "/v1/application_fees",
    prefix="fee",
    label="application fee",
    search=("charge",),
    expands={"account": "account", "balance_transaction": "balance_transaction", "charge": "charge"},
)


class List(ListByCreation):
    charge = Ref("charge")


@charges.charge.on("brought_in")
def take(call: Call, charge: Body) -> None:
    """A payment has come in: the platform gets its part, and is told."""
    amount = charge["application_fee_amount"]
    passed_on = charge["transfer_data"]
    platform = call.account if passed_on else call.platform
    if not amount or platform is None:
        return
    payee = passed_on["destination"] if passed_on else call.account
    there = call.acting_for(platform)
    body = represent(there, charge, amount, payee, application(platform))
    body["balance_transaction"] = movements.of_fee(there, body)
    application_fee.add(there, body)
    there.emit("application_fee.created", body)
    charge |= {"application": body["application"], "application_fee": body["id"]}


def represent(call: Call, charge: Body, amount: int, payee: str, taken_by: str) -> Body:
    """The object of a fee that is taken from `payee`."""
    id = application_fee.new_id()
    return {
        "id": id,
        "object": "application_fee",
        "account": payee,
        "amount": amount,
        "amount_refunded": 0,
        "application": taken_by,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": call.now,
        "currency": charge["currency"],
        "fee_source": {"charge": charge["id"], "type": "charge"},
        "livemode": call.livemode,
        "originating_transaction": None,
        "refunded": False,
        "refunds": lists.envelope(f"/v1/application_fees/{id}/refunds", [], False),
    }


application_fee.retrieves()
application_fee.lists(List)
