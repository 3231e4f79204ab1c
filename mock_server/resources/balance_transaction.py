"""Balance transactions: what payments and refunds do to the account's own balance.

Source: docs.stripe.com/api/balance_transactions
"""

from __future__ import annotations

from flask_portal.wire.params import Currency, Ref, Str
from mock_server.billing.money import exponent
from mock_server.core.call import Body, Call
from mock_server.core.params import NotBuilt
from mock_server.core.resource import Resource
from mock_server.payments.fees import DAYS_UNTIL_AVAILABLE, DISPUTE_FEE, fee

from .common import ListByCreation

DAY = 86_400

balance_transaction = Resource(
    "balance_transaction",
    "/v1/balance_transactions",
    prefix="txn",
    label="balance transaction",
    search=("currency", "source", "type"),
    expands={"source": "charge"},
)


class List(ListByCreation):
    currency = Currency()
    payout = NotBuilt("Payouts")
    source = Ref("source")
    type = Str()


def represent(
    call: Call, source: Body, amount: int, kept: int, kind: str, category: str, *, what_for: str = "Processing fees"
) -> Body:
    """The object of what `source` did.

    amount: signed minor units.  kept: the fee.  category: for reports.  what_for: the reason of the fee.
    """
    details = [{"amount": kept, "application": None, "currency": source["currency"], "description": what_for}]
    return {
        "id": balance_transaction.new_id(),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": call.now + (DAYS_UNTIL_AVAILABLE * DAY if amount > 0 else 0),
        "balance_type": "payments",
        "created": call.now,
        "currency": source["currency"],
        "description": source["description"],
        "exchange_rate": None,
        "fee": kept,
        "fee_details": [each | {"type": "stripe_fee"} for each in details] if kept else [],
        "net": amount - kept,
        "reporting_category": category,
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }


@balance_transaction.shown
def show(call: Call, body: Body) -> Body:
    """It is pending until the money is available."""
    return body | {"status": "available" if body["available_on"] <= call.now else "pending"}


def of_charge(call: Call, charge: Body, *, at_once: bool = False) -> str:
    """The id of what a captured charge brings, less the fee. at_once: it need not be waited for."""
    amount = charge["amount_captured"]
    kept = fee(amount, exponent(charge["currency"]))
    kind = "charge" if charge["payment_method_details"]["type"] == "card" else "payment"
    body = represent(call, charge, amount, kept, kind, "charge")
    return str(add(call, body | ({"available_on": call.now} if at_once else {}))["id"])


def of_dispute(call: Call, dispute: Body, about: str) -> str:
    """The id of what a dispute takes, and its fee. about: the id of the charge."""
    described = dispute | {"description": f"Chargeback withdrawal for {about}"}
    kept = DISPUTE_FEE[exponent(dispute["currency"])]
    body = represent(call, described, -dispute["amount"], kept, "adjustment", "dispute", what_for="Dispute fee")
    return str(add(call, body)["id"])


def of_won_dispute(call: Call, dispute: Body, about: str) -> str:
    """The id of what a dispute that was won gives back; its fee is gone."""
    described = dispute | {"description": f"Chargeback reversal for {about}"}
    return str(add(call, represent(call, described, dispute["amount"], 0, "adjustment", "dispute_reversal"))["id"])


def of_refund(call: Call, refund: Body, charge: Body) -> str:
    """The id of what a refund takes; the fee of its charge is not given back."""
    kind = "refund" if charge["payment_method_details"]["type"] == "card" else "payment_refund"
    return str(add(call, represent(call, refund, -refund["amount"], 0, kind, "refund"))["id"])


def of_fee(call: Call, fee: Body) -> str:
    """The id of what an application fee brings to the platform."""
    about = fee | {"description": "Application fee"}
    return str(add(call, represent(call, about, fee["amount"], 0, "application_fee", "platform_earning"))["id"])


def of_transfer(call: Call, transfer: Body) -> str:
    """The id of what a transfer takes."""
    return str(add(call, represent(call, transfer, -transfer["amount"], 0, "transfer", "transfer"))["id"])


def of_fee_refund(call: Call, refund: Body) -> str:
    """The id of what a refund of an application fee takes from the platform."""
    about = refund | {"description": "Application fee refund"}
    kind, category = "application_fee_refund", "platform_earning_refund"
    return str(add(call, represent(call, about, -refund["amount"], 0, kind, category))["id"])


def of_reversal(call: Call, reversal: Body) -> str:
    """The id of what comes back of a transfer. reversal: with its `description`."""
    return str(
        add(call, represent(call, reversal, reversal["amount"], 0, "transfer_refund", "transfer_reversal"))["id"]
    )


def available(call: Call, currency: str) -> int:
    """What the account has of a currency and may spend now, in minor units."""
    kept = balance_transaction.where(call, currency=currency)
    return sum(body["net"] for body in kept if body["available_on"] <= call.now)


def of_failure(call: Call, refund: Body) -> str:
    """The id of what comes back because a refund has failed."""
    return str(add(call, represent(call, refund, refund["amount"], 0, "refund_failure", "refund_failure"))["id"])


def add(call: Call, body: Body) -> Body:
    """Store it."""
    return balance_transaction.add(call, body)


balance_transaction.retrieves()
balance_transaction.lists(List)
