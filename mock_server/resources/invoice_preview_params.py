"""The parameters of invoice previews.

Source: docs.stripe.com/api/invoices/create_preview
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
    WordOr,
)
from mock_server.core.params import NotBuilt

from .common import Address
from .customer import TaxIdData
from .discount import MOST as MOST_DISCOUNTS
from .discount import Applied
from .invoiceitem import Period
from .invoiceitem_amounts import PriceData
from .parties import Party
from .subscription.params import MOST_ITEMS, BillingMode, ChangedItem, Pause
from .subscription_schedule.params import MOST_PHASES, ChangedPhase
from .tax_rate import MOST as MOST_RATES
from .tax_settings import AutomaticTax

MOST_INVOICE_ITEMS = 250


class Shipping(Params):
    address = Hash(Address, required=True)
    name = Str(required=True)
    phone = Str()


class CustomerDetails(Params):
    address = Hash(Address, nullable=True)
    shipping = Hash(Shipping, nullable=True)
    tax = NotBuilt("Locating a customer by their IP address")
    tax_exempt = OneOf("exempt", "none", "reverse", nullable=True)
    tax_ids = ListOf(Hash(TaxIdData), max=5)


class InvoiceItem(Params):
    exclusive = (("amount", "price", "price_data", "unit_amount", "unit_amount_decimal"),)

    amount = Money()
    currency = Currency()
    description = Str()
    discountable = Bool()
    discounts = ListOf(Hash(Applied), max=MOST_DISCOUNTS, nullable=True)
    invoiceitem = Ref("invoiceitem")
    metadata = Metadata(nullable=True)
    period = Hash(Period)
    price = Ref("price")
    price_data = Hash(PriceData)
    quantity = Int(minimum=0)
    quantity_decimal = NotBuilt("A fractional quantity")
    tax_behavior = NotBuilt("Tax on an invoice item")
    tax_code = NotBuilt("Tax on an invoice item")
    tax_rates = ListOf(Ref("tax rate"), max=MOST_RATES, nullable=True)
    unit_amount = Money()
    unit_amount_decimal = DecimalString()


class Anchor(Params):
    timestamp = Timestamp()
    type = OneOf("now", "timestamp", "unchanged", required=True)


class SubscriptionDetails(Params):
    exclusive = (("cancel_at", "cancel_at_period_end", "cancel_now"), ("cancel_now", "pause", "resume_at"))

    billing_cycle_anchor = Hash(Anchor)
    billing_mode = Hash(BillingMode)
    billing_schedules = NotBuilt("A billing schedule")
    cancel_at = WordOr(Timestamp(), "max_billed_until", "max_period_end", "min_period_end", nullable=True)
    cancel_at_period_end = Bool()
    cancel_now = Bool()
    default_tax_rates = ListOf(Ref("tax rate"), max=MOST_RATES, nullable=True)
    items = ListOf(Hash(ChangedItem), max=2 * MOST_ITEMS)
    metadata = Metadata(nullable=True)
    pause = Hash(Pause)
    proration_behavior = OneOf("always_invoice", "create_prorations", "none")
    proration_date = Timestamp()
    resume_at = OneOf("now")
    start_date = Timestamp()
    trial_end = WordOr(Timestamp(), "now")


class PhaseInvoiceSettings(Params):
    account_tax_ids = ListOf(Ref("tax_id"), nullable=True)
    days_until_due = Int(minimum=0)
    issuer = Hash(Party)


class PreviewedPhase(ChangedPhase):
    invoice_settings = Hash(PhaseInvoiceSettings)


class ScheduleDetails(Params):
    billing_mode = Hash(BillingMode)
    end_behavior = OneOf("cancel", "release")
    pause_schedules = NotBuilt("A pause at a date")
    phases = ListOf(Hash(PreviewedPhase), min=1, max=2 * MOST_PHASES)
    proration_behavior = OneOf("always_invoice", "create_prorations", "none")


class CreatePreview(Params):
    exclusive = (("schedule", "subscription"), ("schedule_details", "subscription_details"))

    automatic_tax = Hash(AutomaticTax)
    currency = Currency()
    customer = Ref("customer")
    customer_account = NotBuilt("An account of the second API as a customer")
    customer_details = Hash(CustomerDetails)
    discounts = ListOf(Hash(Applied), max=MOST_DISCOUNTS, nullable=True)
    invoice_items = ListOf(Hash(InvoiceItem), max=MOST_INVOICE_ITEMS)
    issuer = Hash(Party)
    on_behalf_of = Ref("account", nullable=True)
    preview_mode = OneOf("next", "recurring", load_default="next")
    schedule = Ref("subscription schedule")
    schedule_details = Hash(ScheduleDetails)
    subscription = Ref("subscription")
    subscription_details = Hash(SubscriptionDetails)
