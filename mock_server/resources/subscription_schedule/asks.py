"""What a phase asks of its subscription, in the words of a subscription's own calls.

Source: docs.stripe.com/billing/subscriptions/subscription-schedules
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mock_server.core.call import Body, Call

from ..discount import discount
from ..subscription.items import CHOSEN
from ..subscription.represent import items_of
from .phases import SHARED, UNTAXED

NOTHING: Body = {"automatic_tax": UNTAXED}
"""What stands for nothing, where that is not null."""


def terms(schedule: Body, phase: Body, former: Body | None = None) -> Body:
    """What a phase asks beside its items. former: the phase before it, which takes along what it has brought."""
    general = schedule["default_settings"]
    found: Body = {"proration_behavior": phase["proration_behavior"]}
    for name in ("collection_method", "default_payment_method", "description"):
        value = phase[name] if phase[name] is not None else general[name]
        if value is not None:
            found[name] = value
    found |= shared(schedule, phase)
    for name in shared(schedule, former).keys() - found.keys() if former else ():
        found[name] = NOTHING.get(name)
    paper = phase["invoice_settings"] or general["invoice_settings"]
    written = {name: value for name, value in paper.items() if value is not None and name != "days_until_due"}
    if written:
        found["invoice_settings"] = written
    if found.get("collection_method") == "send_invoice" and paper["days_until_due"] is not None:
        found["days_until_due"] = paper["days_until_due"]
    if phase["metadata"]:
        found["metadata"] = phase["metadata"]
    return found


def shared(schedule: Body, phase: Body) -> Body:
    """What a phase says of tax and of connected accounts, or what is said for all."""
    general = schedule["default_settings"]
    resolved = {name: phase[name] if phase[name] is not None else general[name] for name in SHARED}
    if phase["default_tax_rates"]:
        resolved["default_tax_rates"] = phase["default_tax_rates"]
    return {name: value for name, value in resolved.items() if value not in (None, UNTAXED)}


def reductions(call: Call, current: Sequence[str], wanted: Sequence[Body]) -> list[Body] | None:
    """Discounts as an update names them; None where they are what there is already."""
    named = [{name: value for name, value in one.items() if value is not None} for one in wanted]
    bodies = [discount.get(call, id) for id in current]
    if len(named) == len(bodies) and all(is_of(body, one) for body, one in zip(bodies, named, strict=True)):
        return None
    # A discount that has come to its end meanwhile cannot be named any more.
    return [one for one in named if "discount" not in one or one["discount"] in current]


def is_of(body: Body, named: Body) -> bool:
    """Whether a discount is the one that is named, or was made of the coupon or code that is named."""
    if "discount" in named:
        return bool(body["id"] == named["discount"])
    if "promotion_code" in named:
        return bool(body["promotion_code"] == named["promotion_code"])
    return body["promotion_code"] is None and bool(body["source"]["coupon"] == named.get("coupon"))


def added_items(phase: Body) -> list[Body]:
    """The items that are billed once when a phase begins."""
    moments = {"phase_end": phase["end_date"], "phase_start": phase["start_date"]}
    found = []
    for one in phase["add_invoice_items"]:
        known = {name: value for name, value in one.items() if value is not None and name != "discounts"}
        known[CHOSEN] = True
        known["discounts"] = [{name: id for name, id in each.items() if id} for each in one["discounts"]]
        known["period"] = {name: moment(side, moments) for name, side in one["period"].items()}
        found.append(known)
    return found


def moment(side: Body, moments: dict[str, int]) -> Body:
    """Begin or end of an added item's period, in a subscription's own words."""
    if side["type"] in moments:
        return {"timestamp": moments[side["type"]], "type": "timestamp"}
    return {name: value for name, value in side.items() if value is not None}


def new_items(call: Call, phase: Body) -> list[Body]:
    """The items of a phase as a new subscription names them."""
    return [item(call, one, None) for one in phase["items"]]


def item(call: Call, one: Body, taken: Body | None) -> Body:
    """An item of a phase as a call names it. taken: the item of the subscription that becomes it."""
    known: Body = {CHOSEN: True, **{name: one[name] for name in ("metadata", "price", "quantity")}}
    before = taken or {"discounts": [], "tax_rates": []}
    found = reductions(call, before["discounts"], one["discounts"])
    if found is not None:
        known["discounts"] = found
    if one["tax_rates"] != before["tax_rates"]:
        known["tax_rates"] = one["tax_rates"]
    return known | ({"id": taken["id"]} if taken else {})


def item_changes(call: Call, body: Body, phase: Body) -> list[Body]:
    """The items of a phase as an update names them.

    An item keeps its place where its price stays; the others change their price in order, as far as there are any.
    """
    left = list(items_of(body))
    wanted: list[tuple[Body, Body | None]] = []
    for one in phase["items"]:
        same = next((item for item in left if item["price"] == one["price"]), None)
        if same is not None:
            left.remove(same)
        wanted.append((one, same))
    changes: list[dict[str, Any]] = []
    for one, same in wanted:
        changes.append(item(call, one, same if same is not None else (left.pop(0) if left else None)))
    return [*changes, *({"deleted": True, "id": gone["id"]} for gone in left)]
