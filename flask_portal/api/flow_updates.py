"""What is checked before a link to change a subscription is given out, so that its customer can finish the task.

Source: docs.stripe.com/customer-management/portal-deep-links
"""

from __future__ import annotations

from typing import Any

import stripe

from flask_portal.api import lookups
from flask_portal.host import Body
from flask_portal.rules import promotions
from flask_portal.wire.errors import StripeError, invalid, missing_object

DISABLED = (
    "This subscription cannot be updated because the subscription update feature in the portal configuration is "
    "disabled."
)
UNCHANGED = "Cannot update the subscription because there are no changes to confirm."


def check(client: stripe.StripeClient, kind: str, sent: Body, configuration: Body, owned: Body) -> None:
    """kind: of the flow. sent: its object. owned: the customer's subscription. Raises StripeError 400."""
    path = f"flow_data[{kind}]"
    if owned["status"] in ("canceled", "incomplete_expired"):
        message = f"The subscription `{owned['id']}` cannot be updated because it has ended."
        raise invalid(message, f"{path}[subscription]")
    if kind == "subscription_update_confirm":
        _check_items(sent["items"][0], configuration, owned, f"{path}[items]")
        for index, discount in enumerate(sent["discounts"] or ()):
            _check_discount(client, discount, configuration, owned, f"{path}[discounts][{index}]")


def _check_items(asked: Body, configuration: Body, owned: Body, path: str) -> None:
    items = owned["items"]["data"]
    if len(items) != 1:
        message = f"The subscription `{owned['id']}` cannot be updated because it has several items."
        raise invalid(message, path)
    item = items[0]
    if asked["id"] != item["id"]:
        raise missing_object("subscription item", asked["id"], f"{path}[0][id]")
    price = asked["price"] or item["price"]["id"]
    quantity = item.get("quantity") if asked["quantity"] is None else asked["quantity"]
    if price != item["price"]["id"]:
        _check_price(price, configuration, asked["id"])
    elif quantity == item.get("quantity"):
        raise invalid(UNCHANGED)
    if quantity != item.get("quantity"):
        _check_allowed("quantity", configuration, f"{path}[0][quantity]")
        _check_quantity(quantity, price, configuration, f"{path}[0][quantity]")


def _check_price(price: str, configuration: Body, item: str) -> None:
    feature = configuration["features"]["subscription_update"]
    if not any(price in product["prices"] for product in feature["products"] or ()):
        raise invalid(
            f"The item `{item}` cannot be updated to price `{price}` because the configuration "
            f"`{configuration['id']}` does not include the price in its `features[subscription_update][products]`."
        )
    _check_allowed("price", configuration, "flow_data[subscription_update_confirm][items][0][price]")


def _check_quantity(quantity: int, price: str, configuration: Body, path: str) -> None:
    """That the price's product may have this quantity. One that the configuration does not name keeps its quantity."""
    products = configuration["features"]["subscription_update"]["products"] or ()
    adjustable = next((each["adjustable_quantity"] for each in products if price in each["prices"]), {"enabled": False})
    if not adjustable["enabled"]:
        raise invalid(f"The configuration `{configuration['id']}` does not let the quantity of `{price}` change.", path)
    least, most = adjustable["minimum"], adjustable["maximum"]
    if quantity < least or (most is not None and quantity > most):
        bounds = f"at least {least}" if most is None else f"between {least} and {most}"
        raise invalid(f"The quantity of `{price}` must be {bounds}.", path)


def _check_allowed(kind: str, configuration: Body, path: str) -> None:
    if kind not in configuration["features"]["subscription_update"]["default_allowed_updates"]:
        raise invalid(
            f"The configuration `{configuration['id']}` does not include `{kind}` in its "
            "`features[subscription_update][default_allowed_updates]`.",
            path,
        )


def _check_discount(client: stripe.StripeClient, asked: Body, configuration: Body, owned: Body, path: str) -> None:
    _check_allowed("promotion_code", configuration, path)
    if asked["coupon"] is not None:
        lookups.coupon(client, asked["coupon"], f"{path}[coupon]")
        return
    id, path = asked["promotion_code"], f"{path}[promotion_code]"
    code = lookups.promotion_code(client, id, path).to_dict()
    refused = promotions.restriction(code, owned)
    if refused is None:
        return
    known: dict[str, Any] = (
        {"code": "promotion_code_customer_not_first_time"} if refused == promotions.CODE_FIRST else {}
    )
    raise StripeError(
        f"The promotion code `{id}` cannot be redeemed for the subscription `{owned['id']}`.", param=path, **known
    )
