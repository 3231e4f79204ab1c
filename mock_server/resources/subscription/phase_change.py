"""How a subscription enters a phase of its schedule.

In the middle of a period that is a change like any other. Where its periods are over at this moment, nothing is left
to be prorated: the new items are in place before the renewal bills them.
Source: docs.stripe.com/billing/subscriptions/subscription-schedules
"""

from __future__ import annotations

from mock_server.billing.calendar import Period
from mock_server.core.call import Body, Call

from ..subscription_item import index
from . import change
from . import items as goods
from .represent import interval_of, items_of, put_items, put_period, save_and_tell


def enter(call: Call, body: Body, sent: Body) -> Body:
    """The subscription with the items and terms of a phase. sent: as an update names them."""
    over = all(item["current_period_end"] <= call.now for item in items_of(body))
    if not over or isinstance(sent.get("trial_end"), int):
        return change.apply(call, body, sent | ({"proration_behavior": "none"} if over else {}))
    change.take_terms(call, body, sent)
    before = items_of(body)
    changes = goods.asked(call, body, sent["items"])
    after = goods.after(body, changes)
    goods.check(call, body, after)
    for item in after:
        put_period(item, Period(item["current_period_start"], call.now))
    if "billing_cycle_anchor" in sent or (
        body["billing_mode"]["type"] == "classic" and other_rhythm(call, before, after)
    ):
        body |= {"billing_cycle_anchor": call.now, "billing_cycle_anchor_config": None}
    put_items(body, after)
    index(call, before, after)
    goods.add_once(call, body, sent)
    return save_and_tell(call, body)


def other_rhythm(call: Call, before: list[Body], after: list[Body]) -> bool:
    """Whether it is billed at another interval now."""
    return {interval_of(call, item) for item in before} != {interval_of(call, item) for item in after}
