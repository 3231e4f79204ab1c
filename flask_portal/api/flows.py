"""`flow_data` of a session: what must be sent for each flow, how it is served, and what is checked beforehand.

Source: docs.stripe.com/customer-management/portal-deep-links
"""

from __future__ import annotations

from typing import Any

import stripe

from flask_portal.api import flow_updates, lookups
from flask_portal.host import Body
from flask_portal.rules import pauses
from flask_portal.rules.flows import FLOWS
from flask_portal.rules.subscriptions import SubscriptionView
from flask_portal.security import check_return_url
from flask_portal.wire.errors import invalid, missing_parameter

_WITH_SUBSCRIPTION = FLOWS - {"customer_update", "payment_method_update"}
"""The flows that have an object of parameters, named like the flow."""

_FEATURES = {
    "customer_update": "customer_update",
    "payment_method_update": "payment_method_update",
    "subscription_cancel": "subscription_cancel",
    "subscription_pause": "subscription_pause",
    "subscription_update": "subscription_update",
    "subscription_update_confirm": "subscription_update",
}
_ENDED = ("canceled", "incomplete_expired")


def represent(sent: dict[str, Any]) -> Body:
    """`flow` as it is served, from `flow_data` as it was sent. Raises StripeError 400 for what does not go together."""
    kind = sent["type"]
    _check_objects(kind, sent)
    flow: Body = {"after_completion": _after_completion(sent.get("after_completion")), "type": kind}
    for name in sorted(FLOWS - {"payment_method_update"}):
        flow[name] = None
    if kind in _WITH_SUBSCRIPTION:
        flow[kind] = _OBJECTS[kind](sent[kind])
    elif kind == "customer_update":
        flow[kind] = {}
    return flow


def _check_objects(kind: str, sent: dict[str, Any]) -> None:
    if kind in _WITH_SUBSCRIPTION and kind not in sent:
        raise missing_parameter(f"flow_data[{kind}]")
    for name in sorted(_WITH_SUBSCRIPTION - {kind}):
        if name in sent:
            message = f"`flow_data[{name}]` can only be sent when `flow_data[type]` is `{name}`."
            raise invalid(message, f"flow_data[{name}]")


def _after_completion(sent: dict[str, Any] | None) -> Body:
    result: Body = {"hosted_confirmation": None, "redirect": None, "type": "hosted_confirmation"}
    if sent is None:
        return result
    kind = sent["type"]
    if kind == "redirect":
        result["redirect"] = _redirect(sent.get("redirect"))
    elif kind == "hosted_confirmation" and "hosted_confirmation" in sent:
        result["hosted_confirmation"] = {"custom_message": sent["hosted_confirmation"].get("custom_message")}
    return {**result, "type": kind}


def _redirect(sent: dict[str, Any] | None) -> Body:
    path = "flow_data[after_completion][redirect][return_url]"
    if sent is None:
        raise missing_parameter(path)
    if not check_return_url(sent["return_url"]):
        raise invalid("Not a valid URL", path, "url_invalid")
    return {"return_url": sent["return_url"]}


def _cancel(sent: dict[str, Any]) -> Body:
    return {"retention": sent.get("retention"), "subscription": sent["subscription"]}


def _subscription(sent: dict[str, Any]) -> Body:
    return {"subscription": sent["subscription"]}


def _confirm(sent: dict[str, Any]) -> Body:
    for index, discount in enumerate(sent.get("discounts", [])):
        if len(discount) != 1:
            path = f"flow_data[subscription_update_confirm][discounts][{index}]"
            raise invalid("A discount needs either `coupon` or `promotion_code`.", path)
    items = [{"id": each["id"], "price": each.get("price"), "quantity": each.get("quantity")} for each in sent["items"]]
    for index, item in enumerate(items):
        if item["price"] is None and item["quantity"] is None:
            path = f"flow_data[subscription_update_confirm][items][{index}]"
            raise invalid("Cannot update the subscription because there are no changes to confirm.", path)
    return {"discounts": _discounts(sent.get("discounts")), "items": items, "subscription": sent["subscription"]}


def _discounts(sent: list[dict[str, str]] | None) -> list[Body] | None:
    if not sent:
        return None
    return [{"coupon": each.get("coupon"), "promotion_code": each.get("promotion_code")} for each in sent]


_OBJECTS = {
    "subscription_cancel": _cancel,
    "subscription_pause": _subscription,
    "subscription_update": _subscription,
    "subscription_update_confirm": _confirm,
}


def check(
    client: stripe.StripeClient, flow: Body, configuration: Body, customer: str, on_behalf_of: str | None
) -> None:
    """That the customer will be able to finish the flow. Raises StripeError 400 with the reason otherwise.

    configuration: as served, with its products.
    """
    kind = flow["type"]
    feature = configuration["features"][_FEATURES[kind]]
    if not feature["enabled"]:
        raise invalid(
            _DISABLED.get(kind)
            or f"The flow `{kind}` cannot be used: its feature is disabled in the portal configuration."
        )
    if kind == "customer_update" and not feature["allowed_updates"]:
        raise invalid("The flow `customer_update` cannot be used: the portal configuration allows no updates.")
    if kind not in _WITH_SUBSCRIPTION:
        return
    owned = _owned(client, kind, flow[kind], customer, on_behalf_of)
    if kind == "subscription_cancel":
        _check_cancel(client, flow[kind], owned)
    elif kind == "subscription_pause":
        _check_pause(owned, configuration["features"])
    elif kind in ("subscription_update", "subscription_update_confirm"):
        flow_updates.check(client, kind, flow[kind], configuration, owned.to_dict())


_DISABLED = dict.fromkeys(("subscription_update", "subscription_update_confirm"), flow_updates.DISABLED)


def _owned(
    client: stripe.StripeClient, kind: str, sent: Body, customer: str, on_behalf_of: str | None
) -> stripe.Subscription:
    """The subscription that a flow is about: this customer's, and on behalf of that account where one is named."""
    path = f"flow_data[{kind}][subscription]"
    found = lookups.subscription(client, sent["subscription"], path, customer)
    if on_behalf_of is not None and lookups.id_of(found.on_behalf_of) != on_behalf_of:
        raise invalid(f"The subscription `{found.id}` is not on behalf of `{on_behalf_of}`.", path)
    return found


def _check_pause(found: stripe.Subscription, features: Body) -> None:
    verdict = pauses.may_pause(SubscriptionView.of(found.to_dict(), {}, {}), features)
    if not verdict.ok:
        path = "flow_data[subscription_pause][subscription]"
        raise invalid(f"The subscription `{found.id}` cannot be paused ({verdict.reason}).", path)


def _check_cancel(client: stripe.StripeClient, sent: Body, found: stripe.Subscription) -> None:
    path = "flow_data[subscription_cancel][subscription]"
    if found.status in _ENDED:
        raise invalid(f"The subscription `{found.id}` cannot be canceled because it has ended.", path)
    if found.cancel_at_period_end or found.cancel_at is not None:
        raise invalid(f"The subscription `{found.id}` is already set to be canceled at period end.", path)
    if sent["retention"] is not None:
        coupon = sent["retention"]["coupon_offer"]["coupon"]
        lookups.coupon(client, coupon, "flow_data[subscription_cancel][retention][coupon_offer][coupon]")
