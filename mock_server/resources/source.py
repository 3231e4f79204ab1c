"""Legacy sources, which new customers have none of any more: they can be read, and there is nothing to see.

Source: docs.stripe.com/api/payment-sources
"""

from __future__ import annotations

from flask_portal.wire import errors, lists
from flask_portal.wire.params import ListParams, OneOf
from mock_server.core.call import Body, Call

from .customer import customer


class List(ListParams):
    object = OneOf("bank_account", "card", "source")


@customer.endpoint("GET", "/v1/customers/{customer}/sources", List)
def list_of_customer(call: Call, ids: dict[str, str], sent: Body) -> Body:
    owner = customer.get(call, ids["customer"])["id"]
    for name in ("starting_after", "ending_before"):
        if name in sent:
            raise errors.missing_object("source", sent[name], name)
    return lists.envelope(f"/v1/customers/{owner}/sources", [], has_more=False)


@customer.endpoint("GET", "/v1/customers/{customer}/sources/{id}")
def retrieve(call: Call, ids: dict[str, str], _sent: Body) -> Body:
    customer.get(call, ids["customer"])
    raise errors.missing_object("source", ids["id"], "id")
