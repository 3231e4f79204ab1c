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
    """message: Stripe's own, for the log and for developers. code, param: Stripe's, where it names them."""

    message: str
    code: str | None
    param: str | None


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


def apply_coupon(
    client: stripe.StripeClient, subscription_id: str, coupon: str, *, key: str, keep: Sequence[str] = ()
) -> Outcome:
    """Give a subscription a coupon.  keep: ids of the discounts (`di_...`) that it has and does not lose by this."""
    discounts = [*({"discount": each} for each in keep), {"coupon": coupon}]
    return _update(client, subscription_id, {"discounts": discounts}, key)


def update_customer(client: stripe.StripeClient, id: str, changes: Mapping[str, Any], *, key: str) -> Outcome:
    """changes: parameters of the API; an empty string clears a value."""
    return _outcome(lambda: client.v1.customers.update(id, _params(changes), _options(key)))


def add_tax_id(client: stripe.StripeClient, customer: str, type: str, value: str, *, key: str) -> Outcome:
    params = {"type": type, "value": value}
    return _outcome(lambda: client.v1.customers.tax_ids.create(customer, _params(params), _options(key)))


def remove_tax_id(client: stripe.StripeClient, customer: str, id: str) -> Outcome:
    return _outcome(lambda: client.v1.customers.tax_ids.delete(customer, id))


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
            return Refused(error.user_message or str(error), error.code, getattr(error, "param", None))
        return Unreachable(reason)
