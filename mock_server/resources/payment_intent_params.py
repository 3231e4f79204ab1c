"""The parameters of the calls on payment intents.

Source: docs.stripe.com/api/payment_intents
"""

from __future__ import annotations

from flask_portal.wire.params import (
    Bool,
    Currency,
    Email,
    Hash,
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

from .charge import Parcel
from .common import ListByCreation
from .connected_payment import DescribedTransfer, TransferChange
from .mandate_params import MandateData
from .payment_method_options import OfPayment
from .payment_method_params import Data
from .payment_method_types import ALLOWABLE, EXCLUDABLE


class AutomaticPaymentMethods(Params):
    allow_redirects = OneOf("always", "never")
    enabled = Bool(required=True)


class CapturedTransfer(Params):
    amount = Money(minimum=1)


class Shared(Params):
    """What can be said at every step."""

    allowed_payment_method_types = ListOf(OneOf(*ALLOWABLE), min=1)
    amount_details = NotBuilt("Itemising a payment")
    capture_method = OneOf("automatic", "automatic_async", "manual")
    excluded_payment_method_types = ListOf(OneOf(*EXCLUDABLE), nullable=True)
    exclusive = (("payment_method", "payment_method_data"),)
    hooks = NotBuilt("Tax on a payment intent")
    payment_details = NotBuilt("Giving a payment the references of an order")
    payment_method = Ref("PaymentMethod")
    payment_method_data = Hash(Data)
    payment_method_options = Hash(OfPayment)
    receipt_email = Email(nullable=True)
    setup_future_usage = OneOf("off_session", "on_session", nullable=True)
    shipping = Hash(Parcel, nullable=True)


class Described(Shared):
    """What is known about it before it is paid."""

    customer_account = NotBuilt("An account of the second API as a customer")
    description = Str(max_length=1000)
    metadata = Metadata()
    payment_method_configuration = Ref("PaymentMethodConfiguration")
    statement_descriptor = Str(max_length=22)
    statement_descriptor_suffix = Str(max_length=22)
    transfer_group = Str()


class Confirming(Params):
    """How it is confirmed."""

    confirmation_token = NotBuilt("A confirmation token")
    error_on_requires_action = Bool()
    mandate = Ref("mandate")
    mandate_data = Hash(MandateData, nullable=True)
    off_session = Bool()
    radar_options = NotBuilt("A session of risk control")
    return_url = Url()
    use_stripe_sdk = Bool()


class Create(Described, Confirming):
    amount = Money(required=True, minimum=1)
    application_fee_amount = Money(minimum=0)
    automatic_payment_methods = Hash(AutomaticPaymentMethods)
    confirm = Bool()
    confirmation_method = OneOf("automatic", "manual")
    currency = Currency(required=True)
    customer = Ref("customer")
    excluded_payment_method_types = ListOf(OneOf(*EXCLUDABLE))
    on_behalf_of = Ref("account")
    transfer_data = Hash(DescribedTransfer)


class Update(Described):
    amount = Money(minimum=1)
    application_fee_amount = Money(minimum=0, nullable=True)
    currency = Currency()
    customer = Ref("customer")
    transfer_data = Hash(TransferChange)


class Confirm(Shared, Confirming):
    amount_to_confirm = Money(minimum=1)


class Capture(Params):
    amount_details = NotBuilt("Itemising a payment")
    amount_to_capture = Money(minimum=1)
    application_fee_amount = Money(minimum=0)
    final_capture = Bool()
    hooks = NotBuilt("Tax on a payment intent")
    metadata = Metadata(nullable=True)
    payment_details = NotBuilt("Giving a payment the references of an order")
    statement_descriptor = Str(max_length=22)
    statement_descriptor_suffix = Str(max_length=22)
    transfer_data = Hash(CapturedTransfer)


class Cancel(Params):
    cancellation_reason = OneOf("abandoned", "duplicate", "fraudulent", "requested_by_customer")


class Retrieve(Params):
    client_secret = Str()


class List(ListByCreation):
    customer = Ref("customer")
    customer_account = NotBuilt("An account of the second API as a customer")
