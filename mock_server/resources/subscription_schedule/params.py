"""The parameters of the calls on schedules.

Source: docs.stripe.com/api/subscription_schedules/create, docs.stripe.com/api/subscription_schedules/update
"""

from __future__ import annotations

from flask_portal.wire.params import (
    Bool,
    Currency,
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
from ..price_params import Interval
from ..subscription.params import MOST_ITEMS, BillingMode, CustomField, PriceData
from .pause_params import PRORATIONS, ChangedPauseSchedule, PauseSchedule

MOST_PHASES = 10


class InvoiceSettings(Params):
    account_tax_ids = NotBuilt("A tax id of the account")
    custom_fields = ListOf(Hash(CustomField), max=4, nullable=True)
    days_until_due = Int(minimum=0)
    description = Str(nullable=True)
    footer = Str(nullable=True)
    issuer = NotBuilt("Another issuer of an invoice")


class Terms(Params):
    """What can be said for one phase, and by default for all."""

    application_fee_percent = NotBuilt("Taking an application fee")
    automatic_tax = NotBuilt("Automatic tax")
    billing_cycle_anchor = OneOf("automatic", "phase_start")
    billing_thresholds = NotBuilt("A billing threshold")
    collection_method = OneOf("charge_automatically", "send_invoice")
    default_payment_method = Ref("PaymentMethod")
    description = Str(max_length=500, nullable=True)
    invoice_settings = Hash(InvoiceSettings)
    on_behalf_of = NotBuilt("Billing on behalf of a connected account")
    transfer_data = NotBuilt("Transferring a payment to a connected account")


class PhaseItem(Params):
    exclusive = (("price", "price_data", "plan"),)

    billing_thresholds = NotBuilt("A billing threshold")
    discounts = NotBuilt("A discount of a single item of a phase")
    metadata = Metadata()
    plan = Ref("plan")
    price = Ref("price")
    price_data = Hash(PriceData)
    quantity = Int(minimum=0)
    tax_rates = NotBuilt("A tax rate")


class PhaseTerms(Terms):
    exclusive = (("duration", "end_date"), ("trial", "trial_end"))

    add_invoice_items = NotBuilt("Adding one-time items to the invoice of a phase")
    currency = Currency()
    default_tax_rates = NotBuilt("A tax rate")
    discounts = ListOf(Hash(Applied), max=MOST_DISCOUNTS, nullable=True)
    duration = Hash(Interval)
    items = ListOf(Hash(PhaseItem), required=True, min=1, max=MOST_ITEMS)
    metadata = Metadata()
    proration_behavior = OneOf(*PRORATIONS)
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
