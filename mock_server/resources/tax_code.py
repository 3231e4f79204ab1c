"""Tax codes: what kinds of goods and services there are for taxes. A few of Stripe's several hundred, in own words.

A product may name any code of the right form, also one that is not in the table: here all are taxed alike.
Source: docs.stripe.com/api/tax_codes, docs.stripe.com/tax/tax-codes
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_portal.wire import lists
from flask_portal.wire.params import ListParams
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource

tax_code = Resource("tax_code", "/v1/tax_codes", prefix="txcd", label="tax code")

TABLE: Mapping[str, tuple[str, str]] = {
    "txcd_00000000": ("Nontaxable", "Anything on which no tax is ever collected."),
    "txcd_10000000": ("General - Electronically Supplied Services", "A service that is delivered over the internet."),
    "txcd_10010001": ("Infrastructure as a service (IaaS) - personal use", "Computing and storage for a consumer."),
    "txcd_10103000": ("Software as a service (SaaS) - personal use", "Hosted software for a consumer."),
    "txcd_10103001": ("Software as a service (SaaS) - business use", "Hosted software for a business."),
    "txcd_20030000": ("General - Services", "A service that is not delivered electronically."),
    "txcd_30011000": ("Clothing & Footwear", "What is worn on the body, for everyday use."),
    "txcd_40060003": ("Food for Non-Immediate Consumption", "Food that is prepared or eaten later, as groceries are."),
    "txcd_92010001": ("Shipping", "Bringing what was bought to its buyer."),
    "txcd_99999999": ("General - Tangible Goods", "Any physical good; the standard rate applies."),
}
"""Name and description by id, in the order of the ids."""


def represent(id: str) -> Body:
    """The object of a code in the table."""
    name, description = TABLE[id]
    return {"id": id, "object": "tax_code", "description": description, "name": name, "requirements": None}


def place(id: str, param: str) -> int:
    """Where a code stands in the table; StripeError 404 for one that does not."""
    if id not in TABLE:
        raise tax_code.missing(id, param)
    return list(TABLE).index(id)


@tax_code.endpoint("GET", "/v1/tax_codes/{id}")
def retrieve(_call: Call, found: dict[str, str], _sent: Body) -> Body:
    place(found["id"], "id")
    return represent(found["id"])


@tax_code.endpoint("GET", "/v1/tax_codes", ListParams)
def list_all(_call: Call, _found: dict[str, str], sent: Body) -> Body:
    codes = list(TABLE)
    if "ending_before" in sent:
        before = codes[: place(sent["ending_before"], "ending_before")]
        shown, more = lists.cut(before[::-1], sent["limit"])
        return lists.envelope("/v1/tax_codes", [represent(id) for id in shown[::-1]], more)
    if "starting_after" in sent:
        codes = codes[place(sent["starting_after"], "starting_after") + 1 :]
    shown, more = lists.cut(codes, sent["limit"])
    return lists.envelope("/v1/tax_codes", [represent(id) for id in shown], more)
