"""Periods that are cut short, because the subscription ends within them at a date of its own (`cancel_at`).

The period that is going on ends with the subscription, and what was paid for the time after that is given back; where
the end is taken back, or comes later, that time is billed again. A period to come is billed as far as it goes.
Source: docs.stripe.com/billing/subscriptions/cancel
"""

from __future__ import annotations

from mock_server.billing import proration
from mock_server.billing.calendar import Period, Span
from mock_server.core.call import Body, Call

from ..subscription_item import BILLED
from . import billing
from .by_use import by_use
from .represent import items_of, period_of, put_period, whole_of


def own_end(body: Body) -> int | None:
    """The date at which it ends whatever its periods do."""
    return None if body["cancel_at_period_end"] else body["cancel_at"]


def fit(call: Call, body: Body) -> None:
    """Let no current period go beyond the end; nothing of that is billed or given back."""
    for item in items_of(body):
        put_period(item, Span(period_of(item), whole_of(call, body, item)).cut(own_end(body)).period)


def follow(call: Call, body: Body) -> bool:
    """Let each current period last as long as the subscription does; whether that has made prorations."""
    made = []
    for item in items_of(body):
        whole, before = whole_of(call, body, item), period_of(item)
        after = Span(Period(before.start, whole.end), whole).cut(own_end(body)).period
        if after.end < before.end:
            made += shorten(call, body, item, after)
        elif after.end > before.end:
            made += lengthen(call, body, item, before, after)
    return bool(made)


def shorten(call: Call, body: Body, item: Body, after: Period) -> list[Body]:
    """The credit for the time that is cut off."""
    paid = None if by_use(call, item) else billing.old_part(call, body, item, after.end)
    put_period(item, after)
    made = [billing.put_pending(call, body, item, line) for line in proration.change_lines(paid, None, after.end)]
    if made and item[BILLED] is not None:
        item[BILLED]["until"] = after.end
    return made


def lengthen(call: Call, body: Body, item: Body, before: Period, after: Period) -> list[Body]:
    """The debit for the time that is added. What was given back comes back at what it was paid at."""
    put_period(item, after)
    paid = item[BILLED]
    if by_use(call, item) or (paid is None and body["billing_mode"]["type"] == "flexible"):
        return []
    same = paid is not None and paid.get("until") == before.end and after.end <= paid["end"]
    if same and body["billing_mode"]["type"] == "flexible":
        span = Period(paid["start"], paid["end"])
        owed = billing.part(call, item["price"], item["quantity"], paid["amount"], span, after.end)
    else:
        amounts = billing.net_amounts(call, body, items_of(body))
        owed = billing.new_part(call, body, item, amounts[item["id"]], before.end)
    made = [billing.put_pending(call, body, item, line) for line in proration.change_lines(None, owed, before.end)]
    if paid is not None:
        item[BILLED] = together(paid, item[BILLED], before.end, after.end, same=same)
    return made


def together(paid: Body, added: Body, at: int, until: int, *, same: bool) -> Body:
    """What is paid for an item now: what was left of it until `at`, and what was added from then on."""
    if same:
        return paid | {"until": until}
    left = proration.unused_share(paid["amount"], Period(paid["start"], paid["end"]), paid["start"], at)
    return added | {"amount": left + added["amount"], "end": until, "start": paid["start"]}
