"""What the portal changes: each function is one call of Stripe's API, with an idempotency key where that is a POST.

Done         it was done; `body` is the object as it is now
Refused      Stripe says no, and nothing has changed
Unreachable  no clear answer: with the same key it may be tried again without doing it twice
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import stripe

from flask_portal.upstream.faults import MISSING, REFUSED, reason_of

Body = dict[str, Any]
Details = Mapping[str, str | None]
"""`cancellation_details`: `feedback` or `feedback_option`, and `comment`, each of them missing or empty."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    body: Body


@dataclass(frozen=True, slots=True)
class Refused:
    """message: Stripe's own, for the log and for developers. code, param: Stripe's, where it names them.

    decline_code: the bank's, where a payment was declined.  is_card_error: a bank or card network has said no.
    """

    message: str
    code: str | None
    param: str | None
    decline_code: str | None = None
    is_card_error: bool = False


@dataclass(frozen=True, slots=True)
class Unreachable:
    """reason: a word of `upstream.faults`."""

    reason: str


Outcome = Done | Refused | Unreachable


def cancel_now(
    client: stripe.StripeClient, subscription_id: str, *, prorate: bool, details: Details | None, key: str
) -> Outcome:
    """End a subscription at once.  prorate: unused time becomes a credit."""
    params = {"prorate": prorate, **_cancellation(details)}
    return _outcome(lambda: client.v1.subscriptions.cancel(subscription_id, _params(params), _options(key)))


def schedule_cancel(client: stripe.StripeClient, subscription: Body, *, details: Details | None, key: str) -> Outcome:
    """End a subscription when what is paid for is used up, in the form that its billing mode asks for.

    Source: docs.stripe.com/billing/subscriptions/billing-mode
    """
    if (subscription.get("billing_mode") or {}).get("type") == "flexible":
        end = max(item["current_period_end"] for item in subscription["items"]["data"])
        return _update(client, subscription["id"], {"cancel_at": end, **_cancellation(details)}, key)
    return _update(client, subscription["id"], {"cancel_at_period_end": True, **_cancellation(details)}, key)


def cancel_at(client: stripe.StripeClient, subscription_id: str, at: int, *, key: str) -> Outcome:
    """End a subscription at a moment.  at: Unix seconds."""
    return _update(client, subscription_id, {"cancel_at": at}, key)


def undo_cancel(client: stripe.StripeClient, subscription: Body, *, key: str) -> Outcome:
    """Take back a scheduled end, whichever of the two forms it has."""
    undone = {"cancel_at_period_end": False} if subscription["cancel_at_period_end"] else {"cancel_at": ""}
    return _update(client, subscription["id"], undone, key)


def add_reason(client: stripe.StripeClient, subscription_id: str, details: Details, key: str) -> Outcome:
    """Record why somebody left, after the fact."""
    return _update(client, subscription_id, _cancellation(details), key)


def start_subscription(client: stripe.StripeClient, asked: Mapping[str, Any], *, key: str) -> Outcome:
    """A new subscription.  asked: parameters of `subscriptions.create`."""
    return _outcome(lambda: client.v1.subscriptions.create(_params(asked), _options(key)))


def pause(client: stripe.StripeClient, id: str, *, key: str) -> Outcome:
    """Let a subscription stand still until it is resumed. What was paid for unused time waits as a credit."""
    return _outcome(lambda: client.v1.subscriptions.pause(id, {}, _options(key)))


def resume(client: stripe.StripeClient, id: str, *, waits_for_payment: bool, key: str) -> Outcome:
    """Let a paused subscription go on with a new period that begins now.

    waits_for_payment: it stays paused until the invoice for that is paid; Stripe knows this in flexible billing mode.
    Otherwise it goes on, as overdue where the invoice cannot be charged.
    """
    behavior = "resume_on_payment_success" if waits_for_payment else "resume_on_payment_attempt"
    params = {"payment_behavior": behavior}
    return _outcome(lambda: client.v1.subscriptions.resume(id, _params(params), _options(key)))


def apply_coupon(
    client: stripe.StripeClient, subscription_id: str, coupon: str, *, key: str, keep: Sequence[str] = ()
) -> Outcome:
    """Give a subscription a coupon.  keep: ids of the discounts (`di_...`) that it has and does not lose by this."""
    discounts = [*({"discount": each} for each in keep), {"coupon": coupon}]
    return _update(client, subscription_id, {"discounts": discounts}, key)


def change_subscription(client: stripe.StripeClient, id: str, asked: Mapping[str, Any], *, key: str) -> Outcome:
    """Change price, quantity or discounts.  asked: parameters of `subscriptions.update`."""
    return _update(client, id, asked, key)


def pay_subscription_with(client: stripe.StripeClient, id: str, method: str, *, key: str) -> Outcome:
    """Charge a subscription to one of its customer's payment methods from now on."""
    return _update(client, id, {"default_payment_method": method}, key)


def make_schedule(client: stripe.StripeClient, subscription_id: str, *, key: str) -> Outcome:
    """A schedule whose only phase is the period that a subscription is in."""
    params = {"from_subscription": subscription_id}
    return _outcome(lambda: client.v1.subscription_schedules.create(_params(params), _options(key)))


