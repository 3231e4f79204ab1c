"""Which types of payment methods an intent may be paid or set up with, and what it wants of each.

Source: docs.stripe.com/api/payment_intents/create, docs.stripe.com/payments/payment-methods/dynamic-payment-methods
"""

from __future__ import annotations

from flask_portal.wire import errors
from mock_server.core.call import Body, Call

from . import payment_method_configuration as configurations
from . import payment_method_options as options

PARAMETERS = (
    "allowed_payment_method_types",
    "excluded_payment_method_types",
    "payment_method_configuration",
    "payment_method_options",
)


def take(call: Call, body: Body, sent: Body) -> None:
    """Put what was sent about types into an intent."""
    if "payment_method_options" in sent:
        options.take(body, sent["payment_method_options"])
    if "payment_method_configuration" in sent:
        found = configurations.active(call, sent["payment_method_configuration"], "payment_method_configuration")
        body["payment_method_configuration_details"] = {"id": found["id"], "parent": found["parent"]}
        body["payment_method_types"] = configurations.types(found)
    if sent.get("allowed_payment_method_types"):
        body["allowed_payment_method_types"] = body["payment_method_types"] = sent["allowed_payment_method_types"]
    elif "allowed_payment_method_types" in sent:
        body.pop("allowed_payment_method_types", None)
    if "excluded_payment_method_types" in sent:
        body["excluded_payment_method_types"] = sent["excluded_payment_method_types"] or None
    excluded = body["excluded_payment_method_types"] or ()
    both = [kind for kind in body.get("allowed_payment_method_types", ()) if kind in excluded]
    if both:
        message = f"The payment method type {both[0]} is both allowed and excluded."
        raise errors.invalid(message, "excluded_payment_method_types")
    if excluded:
        body["payment_method_types"] = [kind for kind in body["payment_method_types"] if kind not in excluded]


def is_limited(body: Body) -> bool:
    """Whether not every type may be used."""
    return bool("allowed_payment_method_types" in body or body["payment_method_configuration_details"])


def check(body: Body, method: Body, code: str) -> None:
    """A method of a type that may not be used is refused. code: of the error."""
    kind = method["type"]
    excluded = body["excluded_payment_method_types"] or ()
    if kind in excluded or (is_limited(body) and kind not in body["payment_method_types"]):
        usable = ", ".join(body["payment_method_types"]) or "none"
        message = f"A payment method of the type {kind} cannot be used here; these types can: {usable}."
        raise errors.invalid(message, "payment_method", code)
    options.check_network(body, method)


def show_types(body: Body, method: Body) -> None:
    """An intent that takes any type names that of its method."""
    if not is_limited(body):
        body["payment_method_types"] = [method["type"]]
