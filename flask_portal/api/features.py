"""The `features` of a configuration: defaults, changes, and the rules between them. Pure.

Source: docs.stripe.com/api/customer_portal/configurations
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from flask_portal.defaults import FEATURES_OFF as DEFAULTS
from flask_portal.wire.errors import StripeError, invalid, missing_parameter

Features = dict[str, Any]

_LISTS = frozenset({"allowed_updates", "conditions", "default_allowed_updates", "interval_options", "options"})
"""Lists that are empty when they are cleared; `products` and `feedback_options` become null."""

_LONGEST_PAUSE = {"day": 3 * 365, "week": 3 * 52, "month": 36, "year": 3}
"""Three years, in each unit."""


def created(sent: Features) -> Features:
    """The features of a new configuration. Raises StripeError when they do not go together."""
    start = deepcopy(DEFAULTS)
    if "duration" in sent.get("subscription_pause", {}):
        # Whoever describes the duration names its options too; the default is for those who say nothing.
        start["subscription_pause"]["duration"]["interval_options"] = []
    return changed(start, sent)


def changed(current: Features, sent: Features) -> Features:
    """The features after a change: what is sent replaces, lists as a whole; None clears. `current` is left alone."""
    result = _overlaid(current, _completed(sent))
    duration = result["subscription_pause"]["duration"]
    if duration["type"] == "indefinite" and "interval_options" not in _sent_duration(sent):
        duration["interval_options"] = []
    _check(result)
    return result


def _sent_duration(sent: Features) -> dict[str, Any]:
    duration: dict[str, Any] = sent.get("subscription_pause", {}).get("duration", {})
    return duration


def _overlaid(current: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    result = deepcopy(current)
    for name, value in sent.items():
        if isinstance(value, dict):
            result[name] = _overlaid(current[name], value)
        elif value is None and name in _LISTS:
            result[name] = []
        else:
            result[name] = deepcopy(value)
    return result


def _completed(sent: Features) -> Features:
    """With the quantity rule that holds for a product sent without one."""
    products = sent.get("subscription_update", {}).get("products")
    if not products:
        return sent
    free = {"enabled": True, "maximum": None, "minimum": 1}
    complete = [{"adjustable_quantity": free, **product} for product in products]
    return {**sent, "subscription_update": {**sent["subscription_update"], "products": complete}}


def _check(features: Features) -> None:
    _check_update(features)
    _check_cancel(features["subscription_cancel"])
    _check_pause(features["subscription_pause"]["duration"])


def feedback_options(features: Features) -> list[str]:
    """The ids of the business's own reasons for leaving, in their order."""
    reasons: dict[str, Any] = features.get("subscription_cancel", {}).get("cancellation_reason", {})
    return list(reasons.get("feedback_options") or [])


def at(param: str, error: StripeError) -> StripeError:
    """The error, with the parameter that it is about."""
    error.param = param
    return error


def _check_update(features: Features) -> None:
    update = features["subscription_update"]
    if update["enabled"]:
        if not features["payment_method_update"]["enabled"]:
            raise invalid("Cannot enable subscription updates while payment method update is disabled.")
        if not update["products"]:
            raise missing_parameter("features[subscription_update][products]")
    seen = set()
    for index, product in enumerate(update["products"] or []):
        path = f"features[subscription_update][products][{index}]"
        if product["product"] in seen:
            raise invalid(f"The product `{product['product']}` is listed more than once.", f"{path}[product]")
        seen.add(product["product"])
        quantity = product["adjustable_quantity"]
        if quantity["maximum"] is not None and quantity["maximum"] < quantity["minimum"]:
            where = f"{path}[adjustable_quantity][maximum]"
            raise invalid("The maximum quantity cannot be lower than the minimum quantity.", where)


def _check_cancel(cancel: dict[str, Any]) -> None:
    path = "features[subscription_cancel][proration_behavior]"
    if cancel["proration_behavior"] == "always_invoice":
        raise invalid("A cancellation cannot use `always_invoice`: choose `none` or `create_prorations`.", path)
    if cancel["proration_behavior"] == "create_prorations" and cancel["mode"] != "immediately":
        raise invalid("`create_prorations` is possible only when `mode` is `immediately`.", path)


def _check_pause(duration: dict[str, Any]) -> None:
    path = "features[subscription_pause][duration][interval_options]"
    options = duration["interval_options"]
    if duration["type"] == "interval_options" and not options:
        raise missing_parameter(path)
    if duration["type"] == "indefinite" and options:
        raise invalid("`interval_options` cannot be sent when the duration's `type` is `indefinite`.", path)
    for index, option in enumerate(options):
        if option["interval_count"] > _LONGEST_PAUSE[option["interval"]]:
            raise invalid("A pause can last three years at most.", f"{path}[{index}][interval_count]")
