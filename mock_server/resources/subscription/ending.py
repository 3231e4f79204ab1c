"""How a subscription ends, at once or because its time has come.

Source: docs.stripe.com/billing/subscriptions/cancel
"""

from __future__ import annotations

from collections.abc import Sequence

from mock_server.billing import lifecycle
from mock_server.billing.calendar import Period
from mock_server.core.call import Body, Call

from .. import feedback_option as options
from .. import invoice as invoices
from .. import invoiceitem as pending
from .billing import bill_for, has_pending, prorate
from .by_use import usage_lines
from .collection import draft, is_held, settle_held
from .head import earliest_start, subscription
from .items import Change
from .represent import items_of, save, schedule

REQUESTED = "cancellation_requested"


def cancel(call: Call, body: Body, sent: Body) -> Body:
    """End it at once.

    sent: `prorate` credits the time that is not used, `invoice_now` bills what waits; without either, prorations that
    wait are dropped.
    """
    note_details(call, body, sent.get("cancellation_details"))
    if sent["prorate"] and body["status"] in ("active", "past_due", "unpaid"):
        prorate(call, body, [Change(item, None) for item in items_of(body)], (), call.now)
    elif not sent["invoice_now"]:
        drop_prorations(call, body)
    used = usage_lines(call, body, items_of(body)) if sent["invoice_now"] else []
    schedule(body, lifecycle.cancel_now(call.now), REQUESTED)
    finish(call, body)
    if sent["invoice_now"]:
        bill_rest(call, body, used)
    return body


def end(call: Call, body: Body) -> None:
    """Its scheduled end has come, or its trial has ended without a payment method. Prorations that wait are billed."""
    if body["canceled_at"] is None:
        body["canceled_at"] = call.now
    used = usage_lines(call, body, items_of(body))
    body |= {"ended_at": call.now, "status": lifecycle.move(body["status"], "cancel")}
    finish(call, body)
    if used or any(item["proration"] for item in pending.of_subscription(call, body["id"])):
        bill_last(call, body, used)


def with_customer(call: Call, body: Body) -> None:
    """Its customer is deleted."""
    drop_prorations(call, body)
    schedule(body, lifecycle.cancel_now(call.now))
    finish(call, body)


def finish(call: Call, body: Body) -> None:
    """It has ended: tell, and stop what its invoices would do by themselves."""
    save(call, body)
    call.emit("customer.subscription.deleted", body)
    subscription.tell(call, "told", body)
    subscription.tell(call, "ended", body)
    for invoice in invoices.invoice.where(call, subscription=body["id"])[::-1]:
        invoices.settle.stop(call, invoice)


def drop_prorations(call: Call, body: Body) -> None:
    """Prorations that wait for an invoice will not be billed."""
    for waiting in pending.of_subscription(call, body["id"]):
        if waiting["proration"]:
            pending.drop(call, waiting)


def bill_last(call: Call, body: Body, used: Sequence[Body]) -> None:
    """The last invoice bills what was used and what waits, and is a draft for an hour like that of a renewal."""
    bill = bill_for(call, body, "subscription_cycle", used, Period(earliest_start(body), call.now))
    invoice = draft(call, body, bill, waits=True)
    save(call, body)
    if is_held(body):
        settle_held(call, body, invoice)


def bill_rest(call: Call, body: Body, used: Sequence[Body]) -> None:
    """Invoice what waits and what was used, and collect it."""
    if not used and not has_pending(call, body):
        return
    bill = bill_for(call, body, "subscription_update", used, Period(call.now, call.now))
    invoice = invoices.settle.draft(call, bill, waits=False)
    subscription.save(call, body)
    invoices.due.finish(call, invoice)


def note_details(call: Call, body: Body, sent: Body | None) -> None:
    """Keep why the customer leaves."""
    if sent:
        if "feedback_option" in sent:
            options.active(call, sent["feedback_option"], "cancellation_details[feedback_option]")
        body["cancellation_details"] |= sent
