"""Parameters of the session and configuration API, as the `stripe` package's `params.billing_portal` declares them.

Source: docs.stripe.com/api/customer_portal
"""

from __future__ import annotations

from flask_portal.rules.flows import FLOWS
from flask_portal.wire.params import (
    Bool,
    Hash,
    Int,
    ListOf,
    ListParams,
    Metadata,
    OneOf,
    Params,
    Ref,
    Str,
    Timestamp,
    Url,
)

LOCALES = (
    *("auto", "bg", "cs", "da", "de", "el", "en", "en-AU", "en-CA", "en-GB", "en-IE", "en-IN", "en-NZ", "en-SG", "es"),
    *("es-419", "et", "fi", "fil", "fr", "fr-CA", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb"),
    *("nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW"),
)

CUSTOMER_UPDATES = ("address", "email", "name", "phone", "shipping", "tax_id")
SUBSCRIPTION_UPDATES = ("price", "promotion_code", "quantity")
PRORATIONS = ("always_invoice", "create_prorations", "none")
CANCELLATION_REASONS = (
    "customer_service",
    "low_quality",
    "missing_features",
    "other",
    "switched_service",
    "too_complex",
    "too_expensive",
    "unused",
)
MAX_PRODUCTS = 10
MAX_HEADLINE = 60
MAX_CONFIRMATION_MESSAGE = 500


# Sessions.


class CustomerLogin(Params):
    expires_at = Timestamp()


class AfterExpiration(Params):
    type = OneOf("customer_login", required=True)
    customer_login = Hash(CustomerLogin)


class Redirect(Params):
    return_url = Str(required=True)


class HostedConfirmation(Params):
    custom_message = Str(max_length=MAX_CONFIRMATION_MESSAGE)


class AfterCompletion(Params):
    type = OneOf("hosted_confirmation", "portal_homepage", "redirect", required=True)
    hosted_confirmation = Hash(HostedConfirmation)
    redirect = Hash(Redirect)


class CouponOffer(Params):
    coupon = Ref("coupon", required=True)


class Retention(Params):
    type = OneOf("coupon_offer", required=True)
    coupon_offer = Hash(CouponOffer, required=True)


class CancelFlow(Params):
    subscription = Ref("subscription", required=True)
    retention = Hash(Retention)


class SubscriptionFlow(Params):
    subscription = Ref("subscription", required=True)


class ConfirmItem(Params):
    id = Ref("subscription item", required=True)
    price = Ref("price")
    quantity = Int(minimum=0)


class ConfirmDiscount(Params):
    coupon = Ref("coupon")
    promotion_code = Ref("promotion code")


class ConfirmFlow(Params):
    subscription = Ref("subscription", required=True)
    items = ListOf(Hash(ConfirmItem), min=1, max=1, required=True)
    discounts = ListOf(Hash(ConfirmDiscount), max=1)


class FlowData(Params):
    type = OneOf(*sorted(FLOWS), required=True)
    after_completion = Hash(AfterCompletion)
    subscription_cancel = Hash(CancelFlow)
    subscription_pause = Hash(SubscriptionFlow)
    subscription_update = Hash(SubscriptionFlow)
    subscription_update_confirm = Hash(ConfirmFlow)


class CreateSession(Params):
    exclusive = (("customer", "customer_account"),)

    after_expiration = Hash(AfterExpiration)
    configuration = Ref("configuration")
    customer = Ref("customer")
    customer_account = Ref("account")
    flow_data = Hash(FlowData)
    locale = OneOf(*LOCALES, nullable=True)
    on_behalf_of = Ref("account")
    return_url = Str()


# Configurations. What differs on an update has a class of its own, its name ends in `Change`.


class BusinessProfile(Params):
    headline = Str(max_length=MAX_HEADLINE, nullable=True)
    privacy_policy_url = Url()
    terms_of_service_url = Url()


class BusinessProfileChange(Params):
    headline = Str(max_length=MAX_HEADLINE, nullable=True)
    privacy_policy_url = Url(nullable=True)
    terms_of_service_url = Url(nullable=True)


class LoginPage(Params):
    enabled = Bool(required=True)


class CustomerUpdate(Params):
    enabled = Bool(required=True)
    allowed_updates = ListOf(OneOf(*CUSTOMER_UPDATES), nullable=True)


class CustomerUpdateChange(CustomerUpdate):
    enabled = Bool()


class InvoiceHistory(Params):
    enabled = Bool(required=True)


class PaymentMethodUpdate(Params):
    enabled = Bool(required=True)
    payment_method_configuration = Ref("payment method configuration", nullable=True)


class CancellationReason(Params):
    enabled = Bool(required=True)
    options = ListOf(OneOf(*CANCELLATION_REASONS), required=True, nullable=True)
    feedback_options = ListOf(Str(), nullable=True)


class CancellationReasonChange(CancellationReason):
    options = ListOf(OneOf(*CANCELLATION_REASONS), nullable=True)


class SubscriptionCancel(Params):
    enabled = Bool(required=True)
    cancellation_reason = Hash(CancellationReason)
    mode = OneOf("at_period_end", "immediately")
    proration_behavior = OneOf(*PRORATIONS)


class SubscriptionCancelChange(SubscriptionCancel):
    enabled = Bool()
    cancellation_reason = Hash(CancellationReasonChange)


class IntervalOption(Params):
    interval = OneOf("day", "month", "week", "year", required=True)
    interval_count = Int(minimum=1, load_default=1)


class PauseDuration(Params):
    type = OneOf("indefinite", "interval_options", required=True)
    interval_options = ListOf(Hash(IntervalOption), nullable=True)


class SubscriptionPause(Params):
    enabled = Bool()
    duration = Hash(PauseDuration)


class AdjustableQuantity(Params):
    enabled = Bool(required=True)
    minimum = Int(minimum=0, load_default=1)
    maximum = Int(minimum=0, load_default=None)


class Product(Params):
    product = Ref("product", required=True)
    prices = ListOf(Ref("price"), required=True, min=1)
    adjustable_quantity = Hash(AdjustableQuantity)


class Condition(Params):
    type = OneOf("decreasing_item_amount", "shortening_interval", required=True)


class ScheduleAtPeriodEnd(Params):
    conditions = ListOf(Hash(Condition))


class ScheduleAtPeriodEndChange(Params):
    conditions = ListOf(Hash(Condition), nullable=True)


class SubscriptionUpdate(Params):
    enabled = Bool(required=True)
    billing_cycle_anchor = OneOf("now", "unchanged")
    default_allowed_updates = ListOf(OneOf(*SUBSCRIPTION_UPDATES), nullable=True)
    products = ListOf(Hash(Product), max=MAX_PRODUCTS, nullable=True)
    proration_behavior = OneOf(*PRORATIONS)
    schedule_at_period_end = Hash(ScheduleAtPeriodEnd)
    trial_update_behavior = OneOf("continue_trial", "end_trial")


class SubscriptionUpdateChange(SubscriptionUpdate):
    enabled = Bool()
    schedule_at_period_end = Hash(ScheduleAtPeriodEndChange)


class Features(Params):
    customer_update = Hash(CustomerUpdate)
    invoice_history = Hash(InvoiceHistory)
    payment_method_update = Hash(PaymentMethodUpdate)
    subscription_cancel = Hash(SubscriptionCancel)
    subscription_pause = Hash(SubscriptionPause)
    subscription_update = Hash(SubscriptionUpdate)


class FeaturesChange(Features):
    customer_update = Hash(CustomerUpdateChange)
    subscription_cancel = Hash(SubscriptionCancelChange)
    subscription_update = Hash(SubscriptionUpdateChange)


class CreateConfiguration(Params):
    business_profile = Hash(BusinessProfile)
    default_return_url = Str(nullable=True)
    features = Hash(Features, required=True)
    login_page = Hash(LoginPage)
    metadata = Metadata()
    name = Str(nullable=True)


class UpdateConfiguration(Params):
    active = Bool()
    business_profile = Hash(BusinessProfileChange)
    default_return_url = Str(nullable=True)
    features = Hash(FeaturesChange)
    login_page = Hash(LoginPage)
    metadata = Metadata()
    name = Str(nullable=True)


class RetrieveConfiguration(Params):
    """No parameters beside `expand`."""


class ListConfigurations(ListParams):
    active = Bool()
    is_default = Bool()
