"""Parameters that Checkout sessions and payment links share.

Source: docs.stripe.com/api/checkout/sessions/create, docs.stripe.com/api/payment-link/create
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
    Url,
)
from mock_server.core.params import NotBuilt

from .price_params import BEHAVIORS, Interval
from .product import MAX_IMAGES
from .tax_settings import AutomaticTax

MOST_CUSTOM_FIELDS = 3
MOST_OPTIONS = 200
MOST_LETTERS_OF_FIELD = 255
LONGEST_TRIAL_DAYS = 730

NOT_CONNECTED = "Sharing the payments of a subscription that is bought in Checkout"


class ProductData(Params):
    description = Str(max_length=40000)
    images = ListOf(Url(), max=MAX_IMAGES)
    metadata = Metadata()
    name = Str(max_length=250, required=True)
    tax_code = Ref("tax_code")
    tax_details = NotBuilt("The place of performance of products")
    unit_label = Str(max_length=12)


class PriceData(Params):
    exclusive = (("product", "product_data"), ("unit_amount", "unit_amount_decimal"))

    currency = Currency(required=True)
    product = Ref("product")
    product_data = Hash(ProductData)
    recurring = Hash(Interval)
    tax_behavior = OneOf(*BEHAVIORS)
    unit_amount = Money(minimum=0)
    unit_amount_decimal = DecimalString(minimum=0)


class Message(Params):
    message = Str(max_length=1200, required=True)


class CustomText(Params):
    after_submit = Hash(Message, nullable=True)
    shipping_address = Hash(Message, nullable=True)
    submit = Hash(Message, nullable=True)
    terms_of_service_acceptance = Hash(Message, nullable=True)


class Option(Params):
    label = Str(max_length=100, required=True)
    value = Str(max_length=100, required=True)


class Dropdown(Params):
    default_value = Str(max_length=100)
    options = ListOf(Hash(Option), min=1, max=MOST_OPTIONS, required=True)


class Label(Params):
    custom = Str(max_length=50, required=True)
    type = OneOf("custom", required=True)


class Typed(Params):
    default_value = Str(max_length=MOST_LETTERS_OF_FIELD)
    maximum_length = Int(minimum=1, maximum=MOST_LETTERS_OF_FIELD)
    minimum_length = Int(minimum=1, maximum=MOST_LETTERS_OF_FIELD)


class CustomField(Params):
    dropdown = Hash(Dropdown)
    key = Str(max_length=200, required=True)
    label = Hash(Label, required=True)
    numeric = Hash(Typed)
    optional = Bool()
    text = Hash(Typed)
    type = OneOf("dropdown", "numeric", "text", required=True)


class PrintedField(Params):
    name = Str(max_length=40, required=True)
    value = Str(max_length=140, required=True)


class InvoiceData(Params):
    account_tax_ids = NotBuilt("A tax id of the account")
    custom_fields = ListOf(Hash(PrintedField), max=4, nullable=True)
    description = Str(max_length=1500)
    footer = Str(max_length=5000)
    issuer = NotBuilt("Another issuer of an invoice")
    metadata = Metadata()
    rendering_options = NotBuilt("Another rendering of an invoice")


class InvoiceCreation(Params):
    enabled = Bool(required=True)
    invoice_data = Hash(InvoiceData)


class Enabled(Params):
    enabled = Bool(required=True)


class TaxIdCollection(Enabled):
    required = OneOf("if_supported", "never")


class EndBehavior(Params):
    missing_payment_method = OneOf("cancel", "create_invoice", "pause", required=True)


class TrialSettings(Params):
    end_behavior = Hash(EndBehavior, required=True)


class InvoiceSettings(Params):
    account_tax_ids = NotBuilt("A tax id of the account")
    custom_fields = ListOf(Hash(PrintedField), max=4, nullable=True)
    description = Str()
    footer = Str()
    issuer = NotBuilt("Another issuer of an invoice")


class SubscriptionData(Params):
    description = Str(max_length=500)
    invoice_settings = Hash(InvoiceSettings)
    metadata = Metadata()
    trial_period_days = Int(minimum=1, maximum=LONGEST_TRIAL_DAYS)
    trial_settings = Hash(TrialSettings)


class IntentData(Params):
    description = Str(max_length=1000)
    metadata = Metadata()
    setup_future_usage = OneOf("off_session", "on_session")
    statement_descriptor = Str(max_length=22)
    statement_descriptor_suffix = Str(max_length=22)
    transfer_group = Str()


class Shared(Params):
    """What a session and a link say about the page, in the same words."""

    allow_promotion_codes = Bool()
    automatic_tax = Hash(AutomaticTax)
    billing_address_collection = OneOf("auto", "required")
    consent_collection = NotBuilt("Asking a customer for consent")
    custom_text = Hash(CustomText)
    customer_creation = OneOf("always", "if_required")
    invoice_creation = Hash(InvoiceCreation)
    metadata = Metadata()
    name_collection = NotBuilt("Asking a customer for a name of their own")
    optional_items = NotBuilt("Offering further items")
    payment_method_collection = OneOf("always", "if_required")
    phone_number_collection = Hash(Enabled)
    shipping_address_collection = NotBuilt("Shipping")
    shipping_options = NotBuilt("Shipping")
    submit_type = OneOf("auto", "book", "donate", "pay", "subscribe")
    tax_id_collection = Hash(TaxIdCollection)
