"""Which parameters of a Checkout session go together.

Source: docs.stripe.com/api/checkout/sessions/create
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flask_portal.wire import errors
from mock_server.core.call import Body, Call

from .. import tax_settings as settings
from ..customer import customer
from ..tax_location import location_of

MINUTE, HOUR, DAY = 60, 3600, 86_400
SHORTEST, LONGEST = 30 * MINUTE, DAY
SOONEST_TRIAL_END = 48 * HOUR
KEY = re.compile(r"[A-Za-z0-9]+")

ONLY_IN: Mapping[str, Sequence[str]] = {
    "allow_promotion_codes": ("payment", "subscription"),
    "automatic_tax": ("payment", "subscription"),
    "customer_creation": ("payment", "setup"),
    "discounts": ("payment", "subscription"),
    "invoice_creation": ("payment",),
    "line_items": ("payment", "subscription"),
    "payment_intent_data": ("payment",),
    "payment_method_collection": ("subscription",),
    "setup_intent_data": ("setup",),
    "subscription_data": ("subscription",),
    "submit_type": ("payment", "subscription"),
    "tax_id_collection": ("payment", "subscription"),
}
"""The modes in which a parameter means something."""


def check(call: Call, sent: Body) -> None:
    """Refuse what does not fit the mode, or one another."""
    mode = sent["mode"]
    for name, modes in ONLY_IN.items():
        if name in sent and mode not in modes:
            allowed = " or ".join(f"`{one}`" for one in modes)
            raise errors.invalid(f"You can not pass `{name}` in `{mode}` mode: it needs {allowed} mode.", name)
    if sent.get("ui_mode", "hosted_page") != "hosted_page":
        raise errors.not_built("Checkout within a page of your own (ui_mode)")
    if mode != "setup" and not sent.get("line_items"):
        raise errors.missing_parameter("line_items")
    check_expiry(call, sent)
    check_fields(sent.get("custom_fields", ()))
    check_customer(call, sent)
    check_tax(call, sent)
    trial = sent.get("subscription_data", {}).get("trial_end")
    if trial is not None and trial < call.now + SOONEST_TRIAL_END:
        message = "The `trial_end` date has to be at least 2 days in the future."
        raise errors.invalid(message, "subscription_data[trial_end]")
    if sent.get("payment_intent_data", {}).get("capture_method") == "manual":
        raise errors.not_built("Capturing payments by hand")


def check_expiry(call: Call, sent: Body) -> None:
    """A session is open for half an hour at least, and for a day at most."""
    lasts = sent.get("expires_at", call.now + LONGEST) - call.now
    if not SHORTEST <= lasts <= LONGEST:
        message = "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from now."
        raise errors.invalid(message, "expires_at")


def check_fields(fields: Sequence[Body]) -> None:
    """Custom fields have keys of their own, and say what they consist of."""
    for number, field in enumerate(fields):
        param = f"custom_fields[{number}]"
        if not KEY.fullmatch(field["key"]):
            raise errors.invalid("A key of a custom field consists of letters and digits.", f"{param}[key]")
        if any(field["key"] == other["key"] for other in fields[:number]):
            raise errors.invalid("Each custom field needs a key of its own.", f"{param}[key]")
        if field["type"] == "dropdown" and "dropdown" not in field:
            raise errors.missing_parameter(f"{param}[dropdown]")
        for other in {"dropdown", "numeric", "text"} - {field["type"]}:
            if other in field:
                raise errors.invalid(f"This custom field is of the type {field['type']}.", f"{param}[{other}]")
        check_lengths(field.get(field["type"], {}), f"{param}[{field['type']}]")


def check_lengths(typed: Body, param: str) -> None:
    """The shortest answer is no longer than the longest, and values are there once."""
    if typed.get("minimum_length", 0) > typed.get("maximum_length", 255):
        message = "The minimum_length is larger than the maximum_length."
        raise errors.invalid(message, f"{param}[minimum_length]")
    values = [option["value"] for option in typed.get("options", ())]
    if len(set(values)) < len(values):
        raise errors.invalid("The options of a dropdown need different values.", f"{param}[options]")
    if values and typed.get("default_value", values[0]) not in values:
        raise errors.invalid("The default_value is none of the options.", f"{param}[default_value]")


def check_customer(call: Call, sent: Body) -> None:
    """What is said about a customer fits whether there is one."""
    if "customer" not in sent:
        if "customer_update" in sent:
            raise errors.invalid("`customer_update` can only be used with `customer`.", "customer_update")
        return
    payer = customer.get(call, sent["customer"], "customer")
    if "customer_creation" in sent:
        message = "You can not pass `customer_creation` when `customer` is passed: there is one already."
        raise errors.invalid(message, "customer_creation")
    collects = sent.get("tax_id_collection", {}).get("enabled")
    if collects and payer["name"] is None and sent.get("customer_update", {}).get("name") != "auto":
        message = "Collecting tax ids of an existing customer requires `customer_update[name]` to be `auto`."
        raise errors.invalid(message, "tax_id_collection[enabled]")


def check_tax(call: Call, sent: Body) -> None:
    """Automatic tax needs a seller whose place is known, and a way to know the customer's."""
    if not sent.get("automatic_tax", {}).get("enabled"):
        return
    settings.require_active(call, "automatic_tax[enabled]")
    if any(line.get("tax_rates") for line in sent["line_items"]):
        message = "Tax is calculated automatically here, so no tax rates can be chosen."
        raise errors.invalid(message, "automatic_tax[enabled]")
    if "customer" not in sent or sent.get("customer_update", {}).get("address") == "auto":
        return
    if location_of(customer.get(call, sent["customer"])) is None:
        message = (
            "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to "
            "the Customer or set `customer_update[address]` to 'auto' to save the address that is entered in Checkout."
        )
        raise errors.invalid(message, "automatic_tax[enabled]", "customer_tax_location_invalid")
