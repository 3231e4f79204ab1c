"""Subscriptions whose invoices are not collected for a while (`pause_collection`).

They go on as they are, and their invoices stay drafts, are declared void, or written off.
Source: docs.stripe.com/billing/subscriptions/pause-payment
"""

from __future__ import annotations

from dataclasses import replace

from flask_portal.wire import errors
from mock_server.core.call import Body, Call

from .. import invoice as invoices

CLOSED_AS = {"mark_uncollectible": "uncollectible", "void": "void"}


def hold(call: Call, body: Body, sent: Body | None) -> None:
    """Stop collecting, or collect again from now on."""
    if sent is None:
        body["pause_collection"] = None
        return
    resumes_at = sent.get("resumes_at")
    if resumes_at is not None and resumes_at <= call.now:
        raise errors.invalid("resumes_at must lie in the future.", "pause_collection[resumes_at]")
    body["pause_collection"] = {"behavior": sent["behavior"], "resumes_at": resumes_at}


def is_held(body: Body) -> bool:
    """Whether its invoices are not collected now."""
    return body["pause_collection"] is not None


def draft(call: Call, body: Body, bill: invoices.Bill, *, waits: bool) -> Body:
    """A draft of this subscription; nothing happens to it by itself while collection is paused.

    Nor to that of a new period of a subscription that is unpaid: nobody is asked to pay for it.
    """
    if not is_held(body) and not (body["status"] == "unpaid" and bill.reason == "subscription_cycle"):
        return invoices.settle.draft(call, bill, waits=waits)
    return invoices.settle.draft(call, replace(bill, more=bill.more | {"auto_advance": False}), waits=False)


def settle_held(call: Call, body: Body, invoice: Body) -> None:
    """What becomes of a new invoice that is not collected. What a balance pays for is paid all the same."""
    behavior = body["pause_collection"]["behavior"]
    if behavior == "keep_as_draft":
        return
    invoices.settle.finalize(call, invoice)
    if invoice["status"] == "open":
        invoices.settle.close(call, invoice, CLOSED_AS[behavior])
