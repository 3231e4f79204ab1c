"""What is charged by use: a meter counts it during a period, and the invoice at its end bills it.

What was used in a trial is free. Events that come in later than the invoice's draft are not billed by it.
Source: docs.stripe.com/billing/subscriptions/usage-based
"""

from __future__ import annotations

from collections.abc import Sequence

from mock_server.billing import lines
from mock_server.billing.calendar import Period, Span
from mock_server.billing.money import round_half_up
from mock_server.core.call import Body, Call

from .. import invoice as invoices
from ..meter_event import usage
from ..subscription_item import is_metered, price_of
from .represent import interval_of, product_name, rate_of

BILLED_STATUSES = frozenset({"active", "past_due"})


def by_use(call: Call, item: Body) -> bool:
    """Whether an item is charged by use."""
    return is_metered(price_of(call, item["price"]))


def usage_lines(call: Call, body: Body, items: Sequence[Body]) -> list[Body]:
    """The lines that bill what was used in the items' current periods, up to now.

    A meter's fractions are rounded to whole units. To be called while the items still have the period that is over.
    """
    if body["status"] not in BILLED_STATUSES:
        return []
    return [line for item in items if by_use(call, item) for line in _lines_of(call, body, item)]


def _lines_of(call: Call, body: Body, item: Body) -> list[Body]:
    period = Period(item["current_period_start"], min(item["current_period_end"], call.now))
    if body["trial_end"] is not None and period.start < body["trial_end"]:
        return []
    costs = price_of(call, item["price"])
    used = usage(call, costs["recurring"]["meter"], body["customer"], period.start, period.end)
    name = product_name(call, costs["product"])
    rhythm, rate = interval_of(call, item), rate_of(costs, body["currency"])
    ware = lines.Bought(item["id"], name, body["currency"], rhythm, rate, round_half_up(used))
    # What was used costs the same however long the period was.
    found = lines.of_period([ware], [Span(period, period)])
    return [invoices.line_for_item(call, item, costs, line) for line in found]


def free_lines(call: Call, body: Body) -> list[Body]:
    """The lines of nothing with which classic billing mode announces on the first invoice what is charged by use."""
    if body["billing_mode"]["type"] != "classic":
        return []
    made = []
    for item in body["items"]["data"]:
        if by_use(call, item):
            costs = price_of(call, item["price"])
            period = Period(item["current_period_start"], item["current_period_end"])
            words = f"0 × {product_name(call, costs['product'])}"
            line = lines.Line(item["id"], 0, words, period, 0, None)
            made.append(invoices.line_for_item(call, item, costs, line))
    return made
