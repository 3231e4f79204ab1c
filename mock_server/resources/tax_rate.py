"""Tax rates: percentages that are added to amounts, or that amounts contain.

Source: docs.stripe.com/api/tax_rates
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from flask_portal.wire import errors
from flask_portal.wire.params import Bool, Country, DecimalString, Metadata, OneOf, Params, Str
from mock_server.billing.standard_rates import Standard
from mock_server.billing.tax import Rate
from mock_server.core.call import Body, Call
from mock_server.core.resource import Key, Resource, merge, metadata_of

from .common import ListActive, json_number

MOST = 10
"""How many rates a line, or an invoice or subscription as a whole, can have."""

MOST_DECIMALS = 4
TYPES = (
    "admissions_tax", "amusement_tax", "attendance_tax", "communications_tax", "digital_excise_tax",
    "entertainment_tax", "get_fund", "gross_receipts_tax", "gst", "hospitality_tax", "hst", "igst", "jct", "lease_tax",
    "luxury_tax", "mass_transit_parking_tax", "nhil", "parking_tax", "pst", "qst", "resort_tax", "retail_delivery_fee",
    "rst", "sales_tax", "service_tax", "tourism_tax", "utility_users_tax", "vat",
)  # fmt: skip

tax_rate = Resource(
    "tax_rate",
    "/v1/tax_rates",
    prefix="txr",
    label="tax rate",
    search=(Key("active", bool), Key("inclusive", bool), Key("automatic", of="_automatic")),
    private=True,
)


class Update(Params):
    active = Bool()
    country = Country()
    description = Str()
    display_name = Str(max_length=50)
    jurisdiction = Str(max_length=50)
    metadata = Metadata(nullable=True)
    state = Str(max_length=2)
    tax_type = OneOf(*TYPES)


class Create(Update):
    active = Bool(load_default=True)
    display_name = Str(max_length=50, required=True)
    inclusive = Bool(required=True)
    metadata = Metadata()
    percentage = DecimalString(minimum=0, maximum=100, required=True)


class List(ListActive):
    inclusive = Bool()


def represent(call: Call, sent: Body) -> Body:
    """The object of a new rate."""
    told = ("country", "description", "jurisdiction", "state", "tax_type")
    return {
        "id": tax_rate.new_id(),
        "object": "tax_rate",
        "active": sent["active"],
        "created": call.now,
        "display_name": sent["display_name"],
        "effective_percentage": None,
        "flat_amount": None,
        "inclusive": sent["inclusive"],
        "jurisdiction_level": None,
        "livemode": call.livemode,
        "metadata": metadata_of(sent),
        "percentage": json_number(sent["percentage"]),
        "rate_type": "percentage",
    } | {name: sent.get(name) for name in told}


@tax_rate.create(Create)
def create(call: Call, sent: Body) -> Body:
    exponent = Decimal(sent["percentage"]).normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MOST_DECIMALS:
        raise errors.invalid(f"A percentage has at most {MOST_DECIMALS} decimals.", "percentage")
    body = tax_rate.add(call, represent(call, sent))
    call.emit("tax_rate.created", body)
    return body


@tax_rate.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    merge(body, sent)
    if call.changed(body):
        tax_rate.save(call, body)
        call.emit("tax_rate.updated", body)
    return body


def chosen(call: Call, sent: Sequence[str] | None, param: str, current: Sequence[str] = ()) -> list[str]:
    """The ids of the rates that were sent. An archived one counts only where it is in use already (`current`)."""
    for number, id in enumerate(sent or ()):
        if not tax_rate.get(call, id, f"{param}[{number}]")["active"] and id not in current:
            raise errors.invalid(f"The tax rate {id} is archived, and cannot be used.", f"{param}[{number}]")
    return list(dict.fromkeys(sent or ()))


def shown(call: Call, ids: Sequence[str | Body]) -> list[Body]:
    """Rates as objects, as those that have them always show them. What is shown already stays as it is."""
    found = (tax_rate.peek(call, id) if isinstance(id, str) else id for id in ids)
    return [call.registry.render(call, body) for body in found if body is not None]


def rules_of(call: Call, ids: Sequence[str]) -> tuple[Rate, ...]:
    """Rates as the billing rules see them; each is looked up once in a call."""
    return tuple(_rule(call, id) for id in ids)


def _rule(call: Call, id: str) -> Rate:
    key = f"rule of {id}"
    if key not in call.memo:
        body = tax_rate.get(call, id)
        call.memo[key] = Rate(id, Fraction(str(body["percentage"])), body["inclusive"])
    found: Rate = call.memo[key]
    return found


def standard(call: Call, country: str, state: str | None, tax: Standard, *, inclusive: bool) -> str:
    """The id of the rate that stands for a tax of a place; it is made when it is first needed.

    Such a rate is archived from the beginning: nobody chooses it.
    """
    behavior = "inclusive" if inclusive else "exclusive"
    key = f"{country}-{state or ''} {tax.type} {tax.percentage} {behavior}"
    if key not in call.memo:
        call.alone("tax_rate", key)
        found = tax_rate.where(call, automatic=key, limit=1)
        call.memo[key] = found[0]["id"] if found else _add_standard(call, country, state, tax, key, inclusive=inclusive)
    return str(call.memo[key])


def _add_standard(call: Call, country: str, state: str | None, tax: Standard, key: str, *, inclusive: bool) -> str:
    sent = {
        "active": False,
        "country": country,
        "display_name": tax.name,
        "inclusive": inclusive,
        "jurisdiction": state if tax.level == "state" else country,
        "percentage": tax.percentage,
        "state": state,
        "tax_type": tax.type,
    }
    more = {"_automatic": key, "effective_percentage": json_number(tax.percentage), "jurisdiction_level": tax.level}
    return str(tax_rate.add(call, represent(call, sent) | more)["id"])


tax_rate.retrieves()
tax_rate.lists(List)
