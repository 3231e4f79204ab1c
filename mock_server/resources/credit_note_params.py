"""The parameters of the calls on credit notes.

Source: docs.stripe.com/api/credit_notes/create
"""

from __future__ import annotations

from flask_portal.wire.params import (
    DecimalString,
    Hash,
    Int,
    ListOf,
    ListParams,
    Metadata,
    Money,
    OneOf,
    Params,
    Ref,
    Str,
    Timestamp,
)
from mock_server.core.params import NotBuilt

from .common import ListByCreation

MOST_LINES = 250
REASONS = ("duplicate", "fraudulent", "order_change", "product_unsatisfactory")


class Line(Params):
    exclusive = (("amount", "quantity"), ("unit_amount", "unit_amount_decimal"))

    amount = Money()
    description = Str()
    invoice_line_item = Ref("invoice line item")
    metadata = Metadata()
    quantity = Int(minimum=1)
    tax_amounts = NotBuilt("Choosing the tax of a credited line")
    tax_rates = NotBuilt("Choosing the tax of a credited line")
    type = OneOf("custom_line_item", "invoice_line_item", required=True)
    unit_amount = Money()
    unit_amount_decimal = DecimalString()


class Refund(Params):
    amount_refunded = Money(minimum=1)
    payment_record_refund = NotBuilt("A refund of a payment record")
    refund = Ref("refund")
    type = OneOf("payment_record_refund", "refund")


class Create(Params):
    amount = Money(minimum=0)
    credit_amount = Money(minimum=0)
    effective_at = Timestamp()
    email_type = OneOf("credit_note", "none")
    invoice = Ref("invoice", required=True)
    lines = ListOf(Hash(Line), min=1, max=MOST_LINES)
    memo = Str()
    metadata = Metadata()
    out_of_band_amount = Money(minimum=0)
    reason = OneOf(*REASONS)
    refund_amount = Money(minimum=0)
    refunds = ListOf(Hash(Refund))
    shipping_cost = NotBuilt("Shipping on an invoice")


class PreviewLines(Create, ListParams):
    """The same, with a page of its lines."""


class Update(Params):
    memo = Str()
    metadata = Metadata()


class List(ListByCreation):
    customer = Ref("customer")
    customer_account = NotBuilt("An account of the second API as a customer")
    invoice = Ref("invoice")
