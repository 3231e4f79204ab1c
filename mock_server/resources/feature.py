"""Features, and which products bring them: what a customer who pays is entitled to.

Source: docs.stripe.com/api/entitlements/feature, docs.stripe.com/api/product-feature
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from flask_portal.wire import errors
from flask_portal.wire.params import Bool, ListParams, Metadata, Params, Ref, Str
from mock_server.core.call import Body, Call
from mock_server.core.resource import Key, Resource, merge, metadata_of

from .product import product

feature = Resource(
    "entitlements.feature",
    "/v1/entitlements/features",
    prefix="feat",
    label="feature",
    search=(Key("active", bool), "lookup_key"),
)

product_feature = Resource(
    "product_feature",
    prefix="prodft",
    label="product feature",
    search=(Key("product", of="_product"), Key("feature", of="entitlement_feature")),
    embeds={"entitlement_feature": "entitlements.feature"},
    private=True,
)


class Create(Params):
    lookup_key = Str(max_length=80, required=True)
    metadata = Metadata()
    name = Str(max_length=80, required=True)


class Update(Params):
    active = Bool()
    metadata = Metadata(nullable=True)
    name = Str(max_length=80)


class List(ListParams):
    archived = Bool()
    lookup_key = Str(max_length=80)


class Attach(Params):
    entitlement_feature = Ref("feature", required=True)


@feature.create(Create)
def create(call: Call, sent: Body) -> Body:
    key = sent["lookup_key"]
    call.alone("feature", key)
    if feature.where(call, lookup_key=key, limit=1):
        message = f"There is already a feature with the lookup key {key}."
        raise errors.invalid(message, "lookup_key", "resource_already_exists")
    body = {
        "id": feature.new_id(),
        "object": "entitlements.feature",
        "active": True,
        "livemode": call.livemode,
        "lookup_key": key,
        "metadata": metadata_of(sent),
        "name": sent["name"],
    }
    return feature.add(call, body)


@feature.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    return feature.save(call, merge(body, sent)) if sent.keys() - {"expand"} else body


def narrow(table: sa.Table, sent: Body) -> Iterator[sa.ColumnElement[Any]]:
    """Archived ones are listed only where they are asked for."""
    yield table.c.active.is_(not sent.get("archived", False))


feature.retrieves()
feature.lists(List, narrow, narrows=("archived",))


@product_feature.endpoint("POST", "/v1/products/{product}/features", Attach)
def attach(call: Call, ids: dict[str, str], sent: Body) -> Body:
    """From now on the product brings the feature. Those who have the product already get it with their next change."""
    owner = product.get(call, ids["product"], lock=True)
    brought = feature.get(call, sent["entitlement_feature"], "entitlement_feature")
    if not brought["active"]:
        raise errors.invalid(f"The feature {brought['id']} is archived.", "entitlement_feature")
    if product_feature.where(call, product=owner["id"], feature=brought["id"], limit=1):
        message = f"The product {owner['id']} has the feature {brought['id']} already."
        raise errors.invalid(message, "entitlement_feature", "resource_already_exists")
    body = {
        "id": product_feature.new_id(),
        "object": "product_feature",
        "entitlement_feature": brought["id"],
        "livemode": call.livemode,
        "_product": owner["id"],
    }
    return product_feature.add(call, body)


@product_feature.endpoint("GET", "/v1/products/{product}/features", ListParams)
def list_of_product(call: Call, ids: dict[str, str], sent: Body) -> Body:
    owner = product.get(call, ids["product"])["id"]
    return product_feature.page(call, f"/v1/products/{owner}/features", sent, product=owner)


@product_feature.endpoint("GET", "/v1/products/{product}/features/{id}")
def retrieve(call: Call, ids: dict[str, str], _sent: Body) -> Body:
    return of(call, ids)


@product_feature.endpoint("DELETE", "/v1/products/{product}/features/{id}")
def detach(call: Call, ids: dict[str, str], _sent: Body) -> Body:
    return product_feature.remove(call, of(call, ids))


def of(call: Call, ids: dict[str, str]) -> Body:
    """The product feature, which has to belong to the product in the address."""
    body = product_feature.get(call, ids["id"])
    if body["_product"] != ids["product"]:
        raise product_feature.missing(ids["id"])
    return body


def of_products(call: Call, products: Iterable[str]) -> list[str]:
    """The ids of the features that these products bring, each once."""
    found = (one["entitlement_feature"] for id in products for one in product_feature.where(call, product=id)[::-1])
    return list(dict.fromkeys(found))


def in_use(call: Call) -> bool:
    """Whether any product brings a feature: most accounts have none."""
    key = "features in use"
    if key not in call.memo:
        call.memo[key] = bool(product_feature.where(call, limit=1))
    return bool(call.memo[key])
