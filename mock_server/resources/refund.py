"""Refunds: money of a charge that goes back, at once or after a while, or does not arrive.

Source: docs.stripe.com/api/refunds
"""

from __future__ import annotations

from flask_portal.wire import errors
from flask_portal.wire.params import Bool, Int, ListParams, Metadata, OneOf, Params, Ref
from mock_server.billing.money import display
from mock_server.core.call import Body, Call
from mock_server.core.params import NotBuilt
from mock_server.core.resource import Resource, merge
from mock_server.payments import outcomes

from . import application_fee_refund as fee_refunds
from . import balance_transaction as movements
from . import dispute as disputes
from . import early_fraud_warning as suspicions
from . import payment_method as methods
from . import transfer_reversal as reversals
from .charge import charge
from .common import ListByCreation
from .payment_intent import payment_intent

refund = Resource(
    "refund",
    "/v1/refunds",
    prefix="re",
    search=("charge", "customer", "payment_intent"),
    expands={
        "balance_transaction": "balance_transaction",
        "charge": "charge",
        "customer": "customer",
        "failure_balance_transaction": "balance_transaction",
        "payment_intent": "payment_intent",
        "payment_method": "payment_method",
        "transfer_reversal": "transfer_reversal",
    },
)


class Update(Params):
    metadata = Metadata(nullable=True)


class Create(Update):
    exclusive = (("charge", "payment_intent"),)

    amount = Int(minimum=1)
    charge = Ref("charge")
    currency = NotBuilt("Refunding a customer's cash balance")
    customer = NotBuilt("Refunding a customer's cash balance")
    instructions_email = NotBuilt("A refund that the customer has to collect")
    origin = NotBuilt("Refunding a customer's cash balance")
    payment_intent = Ref("payment_intent")
    reason = OneOf("duplicate", "fraudulent", "requested_by_customer")
    refund_application_fee = Bool()
    reverse_transfer = Bool()


class List(ListByCreation):
    charge = Ref("charge")
    payment_intent = Ref("payment_intent")


def represent(call: Call, paid: Body, amount: int, status: str, sent: Body) -> Body:
    """The object of a refund of a charge. sent: `reason` and `metadata`, where there are any."""
    return {
        "id": refund.new_id(),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": paid["id"],
        "created": call.now,
        "currency": paid["currency"],
        "customer": paid["customer"],
        "customer_account": None,
        "description": paid["description"],
        "destination_details": destination(paid, status),
        "failure_balance_transaction": None,
        "failure_reason": None,
        "instructions_email": None,
        "metadata": sent.get("metadata") or {},
        "next_action": None,
        "payment_intent": paid["payment_intent"],
        "payment_method": paid["payment_method"],
        "pending_reason": "processing" if status == "pending" else None,
        "reason": sent.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": status,
        "transfer_reversal": None,
    }


def destination(paid: Body, status: str) -> Body:
    """Where the money goes: to what has paid."""
    kind = paid["payment_method_details"]["type"]
    if kind != "card":
        return {"type": kind}
    known = {"reference": None, "reference_status": "pending", "reference_type": "acquirer_reference_number"}
    return {"card": known | {"type": "pending" if status == "pending" else "refund"}, "type": kind}


def give_back(call: Call, paid: Body, amount: int, sent: Body) -> Body:
    """Refund a part of a charge, or all of it, and tell; both are stored."""
    check_amount(paid, amount)
    disputes.refuse_refund(call, paid)
    method = methods.payment_method.peek(call, paid["payment_method"]) or {}
    course = outcomes.on_refund(methods.instrument(method), amount)
    body = represent(call, paid, amount, course.status, sent)
    body["balance_transaction"] = movements.of_refund(call, body, paid)
    if sent.get("reverse_transfer"):
        body["transfer_reversal"] = reversals.take_back_with(call, paid, amount, body["id"])
    if sent.get("refund_application_fee"):
        fee_refunds.give_back_with(call, paid, amount, "refund_application_fee")
    paid["amount_refunded"] += amount
    paid["refunded"] = paid["amount_refunded"] == paid["amount_captured"]
    charge.save(call, paid)
    refund.add(call, body, due=None if course.later is None else call.now + course.after)
    call.emit("refund.created", body)
    call.emit("charge.refunded", paid)
    if paid["refunded"]:
        disputes.answer_by_refund(call, paid)
        suspicions.withdraw(call, paid)
    return body


