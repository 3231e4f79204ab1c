"""Charges: single attempts to take money, as payment intents make them.

Source: docs.stripe.com/api/charges
"""

from __future__ import annotations

from typing import Any

from flask_portal.wire.params import Email, Hash, Metadata, OneOf, Params, Ref, Str
from mock_server.core.call import Body, Call
from mock_server.core.params import NotBuilt
from mock_server.core.resource import Included, Resource, merge
from mock_server.payments import outcomes
from mock_server.payments.outcomes import Instrument, Outcome

from . import balance_transaction as movements
from .common import ListByCreation, Shipping, full_address
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
    happenings=("brought_in",),
)

STATUSES = {"succeeded": "succeeded", "processing": "pending", "declined": "failed", "blocked": "failed"}
HAPPENED = {"succeeded": "charge.succeeded", "pending": "charge.pending", "failed": "charge.failed"}


class FraudDetails(Params):
    user_report = OneOf("fraudulent", "safe", required=True, nullable=True)


class Parcel(Shipping):
    carrier = Str()
    tracking_number = Str()


class Update(Params):
    customer = NotBuilt("Giving a charge to a customer afterwards")
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


def represent(call: Call, intent: Body, method: Body, instrument: Instrument, outcome: Outcome) -> Body:
    """The object of an attempt that got this answer. intent: what is paid.  method: with what."""
    status = STATUSES[outcome.result]
    amount = intent["amount"]
    failure = outcome.failure
    return {
        "id": charge.new_id(),
        "object": "charge",
        "amount": amount,
        "amount_captured": amount if status == "succeeded" else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": intent["application_fee_amount"],
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": None,
        "captured": status == "succeeded",
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
        "outcome": assessment(instrument, outcome),
        "paid": status == "succeeded",
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": details(amount, method),
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
        "transfer_data": intent["transfer_data"] and {"amount": None, **intent["transfer_data"]},
        "transfer_group": intent["transfer_group"],
    }


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


def details(amount: int, method: Body) -> Body:
    """The `payment_method_details`: what the method was when it paid."""
    kind = method["type"]
    return {"type": kind, kind: card_details(amount, method["card"]) if kind == "card" else other_details(method)}


def card_details(amount: int, card: Body) -> Body:
    """`payment_method_details.card`."""
    kept = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "wallet")
    return {name: card[name] for name in kept} | {
        "amount_authorized": amount,
        "authorization_code": None,
        "extended_authorization": {"status": "disabled"},
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": card["networks"]["available"][0],
        "network_token": {"used": False},
        "network_transaction_id": None,
        "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
        "regulated_status": card["regulated_status"],
        "three_d_secure": None,
        "transaction_link_id": None,
    }


OTHER_DETAILS: dict[str, tuple[str, ...]] = {
    "acss_debit": ("expected_debit_date", "mandate"),
    "amazon_pay": ("funding", "transaction_id"),
    "au_becs_debit": ("expected_debit_date", "mandate"),
    "bacs_debit": ("expected_debit_date", "mandate"),
    "cashapp": ("transaction_id",),
    "link": ("country", "funding_source_group"),
    "nz_bank_account": ("expected_debit_date",),
    "paypal": ("payer_name", "seller_protection", "transaction_id"),
    "sepa_debit": ("expected_debit_date", "mandate"),
    "us_bank_account": ("expected_debit_date", "mandate", "payment_reference"),
}
NOT_OF_A_CHARGE = frozenset(
    {"email", "financial_connections_account", "generated_from", "networks", "persistent_token", "status_details"}
)


def other_details(method: Body) -> Body:
    """The hash of a bank account or wallet: what is known of the method, and what only a payment has."""
    known: dict[str, Any] = method[method["type"]]
    kept = {key: value for key, value in known.items() if key not in NOT_OF_A_CHARGE}
    return kept | dict.fromkeys(OTHER_DETAILS.get(method["type"], ()))


def record(call: Call, intent: Body, method: Body, instrument: Instrument, outcome: Outcome) -> Body:
    """Store the charge of an attempt, and tell how it went."""
    body = represent(call, intent, method, instrument, outcome)
    bring_in(call, body)
    charge.add(call, body)
    call.emit(HAPPENED[body["status"]], body)
    return body


def bring_in(call: Call, body: Body) -> None:
    """What a successful charge brings goes to the account's balance."""
    if body["status"] == "succeeded":
        body["balance_transaction"] = movements.of_charge(call, body)
        charge.tell(call, "brought_in", body)


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
    bring_in(call, body)
    charge.save(call, body)
    call.emit(HAPPENED[status], body)
    return body


@charge.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
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
