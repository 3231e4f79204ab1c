"""Application fees that are given back, whole or in parts.

Source: docs.stripe.com/api/fee_refunds
"""

from __future__ import annotations

from fractions import Fraction

from flask_portal.wire import errors, lists
from flask_portal.wire.params import Int, ListParams, Metadata, Params
from mock_server.billing.money import display, round_half_up
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource, merge

from . import balance_transaction as movements
from .application_fee import application_fee

SHOWN = 10

fee_refund = Resource(
    "fee_refund",
    prefix="fr",
    label="application fee refund",
    search=("fee",),
    expands={"balance_transaction": "balance_transaction", "fee": "application_fee"},
)


class Update(Params):
    metadata = Metadata(nullable=True)


class Create(Params):
    amount = Int(minimum=1)
    metadata = Metadata()


def share(total: int, part: int, whole: int, left: int) -> int:
    """What of `total` goes with `part` of `whole`: all that is left with the last of it.  All in minor units."""
    return min(left, round_half_up(Fraction(total * part, whole)))


def give_back(call: Call, fee: Body, amount: int, metadata: Body | None = None) -> Body:
    """Refund a part of a fee, or all of it, and tell; both are stored. The call is the platform's."""
    left = fee["amount"] - fee["amount_refunded"]
    if left == 0:
        message = f"Application fee {fee['id']} has already been refunded."
        raise errors.invalid(message, "id", "application_fee_already_refunded")
    if amount > left:
        wanted, rest = display(amount, fee["currency"]), display(left, fee["currency"])
        raise errors.invalid(f"Refund amount ({wanted}) is greater than unrefunded amount on fee ({rest})", "amount")
    body: Body = {
        "id": fee_refund.new_id(),
        "object": "fee_refund",
        "amount": amount,
        "balance_transaction": None,
        "created": call.now,
        "currency": fee["currency"],
        "fee": fee["id"],
        "metadata": metadata or {},
    }
    body["balance_transaction"] = movements.of_fee_refund(call, body)
    fee_refund.add(call, body)
    fee["amount_refunded"] += amount
    fee["refunded"] = fee["amount_refunded"] == fee["amount"]
    application_fee.save(call, fee)
    call.emit("application_fee.refunded", fee)
    return body


def give_back_with(call: Call, paid: Body, part: int, param: str) -> None:
    """Refund the fee of a charge in the proportion of `part` of it, before that is taken off the charge."""
    if not paid["application_fee"]:
        message = f"The charge {paid['id']} has no application fee that could be refunded."
        raise errors.invalid(message, param)
    platform = call if paid["transfer_data"] else call.acting_for(call.platform or call.account)
    fee = application_fee.get(platform, paid["application_fee"])
    left = fee["amount"] - fee["amount_refunded"]
    taken = paid["amount_captured"]
    amount = left if part == taken - paid["amount_refunded"] else share(fee["amount"], part, taken, left)
    if amount:
        give_back(platform, fee, amount)


@application_fee.shown
def with_refunds(call: Call, fee: Body) -> Body:
    """A fee is shown with the newest of its refunds."""
    newest = fee_refund.where(call, fee=fee["id"], limit=SHOWN + 1)
    shown, more = lists.cut(newest, SHOWN)
    return fee | {"refunds": lists.envelope(f"/v1/application_fees/{fee['id']}/refunds", shown, more)}


def of_fee(call: Call, fee: str, id: str) -> Body:
    """A refund of this fee; one of another fee counts as missing."""
    body = fee_refund.get(call, id, lock=True)
    if body["fee"] != fee:
        raise fee_refund.missing(id)
    return body


@fee_refund.endpoint("POST", "/v1/application_fees/{fee}/refunds", Create)
def create(call: Call, found: dict[str, str], sent: Body) -> Body:
    fee = application_fee.get(call, found["fee"], lock=True)
    amount = sent.get("amount", fee["amount"] - fee["amount_refunded"])
    return give_back(call, fee, amount, sent.get("metadata"))


@fee_refund.endpoint("GET", "/v1/application_fees/{fee}/refunds", ListParams)
def list_of_fee(call: Call, found: dict[str, str], sent: Body) -> Body:
    fee = application_fee.get(call, found["fee"])["id"]
    return fee_refund.page(call, f"/v1/application_fees/{fee}/refunds", sent, fee=fee)


@fee_refund.endpoint("GET", "/v1/application_fees/{fee}/refunds/{id}")
def retrieve(call: Call, found: dict[str, str], _sent: Body) -> Body:
    return of_fee(call, found["fee"], found["id"])


@fee_refund.endpoint("POST", "/v1/application_fees/{fee}/refunds/{id}", Update)
def update(call: Call, found: dict[str, str], sent: Body) -> Body:
    body = merge(of_fee(call, found["fee"], found["id"]), sent)
    if call.changed(body):
        fee_refund.save(call, body)
        call.emit("application_fee.refund.updated", body)
    return body
