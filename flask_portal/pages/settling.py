"""The changes that get a customer's payments going again. Each is one call of Stripe's, written down and told."""

from __future__ import annotations

from flask_portal import signals
from flask_portal.pages import changes
from flask_portal.pages.holdings import Holdings
from flask_portal.pages.visit import Visit
from flask_portal.rules.debts import Bill
from flask_portal.rules.methods import overriding
from flask_portal.upstream import actions
from flask_portal.upstream.actions import NEEDS_CUSTOMER, Done, Outcome, Refused

DEFAULT = "payment_method.default"
CLEARED = "subscription.method_cleared"
PAID = "invoice.pay"


def pay(visit: Visit, bill: Bill, method: str, *, back: str) -> Outcome:
    """Pay an invoice.  back: the whole address that the customer's bank sends them to, when it wants to see them.

    Done also means that the money is on its way, or that the bank waits for them: the result's page reads which.
    """
    key = changes.key(visit, PAID, bill.id, method)
    outcome = actions.pay_invoice(visit.client, bill.id, method, key=key)
    if isinstance(outcome, Refused) and outcome.code == NEEDS_CUSTOMER and bill.intent_id is not None:
        # Paying an invoice has no address to come back to; confirming its intent once more has.
        client = visit.client
        return actions.confirm_payment(client, bill.intent_id, back, key=f"{key}-confirm")
    details = {"payment_method": method}
    if isinstance(outcome, Done) and changes.remember(visit, PAID, bill.id, details, key=key, subject=bill.number):
        changes.tell(signals.invoice_paid, invoice=outcome.body, customer=visit.customer_id)
    return outcome


def use_everywhere(visit: Visit, held: Holdings, method: str) -> Outcome | None:
    """Make a method the default and take away what would win over it; the first outcome that is not Done.

    None when nothing had to be done.
    """
    outcome: Outcome | None = None
    if held.default != method:
        outcome = make_default(visit, method)
    for view in overriding(method, held.subscriptions):
        if outcome is None or isinstance(outcome, Done):
            outcome = clear(visit, held, view.id)
    return outcome


def make_default(visit: Visit, method: str) -> Outcome:
    key = changes.key(visit, DEFAULT, method)
    outcome = actions.set_default_method(visit.client, visit.customer_id, method, key=key)
    if isinstance(outcome, Done) and changes.remember(visit, DEFAULT, method, key=key):
        changes.tell(signals.payment_method_made_default, payment_method=method, customer=visit.customer_id)
    return outcome


def clear(visit: Visit, held: Holdings, subscription: str) -> Outcome:
    """Let a subscription be charged to the customer's default again."""
    key = changes.key(visit, CLEARED, subscription)
    outcome = actions.clear_own_method(visit.client, held.bodies[subscription], key=key)
    if isinstance(outcome, Done) and changes.remember(visit, CLEARED, subscription, key=key):
        changes.tell(signals.subscription_method_cleared, subscription=outcome.body, customer=visit.customer_id)
    return outcome
