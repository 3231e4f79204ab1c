"""What a Checkout session is: where it is kept, and how it is found.

What it was asked for, and what its customer has typed, is kept in it in keys that begin with `_`.
"""

from __future__ import annotations

from mock_server.core.call import Body, Call
from mock_server.core.resource import Key, Resource

SENT = "_sent"
"""The parameters that it was made with."""

LINES = "_lines"
"""What is bought: each with the id of its `price`, and its amounts."""

DETAILS = "_details"
"""What the customer has typed."""

PAYER = "_payer"
"""The customer who was made when the payment began; they are shown once it is complete."""

SETUP = "_setup"
"""The SetupIntent that saves the payment method, also where there is nothing to pay yet."""

DUE = "_due"
"""What is paid now, in minor units: the total, less what the customer has as credit."""

checkout_session = Resource(
    "checkout.session",
    "/v1/checkout/sessions",
    prefix="cs_test",
    label="checkout.session",
    search=(
        "customer",
        "payment_intent",
        "payment_link",
        "status",
        "subscription",
        Key("setup", of=SETUP),
        Key("email", of="customer_details.email"),
    ),
    expands={
        "customer": "customer",
        "discounts.coupon": "coupon",
        "discounts.promotion_code": "promotion_code",
        "invoice": "invoice",
        "payment_intent": "payment_intent",
        "payment_link": "payment_link",
        "setup_intent": "setup_intent",
        "subscription": "subscription",
    },
    hidden=("line_items",),
    private=True,
    locks=True,
    happenings=("completed",),
)

item = Resource("item", prefix="li", embeds={"price": "price"}, private=True)


def listed(call: Call, url: str, lines: list[Body]) -> Body:
    """The lines of a session or a link, as it shows them when they are expanded."""
    shown = [call.registry.render(call, line) for line in lines]
    return {"object": "list", "data": shown, "has_more": False, "url": url}


@checkout_session.expanded("line_items")
def line_items(call: Call, body: Body) -> Body:
    """The lines of a session."""
    return listed(call, f"/v1/checkout/sessions/{body['id']}/line_items", body[LINES])
