"""Prices: how much a product costs, once or for each interval. What they cost never changes.

Source: docs.stripe.com/api/prices
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from flask_portal.wire import errors
from mock_server.core import json_text
from mock_server.core.call import Body, Call
from mock_server.core.resource import Key, Resource, merge

from . import price_amounts
from .common import within
from .meter import meter
from .price_params import Create, List, Update
from .product import make as make_product
from .product import product

MOST_INTERVALS = {"day": 1095, "week": 156, "month": 36, "year": 3}

price = Resource(
    "price",
    "/v1/prices",
    prefix="price",
    search=(
        Key("active", bool),
        "currency",
        "lookup_key",
        "product",
        "type",
        Key("interval", of="recurring.interval"),
        Key("usage_type", of="recurring.usage_type"),
        Key("meter", of="recurring.meter"),
    ),
    expands={"product": "product"},
    hidden=("currency_options", "tiers"),
)


def represent(call: Call, sent: Body, product_id: str, id: str) -> Body:
    """The object of a new price."""
    tiered = sent.get("billing_scheme") == "tiered"
    body = {
        "id": id,
        "object": "price",
        "active": sent.get("active", True),
        "billing_scheme": "tiered" if tiered else "per_unit",
        "created": call.now,
        "currency": sent["currency"],
        "custom_unit_amount": price_amounts.custom(sent.get("custom_unit_amount"), "custom_unit_amount"),
        "livemode": call.livemode,
        "lookup_key": sent.get("lookup_key"),
        "metadata": sent.get("metadata") or {},
        "nickname": sent.get("nickname"),
        "product": product_id,
        "recurring": recurring(sent.get("recurring")),
        "tax_behavior": sent.get("tax_behavior", "unspecified"),
        "tiers": price_amounts.tiers(sent["tiers"], "tiers") if tiered else None,
        "tiers_mode": sent.get("tiers_mode"),
        "transform_quantity": sent.get("transform_quantity"),
        "type": "recurring" if "recurring" in sent else "one_time",
        **price_amounts.unit(sent),
    }
    return body | {"currency_options": price_amounts.options(body, sent.get("currency_options"))}


def recurring(sent: Body | None) -> Body | None:
    """The `recurring` of a price, with all its keys."""
    if sent is None:
        return None
    interval, count = sent["interval"], sent.get("interval_count", 1)
    if count > MOST_INTERVALS[interval]:
        message = (
            f"The longest billing interval is three years, which is {MOST_INTERVALS[interval]} times a {interval}."
        )
        raise errors.invalid(message, "recurring[interval_count]")
    return {
        "interval": interval,
        "interval_count": count,
        "meter": sent.get("meter"),
        "trial_period_days": sent.get("trial_period_days"),
        "usage_type": sent.get("usage_type", "licensed"),
    }


def check_usage(call: Call, sent: Body) -> None:
    """What is charged by use names the active meter that counts it, and nothing else does."""
    terms = sent.get("recurring") or {}
    if terms.get("usage_type") != "metered":
        if "meter" in terms:
            message = "Only a price with a usage_type of metered can have a meter."
            raise errors.invalid(message, "recurring[meter]")
        return
    if "meter" not in terms:
        raise errors.missing_parameter("recurring[meter]")
    if meter.get(call, terms["meter"], "recurring[meter]")["status"] != "active":
        raise errors.invalid(f"The meter {terms['meter']} is inactive.", "recurring[meter]")


def plan_of(body: Body) -> Body:
    """The legacy `plan` that stands beside a recurring price in a subscription item, and says the same."""
    terms = body["recurring"]
    return {
        "id": body["id"],
        "object": "plan",
        "active": body["active"],
        "amount": body["unit_amount"],
        "amount_decimal": body["unit_amount_decimal"],
        "billing_scheme": body["billing_scheme"],
        "created": body["created"],
        "currency": body["currency"],
        "interval": terms["interval"],
        "interval_count": terms["interval_count"],
        "livemode": body["livemode"],
        "metadata": body["metadata"],
        "meter": terms["meter"],
        "nickname": body["nickname"],
        "product": body["product"],
        "tiers_mode": body["tiers_mode"],
        "transform_usage": body["transform_quantity"],
        "trial_period_days": terms["trial_period_days"],
        "usage_type": terms["usage_type"],
    }


def offered(call: Call, id: str, param: str) -> Body:
    """The price, if it can be bought now: neither it nor its product is archived."""
    body = price.get(call, id, param)
    if not body["active"]:
        raise errors.invalid(f"The price {id} is archived, and only active prices can be bought.", param)
    if not product.get(call, body["product"])["active"]:
        message = f"The product {body['product']} of this price is archived, and cannot be bought."
        raise errors.invalid(message, param, "product_inactive")
    return body


def make(call: Call, sent: Body, product_id: str, id: str | None = None) -> Body:
    """A new price, told of."""
    price_amounts.check_form(sent)
    check_usage(call, sent)
    body = represent(call, sent, product_id, id or price.new_id())
    claim_lookup_key(call, body, sent)
    price.add(call, body)
    call.emit("price.created", body)
    if body["recurring"]:
        call.emit("plan.created", plan_of(body))
    return body


@price.create(Create)
def create(call: Call, sent: Body) -> Body:
    if "product_data" in sent:
        owner = make_product(call, sent["product_data"], "product_data")
    elif "product" in sent:
        owner = product.get(call, sent["product"], "product", lock=True)
    else:
        raise errors.missing_parameter("product")
    return make(call, sent, owner["id"])


@price.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    check_change(call, body, sent)
    if body["recurring"]:
        call.remember("plan", body["id"], json_text.dump(plan_of(body)))
    merge(body, sent, skip=("currency_options", "transfer_lookup_key"))
    claim_lookup_key(call, body, sent)
    change_options(body, sent)
    price.save(call, body)
    tell_of_change(call, body)
    return body


def check_change(call: Call, body: Body, sent: Body) -> None:
    """Refuse to archive a product's default price, and to change a tax behavior once it is known."""
    known = body["tax_behavior"]
    if known != "unspecified" and sent.get("tax_behavior", known) != known:
        message = f"The tax behavior of this price is {known}, and cannot be changed any more."
        raise errors.invalid(message, "tax_behavior")
    archives = body["active"] and sent.get("active") is False
    if archives and product.get(call, body["product"])["default_price"] == body["id"]:
        message = "This price is the default price of its product, and cannot be archived before another one is."
        raise errors.invalid(message, "active")


