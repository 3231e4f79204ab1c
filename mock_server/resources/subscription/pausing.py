"""Subscriptions that stand still, and begin again.

Source: docs.stripe.com/api/subscriptions/pause, docs.stripe.com/api/subscriptions/resume
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_portal.wire import errors
from mock_server.billing import lifecycle
from mock_server.billing.calendar import HOUR, Period, Span, add, period_at
from mock_server.core.call import Body, Call

from .. import invoice as invoices
from ..subscription_item import BILLED
from . import cutting
from .billing import bill_for, has_pending, lines_of, note_billed, prorate
from .collection import draft, is_held, settle_held
from .head import subscription
from .items import Change
from .represent import RESUMING, day_of, interval_of, items_of, move, put_period, save, save_and_tell

PAYMENT_HOURS = 23

UNPAUSABLE: Mapping[str, str] = {
    "canceled": "it is over",
    "incomplete": "its first invoice is not paid",
    "incomplete_expired": "it is over",
    "paused": "it is paused already",
    "trialing": "it is on trial",
}


def pause(call: Call, body: Body, sent: Body, by: str | None = None) -> Body:
    """Stop it now.

    sent: `bill_for[unused_time_from]` says from when on time that is paid for comes back, and `invoicing_behavior`
    whether that waits or is invoiced at once.  by: the id of its schedule, where that pauses it.
    """
    check_pausable(body, by)
    credit(call, body, sent.get("bill_for", {}).get("unused_time_from", {}).get("type", "now"))
    stop_periods(call, body)
    if sent.get("invoicing_behavior") == "invoice" and has_pending(call, body):
        bill(call, body, ())
        body = subscription.get(call, body["id"])
    mark(call, body, lifecycle.move(body["status"], "pause"), "pause_requested")
    return body


def check_pausable(body: Body, by: str | None = None) -> None:
    """Refuse to pause what cannot be paused. by: the schedule that may."""
    why = UNPAUSABLE.get(body["status"])
    if body["billing_mode"]["type"] == "classic":
        why = "it is in classic billing mode"
    elif body["collection_method"] == "send_invoice":
        why = "its invoices are sent"
    elif body["schedule"] not in (None, by):
        why = f"the schedule {body['schedule']} decides about it"
    if why is not None:
        raise errors.invalid(f"The subscription {body['id']} cannot be paused: {why}.")


def credit(call: Call, body: Body, since: str) -> None:
    """Give back what was paid for time that is not used. since: `now`, `item_current_period_start` or `none`."""
    if since == "none":
        return
    for item in items_of(body):
        at = call.now if since == "now" else item["current_period_start"]
        prorate(call, body, [Change(item, None)], (), at)


def stop_periods(call: Call, body: Body) -> None:
    """Its periods end now. An end that was to come with a period keeps its date."""
    body["cancel_at_period_end"] = False
    for item in items_of(body):
        put_period(item, Period(item["current_period_start"], call.now))
        item[BILLED] = None


def mark(call: Call, body: Body, status: str, why: str) -> None:
    """It is paused: store and tell."""
    paused = {"subscription": {"type": why}, "transitioned_at": call.now, "type": "subscription"}
    body |= {"status": status, "status_details": {"paused": paused}}
    save_and_tell(call, body)
    call.emit("customer.subscription.paused", body)


def resume(call: Call, body: Body, sent: Body) -> Body:
    """Begin again, once what that costs is paid, or at once where it costs nothing."""
    if body["status"] != "paused":
        raise errors.invalid(f"Only a paused subscription can be resumed, and this one is {body['status']}.")
    if body.get(RESUMING) is not None:
        raise errors.invalid(f"The invoice {body[RESUMING]['invoice']} has to be paid to resume this subscription.")
    behavior = sent.get("payment_behavior", "resume_on_payment_attempt")
    if behavior == "resume_on_payment_success" and body["billing_mode"]["type"] == "classic":
        raise errors.invalid("resume_on_payment_success needs flexible billing mode.", "payment_behavior")
    spans = start_periods(call, body, sent)
    if not spans and not (sent.get("proration_behavior") == "always_invoice" and has_pending(call, body)):
        return go_on(call, body, "resume")
    return pay_to_resume(call, body, spans, behavior)


def start_periods(call: Call, body: Body, sent: Body) -> list[Span]:
    """Give its items their periods again; what has to be invoiced for them now.

    An anchor that is kept makes a rest of a period, which is prorated as `proration_behavior` says.
    """
    if sent.get("billing_cycle_anchor", {}).get("type", "now") == "now":
        body |= {"billing_cycle_anchor": call.now, "billing_cycle_anchor_config": None}
        spans = []
        for item in items_of(body):
            whole = Period(call.now, add(call.now, interval_of(call, item), 1))
            spans.append(Span(whole, whole).cut(cutting.own_end(body)))
            put_period(item, spans[-1].period)
        return spans
    for item in items_of(body):
        put_period(item, period_at(body["billing_cycle_anchor"], interval_of(call, item), call.now, day_of(body)))
    cutting.fit(call, body)
    if sent.get("proration_behavior", "create_prorations") != "none":
        started = [Change(None, item) for item in items_of(body)]
        prorate(call, body, started, items_of(body), sent.get("proration_date", call.now))
    return []


def bill(call: Call, body: Body, spans: list[Span] | tuple[()]) -> Body:
    """Invoice what waits, and what `spans` cost."""
    made = lines_of(call, body, items_of(body), spans) if spans else []
    paper = draft(
        call, body, bill_for(call, body, "subscription_update", made, Period(call.now, call.now)), waits=False
    )
    if spans:
        note_billed(items_of(body), paper)
    save(call, body)
    if is_held(body):
        settle_held(call, body, paper)
    elif body["status"] != "paused":
        invoices.due.finish(call, paper)
    return paper


def pay_to_resume(call: Call, body: Body, spans: list[Span], behavior: str) -> Body:
    """Make the invoice that is to be paid, and try to."""
    paper = bill(call, body, spans)
    if is_held(body) or body["collection_method"] == "send_invoice":
        return go_on(call, subscription.get(call, body["id"]), "resume")
    until = call.now + PAYMENT_HOURS * HOUR
    body[RESUMING] = {"behavior": behavior, "invoice": paper["id"], "until": until}
    save(call, body)
    invoices.settle.finalize(call, paper)
    method = invoices.settle.method_for(call, paper) if paper["status"] == "open" else None
    if method is not None:
        invoices.settle.collect(call, paper, method, off_session=True)
    return subscription.get(call, body["id"])


HAPPENINGS: Mapping[str, lifecycle.Happening] = {
    "invoice_closed": "resume",
    "invoice_paid": "resume",
    "payment_failed": "resume_unpaid",
}


def follow(call: Call, body: Body, paper: Body, happening: str) -> bool:
    """What became of the invoice that is to be paid for its return; whether it was that one."""
    waited = body.get(RESUMING)
    if waited is None or waited["invoice"] != paper["id"] or body["status"] != "paused":
        return False
    if paper["status"] == "void":
        del body[RESUMING]
        save_and_tell(call, body)
        return True
    patient = happening == "payment_failed" and waited["behavior"] == "resume_on_payment_success"
    if happening in HAPPENINGS and not patient:
        go_on(call, body, HAPPENINGS[happening])
    return True


def go_on(call: Call, body: Body, happening: lifecycle.Happening) -> Body:
    """It is paused no longer."""
    move(body, happening)
    details: Any = body.pop("status_details", None)
    body.pop(RESUMING, None)
    save_and_tell(call, body)
    if details is not None:
        call.emit("customer.subscription.resumed", body)
    return body


def give_up(call: Call, body: Body) -> None:
    """Nobody paid in time: the invoice is void, and it stays paused."""
    paper = invoices.invoice.get(call, body[RESUMING]["invoice"])
    if paper["status"] in ("open", "uncollectible"):
        invoices.settle.close(call, paper, "void")
    else:
        del body[RESUMING]
        save(call, body)
