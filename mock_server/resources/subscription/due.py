"""What happens to subscriptions by itself: trials end, periods follow one another, scheduled ends come.

Source: docs.stripe.com/billing/subscriptions/overview
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mock_server.billing import lifecycle
from mock_server.billing.calendar import Period
from mock_server.core.call import Body, Call

from .. import invoice as invoices
from ..customer import customer
from . import cutting, own_rhythm, pausing, pending_update
from .billing import bill_for, lines_of, note_billed
from .by_use import usage_lines
from .collection import draft, is_held, settle_held
from .ending import end
from .head import earliest_start, subscription
from .represent import items_of, put_period, save, save_and_tell, state_of


@subscription.due
def fall_due(call: Call, body: Body) -> None:
    """The moment that was waited for has come."""
    if body["schedule"] is not None:
        subscription.tell(call, "falling_due", body)
        reload(call, body)
    state = state_of(call, body, has_method=has_method(call, body))
    for step in lifecycle.at_period_end(state, call.now):
        STEPS[step.name](call, body, step)
    save(call, body)


def has_method(call: Call, body: Body) -> bool:
    """Whether there is anything to pay with; what is sent as an invoice needs nothing."""
    if body["collection_method"] == "send_invoice" or body["default_payment_method"]:
        return True
    return customer.get(call, body["customer"])["invoice_settings"]["default_payment_method"] is not None


def expire(call: Call, body: Body, step: lifecycle.Step) -> None:
    """Its first invoice was not paid in time."""
    first = invoices.invoice.get(call, body["latest_invoice"])
    if first["status"] == "open":
        invoices.settle.close(call, first, "void")
    body |= {"ended_at": call.now, "status": step.status}
    save_and_tell(call, body)
    subscription.tell(call, "ended", body)


def announce(call: Call, body: Body, _step: lifecycle.Step) -> None:
    """Its trial ends in three days."""
    call.emit("customer.subscription.trial_will_end", body)


def announce_renewal(call: Call, body: Body, _step: lifecycle.Step) -> None:
    """A renewal is some days ahead."""
    # What is due next comes first, because the announcement is found by looking ahead.
    save(call, body)
    subscription.tell(call, "renewal_near", body)


def end_trial(_call: Call, body: Body, step: lifecycle.Step) -> None:
    """Its trial is over; the first period that is paid for follows."""
    body["status"] = step.status


def pause(call: Call, body: Body, step: lifecycle.Step) -> None:
    """Its trial is over, and there is nothing to pay with."""
    pausing.mark(call, body, step.status, "trial_end_without_payment_method")


def cancel(call: Call, body: Body, _step: lifecycle.Step) -> None:
    """Its end has come."""
    end(call, body)


def renew(call: Call, body: Body, step: lifecycle.Step) -> None:
    """The next period of those items whose period is over; their invoice is a draft for an hour."""
    before = Period(earliest_start(body), call.now)
    spans = {renewal.key: renewal.span.cut(cutting.own_end(body)) for renewal in step.renewals}
    renewed = [item for item in items_of(body) if item["id"] in spans]
    used = usage_lines(call, body, renewed)
    for item in renewed:
        put_period(item, spans[item["id"]].period)
    made = [*used, *lines_of(call, body, renewed, [spans[item["id"]] for item in renewed])]
    bill = bill_for(call, body, "subscription_cycle", made, before)
    save_and_tell(call, body)
    invoice = draft(call, body, bill, waits=True)
    note_billed(renewed, invoice)
    save(call, body)
    if is_held(body):
        settle_held(call, body, invoice)
        reload(call, body)


def resume_collection(call: Call, body: Body, _step: lifecycle.Step) -> None:
    """Its invoices are collected again."""
    body["pause_collection"] = None
    save_and_tell(call, body)


def give_up_resuming(call: Call, body: Body, _step: lifecycle.Step) -> None:
    """Nobody paid for its return in time: it stays paused."""
    pausing.give_up(call, body)
    reload(call, body)


def expire_update(call: Call, body: Body, _step: lifecycle.Step) -> None:
    """Nobody paid for a change in time."""
    pending_update.give_up(call, body)
    reload(call, body)


def bill_pending(call: Call, body: Body, _step: lifecycle.Step) -> None:
    """What waits is billed between the renewals."""
    own_rhythm.bill(call, body)
    reload(call, body)


def reload(call: Call, body: Body) -> None:
    """Take over what has been done to the stored subscription meanwhile."""
    fresh = subscription.get(call, body["id"])
    body.clear()
    body.update(fresh)


STEPS: Mapping[str, Callable[[Call, Body, lifecycle.Step], None]] = {
    "expire": expire,
    "trial_will_end": announce,
    "upcoming": announce_renewal,
    "trial_ended": end_trial,
    "pause": pause,
    "resume_collection": resume_collection,
    "give_up_resuming": give_up_resuming,
    "expire_update": expire_update,
    "bill_pending": bill_pending,
    "cancel": cancel,
    "renew": renew,
}