@payment_intent.on("released")
def note_release(call: Call, _intent: Body, paid: Body, expired: bool) -> None:
    """What was held for a payment that is canceled goes back, without having been anybody's."""
    if not expired:
        body = represent(call, paid, paid["amount"], "succeeded", {})
        refund.add(call, body)
        call.emit("refund.created", body)


def check_amount(paid: Body, amount: int) -> None:
    """Only what was taken, and not given back yet, can be given back."""
    if paid["status"] != "succeeded":
        raise errors.invalid(f"Charge {paid['id']} has not succeeded, so there is nothing to refund.", "charge")
    left = paid["amount_captured"] - paid["amount_refunded"]
    if left == 0:
        raise errors.invalid(f"Charge {paid['id']} has already been refunded.", "charge", "charge_already_refunded")
    if amount > left:
        wanted, rest = display(amount, paid["currency"]), display(left, paid["currency"])
        message = f"Refund amount ({wanted}) is greater than unrefunded amount on charge ({rest})"
        raise errors.invalid(message, "amount")


def paid_by(call: Call, sent: Body) -> Body:
    """The charge that is to be refunded, named by itself or by its intent."""
    if "charge" in sent:
        return charge.get(call, sent["charge"], "charge", lock=True)
    if "payment_intent" not in sent:
        message = "One of the following parameters should be passed: charge, payment_intent."
        raise errors.invalid(message, "charge", "parameter_missing")
    intent = payment_intent.get(call, sent["payment_intent"], "payment_intent", lock=True)
    if intent["latest_charge"] is None:
        message = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
        raise errors.invalid(message, "payment_intent")
    return charge.get(call, intent["latest_charge"], lock=True)


@refund.create(Create)
def create(call: Call, sent: Body) -> Body:
    paid = paid_by(call, sent)
    amount = sent.get("amount", paid["amount_captured"] - paid["amount_refunded"])
    return give_back(call, paid, amount, sent)


@refund.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    merge(body, sent)
    if call.changed(body):
        refund.save(call, body)
        call.emit("refund.updated", body)
    return body


@refund.action("/cancel", Params)
def cancel(_call: Call, body: Body, _sent: Body) -> Body:
    raise errors.invalid(
        f"Only a refund that requires an action can be canceled; the status of {body['id']} is {body['status']}."
    )


@refund.due
def arrive(call: Call, body: Body) -> None:
    """The customer's bank has taken the money, or has sent it back."""
    method = methods.payment_method.peek(call, body["payment_method"]) or {}
    course = outcomes.on_refund(methods.instrument(method), body["amount"])
    body |= {"pending_reason": None, "status": course.later or body["status"]}
    refund.save(call, body, due=None)
    if body["status"] == "failed":
        come_back(call, body)
    call.emit("refund.failed" if body["status"] == "failed" else "refund.updated", body, "charge.refund.updated")


def come_back(call: Call, body: Body) -> None:
    """What did not arrive is the account's again."""
    body["failure_reason"] = "unknown"
    body["failure_balance_transaction"] = movements.of_failure(call, body)
    refund.save(call, body)
    paid = charge.get(call, body["charge"])
    paid |= {"amount_refunded": paid["amount_refunded"] - body["amount"], "refunded": False}
    charge.save(call, paid)
    call.emit("charge.updated", paid)


@refund.endpoint("GET", "/v1/charges/{charge}/refunds", ListParams)
def list_of_charge(call: Call, ids: dict[str, str], sent: Body) -> Body:
    paid = charge.get(call, ids["charge"])["id"]
    return refund.page(call, f"/v1/charges/{paid}/refunds", sent, charge=paid)


refund.retrieves()
refund.lists(List)
