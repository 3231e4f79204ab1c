"""What a subscription puts on invoices: the lines of periods, and the prorations of changes.

Source: docs.stripe.com/billing/subscriptions/prorations
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_portal.wire import errors
from mock_server.billing import lines, proration
from mock_server.billing.calendar import Period, Span
from mock_server.billing.money import decimal_string
from mock_server.core.call import Body, Call

from .. import invoice as invoices
from .. import invoiceitem as pending
from ..discount import lasting, used_up
from ..invoiceitem_amounts import pricing
from ..promotion_code import Basket
from ..subscription_item import BILLED, price_of
from .by_use import by_use
from .items import Change
from .represent import bought, items_of, period_of, product_name, whole_of


def lines_of(call: Call, body: Body, items: Sequence[Body], spans: Sequence[Span]) -> list[Body]:
    """The lines that bill these items for these spans, beforehand: so nothing for what is charged by use."""
    paid = [(item, span) for item, span in zip(items, spans, strict=True) if not by_use(call, item)]
    wares = [bought(call, item, body["currency"]) for item, _ in paid]
    return as_lines(call, items, lines.of_period(wares, [span for _, span in paid]))


def trial_lines(call: Call, body: Body, items: Sequence[Body], period: Period) -> list[Body]:
    """The lines of nothing that show a trial."""
    wares = [bought(call, item, body["currency"]) for item in items if not by_use(call, item)]
    return as_lines(call, items, lines.of_trial(wares, period, body["billing_mode"]["type"]))


def as_lines(call: Call, items: Sequence[Body], found: Sequence[lines.Line]) -> list[Body]:
    """Lines as objects."""
    by_id = {item["id"]: item for item in items}
    return [
        invoices.line_for_item(call, by_id[line.key], price_of(call, by_id[line.key]["price"]), line) for line in found
    ]


def basket_of(call: Call, body: Body) -> Basket:
    """What all items cost for an interval, before discounts."""
    wares = [bought(call, item, body["currency"]) for item in items_of(body) if not by_use(call, item)]
    return Basket(sum(ware.rate.amount(ware.quantity) for ware in wares), body["currency"])


def bill_for(call: Call, body: Body, reason: str, made: Sequence[Body], period: Period) -> invoices.Bill:
    """An invoice of this subscription. The subscription names it as its latest."""
    bill = invoices.Bill(
        body["customer"],
        body["currency"],
        reason,
        period,
        made,
        [one["id"] for one in lasting(call, body["discounts"], call.now)],
        body,
        body["collection_method"],
        body["days_until_due"] if body["collection_method"] == "send_invoice" else None,
    )
    body["latest_invoice"] = bill.id
    return bill


def note_billed(items: Sequence[Body], invoice: Body) -> None:
    """Keep with each item what this invoice bills for it, after discounts, so that a change can give it back."""
    for item in items:
        own = [line for line in invoice["lines"]["data"] if pays_for(line, item)]
        if own:
            net = sum(line["amount"] - sum(one["amount"] for one in line["discount_amounts"]) for line in own)
            item[BILLED] = own[0]["period"] | {
                "amount": net,
                "invoice": invoice["id"],
                "lines": [line["id"] for line in own],
                "price": item["price"],
                "quantity": item["quantity"],
            }


def pays_for(line: Body, item: Body) -> bool:
    """Whether a line bills an item for its current period, and neither a change of it nor an earlier period."""
    details = line["parent"]["subscription_item_details"]
    if not details or details["subscription_item"] != item["id"] or details["proration"]:
        return False
    return bool(line["period"]["end"] == item["current_period_end"])


def prorate(call: Call, body: Body, changes: Sequence[Change], items: Sequence[Body], at: int) -> list[Body]:
    """Make the pending items of these changes, credit before debit, and keep what each item costs from now on.

    items: all items after the changes.  at: when the changes count from.
    """
    full = net_amounts(call, body, items)
    made = []
    for change in changes:
        old, new = ahead(call, change.before), ahead(call, change.after)
        before = old_part(call, body, old, at) if old else None
        after = taken_back(call, body, old, new, at) if old and new else None
        if new and after is None:
            after = new_part(call, body, new, full[new["id"]], at)
        found = proration.change_lines(before, after, at)
        for line in found:
            side = change.before if line.kind == "credit" else change.after
            if side is not None:
                made.append(put_pending(call, body, side, line))
        if old and new and len(found) == 2:
            new[BILLED]["replaced"] = {"amount": -found[0].amount, "at": at, **worth(body, old)}
    return made


def worth(body: Body, item: Body) -> Body:
    """What decides what an item costs."""
    discounts = [*body["discounts"], *item["discounts"]]
    return {"discounts": discounts, "price": item["price"], "quantity": item["quantity"]}


def taken_back(call: Call, body: Body, old: Body, new: Body, at: int) -> proration.Part | None:
    """What an item costs again, where a change is taken back in the second from which it counts.

    What the change gave back was rounded once; the same amount is asked for again, so that nothing is left over.
    """
    paid = old[BILLED] or {}
    former = paid.get("replaced")
    if former is None or former != {"amount": former["amount"], "at": at, **worth(body, new)}:
        return None
    return part(call, new["price"], new["quantity"], former["amount"], Period(at, paid["end"]))


def ahead(call: Call, item: Body | None) -> Body | None:
    """The item, if it is paid for beforehand: use is billed afterwards, so nothing of it is given back."""
    return None if item is None or by_use(call, item) else item


def old_part(call: Call, body: Body, item: Body, at: int) -> proration.Part | None:
    """What was paid for an item until now; None where nothing was.

    Flexible billing mode gives credit for what was billed, classic for what it costs by the present price.
    """
    if body["billing_mode"]["type"] == "classic":
        if not item["current_period_start"] <= at <= item["current_period_end"]:
            return None
        amount = net_amounts(call, body, [item])[item["id"]]
        return new_part(call, body, item, amount, at)
    paid = item[BILLED]
    if paid is None or not paid["start"] <= at <= paid.get("until", paid["end"]):
        return None
    period = Period(paid["start"], paid["end"])
    return part(call, paid["price"], paid["quantity"], paid["amount"], period, paid.get("until"))


def new_part(call: Call, body: Body, item: Body, amount: int, at: int) -> proration.Part:
    """What an item costs for its period. amount: for the whole interval, which the period may be a part of."""
    period = period_of(item)
    if not period.start <= at <= period.end:
        raise errors.invalid("proration_date must lie within the current period.", "proration_date")
    return part(call, item["price"], item["quantity"], amount, whole_of(call, body, item), period.end)


def part(
    call: Call, price_id: str, quantity: int, amount: int, period: Period, until: int | None = None
) -> proration.Part:
    """One side of a change."""
    name = product_name(call, price_of(call, price_id)["product"])
    return proration.Part(name, amount, period, quantity, price_id, None if until == period.end else until)


def net_amounts(call: Call, body: Body, items: Sequence[Body]) -> dict[str, int]:
    """What each item costs for a whole period, after the discounts that last, by the item's id.

    In classic billing mode a discount of an amount counts in full for each item that changes; flexible ones share it.
    """
    spans = [Span(period_of(item), period_of(item)) for item in items]
    made = lines_of(call, body, items, spans)
    groups = [made] if body["billing_mode"]["type"] == "flexible" else [[line] for line in made]
    # One that lasts for one invoice reduces the next, not what a change costs.
    repeated = [id for id in body["discounts"] if not used_up(call, id)]
    for group in groups:
        invoices.reduce(call, group, repeated, body["currency"])
    found = dict.fromkeys((item["id"] for item in items), 0)
    for line in made:
        off = sum(one["amount"] for one in line["discount_amounts"])
        found[line["parent"]["subscription_item_details"]["subscription_item"]] += line["amount"] - off
    return found


def put_pending(call: Call, body: Body, item: Body, found: proration.Proration) -> Body:
    """Store one side of a change as an invoice item."""
    costs = price_of(call, found.part.price)
    paid = item[BILLED]
    tie = {"subscription": body["id"], "subscription_item": item["id"]}
    more = {
        "description": found.description,
        "discountable": False,
        "parent": {"subscription_details": tie, "type": "subscription_details"},
        "period": {"end": found.period.end, "start": found.period.start},
        "pricing": pricing(costs),
        "proration": True,
        "proration_details": {
            "credited_items": credited_items(paid) if found.kind == "credit" else None,
            "discount_amounts": [],
        },
        "quantity": found.part.quantity,
        "quantity_decimal": decimal_string(found.part.quantity),
        "tax_rates": list(item["tax_rates"]),
    }
    made = pending.add(call, pending.represent(call, body["customer"], body["currency"], found.amount, more))
    if found.kind == "debit":
        item[BILLED] = {
            "amount": found.amount,
            "end": found.period.end,
            "invoice_item": made["id"],
            "price": item["price"],
            "quantity": item["quantity"],
            "start": found.period.start,
        }
    return made


def credited_items(paid: Body | None) -> Body | None:
    """What a credit gives back: lines of an invoice, or an item that still waits for one."""
    if paid is None:
        return None
    if "invoice_item" in paid:
        return {"invoice_item": paid["invoice_item"], "invoice_line_item_details": None, "type": "invoice_item"}
    details = {"invoice": paid["invoice"], "invoice_line_items": paid["lines"]}
    return {"invoice_item": None, "invoice_line_item_details": details, "type": "invoice_line_items"}


def has_pending(call: Call, body: Body) -> bool:
    """Whether anything waits for the next invoice of this subscription."""
    return bool(pending.pending(call, body["customer"], body["id"], body["currency"]))
