"""Customer sessions: a secret by which a page's components act for a customer for half an hour.

Source: docs.stripe.com/api/customer_sessions
"""

from __future__ import annotations

from typing import Any

from flask_portal.wire import ids
from flask_portal.wire.params import Bool, Hash, Int, ListOf, OneOf, Params, Ref
from mock_server.billing.calendar import HOUR
from mock_server.core.call import Body, Call
from mock_server.core.params import NotBuilt
from mock_server.core.resource import Resource

from .customer import customer

LASTS = HOUR // 2
SECRET_LETTERS = 47
SWITCH = ("disabled", "enabled")
REDISPLAY = ("always", "limited", "unspecified")
MOST_REDISPLAYED = 10

customer_session = Resource(
    "customer_session", "/v1/customer_sessions", prefix="cuss", expands={"customer": "customer"}, hidden=("id",)
)


class Component(Params):
    enabled = Bool(required=True)


class SheetFeatures(Params):
    payment_method_allow_redisplay_filters = ListOf(OneOf(*REDISPLAY))
    payment_method_remove = OneOf(*SWITCH)


class Sheet(Component):
    features = Hash(SheetFeatures)


class MobileFeatures(SheetFeatures):
    payment_method_redisplay = OneOf(*SWITCH)
    payment_method_save = OneOf(*SWITCH)
    payment_method_save_allow_redisplay_override = OneOf(*REDISPLAY)


class Mobile(Component):
    features = Hash(MobileFeatures)


class ElementFeatures(SheetFeatures):
    payment_method_redisplay = OneOf(*SWITCH)
    payment_method_redisplay_limit = Int(minimum=1, maximum=MOST_REDISPLAYED)
    payment_method_save = OneOf(*SWITCH)
    payment_method_save_usage = OneOf("off_session", "on_session")


class Element(Component):
    features = Hash(ElementFeatures)


class Components(Params):
    active_entitlements = Hash(Component)
    buy_button = Hash(Component)
    customer_portal = Hash(Component)
    customer_sheet = Hash(Sheet)
    mobile_payment_element = Hash(Mobile)
    payment_element = Hash(Element)
    pricing_table = Hash(Component)


class Create(Params):
    components = Hash(Components, required=True)
    customer = Ref("customer", required=True)
    customer_account = NotBuilt("Customers of the second API")


FEATURES: dict[str, dict[str, Any]] = {
    "customer_sheet": {
        "payment_method_allow_redisplay_filters": ["always"],
        "payment_method_remove": "enabled",
    },
    "mobile_payment_element": {
        "payment_method_allow_redisplay_filters": ["always"],
        "payment_method_redisplay": "disabled",
        "payment_method_remove": "disabled",
        "payment_method_save": "disabled",
        "payment_method_save_allow_redisplay_override": None,
    },
    "payment_element": {
        "payment_method_allow_redisplay_filters": ["always"],
        "payment_method_redisplay": "disabled",
        "payment_method_redisplay_limit": 3,
        "payment_method_remove": "disabled",
        "payment_method_save": "disabled",
        "payment_method_save_usage": None,
    },
}
"""What a component can do unless it is told otherwise."""


@customer_session.create(Create)
def create(call: Call, sent: Body) -> Body:
    owner = customer.get(call, sent["customer"], "customer")
    components = sent["components"]
    body = {
        "id": customer_session.new_id(),
        "object": "customer_session",
        "client_secret": ids.secret("cuss_secret", SECRET_LETTERS),
        "components": {name: component(name, components.get(name)) for name in Components().fields if name != "expand"},
        "created": call.now,
        "customer": owner["id"],
        "customer_account": None,
        "expires_at": call.now + LASTS,
        "livemode": call.livemode,
    }
    return customer_session.add(call, body)


def component(name: str, sent: Body | None) -> Body:
    """A component with all its keys. One that is disabled has no features."""
    enabled = bool(sent and sent["enabled"])
    if name not in FEATURES:
        return {"enabled": enabled}
    features = FEATURES[name] | (sent or {}).get("features", {}) if enabled else None
    return {"enabled": enabled, "features": features}
