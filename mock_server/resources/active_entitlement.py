"""Active entitlements: the features that a customer has now, by the products of their subscriptions.

A subscription entitles while it is on trial, active or past due. What it brings is looked at whenever it changes.
Source: docs.stripe.com/billing/entitlements
"""

from __future__ import annotations

from collections.abc import Iterable

from flask_portal.wire import lists
from flask_portal.wire.params import ListParams, Ref
from mock_server.core import json_text
from mock_server.core.call import Body, Call
from mock_server.core.resource import Key, Resource

from .customer import customer
from .feature import feature, in_use, of_products
from .subscription.head import subscription
from .subscription_item import price_of

ENTITLING = frozenset({"active", "past_due", "trialing"})
SUMMARY = "entitlements.active_entitlement_summary"
MOST_IN_SUMMARY = 10

active_entitlement = Resource(
    "entitlements.active_entitlement",
    "/v1/entitlements/active_entitlements",
    prefix="ent",
    label="active entitlement",
    search=(Key("customer", of="_customer"), "feature"),
    expands={"feature": "entitlements.feature"},
    private=True,
)


class List(ListParams):
    customer = Ref("customer", required=True)


@active_entitlement.endpoint("GET", "/v1/entitlements/active_entitlements", List)
def list_of_customer(call: Call, _ids: dict[str, str], sent: Body) -> Body:
    owner = customer.get(call, sent["customer"], "customer")["id"]
    return active_entitlement.page(call, "/v1/entitlements/active_entitlements", sent, customer=owner)


active_entitlement.retrieves()


@subscription.on("told")
def refresh(call: Call, body: Body) -> None:
    """A subscription has changed: give its customer what is new, take what is over, and tell where anything is."""
    owner = body["customer"]
    if not in_use(call):
        return
    held = active_entitlement.where(call, customer=owner)
    wanted = of_products(call, products_of(call, body))
    if {one["feature"] for one in held} == set(wanted):
        return
    before = summary(call, owner, held)
    for one in held:
        if one["feature"] not in wanted:
            active_entitlement.discard(call, one["id"])
    grant(call, owner, set(wanted) - {one["feature"] for one in held}, wanted)
    call.remember(SUMMARY, "", json_text.dump(before))
    call.emit(f"{SUMMARY}.updated", summary(call, owner, active_entitlement.where(call, customer=owner)))


def products_of(call: Call, body: Body) -> list[str]:
    """The products that a customer pays for, in their subscriptions' order."""
    stored = subscription.where(call, customer_of_current=body["customer"])[::-1]
    # The one that has just changed may not be stored yet as it is.
    others = [one for one in stored if one["id"] != body["id"]]
    entitling = [one for one in (*others, body) if one["status"] in ENTITLING]
    return [price_of(call, item["price"])["product"] for one in entitling for item in one["items"]["data"]]


def grant(call: Call, owner: str, new: Iterable[str], order: list[str]) -> None:
    """Store the entitlements to new features."""
    for id in sorted(new, key=order.index):
        body = {
            "id": active_entitlement.new_id(),
            "object": "entitlements.active_entitlement",
            "feature": id,
            "livemode": call.livemode,
            "lookup_key": feature.get(call, id)["lookup_key"],
            "_customer": owner,
        }
        active_entitlement.add(call, body)


def summary(call: Call, owner: str, held: list[Body]) -> Body:
    """The object of the event, with the first entitlements of the list."""
    shown = [call.registry.render(call, one) for one in held]
    url = f"/v1/customer/{owner}/entitlements"
    return {
        "object": SUMMARY,
        "customer": owner,
        "entitlements": lists.envelope(url, *lists.cut(shown, MOST_IN_SUMMARY)),
        "livemode": call.livemode,
    }
