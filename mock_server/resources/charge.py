"""Charges: single attempts to take money, as payment intents make them.

Source: docs.stripe.com/api/charges
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_portal.wire import errors
from flask_portal.wire.params import Email, Hash, Metadata, OneOf, Params, Ref, Str
from mock_server.core.call import Body, Call
from mock_server.core.resource import Included, Resource, merge
from mock_server.payments import outcomes
from mock_server.payments.authentication import three_d_secure
from mock_server.payments.cards import Card
from mock_server.payments.disputes import follows
from mock_server.payments.outcomes import Instrument, Outcome

from . import balance_transaction as movements
from .charge_details import details
from .common import ListByCreation, Shipping, full_address
from .customer import customer
from .promotion_code import promotion_code

charge = Resource(
    "charge",
    "/v1/charges",
    prefix="ch",
    search=("customer", "payment_intent", "transfer_group"),
    expands={
        "application_fee": "application_fee",
        "balance_transaction": "balance_transaction",
        "customer": "customer",
        "payment_intent": "payment_intent",
        "transfer": "transfer",
    },
    includes={"refunds": Included("refund", by="charge", url="/v1/charges/{id}/refunds")},
    happenings=("brought_in", "contested"),
)

DAY = 86_400
STATUSES = {"succeeded": "succeeded", "processing": "pending", "declined": "failed", "blocked": "failed"}
HAPPENED = {"succeeded": "charge.succeeded", "pending": "charge.pending", "failed": "charge.failed"}


DAYS_UNTIL_CAPTURED = 7
"""How long a bank holds an amount that was authorised for a business that captures it by hand."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to pay an intent with a method.

    authenticated: the customer has passed their bank's challenge.  mandate: the id of what allows the debit.
    """

    intent: Body
    method: Body
    instrument: Instrument
    outcome: Outcome
    authenticated: bool = False
    mandate: str | None = None

    @property
    def waits(self) -> bool:
        """Whether the amount is only held, to be captured by hand."""
        return self.outcome.result == "succeeded" and captured_by_hand(self.intent)


def captured_by_hand(intent: Body) -> bool:
    """Whether what an intent authorises is taken by a call of its own."""
    own = intent["payment_method_options"].get("card") or {}
    return "manual" in (intent["capture_method"], own.get("capture_method"))


class FraudDetails(Params):
    user_report = OneOf("fraudulent", "safe", required=True, nullable=True)


class Parcel(Shipping):
    carrier = Str()
    tracking_number = Str()


class Update(Params):
    customer = Ref("customer")
    description = Str()
    fraud_details = Hash(FraudDetails)
    metadata = Metadata()
    receipt_email = Email()
    shipping = Hash(Parcel)
    transfer_group = Str()


class List(ListByCreation):
    customer = Ref("customer")
    payment_intent = Ref("payment_intent")
    transfer_group = Str()


def represent(call: Call, attempt: Attempt) -> Body:
    """The object of an attempt."""
    intent, method, outcome = attempt.intent, attempt.method, attempt.outcome
    status = STATUSES[outcome.result]
    amount = intent["amount"]
    failure = outcome.failure
    captured = status == "succeeded" and not attempt.waits
    id = charge.new_id()
    secured = three_d_secure(attempt.instrument, authenticated=attempt.authenticated, seed=id)
    paid_with = details(amount, method, secured=secured, mandate=attempt.mandate)
    if attempt.waits and method["type"] == "card":
        paid_with["card"]["capture_before"] = call.now + DAYS_UNTIL_CAPTURED * DAY
    return {
        "id": id,
        "object": "charge",
        "amount": amount,
        "amount_captured": amount if captured else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": intent["application_fee_amount"],
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": None,
        "captured": captured,
        "created": call.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": failure and failure.code,
        "failure_message": failure and failure.message,
        "fraud_details": {},
        "livemode": call.livemode,
        "metadata": intent["metadata"],
        "on_behalf_of": intent["on_behalf_of"],
        "outcome": assessment(attempt.instrument, outcome),
        "paid": status == "succeeded",
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": paid_with,
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": intent["shipping"],
        "source": None,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": status,
        "transfer_data": passed_on(intent),
        "transfer_group": intent["transfer_group"],
    }


def passed_on(intent: Body) -> Body | None:
    """What another account gets of a payment."""
    return intent["transfer_data"] and {"amount": None, **intent["transfer_data"]}


def assessment(instrument: Instrument, outcome: Outcome) -> Body:
    """The charge's `outcome`."""
    judged = outcomes.assessment(instrument, outcome)
    hash = {
        "advice_code": judged.advice_code,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": judged.network_status,
        "reason": judged.reason,
        "risk_level": judged.risk_level,
        "seller_message": judged.seller_message,
        "type": judged.type,
    }
    return hash if judged.risk_score is None else hash | {"risk_score": judged.risk_score}


