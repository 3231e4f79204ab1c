"""Tax that is worked out by itself: where the customer is, whether tax is collected there, and at which rates.

Source: docs.stripe.com/tax/calculating, docs.stripe.com/tax/customer-locations
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_portal.wire import errors
from mock_server.billing import standard_rates, tax
from mock_server.billing.standard_rates import EU, Standard
from mock_server.core.call import Body, Call

from .. import parties
from .. import tax_rate as rates
from .. import tax_registration as registrations
from .. import tax_settings as settings
from ..price import price
from ..tax_id import tax_id
from ..tax_location import INVALID, MESSAGE, Location, check, location_of


def check_ready(call: Call, payer: Body, param: str = "automatic_tax[enabled]") -> None:
    """Automatic tax needs a seller and a customer whose places are known. StripeError 400 otherwise."""
    settings.require_active(call, param)
    check(payer, param)


@dataclass(frozen=True, slots=True)
class Treatment:
    """How the lines of an invoice are taxed.

    standard: the taxes of the place.  reason: why they are due, or why nothing is.  relief: why nothing is due.
    """

    location: Location
    standard: tuple[Standard, ...]
    reason: str
    relief: tax.Relief | None


def treatment(call: Call, payer: Body) -> Treatment | None:
    """How a customer's invoice is taxed now; None where it is not known where the customer is."""
    place = location_of(payer)
    if place is None:
        return None
    found = standard_rates.of(place.country, place.state)
    if not registrations.covers(call, place.country, place.state):
        return Treatment(place, (Standard("0", found[0].type if found else "vat"),), "not_collecting", None)
    if not found:
        return Treatment(place, (Standard("0", "vat"),), "not_supported", None)
    relief = relief_of(call, payer, place)
    return Treatment(place, found, relief or "standard_rated", relief)


VERIFIED_IN: Mapping[str, frozenset[str]] = {
    "au_abn": frozenset({"AU"}),
    "eu_vat": EU,
    "gb_vat": frozenset({"GB"}),
}


def relief_of(call: Call, payer: Body, place: Location) -> tax.Relief | None:
    """Why a customer owes no tax: by exemption, or as a business abroad whose tax id was verified."""
    if payer["tax_exempt"] == "exempt":
        return "customer_exempt"
    if payer["tax_exempt"] == "reverse":
        return "reverse_charge"
    if settings.home(call) == place.country:
        return None
    for one in tax_id.where(call, customer=payer["id"]):
        there = place.country in VERIFIED_IN.get(one["type"], ())
        if there and one["country"] == place.country and one["verification"]["status"] == "verified":
            return "reverse_charge"
    return None


def rates_of(call: Call, body: Body, line: Body, how: Treatment) -> tuple[tax.Rate, ...]:
    """The rates of one line."""
    inclusive = behavior_of(call, body, line) == "inclusive"
    place = how.location
    ids = [rates.standard(call, place.country, place.state, one, inclusive=inclusive) for one in how.standard]
    return rates.rules_of(call, ids)


def behavior_of(call: Call, body: Body, line: Body) -> str:
    """Whether a line contains its tax; one whose price does not say so has it added."""
    priced = (line["pricing"] or {}).get("price_details")
    costs = (price.peek(call, priced["price"]) if priced else None) or {}
    return settings.behavior(call, costs.get("tax_behavior", "unspecified"), body["currency"]) or "exclusive"


def check_behavior(call: Call, costs: Body, param: str) -> None:
    """A price that is taxed automatically says, by itself or by the settings, whether it contains tax."""
    if settings.behavior(call, costs["tax_behavior"], costs["currency"]) is None:
        message = f"The price {costs['id']} needs a tax_behavior before tax can be calculated automatically."
        raise errors.invalid(message, param)


def terms(enabled: bool, liability: Body | None = None) -> Body:
    """The `automatic_tax` of an invoice that is not worked out yet. liability: the account itself by default."""
    return {
        "disabled_reason": None,
        "enabled": enabled,
        "liability": (liability or {"type": "self"}) if enabled else None,
        "provider": "stripe" if enabled else None,
        "status": None,
    }


def chosen(call: Call, sent: Body) -> Body:
    """The `automatic_tax` that was sent for an invoice. StripeError 400 before the settings are active."""
    if sent["enabled"]:
        settings.require_active(call, "automatic_tax[enabled]")
    return terms(sent["enabled"], liability(call, sent))


def liability(call: Call, sent: Body) -> Body:
    """Who is liable for the tax."""
    return parties.named(call, sent.get("liability"), "automatic_tax[liability]")


def failure(body: Body) -> Body | None:
    """Why an invoice cannot be finalised, or None."""
    if not body["automatic_tax"]["enabled"] or body["automatic_tax"]["status"] == "complete":
        return None
    return {"code": INVALID, "message": MESSAGE, "type": "invalid_request_error"}