def change_options(body: Body, sent: Body) -> None:
    """Merge `currency_options` by currency; an empty value leaves the price's own currency alone."""
    changed = price_amounts.options(body, sent.get("currency_options"))
    kept = {} if sent.get("currency_options", changed) is None else body["currency_options"]
    body["currency_options"] = kept | changed


def tell_of_change(call: Call, body: Body) -> None:
    """Tell of a change, of the plan too where it shows there. Amounts in other currencies are not shown in events."""
    if call.changed(body):
        call.emit("price.updated", body)
    if body["recurring"] and call.changed(plan := plan_of(body)):
        call.emit("plan.updated", plan)


def claim_lookup_key(call: Call, body: Body, sent: Body) -> None:
    """A lookup key leads to one active price; it is taken from another one only when the call says so."""
    key = body["lookup_key"]
    if key is None or not body["active"]:
        return
    call.alone("lookup_key", key)
    for other in price.where(call, lookup_key=key, active=True):
        if other["id"] == body["id"]:
            continue
        if not sent.get("transfer_lookup_key"):
            message = f"The price {other['id']} already uses the lookup key {key}; transfer_lookup_key moves it."
            raise errors.invalid(message, "lookup_key", "resource_already_exists")
        other["lookup_key"] = None
        price.save(call, other)
        call.emit("price.updated", other)


@product.on("price_given")
def make_default(call: Call, owner: Body, sent: Body) -> None:
    """A product was created together with its price, whose id it carries already."""
    with within("default_price_data"):
        make(call, sent, owner["id"], owner["default_price"])


@product.on("default_chosen")
def check_default(call: Call, owner: Body, id: str) -> None:
    """A product's default price is an active one of its own."""
    chosen = price.get(call, id, "default_price")
    if chosen["product"] != owner["id"]:
        raise errors.invalid(f"The price {id} belongs to another product.", "default_price")
    if not chosen["active"]:
        raise errors.invalid(f"The price {id} is archived, and cannot be a default price.", "default_price")


@product.on("deleting")
def keep_sold(call: Call, owner: Body) -> None:
    """A product that has prices may have been sold, so it stays."""
    if price.where(call, product=owner["id"], limit=1):
        message = "This product has prices, and cannot be deleted. Archive it instead, by setting active to false."
        raise errors.invalid(message, "id")


def narrow(table: sa.Table, sent: Body) -> Iterator[sa.ColumnElement[Any]]:
    """`lookup_keys` and `recurring`, which are no columns of their name."""
    if "lookup_keys" in sent:
        yield table.c.lookup_key.in_(sent["lookup_keys"])
    for name, value in sent.get("recurring", {}).items():
        yield table.c[name] == value


# A plan that was deleted is gone as a price, too; whole it is only kept for the subscriptions that go on with it.
price.retrieves(stubs=False)
price.lists(List, narrow, narrows=("lookup_keys", "recurring"))
