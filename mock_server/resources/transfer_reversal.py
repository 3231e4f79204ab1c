"""Transfers that are taken back, whole or in parts.

Source: docs.stripe.com/api/transfer_reversals
"""

from __future__ import annotations

from flask_portal.wire import errors, lists
from flask_portal.wire.params import Bool, Int, ListParams, Metadata, Params, Str
from mock_server.billing.money import display
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource, merge

from . import application_fee_refund as fee_refunds
from . import balance_transaction as movements
from .charge import charge
from .transfer import transfer

SHOWN = 10

transfer_reversal = Resource(
    "transfer_reversal",
    prefix="trr",
    label="transfer reversal",
    search=("transfer",),
    expands={"balance_transaction": "balance_transaction", "source_refund": "refund", "transfer": "transfer"},
)


class Update(Params):
    metadata = Metadata(nullable=True)


class Create(Update):
    amount = Int(minimum=1)
    description = Str(nullable=True)
    refund_application_fee = Bool()


def take_back(call: Call, sent_on: Body, amount: int, sent: Body, refund: str | None = None) -> Body:
    """Reverse a part of a transfer, or all of it, and tell; both are stored.

    sent: `description` and `metadata`, where there are any.  refund: the id of the refund that it goes with.
    """
    left = sent_on["amount"] - sent_on["amount_reversed"]
    if left == 0:
        raise errors.invalid(f"Transfer {sent_on['id']} has already been reversed.", "id", "transfer_already_reversed")
    if amount > left:
        wanted, rest = display(amount, sent_on["currency"]), display(left, sent_on["currency"])
        message = f"Reversal amount ({wanted}) is greater than unreversed amount on transfer ({rest})"
        raise errors.invalid(message, "amount")
    body: Body = {
        "id": transfer_reversal.new_id(),
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": None,
        "created": call.now,
        "currency": sent_on["currency"],
        "destination_payment_refund": None,
        "metadata": sent.get("metadata") or {},
        "source_refund": refund,
        "transfer": sent_on["id"],
    }
    body["balance_transaction"] = movements.of_reversal(call, body | {"description": sent.get("description")})
    transfer_reversal.add(call, body)
    sent_on["amount_reversed"] += amount
    sent_on["reversed"] = sent_on["amount_reversed"] == sent_on["amount"]
    transfer.save(call, sent_on)
    call.emit("transfer.reversed", sent_on)
    return body


def take_back_with(call: Call, paid: Body, part: int, refund: str) -> str:
    """Reverse the transfer of a charge in the proportion of `part` of it, before that is taken off; the id."""
    if not paid.get("transfer"):
        message = f"The charge {paid['id']} has no transfer that could be reversed."
        raise errors.invalid(message, "reverse_transfer")
    sent_on = transfer.get(call, paid["transfer"])
    left = sent_on["amount"] - sent_on["amount_reversed"]
    taken = paid["amount_captured"]
    is_last = part == taken - paid["amount_refunded"]
    amount = left if is_last else fee_refunds.share(sent_on["amount"], part, taken, left)
    return str(take_back(call, sent_on, amount, {}, refund)["id"])


@transfer.shown
def with_reversals(call: Call, sent_on: Body) -> Body:
    """A transfer is shown with the newest of its reversals."""
    newest = transfer_reversal.where(call, transfer=sent_on["id"], limit=SHOWN + 1)
    shown, more = lists.cut(newest, SHOWN)
    return sent_on | {"reversals": lists.envelope(f"/v1/transfers/{sent_on['id']}/reversals", shown, more)}


def of_transfer(call: Call, sent_on: str, id: str) -> Body:
    """A reversal of this transfer; one of another transfer counts as missing."""
    body = transfer_reversal.get(call, id, lock=True)
    if body["transfer"] != sent_on:
        raise transfer_reversal.missing(id)
    return body


@transfer_reversal.endpoint("POST", "/v1/transfers/{transfer}/reversals", Create)
def create(call: Call, found: dict[str, str], sent: Body) -> Body:
    sent_on = transfer.get(call, found["transfer"], lock=True)
    amount = sent.get("amount", sent_on["amount"] - sent_on["amount_reversed"])
    if sent.get("refund_application_fee"):
        refund_fee(call, sent_on, amount)
    return take_back(call, sent_on, amount, sent)


def refund_fee(call: Call, sent_on: Body, amount: int) -> None:
    """The fee of the payment that was passed on goes back in the proportion of what is reversed."""
    source = sent_on["source_transaction"]
    paid = charge.get(call, source) if source else None
    if paid is None or not paid["application_fee"]:
        message = f"The payment behind the transfer {sent_on['id']} has no application fee that could be refunded."
        raise errors.invalid(message, "refund_application_fee")
    # The proportion is that of the transfer, which may be a part of the charge.
    whole = {"amount_captured": sent_on["amount"], "amount_refunded": sent_on["amount_reversed"]}
    fee_refunds.give_back_with(call, paid | whole, amount, "refund_application_fee")


@transfer_reversal.endpoint("GET", "/v1/transfers/{transfer}/reversals", ListParams)
def list_of_transfer(call: Call, found: dict[str, str], sent: Body) -> Body:
    sent_on = transfer.get(call, found["transfer"])["id"]
    return transfer_reversal.page(call, f"/v1/transfers/{sent_on}/reversals", sent, transfer=sent_on)


@transfer_reversal.endpoint("GET", "/v1/transfers/{transfer}/reversals/{id}")
def retrieve(call: Call, found: dict[str, str], _sent: Body) -> Body:
    return of_transfer(call, found["transfer"], found["id"])


@transfer_reversal.endpoint("POST", "/v1/transfers/{transfer}/reversals/{id}", Update)
def update(call: Call, found: dict[str, str], sent: Body) -> Body:
    body = merge(of_transfer(call, found["transfer"], found["id"]), sent)
    return transfer_reversal.save(call, body) if call.changed(body) else body
