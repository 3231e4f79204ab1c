"""The parameters of the calls on subscriptions and their items.

Source: docs.stripe.com/api/subscriptions
"""

from __future__ import annotations

from flask_portal.wire.params import (
    Bool,
    Currency,
    DecimalString,
    Hash,
    Int,
    ListOf,
    ListParams,
    Metadata,
    Money,
    NowOrTimestamp,
    OneOf,
    Params,
    Range,
    Ref,
    Str,
    Timestamp,
    WordOr,
)
from mock_server.core.params import NotBuilt

from ..common import ListByCreation
from ..discount import MOST as MOST_DISCOUNTS
from ..discount import Applied
from ..invoiceitem_amounts import PriceData as OneTimePriceData
from ..parties import Party
from ..payable_types import METHOD_TYPES
from ..price_params import BEHAVIORS, Interval
from ..tax_rate import MOST as MOST_RATES
from ..tax_settings import AutomaticTax

MOST_ITEMS = 20
MOST_DAYS_UNTIL_DUE = 5 * 365
LONGEST_TRIAL_DAYS = 730
FEEDBACK = (
    "customer_service",
    "low_quality",
    "missing_features",
    "other",
    "switched_service",
    "too_complex",
    "too_expensive",
    "unused",
)
STATUSES = (
    "active",
    "canceled",
    "incomplete",
    "incomplete_expired",
    "past_due",
    "paused",
    "trialing",
    "unpaid",
)


class PriceData(Params):
    exclusive = (("unit_amount", "unit_amount_decimal"),)

    currency = Currency(required=True)
    product = Ref("product", required=True)
    recurring = Hash(Interval, required=True)
    tax_behavior = OneOf(*BEHAVIORS)
    unit_amount = Money(minimum=0)
    unit_amount_decimal = DecimalString(minimum=0)


class NewItem(Params):
    exclusive = (("price", "price_data", "plan"),)

    billing_thresholds = NotBuilt("A billing threshold")
    current_trial = NotBuilt("A trial offer of an item")
    discounts = ListOf(Hash(Applied), max=MOST_DISCOUNTS, nullable=True)
    metadata = Metadata()
    plan = Ref("plan")
    price = Ref("price")
    price_data = Hash(PriceData)
    quantity = Int(minimum=0)
    tax_rates = ListOf(Ref("tax rate"), max=MOST_RATES, nullable=True)


class ChangedItem(NewItem):
    clear_usage = Bool()
    deleted = Bool()
    id = Ref("subscription_item")


class ProrationDiscounts(Params):
    proration_discounts = OneOf("included", "itemized")


class BillingMode(Params):
    flexible = Hash(ProrationDiscounts)
    type = OneOf("classic", "flexible", required=True)


class FlexibleMode(Params):
    flexible = Hash(ProrationDiscounts)
    type = OneOf("flexible", required=True)


class EndBehavior(Params):
    billing_cycle_anchor = NotBuilt("Keeping the billing cycle anchor at the end of a trial")
    missing_payment_method = OneOf("cancel", "create_invoice", "pause")


class TrialSettings(Params):
    end_behavior = Hash(EndBehavior, required=True)


class PaymentSettings(Params):
    payment_method_options = NotBuilt("Giving a payment method its own options")
    payment_method_types = ListOf(OneOf(*METHOD_TYPES), nullable=True)
    save_default_payment_method = OneOf("off", "on_subscription")


class CustomField(Params):
    name = Str(max_length=40, required=True)
    value = Str(max_length=140, required=True)


class InvoiceSettings(Params):
    account_tax_ids = ListOf(Ref("tax_id"), nullable=True)
    custom_fields = ListOf(Hash(CustomField), max=4, nullable=True)
    description = Str(nullable=True)
    footer = Str(nullable=True)
    issuer = Hash(Party)


class CancellationDetails(Params):
    comment = Str(nullable=True)
    feedback = OneOf(*FEEDBACK, nullable=True)
    feedback_option = Ref("billing.feedback_option")


class Billing(Params):
    """How a change is billed, of a subscription or of an item."""

    payment_behavior = OneOf("allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete")
    proration_behavior = OneOf("always_invoice", "create_prorations", "none")


class AddedStart(Params):
    timestamp = Timestamp()
    type = OneOf("max_item_period_start", "now", "timestamp", required=True)


class AddedEnd(Params):
    timestamp = Timestamp()
    type = OneOf("min_item_period_end", "timestamp", required=True)


class AddedPeriod(Params):
    end = Hash(AddedEnd, required=True)
    start = Hash(AddedStart, required=True)


class AddedItem(Params):
    exclusive = (("price", "price_data"),)

    discountable = Bool()
    discounts = ListOf(Hash(Applied), max=MOST_DISCOUNTS)
    metadata = Metadata()
    period = Hash(AddedPeriod)
    price = Ref("price")
    price_data = Hash(OneTimePriceData)
    quantity = Int(minimum=0)
    tax_rates = ListOf(Ref("tax rate"), max=MOST_RATES, nullable=True)


class TransferData(Params):
    amount_percent = DecimalString(minimum=0, maximum=100)
    destination = Ref("account", required=True)


class AnchorConfig(Params):
    day_of_month = Int(minimum=1, maximum=31, required=True)
    hour = Int(minimum=0, maximum=23)
    minute = Int(minimum=0, maximum=59)
    month = Int(minimum=1, maximum=12)
    second = Int(minimum=0, maximum=59)


