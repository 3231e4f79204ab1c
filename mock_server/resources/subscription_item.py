"""Subscription items: a price and a quantity within a subscription.

An item lives in its subscription, in `items.data`: so the subscription's events tell the truth about it. What is kept
here is only where it is to be found: its id, its subscription and its price. The calls on items are the
subscription's, in `subscription/item_calls.py`.
Source: docs.stripe.com/api/subscription_items
"""

from __future__ import annotations

from collections.abc import Iterable

from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource

from . import tax_rate as rates
from .price import plan_of, price

subscription_item = Resource(
    "subscription_item",
    "/v1/subscription_items",
    prefix="si",
    label="subscription item",
    search=("subscription", "price"),
    embeds={"price": "price"},
    expands={"discounts": "discount"},
)

BILLED = "_billed"
"""Stored with an item and never shown: what was last billed for it, which a later change gives credit for."""


def represent(call: Call, subscription: str, price_id: str, sent: Body) -> Body:
    """A new item, without its period. sent: `quantity` and `metadata`, where there are any."""
    return {
        "id": subscription_item.new_id(),
        "object": "subscription_item",
        BILLED: None,
        "billing_thresholds": None,
        "created": call.now,
        "current_period_end": call.now,
        "current_period_start": call.now,
        "discounts": [],
        "metadata": sent.get("metadata") or {},
        "price": price_id,
        "quantity": sent.get("quantity", 1),
        "subscription": subscription,
        "tax_rates": [],
    }


def shown(call: Call, item: Body) -> Body:
    """An item as it is shown: with its price, and the plan that says the same."""
    costs = price_of(call, item["price"])
    visible = call.registry.render(call, costs)
    if is_metered(costs):
        # There is no quantity of what is charged by use.
        item = {key: value for key, value in item.items() if key != "quantity"}
    told = {"plan": plan_of(costs), "price": visible, "tax_rates": rates.shown(call, item["tax_rates"])}
    return {key: value for key, value in item.items() if not key.startswith("_")} | told


def is_metered(costs: Body) -> bool:
    """Whether a price is charged by use, at the end of each period. The quantity of its items is stored as 0."""
    return bool(costs["recurring"]["usage_type"] == "metered")


def price_of(call: Call, id: str) -> Body:
    """The stored price of an item, looked up once in a call: what it costs never changes."""
    key = f"price of an item {id}"
    if key not in call.memo:
        call.memo[key] = price.get(call, id)
    found: Body = call.memo[key]
    return found


def index(call: Call, before: Iterable[Body], after: Iterable[Body]) -> None:
    """Note where the items of a subscription are to be found, when it has others or they have other prices."""
    known = {item["id"]: item["price"] for item in before}
    kept = {item["id"]: item for item in after}
    for id in known.keys() - kept.keys():
        subscription_item.discard(call, id)
    for id, item in kept.items():
        place = {name: item[name] for name in ("id", "object", "subscription", "price")}
        if id not in known:
            subscription_item.add(call, place)
        elif known[id] != item["price"]:
            subscription_item.save(call, place)