def record(call: Call, attempt: Attempt) -> Body:
    """Store the charge of an attempt, and tell how it went."""
    body = represent(call, attempt)
    bring_in(call, body, attempt.instrument)
    charge.add(call, body, due=contested_at(call, body, attempt.instrument))
    call.emit(HAPPENED[body["status"]], body)
    return body


def bring_in(call: Call, body: Body, instrument: Instrument) -> None:
    """What a captured charge brings goes to the account's balance."""
    if body["captured"]:
        at_once = isinstance(instrument, Card) and instrument.available_at_once
        body["balance_transaction"] = movements.of_charge(call, body, at_once=at_once)
        charge.tell(call, "brought_in", body)


def contested_at(call: Call, body: Body, instrument: Instrument) -> int | None:
    """When the customer's bank says that something is wrong with a payment: as soon as it is captured, or never."""
    warned = isinstance(instrument, Card) and instrument.early_fraud_warning
    return call.now if body["captured"] and (warned or follows(instrument)) else None


@charge.due
def be_contested(call: Call, body: Body) -> None:
    """The customer's bank has something to say about a payment."""
    charge.save(call, body, due=None)
    charge.tell(call, "contested", body)


def settle(call: Call, id: str, instrument: Instrument, outcome: Outcome) -> Body:
    """A pending charge has come through, or has failed after all."""
    body = charge.get(call, id)
    status = STATUSES[outcome.result]
    failure = outcome.failure
    body |= {
        "amount_captured": body["amount"] if status == "succeeded" else 0,
        "captured": status == "succeeded",
        "failure_code": failure and failure.code,
        "failure_message": failure and failure.message,
        "outcome": assessment(instrument, outcome),
        "paid": status == "succeeded",
        "status": status,
    }
    bring_in(call, body, instrument)
    charge.save(call, body, due=contested_at(call, body, instrument))
    call.emit(HAPPENED[status], body)
    return body


def capture(call: Call, body: Body, instrument: Instrument, amount: int) -> Body:
    """Take `amount` of what was held; the bank lets go of the rest."""
    body |= {"amount_captured": amount, "captured": True}
    bring_in(call, body, instrument)
    charge.save(call, body, due=contested_at(call, body, instrument))
    call.emit("charge.captured", body)
    return body


def release(call: Call, body: Body, *, expired: bool) -> None:
    """Nothing of what was held is taken. expired: nobody took it in time."""
    body |= {"amount_refunded": body["amount"], "refunded": True}
    charge.save(call, body)
    call.emit("charge.expired" if expired else "charge.refunded", body)


@charge.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    if "customer" in sent and body["customer"] not in (None, sent["customer"]):
        raise errors.invalid("This charge belongs to a customer already.", "customer")
    if "customer" in sent:
        customer.get(call, sent["customer"], "customer")
    merge(body, sent, skip=("fraud_details", "shipping"))
    if "fraud_details" in sent:
        report = sent["fraud_details"]["user_report"]
        body["fraud_details"] = {"user_report": report} if report else {}
    if "shipping" in sent:
        body["shipping"] = parcel(sent["shipping"])
    if call.changed(body):
        charge.save(call, body)
        call.emit("charge.updated", body)
    return body


def parcel(sent: Body | None) -> Body | None:
    """Where something that was paid for is sent, with all its keys."""
    if not sent:
        return None
    parts = {name: sent.get(name) for name in ("carrier", "name", "phone", "tracking_number")}
    return parts | {"address": full_address(sent["address"])}


@promotion_code.on("history_sought")
def find_payments(call: Call, owner: str, found: list[str]) -> None:
    """Somebody who has paid before is no new customer."""
    found += [body["id"] for body in charge.where(call, customer=owner) if body["status"] == "succeeded"]


charge.retrieves()
charge.lists(List)
