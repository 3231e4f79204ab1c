"""Making a change of plan: at once and paid for, or at the end of the period.

A change that costs something now is kept pending by Stripe until it is paid, so that the old plan stays otherwise.
Source: docs.stripe.com/billing/subscriptions/pending-updates, docs.stripe.com/api/subscription_schedules
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from flask_portal import signals
from flask_portal.pages import changes, plans, quoting
from flask_portal.pages.plans import Options
from flask_portal.pages.visit import Visit
from flask_portal.rules import payments, phases, updates
from flask_portal.rules.quotes import Quote
from flask_portal.rules.subscriptions import PLANNED_BY_PORTAL
from flask_portal.rules.updates import Change
from flask_portal.upstream import actions, reads
from flask_portal.upstream.actions import Done, Outcome, Refused, Unreachable
from flask_portal.upstream.reads import Failed

UPDATED = "subscription.update"
SCHEDULED = "subscription.update_scheduled"
STARTED = "subscription.update_started"

_PENDING = "pending_if_incomplete"


@dataclass(frozen=True, slots=True)
class Made:
    """waits: the payment is not through yet: the customer's bank asks for them, or takes its time."""

    waits: bool


@dataclass(frozen=True, slots=True)
class Declined:
    """The bank said no, and the subscription is as it was.  code, decline_code: those of Stripe."""

    code: str | None
    decline_code: str | None


def make(
    visit: Visit, options: Options, change: Change, quote: Quote, key: str
) -> Made | Declined | Refused | Unreachable:
    """Make the change, note it in the history and tell of it."""
    if updates.is_postponed(options.found.view.items[0], change, plans.feature_of(visit)):
        outcome = _schedule(visit, options, change, key)
        return _recorded(visit, SCHEDULED, outcome.body, options, change, key) if isinstance(outcome, Done) else outcome
    outcome = _at_once(visit, options, change, quote, key)
    if isinstance(outcome, Refused) and outcome.decline_code is not None:
        return Declined(outcome.code, outcome.decline_code)
    if not isinstance(outcome, Done):
        return outcome
    if outcome.body["pending_update"] is None:
        return _recorded(visit, UPDATED, outcome.body, options, change, key)
    return _paying(visit, outcome.body, options, change, key)


def _at_once(visit: Visit, options: Options, change: Change, quote: Quote, key: str) -> Outcome:
    found = options.found
    kept = quoting.discount_ids(found.body)
    asked = updates.parameters(found.view, change, plans.feature_of(visit), quote.at, kept)
    if not quote.due_today:
        return actions.change_subscription(visit.client, found.view.id, asked, key=key)
    pending = {**asked, "payment_behavior": _PENDING}
    outcome = actions.change_subscription(visit.client, found.view.id, pending, key=key)
    if isinstance(outcome, Refused) and _PENDING in outcome.message:
        # Not every change can wait for its payment; such a one is paid in the call itself, or not made.
        strict = {**asked, "payment_behavior": "error_if_incomplete"}
        return actions.change_subscription(visit.client, found.view.id, strict, key=f"{key}-strict")
    return outcome


def _schedule(visit: Visit, options: Options, change: Change, key: str) -> Outcome:
    """Plan the change. The body of the outcome is the schedule."""
    client, attached = visit.client, options.found.body["schedule"]
    made: Outcome = (
        Done(attached) if attached else actions.make_schedule(client, options.found.view.id, key=f"{key}-new")
    )
    if not isinstance(made, Done):
        return made
    asked = {
        "end_behavior": "release",
        "metadata": {PLANNED_BY_PORTAL: change.plan.product},
        "phases": phases.with_change(made.body, options.found.view.items[0], change),
    }
    planned = actions.plan_phases(client, made.body["id"], asked, key=key)
    if isinstance(planned, Refused) and not attached:
        # Without its second phase the schedule would only stand in the way.
        actions.release_schedule(client, made.body["id"], key=f"{key}-release")
    return planned


def _paying(
    visit: Visit, body: Mapping[str, Any], options: Options, change: Change, key: str
) -> Made | Declined | Unreachable:
    """Go on with a change whose payment did not go through by itself."""
    invoice = str(body["latest_invoice"])
    read = reads.gather(False, invoice=lambda: reads.invoice_with_payments(visit.client, invoice))["invoice"]
    if isinstance(read, Failed):
        # What became of it stands on the page that comes next, which asks again.
        return _waiting(visit, body, options, change, key)
    intent = payments.intent_of(read)
    if intent is not None and intent["status"] == "requires_action":
        back = visit.absolute(url_for(".updated", id=options.found.view.id))
        actions.confirm_payment(visit.client, intent["id"], back, key=f"{key}-confirm")
    if intent is not None and intent["status"] != "requires_payment_method":
        return _waiting(visit, body, options, change, key)
    undone = actions.void_invoice(visit.client, invoice, key=f"{key}-void")
    if not isinstance(undone, Done):
        return _waiting(visit, body, options, change, key)
    return Declined(*payments.failure_of(intent))


def _waiting(visit: Visit, body: Mapping[str, Any], options: Options, change: Change, key: str) -> Made:
    changes.remember(visit, STARTED, options.found.view.id, _details(options, change), key=key)
    return Made(waits=True)


def _recorded(visit: Visit, action: str, body: Mapping[str, Any], options: Options, change: Change, key: str) -> Made:
    """body: the subscription as it is now, or the schedule of the change."""
    if changes.remember(visit, action, options.found.view.id, _details(options, change), key=key):
        if action == SCHEDULED:
            changes.tell(signals.subscription_update_scheduled, schedule=body, customer=visit.customer_id)
        else:
            changes.tell(signals.subscription_updated, subscription=body, customer=visit.customer_id)
    return Made(waits=False)


def _details(options: Options, change: Change) -> dict[str, Any]:
    before, discount = options.current, dict(change.discount) if change.discount else {}
    return {
        "price": change.plan.price,
        "quantity": change.quantity,
        "before": {"price": before.price, "quantity": options.quantity},
        **discount,
    }