class Shared(Billing):
    """What can be said when a subscription is made, and later."""

    add_invoice_items = ListOf(Hash(AddedItem), max=MOST_ITEMS)
    application_fee_percent = DecimalString(minimum=0, maximum=100, nullable=True)
    automatic_tax = Hash(AutomaticTax)
    billing_schedules = NotBuilt("A billing schedule")
    billing_thresholds = NotBuilt("A billing threshold")
    cancel_at_period_end = Bool()
    collection_method = OneOf("charge_automatically", "send_invoice")
    days_until_due = Int(minimum=0, maximum=MOST_DAYS_UNTIL_DUE)
    default_payment_method = Ref("PaymentMethod")
    default_source = Ref("source", nullable=True)
    default_tax_rates = ListOf(Ref("tax rate"), max=MOST_RATES, nullable=True)
    discounts = ListOf(Hash(Applied), max=MOST_DISCOUNTS, nullable=True)
    invoice_settings = Hash(InvoiceSettings)
    metadata = Metadata()
    off_session = Bool()
    on_behalf_of = Ref("account", nullable=True)
    payment_settings = Hash(PaymentSettings)
    pending_invoice_item_interval = Hash(Interval, nullable=True)
    transfer_data = Hash(TransferData)
    trial_end = NowOrTimestamp()
    trial_from_plan = Bool()
    trial_settings = Hash(TrialSettings)


class Create(Shared):
    exclusive = (
        ("billing_cycle_anchor", "billing_cycle_anchor_config"),
        ("cancel_at", "cancel_at_period_end"),
        ("trial_end", "trial_period_days"),
    )

    backdate_start_date = Timestamp()
    billing_cycle_anchor = Timestamp()
    billing_cycle_anchor_config = Hash(AnchorConfig)
    billing_mode = Hash(BillingMode)
    cancel_at = WordOr(Timestamp(), "max_billed_until", "max_period_end", "min_period_end")
    currency = Currency()
    customer = Ref("customer", required=True)
    customer_account = NotBuilt("An account of the second API as a customer")
    description = Str(max_length=500)
    items = ListOf(Hash(NewItem), required=True, min=1, max=MOST_ITEMS)
    trial_period_days = Int(minimum=0, maximum=LONGEST_TRIAL_DAYS)


class Anchor(Params):
    type = OneOf("now", "unchanged", required=True)


class PauseCollection(Params):
    behavior = OneOf("keep_as_draft", "mark_uncollectible", "void", required=True)
    resumes_at = Timestamp()


class Update(Shared):
    exclusive = (("cancel_at", "cancel_at_period_end"),)

    billing_cycle_anchor = Hash(Anchor)
    cancel_at = WordOr(Timestamp(), "max_billed_until", "max_period_end", "min_period_end", nullable=True)
    cancellation_details = Hash(CancellationDetails)
    default_payment_method = Ref("PaymentMethod", nullable=True)
    description = Str(max_length=500, nullable=True)
    items = ListOf(Hash(ChangedItem), max=2 * MOST_ITEMS)
    pause_collection = Hash(PauseCollection, nullable=True)
    proration_date = Timestamp()
    transfer_data = Hash(TransferData, nullable=True)


class Cancel(Params):
    cancellation_details = Hash(CancellationDetails)
    invoice_now = Bool(load_default=False)
    prorate = Bool(load_default=False)


class Usage(Params):
    type = OneOf("none", "now", required=True)


class UnusedTime(Params):
    type = OneOf("item_current_period_start", "none", "now", required=True)


class BillFor(Params):
    outstanding_usage_through = Hash(Usage)
    unused_time_from = Hash(UnusedTime)


class Migrate(Params):
    billing_mode = Hash(FlexibleMode, required=True)


class Pause(Params):
    bill_for = Hash(BillFor)
    invoicing_behavior = OneOf("invoice", "pending_invoice_item")
    type = OneOf("subscription")


class Resume(Params):
    billing_cycle_anchor = Hash(Anchor)
    payment_behavior = OneOf("resume_on_payment_attempt", "resume_on_payment_success")
    proration_behavior = OneOf("always_invoice", "create_prorations", "none")
    proration_date = Timestamp()


class ListOfCustomer(ListParams):
    status = OneOf(*STATUSES, "all", "ended")


class AutomaticTaxFilter(Params):
    enabled = Bool(required=True)


class List(ListByCreation):
    automatic_tax = Hash(AutomaticTaxFilter)
    collection_method = OneOf("charge_automatically", "send_invoice")
    current_period_end = Range()
    current_period_start = Range()
    customer = Ref("customer")
    customer_account = NotBuilt("An account of the second API as a customer")
    plan = Ref("plan")
    price = Ref("price")
    status = OneOf(*STATUSES, "all", "ended")
    test_clock = Ref("test clock")


class CreateItem(NewItem, Billing):
    proration_date = Timestamp()
    subscription = Ref("subscription", required=True)


class UpdateItem(NewItem, Billing):
    off_session = Bool()
    proration_date = Timestamp()


class DeleteItem(Billing):
    clear_usage = Bool()
    proration_date = Timestamp()


class ListItems(ListParams):
    subscription = Ref("subscription", required=True)
