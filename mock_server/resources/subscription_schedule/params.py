"""The parameters of the calls on schedules.

Source: docs.stripe.com/api/subscription_schedules/create, docs.stripe.com/api/subscription_schedules/update
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
    NowOrTimestamp,
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
from ..parties import Party
from ..price_params import Interval
from ..subscription.params import MOST_ITEMS, AddedItem, BillingMode, CustomField, PriceData, TransferData
from ..tax_rate import MOST as MOST_RATES
from ..tax_settings import AutomaticTax
from .pause_params import PRORATIONS, ChangedPauseSchedule, PauseSchedule

MOST_PHASES = 10


class InvoiceSettings(Params):
    account_tax_ids = ListOf(Ref("tax_id"), nullable=True)
    custom_fields = ListOf(Hash(CustomField), max=4, nullable=True)
    days_until_due = Int(minimum=0)
    description = Str(nullable=True)
    footer = Str(nullable=True)
    issuer = Hash(Party)


class Terms(Params):
    """What can be said for one phase, and by default for all."""

    application_fee_percent = DecimalString(minimum=0, maximum=100)
    automatic_tax = Hash(AutomaticTax)
    billing_cycle_anchor = OneOf("automatic", "phase_start")
    billing_thresholds = NotBuilt("A billing threshold")
    collection_method = OneOf("charge_automatically", "send_invoice")
    default_payment_method = Ref("PaymentMethod")
    description = Str(max_length=500, nullable=True)
    invoice_settings = Hash(InvoiceSettings)
    on_behalf_of = Ref("account", nullable=True)
    transfer_data = Hash(TransferData, nullable=True)


class PhaseItem(Params):
    exclusive = (("price", "price_data", "plan"),)

    billing_thresholds = NotBuilt("A billing threshold")
    discounts = ListOf(Hash(Applied), max=MOST_DISCOUNTS, nullable=True)
    metadata = Metadata()
    plan = Ref("plan")
    price = Ref("price")
    price_data = Hash(PriceData)
    quantity = Int(minimum=0)
    tax_rates = ListOf(Ref("tax rate"), max=MOST_RATES, nullable=True)


class AddedStart(Params):
    timestamp = Timestamp()
    type = OneOf("max_item_period_start", "phase_start", "timestamp", required=True)


class AddedEnd(Params):
    timestamp = Timestamp()
    type = OneOf("min_item_period_end", "phase_end", "timestamp", required=True)


class AddedPeriod(Params):
    end = Hash(AddedEnd, required=True)
    start = Hash(AddedStart, required=True)


class PhaseAddedItem(AddedItem):
    period = Hash(AddedPeriod)


class PhaseTerms(Terms):
    exclusive = (("duration", "end_date"), ("trial", "trial_end"))

    add_invoice_items = ListOf(Hash(PhaseAddedItem), max=MOST_ITEMS)
    currency = Currency()
    default_tax_rates = ListOf(Ref("tax rate"), max=MOST_RATES, nullable=True)
    discounts = ListOf(Hash(Applied), max=MOST_DISCOUNTS, nullable=True)
    duration = Hash(Interval)
    items = ListOf(Hash(PhaseItem), required=True, min=1, max=MOST_ITEMS)
    metadata = Metadata()
    on_behalf_of = Ref("account")
    proration_behavior = OneOf(*PRORATIONS)
    transfer_data = Hash(TransferData)
    trial = Bool()


class Phase(PhaseTerms):
    end_date = Timestamp()
    trial_end = Timestamp()


class ChangedPhase(PhaseTerms):
    end_date = NowOrTimestamp()
    start_date = NowOrTimestamp()
    trial_end = NowOrTimestamp()


class Create(Params):
    billing_mode = Hash(BillingMode)
    customer = Ref("customer")
    customer_account = NotBuilt("An account of the second API as a customer")
    default_settings = Hash(Terms)
    end_behavior = OneOf("cancel", "none", "release", "renew")
    from_subscription = Ref("subscription")
    metadata = Metadata(nullable=True)
    pause_schedules = ListOf(Hash(PauseSchedule), max=1)
    phases = ListOf(Hash(Phase), min=1, max=MOST_PHASES)
    start_date = NowOrTimestamp()


class Update(Params):
    default_settings = Hash(Terms)
    end_behavior = OneOf("cancel", "none", "release", "renew")
    metadata = Metadata(nullable=True)
    pause_schedules = ListOf(Hash(ChangedPauseSchedule), max=1, nullable=True)
    phases = ListOf(Hash(ChangedPhase), min=1, max=2 * MOST_PHASES)
    proration_behavior = OneOf(*PRORATIONS)


class Cancel(Params):
    invoice_now = Bool(load_default=True)
    prorate = Bool(load_default=True)


class Release(Params):
    preserve_cancel_date = Bool()


class List(ListByCreation):
    canceled_at = Range()
    completed_at = Range()
    customer = Ref("customer")
    customer_account = NotBuilt("An account of the second API as a customer")
    released_at = Range()
    scheduled = Bool()
