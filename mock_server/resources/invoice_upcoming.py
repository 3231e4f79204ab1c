"""Renewals are announced some days ahead, with the invoice that would come (`invoice.upcoming`).

Source: docs.stripe.com/billing/subscriptions/webhooks
"""

from __future__ import annotations

from mock_server.core.call import Body, Call
from mock_server.core.rehearsal import Rehearsal

from . import invoice_preview as preview
from .subscription.head import subscription


@subscription.on("renewal_near")
def announce(call: Call, body: Body) -> None:
    """Tell what its next invoice will be; nothing when there will be none."""
    if isinstance(call, Rehearsal):
        # Nobody hears of it when somebody else looks ahead.
        return
    found = preview.of_subscription(call, {"preview_mode": "next"}, body, moves=lambda _trial: None)
    if found is not None:
        call.emit("invoice.upcoming", preview.as_preview(call, found))
