"""Subscriptions on test clocks: how many there may be, and how far they let a clock go at once.

Source: docs.stripe.com/billing/testing/test-clocks
"""

from __future__ import annotations

from flask_portal.wire import errors
from mock_server.billing.calendar import Interval
from mock_server.billing.lifecycle import ENDED
from mock_server.core.call import Body, Call

from ..test_clock import test_clock
from .head import subscription
from .represent import interval_of, items_of

MOST_OF_CUSTOMER = 3


def check_room(call: Call, payer: Body) -> None:
    """A customer on a test clock has few subscriptions."""
    if payer["test_clock"] is None:
        return
    present = [one for one in subscription.where(call, customer=payer["id"]) if one["status"] not in ENDED]
    if len(present) >= MOST_OF_CUSTOMER:
        message = f"A customer on a test clock has at most {MOST_OF_CUSTOMER} subscriptions."
        raise errors.invalid(message, "customer")


@test_clock.on("intervals_sought")
def tell_intervals(call: Call, clock: Body, found: list[Interval]) -> None:
    """The rhythms of all subscriptions that are not over."""
    for body in subscription.where(call, subscription.table.c.clock == clock["id"]):
        if body["status"] not in ENDED:
            found.extend(interval_of(call, item) for item in items_of(body))
