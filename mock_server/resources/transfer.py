"""Transfers: what a platform passes on of its payments, by payments with `transfer_data` or by hand.

Not built: the payment that stands for a transfer on the other account.
Source: docs.stripe.com/api/transfers
"""

from __future__ import annotations

from flask_portal.wire import errors, lists
from flask_portal.wire.params import Currency, Int, Metadata, OneOf, Params, Ref, Str
from mock_server.billing.money import display
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource, merge

from . import balance_transaction as movements
from . import charge as charges
from .common import ListByCreation
from .connected_payment import check_account

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


class Update(Params):
    description = Str(nullable=True)
    metadata = Metadata(nullable=True)


class Create(Update):
    amount = Int(minimum=1)
    currency = Currency(required=True)
    destination = Ref("account", required=True)
    source_transaction = Ref("charge")
    source_type = OneOf("bank_account", "card", "fpx")
    transfer_group = Str()


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
    charge["transfer"] = send(call, body)["id"]


def send(call: Call, body: Body) -> Body:
    """Store a transfer, and tell."""
    body["balance_transaction"] = movements.of_transfer(call, body)
    transfer.add(call, body)
    call.emit("transfer.created", body)
    return body


@transfer.create(Create)
def create(call: Call, sent: Body) -> Body:
    check_account(call, sent["destination"], "destination")
    paid = source_of(call, sent) if "source_transaction" in sent else None
    if paid is None:
        check_balance(call, sent)
    about = {"id": None, "currency": sent["currency"], "transfer_group": None} if paid is None else paid
    amount = sent["amount"] if "amount" in sent else about["amount"]
    body = represent(call, about, amount, sent["destination"])
    if "source_type" in sent:
        body["source_type"] = sent["source_type"]
    given = {name: sent[name] for name in ("description", "metadata", "transfer_group") if sent.get(name) is not None}
    return send(call, body | given)


def check_balance(call: Call, sent: Body) -> None:
    """What is not tied to a payment has to be there already."""
    if "amount" not in sent:
        raise errors.missing_parameter("amount")
    has = movements.available(call, sent["currency"])
    if sent["amount"] > has:
        message = (
            f"You have insufficient available funds: {display(max(has, 0), sent['currency'])}. Payments become "
            "available after two days; name one as source_transaction to transfer it before."
        )
        raise errors.invalid(message, "amount", "balance_insufficient")


def source_of(call: Call, sent: Body) -> Body:
    """The charge that is passed on, which keeps a group from now on; StripeError when it does not reach."""
    paid = charges.charge.get(call, sent["source_transaction"], "source_transaction", lock=True)
    if paid["status"] != "succeeded":
        raise errors.invalid(f"Charge {paid['id']} has not succeeded.", "source_transaction")
    if paid["currency"] != sent["currency"]:
        raise errors.invalid(f"Charge {paid['id']} is in {paid['currency']}.", "currency")
    left = paid["amount"] - passed_on_of(call, paid)
    if sent.get("amount", paid["amount"]) > left:
        message = f"Only {display(left, paid['currency'])} of charge {paid['id']} are left to be transferred."
        raise errors.invalid(message, "amount")
    group = paid["transfer_group"]
    if group and sent.get("transfer_group", group) != group:
        raise errors.invalid(f"Charge {paid['id']} belongs to the group {group}.", "transfer_group")
    if not group:
        paid["transfer_group"] = sent.get("transfer_group", f"group_{paid['payment_intent']}")
        charges.charge.save(call, paid)
    return paid


def passed_on_of(call: Call, paid: Body) -> int:
    """What of a charge is with others already, in minor units: its transfers are all of its group."""
    group = paid["transfer_group"]
    of_group = transfer.where(call, transfer_group=group) if group else []
    kept = [body for body in of_group if body["source_transaction"] == paid["id"]]
    return sum(body["amount"] - body["amount_reversed"] for body in kept)


@transfer.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    merge(body, sent)
    if call.changed(body):
        transfer.save(call, body)
        call.emit("transfer.updated", body)
    return body


def represent(call: Call, charge: Body, amount: int, destination: str) -> Body:
    """The object of a new transfer. charge: what it is of, by `id`, `currency` and `transfer_group`."""
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
