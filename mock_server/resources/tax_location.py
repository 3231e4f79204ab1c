"""Where a customer is for tax, as far as what is on record about them tells it.

Source: docs.stripe.com/tax/customer-locations
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_portal.wire import errors
from mock_server.billing import standard_rates
from mock_server.billing.standard_rates import NEEDS_STATE
from mock_server.core.call import Body, Call

from . import tax_registration as registrations

INVALID = "customer_tax_location_invalid"
MESSAGE = (
    "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate tax."
)


@dataclass(frozen=True, slots=True)
class Location:
    """Where a customer is. source: what it was found out from."""

    country: str
    state: str | None
    source: str


def location_of(payer: Body) -> Location | None:
    """Where tax is due: at the shipping address, else at the billing address; None where that does not tell it.

    An IP address tells nothing here, because there is no table of them offline.
    """
    shipping = (payer["shipping"] or {}).get("address")
    source, address = ("shipping_destination", shipping) if shipping else ("billing_address", payer["address"])
    if not address or not address["country"]:
        return None
    state = str(address["state"]).upper() if address["state"] else None
    if address["country"] in NEEDS_STATE and not standard_rates.of(address["country"], state):
        return None
    return Location(address["country"], state, source)


def check(payer: Body, param: str) -> None:
    """StripeError 400 where it is not known where a customer is."""
    if location_of(payer) is None:
        raise errors.invalid(MESSAGE, param, INVALID)


def tax_of(call: Call, payer: Body) -> Body:
    """The `tax` of a customer: whether it can be worked out automatically, and where."""
    place = location_of(payer)
    if place is None:
        status = "unrecognized_location"
    else:
        status = "supported" if registrations.covers(call, place.country, place.state) else "not_collecting"
    told = place and {"country": place.country, "source": place.source, "state": place.state}
    return {
        "automatic_tax": status,
        "ip_address": (payer.get("tax") or {}).get("ip_address"),
        "location": told,
        "provider": "stripe",
    }
