"""Payments that failed are tried again, as the account has set it, until it is over.

A card that will never work again is not asked a second time: the attempts go on in number only, until there is another.
The first invoice of a subscription is not tried again: its customer has a day to pay it themselves.
Source: docs.stripe.com/billing/revenue-recovery/smart-retries
"""

from __future__ import annotations

from mock_server.billing.calendar import DAY
from mock_server.core.call import Body, Call

from .head import invoice

HOPELESS = "do_not_try_again"


def is_retried(body: Body) -> bool:
    """Whether its payment is tried again by itself."""
    return bool(
        body["auto_advance"]
        and body["status"] == "open"
        and body["collection_method"] == "charge_automatically"
        and body["billing_reason"] != "subscription_create"
    )


def plan(call: Call, body: Body) -> None:
    """Put down and store when payment is tried next, where that is not planned already."""
    if not is_retried(body):
        invoice.save(call, body)
        return
    pauses = call.settings["retry_after_days"]
    tried = body["attempt_count"]
    if body["next_payment_attempt"] is None and tried <= len(pauses):
        body["next_payment_attempt"] = call.now + pauses[tried - 1] * DAY
    invoice.save(call, body, due=body["next_payment_attempt"])


def end(call: Call, body: Body) -> None:
    """Do what follows when the last attempt has failed; nothing while others are to come."""
    if not is_retried(body) or body["next_payment_attempt"] is not None:
        return
    invoice.tell(call, "retries_over", body)
    fresh = invoice.get(call, body["id"])
    body.clear()
    body.update(fresh)


def is_hopeless(intent: Body | None, method: Body | None) -> bool:
    """Whether there is nothing to try: no method, or one that was refused for good."""
    if method is None or intent is None:
        return True
    last = intent["last_payment_error"] or {}
    refused = (last.get("payment_method") or {}).get("id")
    return bool(last.get("advice_code") == HOPELESS and refused == method["id"])
