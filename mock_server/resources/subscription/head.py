"""What a subscription is: where it is kept, how it is found and shown. Its items live in it."""

from __future__ import annotations

from mock_server.core.call import Body, Call
from mock_server.core.resource import Key, Resource

from .. import tax_rate as rates
from ..subscription_item import shown as item_shown


def earliest_start(body: Body) -> int:
    """When the first of the items' current periods began."""
    return min(int(item["current_period_start"]) for item in body["items"]["data"])


def latest_end(body: Body) -> int:
    """When the last of the items' current periods ends: what `at_period_end` refers to."""
    return max(int(item["current_period_end"]) for item in body["items"]["data"])


subscription = Resource(
    "subscription",
    "/v1/subscriptions",
    prefix="sub",
    search=(
        "customer",
        "status",
        "collection_method",
        "default_payment_method",
        Key("current_period_start", int, of=earliest_start),
        Key("current_period_end", int, of=latest_end),
        Key("customer_of_current", of=lambda body: body["customer"] if body["status"] != "canceled" else None),
    ),
    expands={
        "automatic_tax.liability.account": "account",
        "cancellation_details.feedback_option": "billing.feedback_option",
        "customer": "customer",
        "invoice_settings.account_tax_ids": "tax_id",
        "invoice_settings.issuer.account": "account",
        "default_payment_method": "payment_method",
        "discounts": "discount",
        "latest_invoice": "invoice",
        "on_behalf_of": "account",
        "pending_setup_intent": "setup_intent",
        "schedule": "subscription_schedule",
        "test_clock": "test_helpers.test_clock",
        "transfer_data.destination": "account",
    },
    private=True,
    happenings=("changing", "ended", "falling_due", "renewal_near", "told"),
)


@subscription.shown
def show(call: Call, body: Body) -> Body:
    """A subscription with its items as they are shown."""
    listed = body["items"]
    own: Body = {"default_tax_rates": rates.shown(call, body["default_tax_rates"])} if body["default_tax_rates"] else {}
    if body["pending_update"] and body["pending_update"]["subscription_items"]:
        pending = [item_shown(call, item) for item in body["pending_update"]["subscription_items"]]
        own["pending_update"] = body["pending_update"] | {"subscription_items": pending}
    return body | {"items": listed | {"data": [item_shown(call, item) for item in listed["data"]]}} | own
