"""The parameters of the calls on payment links.

Source: docs.stripe.com/api/payment-link
"""

from __future__ import annotations

from flask_portal.wire.params import (
    Bool,
    Currency,
    Hash,
    Int,
    ListOf,
    ListParams,
    Metadata,
    OneOf,
    Params,
    Ref,
    Str,
    Url,
)
from mock_server.core.params import NotBuilt

from . import checkout_params as shared

MOST_LINES = 20
TYPES = "Restricting the types of payment methods"
CONNECTED = "Sharing the payments of a link"


class Line(Params):
    exclusive = (("price", "price_data"),)

    adjustable_quantity = NotBuilt("Letting a customer change a quantity")
    price = Ref("price")
    price_data = Hash(shared.PriceData)
    quantity = Int(minimum=1, required=True)


class ChangedLine(Params):
    adjustable_quantity = NotBuilt("Letting a customer change a quantity")
    id = Ref("line item", required=True)
    quantity = Int(minimum=1)


class Confirmation(Params):
    custom_message = Str(max_length=500)


class Redirect(Params):
    url = Url(required=True)


class AfterCompletion(Params):
    hosted_confirmation = Hash(Confirmation)
    redirect = Hash(Redirect)
    type = OneOf("hosted_confirmation", "redirect", required=True)


class CompletedSessions(Params):
    limit = Int(minimum=1, required=True)


class Restrictions(Params):
    completed_sessions = Hash(CompletedSessions, required=True)


class IntentData(shared.IntentData):
    capture_method = OneOf("automatic", "automatic_async", "manual")


class ChangedIntentData(Params):
    description = Str(max_length=1000, nullable=True)
    metadata = Metadata(nullable=True)
    setup_future_usage = OneOf("off_session", "on_session", nullable=True)
    statement_descriptor = Str(max_length=22, nullable=True)
    statement_descriptor_suffix = Str(max_length=22, nullable=True)
    transfer_group = Str(nullable=True)


class ChangedSubscriptionData(Params):
    invoice_settings = Hash(shared.InvoiceSettings)
    metadata = Metadata(nullable=True)
    trial_period_days = Int(minimum=1, maximum=shared.LONGEST_TRIAL_DAYS, nullable=True)
    trial_settings = Hash(shared.TrialSettings, nullable=True)


class ChangedInvoiceData(shared.InvoiceData):
    metadata = Metadata(nullable=True)


class InvoiceCreation(shared.InvoiceCreation):
    invoice_data = Hash(ChangedInvoiceData)


class Common(shared.Shared):
    """What can be said of a link, whether it is new or there already."""

    after_completion = Hash(AfterCompletion)
    application_fee_amount = NotBuilt(CONNECTED)
    application_fee_percent = NotBuilt(CONNECTED)
    invoice_creation = Hash(InvoiceCreation)
    on_behalf_of = NotBuilt(CONNECTED)
    payment_method_options = NotBuilt("Options of payment methods")
    payment_method_types = NotBuilt(TYPES)
    transfer_data = NotBuilt(CONNECTED)


class Create(Common):
    currency = Currency()
    custom_fields = ListOf(Hash(shared.CustomField), max=shared.MOST_CUSTOM_FIELDS)
    inactive_message = Str(max_length=500)
    line_items = ListOf(Hash(Line), min=1, max=MOST_LINES, required=True)
    managed_payments = NotBuilt("Managed Payments")
    payment_intent_data = Hash(IntentData)
    restrictions = Hash(Restrictions)
    subscription_data = Hash(shared.SubscriptionData)


class Update(Common):
    active = Bool()
    custom_fields = ListOf(Hash(shared.CustomField), max=shared.MOST_CUSTOM_FIELDS, nullable=True)
    inactive_message = Str(max_length=500, nullable=True)
    line_items = ListOf(Hash(ChangedLine), max=MOST_LINES)
    payment_intent_data = Hash(ChangedIntentData)
    restrictions = Hash(Restrictions, nullable=True)
    subscription_data = Hash(ChangedSubscriptionData)


class List(ListParams):
    active = Bool()
