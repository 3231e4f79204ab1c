"""What is charged by use: a meter counts it during a period, and the invoice at its end bills it.

What was used in a trial is free. Events of the period that come in while its invoice is a draft are billed by it too.
Source: docs.stripe.com/billing/subscriptions/usage-based
"""

from __future__ import annotations

from collections.abc import Sequence

from mock_server.billing import lines
from mock_server.billing.calendar import Period, Span
from mock_server.billing.money import round_half_up
from mock_server.core.call import Body, Call

from .. import invoice as invoices
from .. import invoiceitem as pending
from ..meter_event import usage
from ..subscription_item import is_metered, price_of
from .head import subscription
from .represent import interval_of, product_name, rate_of

BILLED_STATUSES = frozenset({"active", "past_due"})

COUNTED_FROM = "_counted_from"
"""Stored with an item that was added within a period and never shown: what was used before is none of it."""


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
    began = max(item["current_period_start"], item.get(COUNTED_FROM, 0))
    period = Period(began, min(item["current_period_end"], call.now))
    if body["trial_end"] is not None and period.start < body["trial_end"]:
        return []
    return lines_for(call, body, item, period)


def lines_for(call: Call, body: Body, item: Body, period: Period) -> list[Body]:
    """The lines that bill what was used of an item in a period, as far as it is known now."""
    costs = price_of(call, item["price"])
    used = usage(call, costs["recurring"]["meter"], body["customer"], period.start, period.end)
    name = product_name(call, costs["product"])
    rhythm, rate = interval_of(call, item), rate_of(costs, body["currency"])
    ware = lines.Bought(item["id"], name, body["currency"], rhythm, rate, round_half_up(used))
    # What was used costs the same however long the period was.
    found = lines.of_period([ware], [Span(period, period)])
    return [invoices.line_for_item(call, item, costs, line) for line in found]


@invoices.invoice.on("finalizing")
def count_again(call: Call, paper: Body) -> None:
    """What has come in while the invoice of a renewal was a draft is billed by it too."""
    body = subscription.find(call, paper["parent"]["subscription_details"]["subscription"]) if paper["parent"] else None
    if body is None or paper["billing_reason"] != "subscription_cycle":
        return
    known: dict[tuple[str, int], list[Body]] = {}
    for line in paper["lines"]["data"]:
        if is_usage(call, line):
            item = line["parent"]["subscription_item_details"]["subscription_item"]
            known.setdefault((item, line["period"]["start"]), []).append(line)
    for old in known.values():
        new = lines_for(call, body, item_of(paper, old[0]), Period(old[0]["period"]["start"], old[0]["period"]["end"]))
        if sum(line["quantity"] for line in new) != sum(line["quantity"] for line in old):
            lines_now = paper["lines"]["data"]
            place = lines_now.index(old[0])
            kept = [line for line in lines_now if line not in old]
            invoices.put_lines(paper, [*kept[:place], *new, *kept[place:]])


def is_usage(call: Call, line: Body) -> bool:
    """Whether a line bills what was used of an item."""
    details = line["parent"]["subscription_item_details"]
    if not details or details["proration"] or not line["pricing"]["price_details"]:
        return False
    return is_metered(price_of(call, line["pricing"]["price_details"]["price"]))


def item_of(paper: Body, line: Body) -> Body:
    """The item that a line bills, as it was when the line was made."""
    details = line["parent"]["subscription_item_details"]
    return {
        "discounts": line["discounts"],
        "id": details["subscription_item"],
        "metadata": line["metadata"],
        "price": line["pricing"]["price_details"]["price"],
        "subscription": details["subscription"],
        "tax_rates": paper[invoices.TAX_RATES].get(line["id"], []),
    }


def bill_removed(call: Call, body: Body, items: Sequence[Body]) -> None:
    """What was used of items that are there no more waits for the next invoice.

    A meter's events stay as they are, so `clear_usage` has no effect on them.
    """
    for item in items:
        tie = {"subscription": body["id"], "subscription_item": item["id"]}
        for line in usage_lines(call, body, [item]):
            if not line["quantity"]:
                continue
            taken = ("description", "metadata", "period", "pricing", "quantity", "quantity_decimal")
            more = {name: line[name] for name in taken} | {
                "parent": {"subscription_details": tie, "type": "subscription_details"},
                "tax_rates": list(item["tax_rates"]),
            }
            pending.add(call, pending.represent(call, body["customer"], body["currency"], line["amount"], more))


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
