"""What a customer owes, and how far paying it has come.

Source: docs.stripe.com/api/invoices/object, docs.stripe.com/api/invoice-payment, docs.stripe.com/api/payment_intents
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from flask_portal.rules.payments import confirmation_url, failure_of

Standing = Literal["paid", "due", "declined", "confirm", "processing", "gone"]
"""paid        nothing is open any more
due         to be paid, and nothing speaks against it
declined    the last attempt has failed
confirm     the customer's bank waits for a confirmation
processing  the money is on its way, so that nobody may pay once more
gone        a draft, or declared void
"""

PAYABLE: frozenset[Standing] = frozenset({"due", "declined", "confirm"})


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice as something to be paid.

    amount: what is open, or what was paid, in minor units.  at: Unix seconds of its date.
    subscription: the id of the one that it is for.
    code, decline_code: why the last attempt failed.  confirm_url: the page of the bank, while it waits.
    method_id: what was tried last.  is_waiting: Stripe is only about to charge it by itself.
    """

    id: str
    number: str | None
    amount: int
    currency: str
    at: int
    subscription: str | None
    standing: Standing
    code: str | None
    decline_code: str | None
    confirm_url: str | None
    method_id: str | None
    intent_id: str | None
    page: str | None
    is_waiting: bool

    @classmethod
    def of(cls, body: Mapping[str, Any], intents: Mapping[str, Mapping[str, Any]] | None = None) -> Bill:
        """body: an invoice with its `payments`. intents: by id, for payments whose intent is not expanded."""
        intent_id, intent = _intent(body, intents or {})
        standing = _standing(body, intent)
        code, decline_code = failure_of(intent) if standing == "declined" else (None, None)
        tried = intent.get("payment_method") or (intent.get("last_payment_error") or {}).get("payment_method")
        return cls(
            id=body["id"],
            number=body.get("number"),
            amount=body["amount_paid"] if standing == "paid" else body["amount_remaining"],
            currency=body["currency"],
            at=body.get("effective_at") or body["created"],
            subscription=subscription_of(body),
            standing=standing,
            code=code,
            decline_code=decline_code,
            confirm_url=confirmation_url(intent) if standing == "confirm" else None,
            method_id=_id(tried),
            intent_id=intent_id,
            page=body.get("hosted_invoice_url"),
            is_waiting=not (body["collection_method"] == "send_invoice" or body.get("attempted")),
        )

    @property
    def is_payable(self) -> bool:
        return self.standing in PAYABLE and self.amount > 0


def subscription_of(invoice: Mapping[str, Any]) -> str | None:
    """The id of the subscription that an invoice is for."""
    details = (invoice.get("parent") or {}).get("subscription_details") or {}
    return _id(details.get("subscription"))


def _intent(body: Mapping[str, Any], intents: Mapping[str, Mapping[str, Any]]) -> tuple[str | None, Mapping[str, Any]]:
    """The intent that is to pay an invoice: of the payment that is open, else of the default one."""
    payments = (body.get("payments") or {}).get("data") or []
    for each in sorted(payments, key=lambda payment: (payment["status"] != "open", not payment["is_default"])):
        found = each["payment"].get("payment_intent")
        if isinstance(found, Mapping):
            return found["id"], found
        if found is not None:
            return found, intents.get(found, {})
    return None, {}


def _standing(body: Mapping[str, Any], intent: Mapping[str, Any]) -> Standing:
    if body["status"] == "paid":
        return "paid"
    if body["status"] not in ("open", "uncollectible"):
        return "gone"
    known: dict[Any, Standing] = {"processing": "processing", "requires_action": "confirm"}
    if intent.get("status") in known:
        return known[intent["status"]]
    return "declined" if intent.get("last_payment_error") else "due"


def _id(reference: Any) -> str | None:
    if isinstance(reference, Mapping):
        reference = reference["id"]
    return None if reference is None else str(reference)


def is_settled(invoices: Iterable[Mapping[str, Any]], waiting: Iterable[Mapping[str, Any]]) -> bool:
    """Whether no invoice is open, and nothing waits to be charged with the next one.

    invoices, waiting: as Stripe serves them; `waiting` are the pending invoice items. Credits owe nothing.
    """
    is_open = any(body["status"] == "open" and body["amount_remaining"] > 0 for body in invoices)
    return not is_open and not any(body["amount"] > 0 for body in waiting)
