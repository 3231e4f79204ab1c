"""Which objects can be searched for, and by which of their fields.

Source: docs.stripe.com/search
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource
from mock_server.core.search import Field, Search, search

from .charge import charge
from .customer import customer
from .invoice import invoice
from .payment_intent import payment_intent
from .price import price
from .product import product
from .subscription import subscription

FLAG, MAP, NUMBER, TEXT, TOKEN = (Field(kind) for kind in ("flag", "map", "number", "text", "token"))
ALL: Mapping[str, Field] = {"created": NUMBER, "metadata": MAP}

FIELDS: Mapping[Resource, Mapping[str, Field]] = {
    charge: {
        **ALL,
        "amount": NUMBER,
        "billing_details.address.postal_code": TOKEN,
        "currency": TOKEN,
        "customer": TOKEN,
        "disputed": FLAG,
        "payment_method_details.": TOKEN,
        "refunded": FLAG,
        "status": TOKEN,
    },
    customer: {**ALL, "email": TEXT, "name": TEXT, "phone": TEXT},
    invoice: {
        **ALL,
        "currency": TOKEN,
        "customer": TOKEN,
        "last_finalization_error_code": Field("token", "last_finalization_error.code"),
        "last_finalization_error_type": Field("token", "last_finalization_error.type"),
        "number": TEXT,
        "receipt_number": TEXT,
        "status": TOKEN,
        "subscription": Field("token", "parent.subscription_details.subscription"),
        "total": NUMBER,
    },
    payment_intent: {**ALL, "amount": NUMBER, "currency": TOKEN, "customer": TOKEN, "status": TOKEN},
    price: {
        "active": FLAG,
        "currency": TOKEN,
        "lookup_key": TEXT,
        "metadata": MAP,
        "product": TOKEN,
        "type": TOKEN,
    },
    product: {
        "active": FLAG,
        "description": TEXT,
        "metadata": MAP,
        "name": TEXT,
        "shippable": FLAG,
        "url": TEXT,
    },
    subscription: {**ALL, "canceled_at": NUMBER, "status": TOKEN},
}


def found(resource: Resource, fields: Mapping[str, Field], call: Call, _ids: dict[str, str], sent: Body) -> Body:
    """The objects that a query describes."""
    return search(call, resource, fields, sent)


for _resource, _fields in FIELDS.items():
    _resource.endpoint("GET", f"{_resource.path}/search", Search)(partial(found, _resource, _fields))
