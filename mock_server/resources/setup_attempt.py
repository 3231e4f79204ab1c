"""Setup attempts: each confirmation of a SetupIntent, and how it went.

Source: docs.stripe.com/api/setup_attempts
"""

from __future__ import annotations

from typing import Any

from flask_portal.wire.params import Ref
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource
from mock_server.payments.authentication import three_d_secure

from . import payment_method as methods
from .common import ListByCreation

setup_attempt = Resource(
    "setup_attempt",
    "/v1/setup_attempts",
    prefix="setatt",
    search=("customer", "setup_intent"),
    expands={"customer": "customer", "payment_method": "payment_method", "setup_intent": "setup_intent"},
)

OF_A_CARD = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "wallet")
OF_A_BANK: dict[str, tuple[str, ...]] = {
    "bancontact": (
        "bank_code",
        "bank_name",
        "bic",
        "generated_sepa_debit",
        "generated_sepa_debit_mandate",
        "iban_last4",
        "preferred_language",
        "verified_name",
    ),
}
"""What a method of such a type would be found out to be, by its bank."""


class List(ListByCreation):
    setup_intent = Ref("setup_intent", required=True)


def begin(call: Call, intent: Body, method: Body) -> Body:
    """Store a new attempt, which is the intent's latest from now on."""
    body = {
        "id": setup_attempt.new_id(),
        "object": "setup_attempt",
        "application": None,
        "created": call.now,
        "customer": intent["customer"],
        "customer_account": None,
        "flow_directions": None,
        "livemode": call.livemode,
        "on_behalf_of": intent["on_behalf_of"],
        "payment_method": method["id"],
        "payment_method_details": {"type": method["type"], method["type"]: details(method)},
        "setup_error": None,
        "setup_intent": intent["id"],
        "status": "requires_confirmation",
        "usage": intent["usage"],
    }
    intent["latest_attempt"] = body["id"]
    return setup_attempt.add(call, body)


def details(method: Body) -> Body:
    """What the method was when it was set up."""
    if method["type"] != "card":
        return dict.fromkeys(OF_A_BANK.get(method["type"], ()))
    card = method["card"]
    network = card["networks"]["available"][0]
    return {name: card[name] for name in OF_A_CARD} | {"network": network, "three_d_secure": None}


def go_on(call: Call, intent: Body, status: str, error: Body | None = None, *, authenticated: bool = False) -> None:
    """Note how the latest attempt of an intent went. authenticated: the customer has passed a challenge."""
    body: Body | None = setup_attempt.find(call, intent["latest_attempt"]) if intent["latest_attempt"] else None
    if body is None:
        return
    body |= {"setup_error": error, "status": status}
    shown: Any = body["payment_method_details"]
    if shown["type"] == "card" and authenticated:
        method = methods.payment_method.peek(call, body["payment_method"]) or {}
        instrument = methods.instrument(method)
        shown["card"]["three_d_secure"] = three_d_secure(instrument, authenticated=True, seed=body["id"])
    setup_attempt.save(call, body)


setup_attempt.lists(List)
