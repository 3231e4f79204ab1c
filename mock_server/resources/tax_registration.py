"""Tax registrations: where the seller collects tax.

Source: docs.stripe.com/api/tax/registrations
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from flask_portal.wire import errors
from flask_portal.wire.params import Country, Hash, ListParams, NowOrTimestamp, OneOf, Params, Str, Timestamp
from mock_server.billing.standard_rates import EU
from mock_server.core.call import Body, Call
from mock_server.core.params import NotBuilt
from mock_server.core.resource import Key, Resource

tax_registration = Resource(
    "tax.registration",
    "/v1/tax/registrations",
    prefix="taxreg",
    label="tax registration",
    search=(Key("active_from", int), Key("expires_at", int), "country"),
)

STANDARD = (
    "AE", "AL", "AO", "AU", "AW", "BA", "BB", "BD", "BF", "BH", "BS", "CD", "CH", "ET", "GB", "GN", "IS",
    "JP", "ME", "MK", "MR", "NO", "NZ", "OM", "RS", "SG", "SR", "UY", "ZA", "ZW",
)  # fmt: skip
SIMPLIFIED = (
    "AM", "AZ", "BJ", "BW", "BY", "CI", "CL", "CM", "CO", "CR", "CV", "EC", "EG", "GE", "GH", "ID", "IN",
    "KE", "KG", "KH", "KR", "KZ", "LA", "LK", "MA", "MD", "MU", "MX", "MY", "NG", "NP", "PE", "PH", "RU",
    "SA", "SN", "TH", "TJ", "TR", "TW", "TZ", "UA", "UG", "UZ", "VN", "ZM",
)  # fmt: skip
US_TYPES = (
    "admissions_tax",
    "attendance_tax",
    "digital_excise_tax",
    "entertainment_tax",
    "gross_receipts_tax",
    "hospitality_tax",
    "local_amusement_tax",
    "local_lease_tax",
    "luxury_tax",
    "mass_transit_parking_tax",
    "parking_tax",
    "resort_tax",
    "state_communications_tax",
    "state_retail_delivery_fee",
    "state_sales_tax",
    "tourism_tax",
    "utility_users_tax",
)


class EuropeanScheme(Params):
    place_of_supply_scheme = OneOf("inbound_goods", "small_seller", "standard", required=True)


class Scheme(Params):
    place_of_supply_scheme = OneOf("inbound_goods", "standard")


class European(Params):
    standard = Hash(EuropeanScheme)
    type = OneOf("ioss", "oss_non_union", "oss_union", "standard", required=True)


class Standard(Params):
    standard = Hash(Scheme)
    type = OneOf("standard", required=True)


class Simplified(Params):
    type = OneOf("simplified", required=True)


class Province(Params):
    province = Str(required=True)


class Canadian(Params):
    province_standard = Hash(Province)
    type = OneOf("province_standard", "simplified", "standard", required=True)


class American(Params):
    state = Str(required=True)
    state_sales_tax = NotBuilt("Electing local use taxes")
    type = OneOf(*US_TYPES, required=True)
    admissions_tax = NotBuilt("A tax registration for admissions")
    attendance_tax = NotBuilt("A tax registration for attendance")
    entertainment_tax = NotBuilt("A tax registration for entertainment")
    gross_receipts_tax = NotBuilt("A tax registration for gross receipts")
    hospitality_tax = NotBuilt("A tax registration for hospitality")
    local_amusement_tax = NotBuilt("A local tax registration for amusement")
    local_lease_tax = NotBuilt("A local tax registration for leases")
    luxury_tax = NotBuilt("A tax registration for luxury")
    mass_transit_parking_tax = NotBuilt("A tax registration for parking")
    parking_tax = NotBuilt("A tax registration for parking")
    resort_tax = NotBuilt("A tax registration for resorts")
    tourism_tax = NotBuilt("A tax registration for tourism")
    utility_users_tax = NotBuilt("A tax registration for utilities")


KINDS: Mapping[str, type[Params]] = (
    dict.fromkeys(EU, European)
    | dict.fromkeys(STANDARD, Standard)
    | dict.fromkeys(SIMPLIFIED, Simplified)
    | {"CA": Canadian, "US": American}
)

CountryOptions: type[Params] = type(
    "CountryOptions", (Params,), {country.lower(): Hash(kind) for country, kind in sorted(KINDS.items())}
)


class Update(Params):
    active_from = NowOrTimestamp()
    expires_at = NowOrTimestamp(nullable=True)


class Create(Params):
    active_from = NowOrTimestamp(required=True)
    country = Country(required=True)
    country_options = Hash(CountryOptions, required=True)
    expires_at = Timestamp()


class List(ListParams):
    status = OneOf("active", "all", "expired", "scheduled")


def represent(call: Call, sent: Body) -> Body:
    """The object of a new registration; its status is found out whenever it is shown."""
    return {
        "id": tax_registration.new_id(),
        "object": "tax.registration",
        "active_from": moment(call, sent["active_from"]),
        "country": sent["country"],
        "country_options": options(sent),
        "created": call.now,
        "expires_at": sent.get("expires_at"),
        "livemode": call.livemode,
        "status": "active",
    }


def moment(call: Call, sent: int | str) -> int:
    """`now`, or a moment."""
    return call.now if sent == "now" else int(sent)


def options(sent: Body) -> Body:
    """The hash of the country, which has to be that of the registration."""
    key = sent["country"].lower()
    given: Body = sent["country_options"]
    if set(given) != {key}:
        raise errors.invalid(f"country_options needs the hash {key}, and no other.", f"country_options[{key}]")
    chosen: Body = given[key]
    if key == "us" and chosen["type"] != "state_sales_tax":
        raise errors.not_built(f"A registration of the type {chosen['type']}", "country_options[us][type]")
    if key == "us":
        chosen = {"state_sales_tax": None} | chosen
    for kind in ("standard", "province_standard"):
        if kind in chosen and chosen["type"] != kind:
            message = f"{kind} belongs to registrations of the type {kind}; the type of this one is {chosen['type']}."
            raise errors.invalid(message, f"country_options[{key}][{kind}]")
    if chosen["type"] == "province_standard" and "province_standard" not in chosen:
        raise errors.missing_parameter("country_options[ca][province_standard]")
    if chosen["type"] == "standard" and key not in ("ca",):
        chosen = {"standard": {"place_of_supply_scheme": "standard"}} | chosen
    return {key: chosen}


@tax_registration.shown
def show(call: Call, body: Body) -> Body:
    """A registration as it is now."""
    return body | {"status": status_of(call, body)}


def status_of(call: Call, body: Body) -> str:
    """Whether it counts now."""
    if body["active_from"] > call.now:
        return "scheduled"
    return "expired" if body["expires_at"] is not None and body["expires_at"] <= call.now else "active"


@tax_registration.create(Create)
def create(call: Call, sent: Body) -> Body:
    body = represent(call, sent)
    check_times(body)
    call.alone("tax.registration", body["country"])
    if any(place_of(one) == place_of(body) for one in current(call, body["country"])):
        raise errors.invalid("There is an active registration for this place already.", "country_options")
    return tax_registration.add(call, body)


def check_times(body: Body) -> None:
    """It ends after it has begun."""
    if body["expires_at"] is not None and body["expires_at"] < body["active_from"]:
        raise errors.invalid("expires_at must not lie before active_from.", "expires_at")


@tax_registration.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    if "active_from" in sent:
        body["active_from"] = moment(call, sent["active_from"])
    if "expires_at" in sent:
        body["expires_at"] = None if sent["expires_at"] is None else moment(call, sent["expires_at"])
    check_times(body)
    return tax_registration.save(call, body)


def narrow(call: Call, wanted: str) -> Iterator[sa.ColumnElement[bool]]:
    """What has this status now."""
    columns = tax_registration.table.c
    ended = columns.expires_at.is_not(None) & (columns.expires_at <= call.now)
    if wanted == "scheduled":
        yield columns.active_from > call.now
    elif wanted == "expired":
        yield ended
    elif wanted == "active":
        yield columns.active_from <= call.now
        yield sa.not_(ended)


@tax_registration.endpoint("GET", "/v1/tax/registrations", List)
def list_all(call: Call, _ids: dict[str, str], sent: Body) -> Body:
    return tax_registration.page(call, "/v1/tax/registrations", sent, narrow(call, sent.get("status", "all")))


def current(call: Call, *countries: str) -> list[Body]:
    """The registrations in these countries, or in all, that count now."""
    found = tax_registration.where(call, *narrow(call, "active"))
    return [body for body in found if not countries or body["country"] in countries]


def place_of(body: Body) -> tuple[str, Any, Any]:
    """What no other registration may be for at the same time: its country, type, and state or province."""
    terms = body["country_options"][body["country"].lower()]
    return body["country"], terms["type"], terms.get("state") or terms.get("province_standard", {}).get("province")


def covers(call: Call, country: str, state: str | None) -> bool:
    """Whether tax is collected in this place. Within the European Union one registration can stand for all."""
    for body in current(call):
        own, kind, part = place_of(body)
        if own in EU and country in EU and kind in ("oss_non_union", "oss_union"):
            return True
        if own == country and part in (None, state):
            return True
    return False


tax_registration.retrieves()
