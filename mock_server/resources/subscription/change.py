"""How a subscription changes: its terms, its items with their prorations, its trial, its billing cycle, its end.

Source: docs.stripe.com/api/subscriptions/update, docs.stripe.com/billing/subscriptions/prorations
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

from flask_portal.wire import errors
from mock_server.billing import lifecycle
from mock_server.billing.calendar import Period, Span, add, period_at
from mock_server.core.call import Body, Call
from mock_server.core.resource import merge, merged_metadata

from .. import discount as discounts
from .. import invoice as invoices
from ..subscription_item import BILLED, index
from . import connect, cutting, naming, own_rhythm, pending_update, taxing
from . import items as goods
from .billing import bill_for, has_pending, lines_of, net_amounts, note_billed, prorate
from .by_use import COUNTED_FROM, bill_removed, by_use, usage_lines
from .collection import draft, hold, is_held, settle_held
from .ending import note_details
from .head import subscription
from .items import Change
from .represent import (
    all_discounts,
    day_of,
    interval_of,
    items_of,
    period_of,
    put_items,
    put_period,
    save,
    save_and_tell,
    schedule,
)
from .start import check_collection, checked_trial_end, own_method, pay, plan_end

ALWAYS = frozenset({"cancellation_details", "metadata"})
BILLED_STATUSES = frozenset({"active", "past_due", "unpaid"})
BILLING = frozenset({"add_invoice_items", "billing_cycle_anchor", "items", "trial_end"})


def update(call: Call, body: Body, sent: Body) -> Body:
    """Change what was sent; one `customer.subscription.updated` tells all of it."""
    check_allowed(body, sent)
    pending_update.check(body, sent)
    subscription.tell(call, "changing", body, sent)
    return apply(call, body, sent)


def apply(call: Call, body: Body, sent: Body) -> Body:
    """Change what was sent, whoever wants it."""
    body = pending_update.replace(call, body, sent)
    reduced = all_discounts(body)
    former = copy.deepcopy(body) if sent.get("payment_behavior") == pending_update.BEHAVIOR else None
    take_terms(call, body, sent)
    changes = goods.asked(call, body, sent.get("items", ()))
    if changes or BILLING & sent.keys():
        change_billing(call, body, sent, changes, former)
        body = subscription.get(call, body["id"])
        if former is not None and body["pending_update"] is None:
            schedule_end(call, body, sent)
    elif take_end(call, body, sent) and sent.get("proration_behavior") == "always_invoice":
        save(call, body)
        bill_now(call, body, sent, ())
        body = subscription.get(call, body["id"])
    if taxing.TERMS & sent.keys():
        taxing.check(call, body)
    discounts.tell(call, reduced, all_discounts(body))
    return save_and_tell(call, body)


def check_allowed(body: Body, sent: Body) -> None:
    """What is over can only be annotated, and what is not begun yet cannot change what it costs."""
    if body["status"] in lifecycle.ENDED and sent.keys() - ALWAYS:
        raise errors.invalid(
            "A canceled subscription can only update its cancellation_details and metadata.",
            sorted(sent.keys() - ALWAYS)[0],
            "invalid_canceled_subscription_fields",
        )
    if body["status"] == "incomplete" and BILLING & sent.keys():
        message = "This subscription is incomplete: its first invoice has to be paid before it changes what it costs."
        raise errors.invalid(message, sorted(BILLING & sent.keys())[0])


def take_terms(call: Call, body: Body, sent: Body) -> None:
    """Everything that costs nothing by itself."""
    if "collection_method" in sent or "days_until_due" in sent:
        take_collection(body, sent)
    if "description" in sent:
        body["description"] = sent["description"]
    if "metadata" in sent:
        body["metadata"] = merged_metadata(body["metadata"], sent["metadata"])
    if "default_payment_method" in sent:
        chosen = sent["default_payment_method"]
        body["default_payment_method"] = None if chosen is None else own_method(call, body, chosen)
    if "discounts" in sent:
        take_discounts(call, body, sent)
    connect.take(call, body, sent)
    taxing.take(call, body, sent)
    if "pause_collection" in sent:
        hold(call, body, sent["pause_collection"])
    naming.check_source(sent)
    own_rhythm.take(call, body, sent)
    body["invoice_settings"] |= naming.invoice_settings(call, sent.get("invoice_settings", {}))
    for name in ("payment_settings", "trial_settings"):
        merge(body[name], sent.get(name, {}))
    note_details(call, body, sent.get("cancellation_details"))


def take_collection(body: Body, sent: Body) -> None:
    """How its invoices are collected."""
    method = str(sent.get("collection_method", body["collection_method"]))
    kept = body["days_until_due"] if method == "send_invoice" else None
    days = sent.get("days_until_due", kept)
    check_collection(method, days)
    body |= {"collection_method": method, "days_until_due": days}


def take_discounts(call: Call, body: Body, sent: Body) -> None:
    """The discounts of the whole subscription, instead of those before."""
    owners = {"customer": body["customer"], "subscription": body["id"]}
    body["discounts"] = discounts.apply(call, sent["discounts"], "discounts", body["discounts"], **owners)
    discounts.check_currency(call, body["discounts"], body["currency"], "discounts")


def take_end(call: Call, body: Body, sent: Body) -> bool:
    """Schedule its end, or take a scheduled end back; whether that has made prorations of the current periods."""
    before = cutting.own_end(body)
    schedule_end(call, body, sent)
    moved = cutting.own_end(body) != before
    if not moved or body["status"] not in BILLED_STATUSES or sent.get("proration_behavior") == "none":
        return False
    return cutting.follow(call, body)


def schedule_end(call: Call, body: Body, sent: Body) -> None:
    """Put down when it ends, or that it does not."""
    if sent.get("cancel_at_period_end"):
        plan_end(call, body, None)
    elif sent.get("cancel_at") is not None:
        plan_end(call, body, sent["cancel_at"])
    elif {"cancel_at", "cancel_at_period_end"} & sent.keys():
        schedule(body, lifecycle.undo_cancel())


def change_billing(call: Call, body: Body, sent: Body, changes: Sequence[Change], former: Body | None = None) -> None:
    """Change items, trial and billing cycle, and bill what follows from it.

    former: the subscription as it was, where it is to stay so until the change is paid.
    """
    was_billed = body["status"] in BILLED_STATUSES
    before = items_of(body)
    after = goods.after(body, changes)
    goods.check(call, body, after)
    behavior = sent.get("proration_behavior", "create_prorations")
    resets = starts_anew(call, body, sent, changes)
    billed = [change for change in changes if change.is_billed]
    if resets:
        billed = [Change(item, None) for item in before]
    else:
        align(call, body, changes)
        gone = [one.before for one in billed if one.before and by_use(call, one.before)]
        bill_removed(call, body, gone)
    put_items(body, after)
    goods.add_once(call, body, sent)
    if was_billed and behavior != "none":
        prorate(call, body, billed, after, sent.get("proration_date", call.now))
    used = usage_lines(call, body, before) if resets else []
    spans = take_cycle(call, body, sent, resets=resets)
    if former is None and spans:
        schedule_end(call, body, sent)
        cutting.fit(call, body)
        spans = [Span(period_of(item), span.whole) for item, span in zip(items_of(body), spans, strict=True)]
    elif former is None:
        take_end(call, body, sent)
    index(call, before, after)
    save(call, body)
    if spans or used or (behavior == "always_invoice" and has_pending(call, body)):
        bill_now(call, body, sent, spans, former, used)


def starts_anew(call: Call, body: Body, sent: Body, changes: Sequence[Change]) -> bool:
    """Whether its periods begin anew now.

    By request, by another trial, and in classic billing mode also where the interval changes, or a free subscription
    begins to cost something.
    """
    if "trial_end" in sent:
        return bool(sent["trial_end"] != "now" or body["status"] == "trialing")
    if sent.get("billing_cycle_anchor", {}).get("type") == "now":
        return True
    if body["billing_mode"]["type"] != "classic" or body["status"] not in BILLED_STATUSES:
        return False
    pairs = [(change.before, change.after) for change in changes if change.before and change.after]
    if any(interval_of(call, one) != interval_of(call, other) for one, other in pairs):
        return True
    now = [change.after for change in changes if change.after]
    return sum(net_amounts(call, body, items_of(body)).values()) == 0 < sum(net_amounts(call, body, now).values())


def align(call: Call, body: Body, changes: Sequence[Change]) -> None:
    """Give new items, and those with another interval, the period that the billing cycle has for them now."""
    for change in changes:
        item, former = change.after, change.before
        if item is not None and change.is_billed:
            item[COUNTED_FROM] = call.now
        if item is None or (former is not None and interval_of(call, item) == interval_of(call, former)):
            continue
        if body["status"] == "trialing":
            put_period(item, period_of(items_of(body)[0]))
        else:
            rhythm = interval_of(call, item)
            whole = period_at(body["billing_cycle_anchor"], rhythm, call.now, day_of(body))
            put_period(item, Span(whole, whole).cut(cutting.own_end(body)).period)


def take_cycle(call: Call, body: Body, sent: Body, *, resets: bool) -> list[Span]:
    """Where periods begin anew, put them into the items; what has to be billed for them now, else nothing."""
    if not resets:
        return []
    end = sent.get("trial_end")
    if isinstance(end, int):
        give_trial(call, body, checked_trial_end(call, end))
        return []
    if body["status"] == "trialing":
        end_trial(call, body)
    body |= {"billing_cycle_anchor": call.now, "billing_cycle_anchor_config": None}
    spans = []
    for item in items_of(body):
        period = Period(call.now, add(call.now, interval_of(call, item), 1))
        put_period(item, period)
        spans.append(Span(period, period))
    return spans


def give_trial(call: Call, body: Body, end: int) -> None:
    """It is free until `end`, and then its periods begin. StripeError 400 where its status allows no trial."""
    if not lifecycle.can(body["status"], "trial_given"):
        message = f"The subscription {body['id']} is {body['status']}, and cannot be given a trial."
        raise errors.invalid(message, "trial_end")
    body |= {
        "billing_cycle_anchor": end,
        "billing_cycle_anchor_config": None,
        "status": lifecycle.move(body["status"], "trial_given"),
        "trial_end": end,
        "trial_start": body["trial_start"] if body["status"] == "trialing" else call.now,
    }
    for item in items_of(body):
        put_period(item, Period(body["trial_start"], end))
        item[BILLED] = None


def end_trial(call: Call, body: Body) -> None:
    """Its trial ends now instead of later."""
    call.emit("customer.subscription.trial_will_end", body)
    body |= {"status": lifecycle.move(body["status"], "trial_ended"), "trial_end": call.now}


def bill_now(
    call: Call,
    body: Body,
    sent: Body,
    spans: Sequence[Span],
    former: Body | None = None,
    used: Sequence[Body] = (),
) -> None:
    """Invoice what waits, what was used and what `spans` cost, and collect it in the call itself."""
    charged = body["collection_method"] == "charge_automatically"
    made = [*used, *(lines_of(call, body, items_of(body), spans) if spans else [])]
    bill = bill_for(call, body, "subscription_update", made, Period(call.now, call.now))
    invoice = draft(call, body, bill, waits=not charged)
    if spans:
        note_billed(items_of(body), invoice)
    save(call, body)
    if is_held(body):
        settle_held(call, body, invoice)
        return
    if not charged:
        return
    invoices.settle.finalize(call, invoice)
    if invoice["status"] == "open":
        if former is not None:
            pending_update.park(call, body, former, invoice, sent)
        collect(call, invoice, sent)


def collect(call: Call, invoice: Body, sent: Body) -> None:
    """Pay the invoice of a change, as `payment_behavior` says."""
    behavior = sent.get("payment_behavior", "allow_incomplete")
    method = invoices.settle.method_for(call, invoice)
    if method is not None:
        pay(call, invoice, method, behavior, off_session=sent.get("off_session", False))
    elif behavior == "error_if_incomplete":
        message = "There is no payment method to pay for this change with, so nothing was changed."
        raise errors.invalid(message, code="resource_missing")
    else:
        invoices.settle.mark_failed(call, invoice)
