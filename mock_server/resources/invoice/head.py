"""What an invoice is: where it is kept, how it is found, and what others may join in.

Its lines live in it: `/v1/invoices/{id}/lines` shows the same list as the invoice itself. The resource of lines only
says what can be expanded in them.
"""

from __future__ import annotations

from mock_server.core.call import Body, Call
from mock_server.core.resource import Included, Key, Resource

from .. import tax_rate as rates
from . import addresses

invoice = Resource(
    "invoice",
    "/v1/invoices",
    prefix="in",
    search=(
        "customer",
        "status",
        "collection_method",
        Key("due_date", int),
        Key("subscription", of="parent.subscription_details.subscription"),
    ),
    expands={
        "account_tax_ids": "tax_id",
        "automatic_tax.liability.account": "account",
        "customer": "customer",
        "issuer.account": "account",
        "on_behalf_of": "account",
        "default_payment_method": "payment_method",
        "discounts": "discount",
        "parent.subscription_details.subscription": "subscription",
        "test_clock": "test_helpers.test_clock",
        "total_discount_amounts.discount": "discount",
    },
    includes={"payments": Included("invoice_payment", by="invoice", url="/v1/invoices/{id}/payments")},
    hidden=("confirmation_secret",),
    happenings=(
        "method_sought",
        "subscription_sought",
        "discount_used",
        "finalizing",
        "paid",
        "payment_failed",
        "payment_processing",
        "payment_sought",
        "overdue",
        "closed",
        "retries_over",
    ),
)


@invoice.shown
def show(call: Call, body: Body) -> Body:
    """An invoice with its default tax rates as objects, and the whole addresses of its page and its PDF."""
    own = addresses.shown(call, body)
    if body.get("default_tax_rates"):
        own["default_tax_rates"] = rates.shown(call, body["default_tax_rates"])
    return body | own if own else body


line_item = Resource(
    "line_item",
    prefix="il",
    label="invoice line item",
    expands={
        "discount_amounts.discount": "discount",
        "discounts": "discount",
        "pricing.price_details.price": "price",
        "subscription": "subscription",
    },
)
