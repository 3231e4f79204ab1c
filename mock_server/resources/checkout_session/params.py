"""The parameters of the calls on Checkout sessions.

Source: docs.stripe.com/api/checkout/sessions
"""

from __future__ import annotations

from flask_portal.wire.params import (
    Bool,
    Currency,
    Email,
    Hash,
    Int,
    ListOf,
    ListParams,
    Metadata,
    Money,
    OneOf,
    Params,
    Range,
    Ref,
    Str,
    Timestamp,
    Url,
)
from mock_server.core.params import NotBuilt

from .. import checkout_params as shared
from ..charge import Parcel
from ..connected_payment import TransferData
from ..tax_rate import MOST as MOST_RATES

MOST_LINES = 100
# fmt: off
LOCALES = (
    "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hi-IN",
    "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl",
    "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
)
# fmt: on
TYPES = "Restricting the types of payment methods"


class Line(Params):
    exclusive = (("price", "price_data"),)

    adjustable_quantity = NotBuilt("Letting a customer change a quantity")
    metadata = Metadata()
    price = Ref("price")
    price_data = Hash(shared.PriceData)
    quantity = Int(minimum=1)
    tax_rates = ListOf(Ref("tax rate"), max=MOST_RATES)


class Recovery(Params):
    allow_promotion_codes = Bool()
    enabled = Bool(required=True)


class AfterExpiration(Params):
    recovery = Hash(Recovery)


class CustomerUpdate(Params):
    address = OneOf("auto", "never")
    name = OneOf("auto", "never")
    shipping = OneOf("auto", "never")


class Discount(Params):
    exclusive = (("coupon", "promotion_code"),)

    coupon = Ref("coupon")
    promotion_code = Ref("promotion code")


class IntentData(shared.IntentData):
    application_fee_amount = Money(minimum=0)
    capture_method = OneOf("automatic", "automatic_async", "manual")
    on_behalf_of = Ref("account")
    receipt_email = Email()
    shipping = Hash(Parcel)
    transfer_data = Hash(TransferData)


class SetupIntentData(Params):
    description = Str(max_length=1000)
    metadata = Metadata()
    on_behalf_of = NotBuilt("Acting on behalf of a connected account")


class AnchorConfig(Params):
    day_of_month = Int(minimum=1, maximum=31, required=True)
    hour = Int(minimum=0, maximum=23)
    minute = Int(minimum=0, maximum=59)
    month = Int(minimum=1, maximum=12)
    second = Int(minimum=0, maximum=59)


class BillingMode(Params):
    flexible = NotBuilt("Choosing how discounts show in prorations")
    type = OneOf("classic", "flexible", required=True)


class SubscriptionData(shared.SubscriptionData):
    exclusive = (("billing_cycle_anchor", "billing_cycle_anchor_config"), ("trial_end", "trial_period_days"))

    application_fee_percent = NotBuilt(shared.NOT_CONNECTED)
    billing_cycle_anchor = Timestamp()
    billing_cycle_anchor_config = Hash(AnchorConfig)
    billing_mode = Hash(BillingMode)
    default_tax_rates = ListOf(Ref("tax rate"), max=MOST_RATES)
    on_behalf_of = NotBuilt(shared.NOT_CONNECTED)
    pending_invoice_item_interval = NotBuilt("An interval of its own for pending invoice items")
    proration_behavior = OneOf("create_prorations", "none")
    transfer_data = NotBuilt(shared.NOT_CONNECTED)
    trial_end = Timestamp()


class Create(shared.Shared):
    exclusive = (("customer", "customer_email"), ("allow_promotion_codes", "discounts"))

    adaptive_pricing = NotBuilt("Showing prices in a customer's own currency")
    after_expiration = Hash(AfterExpiration)
    allowed_payment_method_types = NotBuilt(TYPES)
    branding_settings = NotBuilt("Another look of Checkout")
    cancel_url = Url()
    client_reference_id = Str(max_length=200)
    currency = Currency()
    custom_fields = ListOf(Hash(shared.CustomField), max=shared.MOST_CUSTOM_FIELDS)
    customer = Ref("customer")
    customer_account = NotBuilt("Customers of the second API")
    customer_email = Email()
    customer_update = Hash(CustomerUpdate)
    discounts = ListOf(Hash(Discount), max=1)
    excluded_payment_method_types = NotBuilt(TYPES)
    expires_at = Timestamp()
    integration_identifier = NotBuilt("Identifiers of integrations")
    line_items = ListOf(Hash(Line), max=MOST_LINES)
    locale = OneOf(*LOCALES)
    managed_payments = NotBuilt("Managed Payments")
    mode = OneOf("payment", "setup", "subscription")
    origin_context = NotBuilt("Checkout in an app")
    payment_intent_data = Hash(IntentData)
    payment_method_configuration = Ref("PaymentMethodConfiguration")
    payment_method_data = NotBuilt("Choosing where a payment method is shown again")
    payment_method_options = NotBuilt("Options of payment methods")
    permissions = NotBuilt("Changing a session while its customer looks at it")
    redirect_on_completion = NotBuilt("Checkout within a page of your own")
    return_url = NotBuilt("Checkout within a page of your own")
    saved_payment_method_options = NotBuilt("Options of saved payment methods")
    setup_intent_data = Hash(SetupIntentData)
    subscription_data = Hash(SubscriptionData)
    success_url = Url()
    ui_mode = OneOf("elements", "embedded_page", "form", "hosted_page")
    wallet_options = NotBuilt("Options of wallets")


class Update(Params):
    collected_information = NotBuilt("Shipping")
    line_items = NotBuilt("Changing what is bought in a session")
    metadata = Metadata(nullable=True)
    payment_intent_data = NotBuilt("Changing how a session is paid")
    shipping_options = NotBuilt("Shipping")


class CustomerDetails(Params):
    email = Str(max_length=512, required=True)


class List(ListParams):
    created = Range()
    customer = Ref("customer")
    customer_account = NotBuilt("Customers of the second API")
    customer_details = Hash(CustomerDetails)
    payment_intent = Ref("payment_intent")
    payment_link = Ref("payment link")
    status = OneOf("complete", "expired", "open")
    subscription = Ref("subscription")
