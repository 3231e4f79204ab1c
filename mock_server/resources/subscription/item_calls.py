"""The calls on single items of subscriptions. They do what an update of the subscription does.

Source: docs.stripe.com/api/subscription_items
"""

from __future__ import annotations

from mock_server.core.call import Body, Call

from ..invoice.calls import part_of
from ..subscription_item import shown, subscription_item
from . import change
from .head import subscription
from .params import CreateItem, DeleteItem, ListItems, UpdateItem
from .represent import items_of

BILLING = ("off_session", "payment_behavior", "proration_behavior", "proration_date")


@subscription_item.create(CreateItem)
def create(call: Call, sent: Body) -> Body:
    body = subscription.get(call, sent.pop("subscription"), "subscription")
    known = {item["id"] for item in items_of(body)}
    after = apply(call, body, sent)
    return next(shown(call, item) for item in items_of(after) if item["id"] not in known)


@subscription_item.endpoint("POST", "/v1/subscription_items/{id}", UpdateItem)
def update(call: Call, found: dict[str, str], sent: Body) -> Body:
    after = apply(call, owner_of(call, found["id"]), sent | {"id": found["id"]})
    return shown(call, item_of(after, found["id"]))


@subscription_item.endpoint("DELETE", "/v1/subscription_items/{id}", DeleteItem)
def delete(call: Call, found: dict[str, str], sent: Body) -> Body:
    apply(call, owner_of(call, found["id"]), sent | {"deleted": True, "id": found["id"]})
    return {"id": found["id"], "object": "subscription_item", "deleted": True}


@subscription_item.endpoint("GET", "/v1/subscription_items/{id}")
def retrieve(call: Call, found: dict[str, str], _sent: Body) -> Body:
    return shown(call, item_of(owner_of(call, found["id"]), found["id"]))


@subscription_item.endpoint("GET", "/v1/subscription_items", ListItems)
def list_items(call: Call, _found: dict[str, str], sent: Body) -> Body:
    body = subscription.get(call, sent["subscription"], "subscription")
    rows = [shown(call, item) for item in items_of(body)]
    return part_of(rows, sent, "/v1/subscription_items", "subscription item")


def apply(call: Call, body: Body, sent: Body) -> Body:
    """The subscription after one of its items was changed. sent: the item, and how the change is billed."""
    billing = {name: sent.pop(name) for name in BILLING if name in sent}
    return change.update(call, body, billing | {"items": [sent]})


def owner_of(call: Call, id: str) -> Body:
    """The subscription that an item lives in."""
    place = subscription_item.get(call, id, "id")
    return subscription.get(call, place["subscription"])


def item_of(body: Body, id: str) -> Body:
    """The stored item of a subscription."""
    return next(item for item in items_of(body) if item["id"] == id)
