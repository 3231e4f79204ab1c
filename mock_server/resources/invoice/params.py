"""The parameters of the calls on invoices.

Source: docs.stripe.com/api/invoices
"""

from __future__ import annotations

from flask_portal.wire.params import (
    Bool,
    Hash,
    Int,
    ListOf,
    Metadata,
    OneOf,
    Params,
    Range,
    Ref,
    Str,
    Timestamp,
)
from mock_server.core.params import NotBuilt

from ..common import ListByCreation
from ..discount import MOST as MOST_DISCOUNTS
from ..discount import Applied
from ..tax_rate import MOST as MOST_RATES
from ..tax_settings import AutomaticTax
from .chosen import Chosen


class CustomField(Params):
    name = Str(max_length=40, required=True)
    value = Str(max_length=140, required=True)


class Update(Chosen):
    auto_advance = Bool()
    automatic_tax = Hash(AutomaticTax)
    automatically_finalizes_at = Timestamp()
    collection_method = OneOf("charge_automatically", "send_invoice")
    custom_fields = ListOf(Hash(CustomField), max=4, nullable=True)
    days_until_due = Int(minimum=0)
    default_payment_method = Ref("PaymentMethod")
    default_source = NotBuilt("A legacy source")
    default_tax_rates = ListOf(Ref("tax rate"), max=MOST_RATES, nullable=True)
    description = Str(max_length=1500)
    discounts = ListOf(Hash(Applied), max=MOST_DISCOUNTS, nullable=True)
    due_date = Timestamp()
    effective_at = Timestamp(nullable=True)
    footer = Str()
    metadata = Metadata()
    number = NotBuilt("Choosing the number of an invoice")
    shipping_cost = NotBuilt("Shipping on an invoice")
    statement_descriptor = Str(max_length=22)


class Finalize(Params):
    auto_advance = Bool()


class Pay(Params):
    forgive = Bool()
    mandate = NotBuilt("Giving a mandate")
    off_session = Bool(load_default=True)
    paid_out_of_band = Bool()
    payment_method = Ref("PaymentMethod")
    source = NotBuilt("A legacy source")


class List(ListByCreation):
    collection_method = OneOf("charge_automatically", "send_invoice")
    customer = Ref("customer")
    customer_account = NotBuilt("An account of the second API as a customer")
    due_date = Range()
    status = OneOf("draft", "open", "paid", "uncollectible", "void")
    subscription = Ref("subscription")
