"""Products: what is sold. How much it costs is said by its prices.

Source: docs.stripe.com/api/products
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from flask_portal.wire import errors, ids
from flask_portal.wire.params import Bool, DecimalString, Hash, ListOf, Metadata, OneOf, Params, Ref, Str, Url
from mock_server.core.call import Body, Call
from mock_server.core.params import NotBuilt
from mock_server.core.resource import Key, Resource, merge, metadata_of

from .common import ListActive, json_number, own_id
from .price_params import DefaultPriceData

MAX_IMAGES = 8
MAX_FEATURES = 15
MAX_DESCRIPTOR = 22
TAX_CODE = re.compile(r"txcd_[0-9]{8}")
DIMENSIONS = ("height", "length", "weight", "width")


def url_digest(body: Body) -> str | None:
    """What a product is found by when its `url` is asked for: a URL is longer than an index takes."""
    return sha256(body["url"].encode()).hexdigest() if body.get("url") else None


product = Resource(
    "product",
    "/v1/products",
    prefix="prod",
    search=(Key("active", bool), Key("shippable", bool), "type", Key("url", of=url_digest)),
    expands={"default_price": "price"},
    happenings=("price_given", "default_chosen", "deleting"),
)


class Feature(Params):
    name = Str(max_length=80, required=True)


class PackageDimensions(Params):
    height = DecimalString(above=0, required=True)
    length = DecimalString(above=0, required=True)
    weight = DecimalString(above=0, required=True)
    width = DecimalString(above=0, required=True)


class Fields(Params):
    active = Bool()
    description = Str(max_length=40000, nullable=True)
    images = ListOf(Url(), max=MAX_IMAGES, nullable=True)
    marketing_features = ListOf(Hash(Feature), max=MAX_FEATURES, nullable=True)
    metadata = Metadata(nullable=True)
    package_dimensions = Hash(PackageDimensions, nullable=True)
    shippable = Bool()
    statement_descriptor = Str(max_length=MAX_DESCRIPTOR)
    tax_code = Ref("tax_code", nullable=True)
    tax_details = NotBuilt("The place of performance of products")
    unit_label = Str(max_length=12, nullable=True)
    url = Url(nullable=True)


class Create(Fields):
    default_price_data = Hash(DefaultPriceData)
    id = Ref("product")
    name = Str(max_length=250, required=True)
    type = OneOf("good", "service")


class Update(Fields):
    default_price = Ref("price")
    name = Str(max_length=250)


class List(ListActive):
    ids = ListOf(Ref("product"))
    shippable = Bool()
    type = OneOf("good", "service")
    url = Url()


def represent(call: Call, sent: Body, id: str) -> Body:
    """The object of a new product."""
    return {
        "id": id,
        "object": "product",
        "active": sent.get("active", True),
        "created": call.now,
        "default_price": None,
        "description": sent.get("description"),
        "images": sent.get("images") or [],
        "livemode": call.livemode,
        "marketing_features": sent.get("marketing_features") or [],
        "metadata": metadata_of(sent),
        "name": sent["name"],
        "package_dimensions": dimensions(sent.get("package_dimensions")),
        "shippable": sent.get("shippable"),
        "statement_descriptor": sent.get("statement_descriptor"),
        "tax_code": sent.get("tax_code"),
        "type": sent.get("type", "service"),
        "unit_label": sent.get("unit_label"),
        "updated": call.now,
        "url": sent.get("url"),
    }


def dimensions(sent: dict[str, str] | None) -> dict[str, int | float] | None:
    """The `package_dimensions` of a product: inches and ounces, as numbers."""
    return None if sent is None else {name: json_number(sent[name]) for name in DIMENSIONS}


def check(sent: Body, param: str = "") -> None:
    """Refuse what no single field can refuse. param: the parameter that holds the product's own, where one does."""
    descriptor = sent.get("statement_descriptor")
    if descriptor is not None and (set(descriptor) & set("<>\\\"'*") or not re.search("[A-Za-z]", descriptor)):
        message = "A statement descriptor needs a letter, and cannot contain any of < > \\ ' \" *."
        raise errors.invalid(message, named(param, "statement_descriptor"))
    code = sent.get("tax_code")
    if code is not None and not TAX_CODE.fullmatch(code):
        raise errors.missing_object("tax code", code, named(param, "tax_code"))


def named(param: str, name: str) -> str:
    """The name of a parameter within another."""
    return f"{param}[{name}]" if param else name


def make(call: Call, sent: Body, param: str = "") -> Body:
    """A new product, told of. param: the parameter that describes it, for errors."""
    check(sent, param)
    body = represent(call, sent, own_id(call, product, sent))
    product.add(call, body)
    call.emit("product.created", body)
    return body


@product.create(Create)
def create(call: Call, sent: Body) -> Body:
    if "default_price_data" not in sent:
        return make(call, sent)
    check(sent)
    body = represent(call, sent, own_id(call, product, sent)) | {"default_price": ids.new("price")}
    product.add(call, body)
    call.emit("product.created", body)
    product.tell(call, "price_given", body, sent["default_price_data"])
    return body


@product.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    check(sent)
    if "default_price" in sent:
        product.tell(call, "default_chosen", body, sent["default_price"])
    patch(body, sent)
    if call.changed(body):
        body["updated"] = call.now
        product.save(call, body)
        call.emit("product.updated", body)
    return body


def patch(body: Body, sent: Body) -> None:
    """Change what was sent, and keep every key that the object always has."""
    merge(body, sent, skip=("images", "marketing_features", "package_dimensions"))
    for name in ("images", "marketing_features"):
        if name in sent:
            body[name] = sent[name] or []
    if "package_dimensions" in sent:
        body["package_dimensions"] = dimensions(sent["package_dimensions"])


@product.delete()
def delete(call: Call, body: Body, _sent: Body) -> Body:
    product.tell(call, "deleting", body)
    call.emit("product.deleted", body)
    return product.remove(call, body)


def narrow(table: sa.Table, sent: Body) -> Iterator[sa.ColumnElement[Any]]:
    """`ids` and `url`, which are no columns of their name."""
    if "ids" in sent:
        yield table.c.id.in_(sent["ids"])
    if "url" in sent:
        yield table.c.url == url_digest(sent)


product.retrieves(stubs=False)
product.lists(List, narrow, narrows=("ids", "url"))
