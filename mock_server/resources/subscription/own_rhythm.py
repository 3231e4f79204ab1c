"""Pending invoice items that are billed in a rhythm of their own, between the renewals.

Source: docs.stripe.com/api/subscriptions/create, `pending_invoice_item_interval`
"""

from __future__ import annotations

from flask_portal.wire import errors
from mock_server.billing.calendar import Interval, Period, add
from mock_server.core.call import Body, Call

from .billing import bill_for, has_pending
from .collection import draft, is_held, settle_held
from .represent import interval_of, items_of, save, save_and_tell

NAME = "pending_invoice_item_interval"
REASON = "automatic_pending_invoice_item_invoice"
LONGEST = Interval("year")


def take(call: Call, body: Body, sent: Body) -> None:
    """Put the rhythm that was sent into a subscription, or take it out."""
    if NAME not in sent:
        return
    wanted = sent[NAME]
    if wanted is None:
        body |= {NAME: None, "next_pending_invoice_item_invoice": None}
        return
    rhythm = Interval.of(wanted["interval"], wanted.get("interval_count") or 1)
    if LONGEST.is_shorter(rhythm):
        raise errors.invalid("Pending invoice items are billed at least once a year.", f"{NAME}[interval_count]")
    if not all(rhythm.is_shorter(interval_of(call, item)) for item in items_of(body)):
        message = "Pending invoice items are billed more often than the items of the subscription, or with them."
        raise errors.invalid(message, f"{NAME}[interval]")
    body |= {
        NAME: {"interval": rhythm.unit, "interval_count": rhythm.count},
        "next_pending_invoice_item_invoice": add(call.now, rhythm, 1),
    }


def bill(call: Call, body: Body) -> None:
    """Invoice what waits, if anything does, and wait again."""
    rhythm = Interval.of(body[NAME]["interval"], body[NAME]["interval_count"])
    began = body["next_pending_invoice_item_invoice"]
    body["next_pending_invoice_item_invoice"] = add(began, rhythm, 1)
    if has_pending(call, body):
        invoice = draft(call, body, bill_for(call, body, REASON, (), Period(add(began, rhythm, -1), began)), waits=True)
        save(call, body)
        if is_held(body):
            settle_held(call, body, invoice)
    save_and_tell(call, body)
