"""The parameters of the calls on drafts and their lines.

Source: docs.stripe.com/api/invoices/create, docs.stripe.com/api/invoice-line-item
"""

from __future__ import annotations

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
    Timestamp,
    Url,
)
from mock_server.core.params import NotBuilt

from ..discount import MOST as MOST_DISCOUNTS
from ..discount import Applied
from ..invoiceitem import Period
from ..invoiceitem_amounts import QUANTITIES, PriceData, Pricing
from ..product import MAX_IMAGES
from ..tax_rate import MOST as MOST_RATES
from ..tax_settings import AutomaticTax
from .chosen import Chosen
from .params import CustomField

MOST_AT_ONCE = 250


class Create(Chosen):
    exclusive = (("days_until_due", "due_date"),)

    auto_advance = Bool(load_default=False)
    automatic_tax = Hash(AutomaticTax)
    automatically_finalizes_at = Timestamp()
    collection_method = OneOf("charge_automatically", "send_invoice", load_default="charge_automatically")
    currency = Currency()
    custom_fields = ListOf(Hash(CustomField), max=4, nullable=True)
    customer = Ref("customer")
    customer_account = NotBuilt("An account of the second API as a customer")
    days_until_due = Int(minimum=0)
    default_payment_method = Ref("PaymentMethod")
    default_source = NotBuilt("A legacy source")
    default_tax_rates = ListOf(Ref("tax rate"), max=MOST_RATES)
    description = Str(max_length=1500)
    discounts = ListOf(Hash(Applied), max=MOST_DISCOUNTS, nullable=True)
    due_date = Timestamp()
    effective_at = Timestamp()
    footer = Str()
    from_invoice = NotBuilt("Revising a finalised invoice")
    metadata = Metadata(nullable=True)
    number = NotBuilt("Choosing the number of an invoice")
    pending_invoice_items_behavior = OneOf("exclude", "include")
    shipping_cost = NotBuilt("Shipping on an invoice")
    statement_descriptor = Str(max_length=22)
    subscription = Ref("subscription")


class LineProductData(Params):
    description = Str(max_length=40000)
    images = ListOf(Url(), max=MAX_IMAGES)
    metadata = Metadata()
    name = Str(max_length=250, required=True)
    tax_code = Ref("tax_code")
    tax_details = NotBuilt("The place of performance of products")
    unit_label = Str(max_length=12)


class LinePriceData(PriceData):
    exclusive = (*PriceData.exclusive, ("product", "product_data"))

    product = Ref("product")
    product_data = Hash(LineProductData)


class Line(Params):
    """What can be said of a line, whether it is new or there already."""

    exclusive = (("amount", "pricing", "price_data"), QUANTITIES)

    amount = Money()
    description = Str()
    discountable = Bool()
    discounts = ListOf(Hash(Applied), max=MOST_DISCOUNTS, nullable=True)
    metadata = Metadata(nullable=True)
    period = Hash(Period)
    price_data = Hash(LinePriceData)
    pricing = Hash(Pricing)
    quantity = Int(minimum=0)
    quantity_decimal = DecimalString(minimum=0)
    tax_amounts = NotBuilt("Tax of a line as it was worked out elsewhere")
    tax_rates = ListOf(Ref("tax rate"), max=MOST_RATES, nullable=True)


class AddedLine(Line):
    invoice_item = Ref("invoiceitem")


class ChangedLine(Line):
    id = Ref("line_item", required=True)


class RemovedLine(Params):
    behavior = OneOf("delete", "unassign", required=True)
    id = Ref("line_item", required=True)


class AddLines(Params):
    invoice_metadata = Metadata(nullable=True)
    lines = ListOf(Hash(AddedLine), required=True, min=1, max=MOST_AT_ONCE)


class UpdateLines(Params):
    invoice_metadata = Metadata(nullable=True)
    lines = ListOf(Hash(ChangedLine), required=True, min=1, max=MOST_AT_ONCE)


class RemoveLines(Params):
    invoice_metadata = Metadata(nullable=True)
    lines = ListOf(Hash(RemovedLine), required=True, min=1, max=MOST_AT_ONCE)
