"""How the payment of an invoice stands, as its PaymentIntent says. Pure.

Source: docs.stripe.com/payments/paymentintents/lifecycle, docs.stripe.com/api/invoice-payment/object
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Body = Mapping[str, Any]


def intent_of(invoice: Body) -> Body | None:
    """The PaymentIntent that pays an invoice, or did; None when it has none.  invoice: with `payments` expanded."""
    found = [each["payment"].get("payment_intent") for each in (invoice.get("payments") or {}).get("data", ())]
    intents = [each for each in found if isinstance(each, Mapping)]
    return next((each for each in intents if each["status"] != "canceled"), None)


def failure_of(intent: Body | None) -> tuple[str | None, str | None]:
    """`code` and `decline_code` of the last attempt that failed."""
    error = (intent or {}).get("last_payment_error") or {}
    return error.get("code"), error.get("decline_code")


def confirmation_url(intent: Body | None) -> str | None:
    """Where the customer's bank waits for them; None when it does not, or only a script could lead there."""
    action = (intent or {}).get("next_action") or {}
    address: str | None = (action.get("redirect_to_url") or {}).get("url")
    return address
