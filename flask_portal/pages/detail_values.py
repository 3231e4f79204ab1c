"""Billing information between the API's customer and the page's form. Nothing here asks or changes anything.

Names are the API's parameter names. A value that was not changed is neither checked nor sent, so that an old address
that would be refused today does not keep anybody from correcting a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import phonenumbers

from flask_portal.i18n import _
from flask_portal.pages import address
from flask_portal.pages.fields import Values

SHIPPING = "shipping[address]"

NAMES: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "email": ("email",),
    "phone": ("phone",),
    "address": tuple(f"address[{part}]" for part in address.PARTS),
    "shipping": ("shipping[name]", "shipping[phone]", *(f"{SHIPPING}[{part}]" for part in address.PARTS)),
}
"""The names of the form's fields for each value of `allowed_updates`."""

_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;.]+(\.[^@\s<>,;.]+)+")
MOST_EMAIL = 512


def of(customer: Mapping[str, Any]) -> dict[str, str]:
    """The values of the form for this customer."""
    shipping = customer.get("shipping") or {}
    return {
        **{name: customer.get(name) or "" for name in ("name", "email")},
        "phone": readable_phone(customer.get("phone")) or "",
        **address.flat("address", customer.get("address")),
        "shipping[name]": shipping.get("name") or "",
        "shipping[phone]": readable_phone(shipping.get("phone")) or "",
        **address.flat(SHIPPING, shipping.get("address")),
    }


def problems(current: Values, typed: Values) -> dict[str, str]:
    """What is wrong with what was changed, by field name."""
    changed = {name for name in typed if typed[name] != current[name]}
    found: dict[str, str] = {}
    if "email" in changed:
        found |= _email_problem(current, typed)
    for name, country in (("phone", "address[country]"), ("shipping[phone]", f"{SHIPPING}[country]")):
        if name in changed and typed[name] and phone(typed[name], typed[country]) is None:
            found[name] = _("Enter a phone number with its country code, such as +44 20 7946 0000.")
    if changed & set(NAMES["address"]):
        found |= address.problems("address", typed)
    if changed & set(NAMES["shipping"]):
        found |= _shipping_problems(typed)
    return found


def _email_problem(current: Values, typed: Values) -> dict[str, str]:
    value = typed["email"]
    if not value:
        return {"email": _("Enter an email address; your invoices are sent there.")} if current["email"] else {}
    return {} if is_email(value) else {"email": _("Enter an email address such as name@example.com.")}


def is_email(text: str) -> bool:
    """Whether it looks like one address, and is not longer than Stripe keeps."""
    return len(text) <= MOST_EMAIL and _EMAIL.fullmatch(text) is not None


def _shipping_problems(typed: Values) -> dict[str, str]:
    if not any(typed[name] for name in NAMES["shipping"]):
        return {}
    found = {} if typed["shipping[name]"] else {"shipping[name]": _("Enter the name of the recipient.")}
    if address.is_blank(SHIPPING, typed):
        return {**found, f"{SHIPPING}[country]": _("Choose a country.")}
    return {**found, **address.problems(SHIPPING, typed)}


def changes(current: Values, typed: Values) -> dict[str, Any]:
    """The parameters of the API for what was changed; an empty string clears."""
    changed = {name for name in typed if typed[name] != current[name]}
    return {key: build(typed) for key, build in _BUILDERS.items() if changed & set(NAMES[key])}


def _address(typed: Values) -> Any:
    return "" if address.is_blank("address", typed) else address.nested("address", typed)


def _shipping(typed: Values) -> Any:
    if not any(typed[name] for name in NAMES["shipping"]):
        return ""
    number = phone(typed["shipping[phone]"], typed[f"{SHIPPING}[country]"]) or ""
    return {"name": typed["shipping[name]"], "phone": number, "address": address.nested(SHIPPING, typed)}


_BUILDERS: dict[str, Callable[[Values], Any]] = {
    "name": lambda typed: typed["name"],
    "email": lambda typed: typed["email"],
    "phone": lambda typed: phone(typed["phone"], typed["address[country]"]) or "",
    "address": _address,
    "shipping": _shipping,
}


def phone(value: str, country: str) -> str | None:
    """The number with its country code (E.164); None when it cannot be one.  country: for numbers without a code."""
    try:
        number = phonenumbers.parse(value, country or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def readable_phone(value: str | None) -> str | None:
    """The number in groups, as people read it; what is not a number stays as it is."""
    try:
        number = phonenumbers.parse(value or "")
    except phonenumbers.NumberParseException:
        return value
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
