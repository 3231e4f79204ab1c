"""Signals that the portal sends, after the change they tell of is stored.

The sender is the Flask application: connect with `session_created.connect(receiver, app)`. A receiver gets the values
named below as keywords. `Object` is an object of the API as a dict, `id` is a string.
"""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

session_created = _signals.signal(
    "session-created",
    doc="A portal session was made, by the API or by `create_session`. session: Object, its `url` is null.",
)
session_opened = _signals.signal(
    "session-opened",
    doc="A customer followed the link of a session for the first time. session: id. customer: id.",
)
session_recovered = _signals.signal(
    "session-recovered",
    doc="A code by mail opened a session in place of an expired one. session: id. replaces: id. customer: id.",
)
configuration_created = _signals.signal(
    "configuration-created",
    doc="A configuration was made by the API. configuration: Object.",
)
configuration_updated = _signals.signal(
    "configuration-updated",
    doc="A configuration was changed by the API. configuration: Object. before: Object, as it was.",
)
subscription_cancel_scheduled = _signals.signal(
    "subscription-cancel-scheduled",
    doc="A customer set the end of a subscription. subscription: Object. customer: id.",
)
subscription_canceled = _signals.signal(
    "subscription-canceled",
    doc="A customer ended a subscription at once. subscription: Object. customer: id.",
)
subscription_renewed = _signals.signal(
    "subscription-renewed",
    doc="A customer took back the scheduled end of a subscription. subscription: Object. customer: id.",
)
subscription_offer_accepted = _signals.signal(
    "subscription-offer-accepted",
    doc="A customer took the offer to stay. subscription: Object. customer: id. coupon: id.",
)
subscription_reason_given = _signals.signal(
    "subscription-reason-given",
    doc="A customer said afterwards why a subscription ends. subscription: Object. customer: id.",
)
cancellation_requested = _signals.signal(
    "cancellation-requested",
    doc="Somebody canceled a contract without a login. request: dict of a `PublicRequest`. customer, subscription: "
    "ids, or None where it fits no single one. executed: whether the end is scheduled already.",
)
withdrawal_requested = _signals.signal(
    "withdrawal-requested",
    doc="Somebody withdrew from a contract without a login. request: dict of a `PublicRequest`. "
    "customer, subscription: ids, or None where it fits no single one. executed: False, people decide.",
)
subscription_updated = _signals.signal(
    "subscription-updated",
    doc="A customer changed plan, quantity or discounts of a subscription. subscription: Object. customer: id.",
)
subscription_update_scheduled = _signals.signal(
    "subscription-update-scheduled",
    doc="A customer planned a change of a subscription for the end of its period. schedule: Object. customer: id.",
)
subscription_update_undone = _signals.signal(
    "subscription-update-undone",
    doc="A customer took back a change that was planned or unpaid. subscription: id. customer: id.",
)
subscription_method_chosen = _signals.signal(
    "subscription-method-chosen",
    doc="A customer chose the payment method of one subscription. subscription: Object. customer: id. method: id.",
)
subscription_paused = _signals.signal(
    "subscription-paused",
    doc="A customer paused a subscription. subscription: id. customer: id. until: Unix seconds, None without an end.",
)
subscription_resumed = _signals.signal(
    "subscription-resumed",
    doc="A customer let a paused subscription go on. subscription: Object. customer: id.",
)
subscription_started_again = _signals.signal(
    "subscription-started-again",
    doc="A customer started an ended subscription once more. subscription: Object, the new one. customer: id. "
    "before: id of the ended one.",
)
customer_updated = _signals.signal(
    "customer-updated",
    doc="A customer changed billing information. customer: Object. changed: list of parameter names.",
)
payment_method_added = _signals.signal(
    "payment-method-added",
    doc="A customer has come back from saving a payment method. payment_method: Object. customer: id.",
)
payment_method_made_default = _signals.signal(
    "payment-method-made-default",
    doc="A customer chose the default payment method. payment_method: id. customer: id.",
)
payment_method_updated = _signals.signal(
    "payment-method-updated",
    doc="A customer changed a payment method. payment_method: Object. customer: id.",
)
payment_method_removed = _signals.signal(
    "payment-method-removed",
    doc="A customer removed a payment method. payment_method: Object. customer: id.",
)
subscription_method_cleared = _signals.signal(
    "subscription-method-cleared",
    doc="A subscription is charged to the default payment method again. subscription: Object. customer: id.",
)
invoice_paid = _signals.signal(
    "invoice-paid",
    doc="A customer paid an invoice, or has sent a debit on its way. invoice: Object. customer: id.",
)
