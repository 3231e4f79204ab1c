"""Billing objects that parameters name: asked for through the official client, refused with Stripe's errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stripe
from flask import current_app

from flask_portal.wire.errors import StripeError, invalid, missing_object

METHODS = "features[payment_method_update][payment_method_configuration]"
PRODUCTS = "features[subscription_update][products]"


FEEDBACK_OPTIONS = "features[subscription_cancel][cancellation_reason][feedback_options]"


@contextmanager
def asking(noun: str, id: str, param: str) -> Iterator[None]:
    """Around one question to Stripe: its refusals become the portal's own.

    400 `resource_missing` on `param` when the object is not there; 429 when Stripe limits the rate; 502 `api_error`
    when Stripe cannot be reached, does not accept the portal's key, or fails.
    """
    try:
        yield
    except stripe.APIConnectionError as error:
        raise _upstream("Stripe cannot be reached at the moment, so nothing was done.", error) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        message = "Stripe does not accept the key that the portal uses (PORTAL_STRIPE_API_KEY) for this request."
        raise _upstream(message, error) from error
    except stripe.RateLimitError as error:
        raise StripeError("Stripe limits the rate of requests: try again.", status=429, code="rate_limit") from error
    except stripe.StripeError as error:
        if error.code == "resource_missing":
            raise missing_object(noun, id, param) from error
        raise _upstream(f"Stripe could not answer a question about the {noun}.", error) from error


def _upstream(message: str, error: stripe.StripeError) -> StripeError:
    current_app.logger.warning("%s %s", message, error)
    return StripeError(message, status=502, type="api_error")


def customer(client: stripe.StripeClient, id: str, param: str = "customer") -> stripe.Customer:
    """The customer; a deleted one counts as missing."""
    with asking("customer", id, param):
        found = client.v1.customers.retrieve(id)
    if getattr(found, "deleted", False):
        raise missing_object("customer", id, param)
    return found


def subscription(client: stripe.StripeClient, id: str, param: str, owner: str) -> stripe.Subscription:
    """The subscription; that of another customer than `owner` counts as missing."""
    with asking("subscription", id, param):
        found = client.v1.subscriptions.retrieve(id)
    if id_of(found.customer) != owner:
        raise missing_object("subscription", id, param)
    return found


def coupon(client: stripe.StripeClient, id: str, param: str) -> stripe.Coupon:
    """A coupon that can still be redeemed. Raises StripeError 400 otherwise."""
    with asking("coupon", id, param):
        found = client.v1.coupons.retrieve(id)
    if not found.valid:
        raise StripeError(f"The coupon `{id}` can no longer be redeemed.", code="coupon_expired", param=param)
    return found


def promotion_code(client: stripe.StripeClient, id: str, param: str) -> stripe.PromotionCode:
    """A promotion code with its coupon."""
    with asking("promotion code", id, param):
        return client.v1.promotion_codes.retrieve(id, {"expand": ["promotion.coupon"]})


def check_methods(client: stripe.StripeClient, id: str) -> None:
    """That a configuration of payment methods exists, and is active."""
    with asking("payment method configuration", id, METHODS):
        found = client.v1.payment_method_configurations.retrieve(id)
    if not found.active:
        raise invalid(f"The payment method configuration `{id}` is not active.", METHODS)


def feedback_option(client: stripe.StripeClient, id: str, param: str) -> stripe.billing.FeedbackOption:
    with asking("feedback option", id, param):
        return client.v1.billing.feedback_options.retrieve(id)


def check_feedback_options(client: stripe.StripeClient, ids: list[str]) -> None:
    """That each is there, can still be chosen, and is named once."""
    for index, id in enumerate(ids):
        path = f"{FEEDBACK_OPTIONS}[{index}]"
        if id in ids[:index]:
            raise invalid(f"The feedback option `{id}` is listed more than once.", path)
        if feedback_option(client, id, path).status != "active":
            raise invalid(f"The feedback option `{id}` is inactive, and can no longer be offered.", path)


def id_of(value: Any) -> str | None:
    """The id behind a field that may be expanded."""
    return value if value is None or isinstance(value, str) else str(value.id)


def check_products(client: stripe.StripeClient, products: list[dict[str, Any]]) -> None:
    """That every product and price exists and can be switched to, and that intervals are not offered twice."""
    for index, entry in enumerate(products):
        _check_product(client, entry["product"], f"{PRODUCTS}[{index}][product]")
        intervals: dict[str, str] = {}
        for place, price in enumerate(entry["prices"]):
            path = f"{PRODUCTS}[{index}][prices][{place}]"
            interval = _interval(client, price, entry["product"], path)
            if interval in intervals:
                message = f"The prices `{intervals[interval]}` and `{price}` of one product have the same interval."
                raise invalid(message, path)
            intervals[interval] = price


def _check_product(client: stripe.StripeClient, id: str, path: str) -> None:
    with asking("product", id, path):
        found = client.v1.products.retrieve(id)
    if getattr(found, "deleted", False):
        raise missing_object("product", id, path)


def _interval(client: stripe.StripeClient, id: str, product: str, path: str) -> str:
    """The interval of a price that subscriptions can switch to. Raises StripeError 400 for any other price."""
    with asking("price", id, path):
        found = client.v1.prices.retrieve(id)
    if id_of(found.product) != product:
        raise invalid(f"The price `{id}` does not belong to the product `{product}`.", path)
    if not found.active:
        raise invalid(f"The price `{id}` is not active.", path)
    if found.recurring is None:
        raise invalid(f"The price `{id}` is a one-time price; subscriptions need a recurring one.", path)
    return str(found.recurring.interval)