def plan_phases(client: stripe.StripeClient, schedule_id: str, asked: Mapping[str, Any], *, key: str) -> Outcome:
    """What a subscription changes to, and when.  asked: parameters of `subscription_schedules.update`."""
    return _outcome(lambda: client.v1.subscription_schedules.update(schedule_id, _params(asked), _options(key)))


def release_schedule(client: stripe.StripeClient, schedule_id: str, *, key: str) -> Outcome:
    """Let a subscription go on as it is, without what was planned for it."""
    return _outcome(lambda: client.v1.subscription_schedules.release(schedule_id, {}, _options(key)))


def void_invoice(client: stripe.StripeClient, id: str, *, key: str) -> Outcome:
    """Take back an open invoice. A change of a subscription that waits for its payment is given up with it."""
    return _outcome(lambda: client.v1.invoices.void_invoice(id, {}, _options(key)))


def confirm_payment(
    client: stripe.StripeClient, intent_id: str, return_url: str, *, key: str, method: str | None = None
) -> Outcome:
    """Begin the confirmation that a bank asks of its customer; `next_action` says where, `return_url` leads back.

    method: the one to pay with, where the intent has given it up.
    """
    params = {"return_url": return_url, **({} if method is None else {"payment_method": method})}
    return _outcome(lambda: client.v1.payment_intents.confirm(intent_id, _params(params), _options(key)))


def update_customer(client: stripe.StripeClient, id: str, changes: Mapping[str, Any], *, key: str) -> Outcome:
    """changes: parameters of the API; an empty string clears a value."""
    return _outcome(lambda: client.v1.customers.update(id, _params(changes), _options(key)))


def add_tax_id(client: stripe.StripeClient, customer: str, type: str, value: str, *, key: str) -> Outcome:
    params = {"type": type, "value": value}
    return _outcome(lambda: client.v1.customers.tax_ids.create(customer, _params(params), _options(key)))


def remove_tax_id(client: stripe.StripeClient, customer: str, id: str) -> Outcome:
    return _outcome(lambda: client.v1.customers.tax_ids.delete(customer, id))


def set_default_method(client: stripe.StripeClient, customer: str, method: str, *, key: str) -> Outcome:
    """What is charged to no method of its own goes to this one from now on."""
    return update_customer(client, customer, {"invoice_settings": {"default_payment_method": method}}, key=key)


def clear_own_method(client: stripe.StripeClient, subscription: Body, *, key: str) -> Outcome:
    """Let a subscription be charged to the customer's default again, whichever of the two fields holds its own."""
    fields = ("default_payment_method", "default_source")
    return _update(client, subscription["id"], {name: "" for name in fields if subscription.get(name)}, key)


def update_method(client: stripe.StripeClient, id: str, changes: Mapping[str, Any], *, key: str) -> Outcome:
    return _outcome(lambda: client.v1.payment_methods.update(id, _params(changes), _options(key)))


def detach_method(client: stripe.StripeClient, id: str, *, key: str) -> Outcome:
    """Take a method away for good: it can never be used again."""
    return _outcome(lambda: client.v1.payment_methods.detach(id, options=_options(key)))


def start_setup(client: stripe.StripeClient, params: Mapping[str, Any], *, key: str) -> Outcome:
    """A Checkout session that saves a payment method; its `url` is where the customer goes.

    Source: docs.stripe.com/payments/checkout/save-and-reuse
    """
    wanted = {"mode": "setup", **params}
    return _outcome(lambda: client.v1.checkout.sessions.create(_params(wanted), _options(key)))


NEEDS_CUSTOMER = "invoice_payment_intent_requires_action"
"""The code with which Stripe answers a payment that the customer's bank wants to have confirmed."""


def pay_invoice(client: stripe.StripeClient, id: str, method: str, *, key: str) -> Outcome:
    """Charge what an invoice asks for. The customer is there, so the bank may ask for them: Refused NEEDS_CUSTOMER."""
    params = {"payment_method": method, "off_session": False}
    return _outcome(lambda: client.v1.invoices.pay(id, _params(params), _options(key)))


def _update(client: stripe.StripeClient, id: str, params: Mapping[str, Any], key: str) -> Outcome:
    return _outcome(lambda: client.v1.subscriptions.update(id, _params(params), _options(key)))


def _cancellation(details: Details | None) -> Body:
    said = {name: value for name, value in (details or {}).items() if value}
    return {"cancellation_details": said} if said else {}


def _params(params: Mapping[str, Any]) -> Any:
    """The package types each call's parameters apart; what a call may send is said here by its one function."""
    return dict(params)


def _options(key: str) -> Any:
    return {"idempotency_key": key}


def _outcome(call: Callable[[], Any]) -> Outcome:
    try:
        return Done(call().to_dict())
    except stripe.StripeError as error:
        reason = reason_of(error)
        _log.warning("A change by a customer was not made (%s): %s", reason, error)
        if reason in (MISSING, REFUSED):
            return _refused(error)
        return Unreachable(reason)


def _refused(error: stripe.StripeError) -> Refused:
    return Refused(
        error.user_message or str(error),
        error.code,
        getattr(error, "param", None),
        getattr(error.error, "decline_code", None),
        isinstance(error, stripe.CardError),
    )
