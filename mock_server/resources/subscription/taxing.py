"""How the invoices of a subscription are taxed: by rates that were chosen, or automatically.

Source: docs.stripe.com/tax/subscriptions
"""

from __future__ import annotations

from flask_portal.wire import errors
from mock_server.core.call import Body, Call

from .. import tax_rate as rates
from ..customer import customer
from ..invoice import automatic
from ..subscription_item import price_of
from .represent import items_of

TERMS = frozenset({"automatic_tax", "default_tax_rates", "items"})
"""The parameters that decide how a subscription is taxed."""


def take(call: Call, body: Body, sent: Body) -> None:
    """Put into a subscription how it is taxed, as far as that was sent."""
    if "default_tax_rates" in sent:
        before = body["default_tax_rates"]
        body["default_tax_rates"] = rates.chosen(call, sent["default_tax_rates"], "default_tax_rates", before)
    if "automatic_tax" in sent:
        enabled = sent["automatic_tax"]["enabled"]
        terms = automatic.terms(enabled, automatic.liability(call, sent["automatic_tax"]))
        body["automatic_tax"] = {name: terms[name] for name in ("disabled_reason", "enabled", "liability")}
        if enabled:
            automatic.check_ready(call, customer.get(call, body["customer"]))


def check(call: Call, body: Body) -> None:
    """Automatic tax goes with no chosen rate, and with no price that does not say whether it contains tax."""
    if not body["automatic_tax"]["enabled"]:
        return
    if body["default_tax_rates"] or any(item["tax_rates"] for item in items_of(body)):
        message = "Tax is calculated automatically here, so no tax rates can be chosen."
        raise errors.invalid(message, "automatic_tax[enabled]")
    for number, item in enumerate(items_of(body)):
        automatic.check_behavior(call, price_of(call, item["price"]), f"items[{number}][price]")
