"""The calls on subscriptions.

Source: docs.stripe.com/api/subscriptions
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from flask_portal.wire import errors
from mock_server.core import inside
from mock_server.core.call import Body, Call

from ..customer import customer
from ..discount import discount
from ..subscription_item import subscription_item
from . import change, ending, naming, pausing, start
from .head import subscription
from .params import Cancel, Create, List, ListOfCustomer, Migrate, Pause, Resume, Update
from .represent import save_and_tell

ENDED = ("canceled", "incomplete_expired")


@subscription.create(Create)
def create(call: Call, sent: Body) -> Body:
    return start.begin(call, sent)


@subscription.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    return change.update(call, body, sent)


@subscription.delete(Cancel)
def cancel(call: Call, body: Body, sent: Body) -> Body:
    if body["status"] in ENDED:
        raise errors.missing_object("subscription", body["id"], "id")
    return ending.cancel(call, body, sent)


@subscription.action("/migrate", Migrate)
def migrate(call: Call, body: Body, sent: Body) -> Body:
    """From classic to flexible billing mode; there is no way back."""
    naming.check_mode(sent)
    if body["billing_mode"]["type"] == "flexible":
        raise errors.invalid(f"The subscription {body['id']} is in flexible billing mode already.", "billing_mode")
    if body["status"] in ENDED:
        raise errors.invalid(f"The subscription {body['id']} is over, and keeps its billing mode.", "billing_mode")
    body["billing_mode"] = {
        "flexible": {"proration_discounts": "included"},
        "type": "flexible",
        "updated_at": call.now,
    }
    return save_and_tell(call, body)


@subscription.action("/pause", Pause)
def pause(call: Call, body: Body, sent: Body) -> Body:
    return pausing.pause(call, body, sent)


@subscription.action("/resume", Resume)
def resume(call: Call, body: Body, sent: Body) -> Body:
    return pausing.resume(call, body, sent)


@subscription.endpoint("DELETE", "/v1/subscriptions/{id}/discount")
def remove_discounts(call: Call, found: dict[str, str], _sent: Body) -> Body:
    """Take all discounts off the whole subscription; the first of them is what is answered."""
    body = subscription.get(call, found["id"])
    if not body["discounts"]:
        raise errors.StripeError(
            f"The subscription {body['id']} has no discount.", status=404, code="resource_missing", param="id"
        )
    first = discount.get(call, body["discounts"][0])
    change.update(call, body, {"discounts": None})
    return first | {"deleted": True}


def narrow(table: sa.Table, sent: Body) -> Iterator[sa.ColumnElement[Any]]:
    """`status`, by default all but canceled ones, and `price`, which their items know."""
    status = sent.get("status")
    if status is None:
        yield table.c.status != "canceled"
    elif status == "ended":
        yield table.c.status.in_(ENDED)
    elif status != "all":
        yield table.c.status == status
    if "automatic_tax" in sent:
        yield inside.at(table, "automatic_tax", "enabled").as_boolean() == sent["automatic_tax"]["enabled"]
    if "test_clock" in sent:
        yield table.c.clock == sent["test_clock"]
    elif "customer" not in sent:
        yield table.c.clock.is_(None)
    wanted = sent.get("price", sent.get("plan"))
    if wanted is not None:
        items = subscription_item.table.c
        own = (items.account == table.c.account) & (items.subscription == table.c.id)
        yield sa.exists().where(own, items.price == wanted)


@subscription.endpoint("GET", "/v1/customers/{customer}/subscriptions", ListOfCustomer)
def list_of_customer(call: Call, found: dict[str, str], sent: Body) -> Body:
    owner = customer.get(call, found["customer"])["id"]
    url = f"/v1/customers/{owner}/subscriptions"
    return subscription.page(call, url, sent, narrow(subscription.table, sent | {"customer": owner}), customer=owner)


subscription.retrieves()
subscription.lists(List, narrow, narrows=("automatic_tax", "status", "price", "plan", "test_clock"))
