"""How a failed call of the official client is told to a customer: a stable word, never Stripe's own sentence."""

from __future__ import annotations

import stripe

MISSING = "missing"
"""The object is not there, or belongs to another account or mode."""

REFUSED = "refused"
"""Stripe understood the call and does not do it."""

FORBIDDEN = "forbidden"
"""The portal's key is not accepted, or may not do this."""

BUSY = "busy"
"""Stripe limits the rate of calls, or is still at work on the same one."""

UNREACHABLE = "unreachable"
"""No answer came, or one that says nothing about the call: whether it was done is not known."""


def reason_of(error: stripe.StripeError) -> str:
    """The word for what went wrong."""
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return FORBIDDEN
    if isinstance(error, stripe.RateLimitError) or error.code == "idempotency_key_in_use":
        return BUSY
    if isinstance(error, stripe.InvalidRequestError | stripe.CardError | stripe.IdempotencyError):
        return MISSING if error.code == "resource_missing" else REFUSED
    return UNREACHABLE
