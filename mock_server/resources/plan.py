"""Plans: the old face of recurring prices. A plan is a price under the same id, and nothing else is stored of it.

Source: docs.stripe.com/api/plans
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Unpack

from flask_portal.wire import errors, ids
from flask_portal.wire.params import (
    Bool,
    Currency,
    DecimalString,
    Hash,
    Int,
    ListOf,
    Metadata,
    Money,
    OneOf,
    Params,
    Ref,
    Str,
)
from flask_portal.wire.scalars import Options
from mock_server.core import json_text
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource, merge

from .common import ListActive, own_id
from .price import make as make_price
from .price import plan_of, price, tell_of_change
from .price_params import INTERVALS, ProductData, Tier, TransformQuantity
from .product import make as make_product
from .product import product

NAMES = {
    "amount": "unit_amount",
    "amount_decimal": "unit_amount_decimal",
    "transform_usage": "transform_quantity",
}
SAME = ("active", "billing_scheme", "currency", "metadata", "nickname", "tiers", "tiers_mode")
RECURRING = ("interval", "interval_count", "meter", "trial_period_days", "usage_type")

plan = Resource(
    "plan",
    "/v1/plans",
    prefix="plan",
    expands={"product": "product"},
    hidden=("tiers",),
    happenings=("deleting",),
)


class Sold(Hash):
    """A product's id, or a description of a new one."""

    def __init__(self, **options: Unpack[Options]) -> None:
        super().__init__(ProductData, **options)
        self.known = Ref("product")

    def read(self, value: Any) -> Any:
        return super().read(value) if isinstance(value, Mapping) else self.known.read(value)


class Create(Params):
    exclusive = (("amount", "amount_decimal"),)

    active = Bool()
    amount = Money(minimum=0)
    amount_decimal = DecimalString(minimum=0)
    billing_scheme = OneOf("per_unit", "tiered")
    currency = Currency(required=True)
    id = Ref("plan")
    interval = OneOf(*INTERVALS, required=True)
    interval_count = Int(minimum=1)
    metadata = Metadata(nullable=True)
    meter = Ref("meter")
    nickname = Str()
    product = Sold()
    tiers = ListOf(Hash(Tier), min=1)
    tiers_mode = OneOf("graduated", "volume")
    transform_usage = Hash(TransformQuantity)
    trial_period_days = Int(minimum=1, maximum=730)
    usage_type = OneOf("licensed", "metered")


class Update(Params):
    active = Bool()
    metadata = Metadata(nullable=True)
    nickname = Str()
    product = Ref("product")
    trial_period_days = Int(minimum=1, maximum=730)


class List(ListActive):
    product = Ref("product")


@contextmanager
def as_plan() -> Iterator[None]:
    """Errors of a price in here name the plan's own parameter."""
    own = {there: here for here, there in NAMES.items()}
    try:
        yield
    except errors.StripeError as refused:
        if refused.param is not None:
            name = refused.param.removeprefix("recurring[").removesuffix("]")
            refused.param = own.get(refused.param, name if name in RECURRING else refused.param)
        raise


@plan.create(Create)
def create(call: Call, sent: Body) -> Body:
    owner = owner_of(call, sent)
    known = {there: sent[here] for here, there in NAMES.items() if here in sent}
    known |= {name: sent[name] for name in SAME if name in sent}
    known["recurring"] = {name: sent[name] for name in RECURRING if name in sent}
    id = own_id(call, price, sent) if "id" in sent else ids.new("plan")
    with as_plan():
        return plan_of(make_price(call, known, owner["id"], id))


def owner_of(call: Call, sent: Body) -> Body:
    """The product that is sold, which may be made for this plan."""
    if "product" not in sent:
        raise errors.missing_parameter("product")
    if isinstance(sent["product"], str):
        return product.get(call, sent["product"], "product", lock=True)
    return make_product(call, sent["product"], "product")


def price_behind(call: Call, id: str) -> Body:
    """The price that a plan is."""
    body = price.find(call, id, lock=True)
    if body is None or body.get("deleted") or body["recurring"] is None:
        raise plan.missing(id)
    return body


@plan.endpoint("GET", "/v1/plans/{id}")
def retrieve(call: Call, found: dict[str, str], _sent: Body) -> Body:
    return plan_of(price_behind(call, found["id"]))


@plan.endpoint("POST", "/v1/plans/{id}", Update)
def update(call: Call, found: dict[str, str], sent: Body) -> Body:
    body = price_behind(call, found["id"])
    call.remember("plan", body["id"], json_text.dump(plan_of(body)))
    if "trial_period_days" in sent:
        body["recurring"]["trial_period_days"] = sent["trial_period_days"]
    if "product" in sent:
        # A product's default price is one of its own, so one that is chosen stays where it is.
        owner = product.get(call, body["product"])
        if owner["default_price"] == body["id"] and owner["id"] != sent["product"]:
            raise errors.invalid(f"This plan is the default price of the product {owner['id']}.", "product")
        sent["product"] = product.get(call, sent["product"], "product", lock=True)["id"]
    merge(body, sent, skip=("trial_period_days",))
    price.save(call, body)
    tell_of_change(call, body)
    return plan_of(body)


@plan.endpoint("DELETE", "/v1/plans/{id}")
def delete(call: Call, found: dict[str, str], _sent: Body) -> Body:
    body = price_behind(call, found["id"])
    plan.tell(call, "deleting", body)
    call.emit("plan.deleted", plan_of(body))
    call.emit("price.deleted", body)
    price.remove(call, body, keep=True)
    return {"id": body["id"], "object": "plan", "deleted": True}


@plan.endpoint("GET", "/v1/plans", List)
def list_all(call: Call, _found: dict[str, str], sent: Body) -> Body:
    keys = {name: sent[name] for name in ("active", "product") if name in sent}
    listed = price.page(call, "/v1/plans", sent, type="recurring", **keys)
    return listed | {"data": [plan_of(body) for body in listed["data"]]}


@plan.expanded("tiers")
def find_tiers(call: Call, body: Body) -> Any:
    """The tiers are the price's."""
    return (price.peek(call, body["id"]) or {}).get("tiers")
