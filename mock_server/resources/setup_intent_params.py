"""The parameters of the calls on setup intents.

Source: docs.stripe.com/api/setup_intents
"""

from __future__ import annotations

from flask_portal.wire.params import Bool, Currency, Hash, ListOf, Metadata, Money, OneOf, Params, Ref, Str, Url
from mock_server.core.params import NotBuilt

from .common import ListByCreation
from .mandate_params import MandateData
from .payment_method_options import OfSetup
from .payment_method_params import Data
from .payment_method_types import ALLOWABLE, EXCLUDABLE


class AutomaticPaymentMethods(Params):
    allow_redirects = OneOf("always", "never")
    enabled = Bool(required=True)


class SingleUse(Params):
    amount = Money(required=True, minimum=1)
    currency = Currency(required=True)


class Shared(Params):
    allowed_payment_method_types = ListOf(OneOf(*ALLOWABLE), min=1)
    exclusive = (("payment_method", "payment_method_data"),)
    payment_method = Ref("PaymentMethod")
    payment_method_data = Hash(Data)
    payment_method_options = Hash(OfSetup)


class Confirm(Shared):
    confirmation_token = NotBuilt("Confirmation tokens")
    mandate_data = Hash(MandateData, nullable=True)
    return_url = Url()
    use_stripe_sdk = Bool()


class Update(Shared):
    allowed_payment_method_types = ListOf(OneOf(*ALLOWABLE), nullable=True)
    attach_to_self = NotBuilt("Setting up one's own account")
    customer = Ref("customer")
    customer_account = NotBuilt("Customers of the second API")
    description = Str(max_length=1000)
    excluded_payment_method_types = ListOf(OneOf(*EXCLUDABLE), nullable=True)
    flow_directions = NotBuilt("Setting up outbound payments")
    metadata = Metadata(nullable=True)
    payment_method_configuration = Ref("PaymentMethodConfiguration")


class Create(Update, Confirm):
    allowed_payment_method_types = ListOf(OneOf(*ALLOWABLE), min=1)
    automatic_payment_methods = Hash(AutomaticPaymentMethods)
    confirm = Bool()
    excluded_payment_method_types = ListOf(OneOf(*EXCLUDABLE))
    metadata = Metadata()
    on_behalf_of = NotBuilt("Acting on behalf of a connected account")
    single_use = Hash(SingleUse)
    usage = OneOf("off_session", "on_session", load_default="off_session")


class Cancel(Params):
    cancellation_reason = OneOf("abandoned", "duplicate", "requested_by_customer")


class Retrieve(Params):
    client_secret = Str()


class List(ListByCreation):
    attach_to_self = NotBuilt("Setting up one's own account")
    customer = Ref("customer")
    customer_account = NotBuilt("Customers of the second API")
    payment_method = Ref("PaymentMethod")
