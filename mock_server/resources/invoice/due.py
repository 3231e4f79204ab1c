"""What happens to invoices by itself: drafts are finalised after an hour, payments that failed are
tried again, and unpaid invoices that were sent are overdue on their day.

Source: docs.stripe.com/invoicing/automatic-charging
"""

from __future__ import annotations

from mock_server.core.call import Body, Call

from . import retries, settle
from .head import invoice


@invoice.due
def fall_due(call: Call, body: Body) -> None:
    """The moment that was waited for has come."""
    invoice.save(call, body, due=None)
    if body["status"] == "draft":
        finish(call, body)
    elif body["status"] == "open" and body["next_payment_attempt"] is not None:
        retry(call, body)
    elif body["status"] == "open" and body["due_date"] is not None:
        call.emit("invoice.overdue", body)
        invoice.tell(call, "overdue", body)


def retry(call: Call, body: Body) -> None:
    """Try again to collect an invoice, unless that is hopeless until there is another payment method."""
    body |= {"attempt_count": body["attempt_count"] + 1, "next_payment_attempt": None}
    intent, method = settle.intent_of(call, body), settle.method_for(call, body)
    if method is not None and not retries.is_hopeless(intent, method):
        settle.collect(call, body, method, off_session=True)
        return
    retries.plan(call, body)
    call.emit("invoice.updated", body)
    retries.end(call, body)


def finish(call: Call, body: Body) -> Body:
    """Finalise a draft, and collect it as its collection method says."""
    settle.finalize(call, body)
    if body["status"] != "open":
        return body
    if body["collection_method"] == "send_invoice":
        call.emit("invoice.sent", body)
        return body
    method = settle.method_for(call, body)
    if method is None:
        settle.mark_failed(call, body)
    else:
        settle.collect(call, body, method, off_session=True)
    return body
