"""How a subscription begins: its items and terms are checked, and its first invoice is made and paid at once.

Source: docs.stripe.com/billing/subscriptions/overview
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from flask_portal.wire import errors
from mock_server.billing import lifecycle
from mock_server.billing.calendar import Period, Span, next_on, next_span
from mock_server.core.call import Body, Call

from .. import customer_balance_transaction as ledger
from .. import discount as discounts
from .. import invoice as invoices
from .. import payment_method as methods
from ..customer import customer
from ..subscription_item import index, price_of
from . import connect, cutting, naming, own_rhythm, taxing
from . import items as goods
from .billing import basket_of, bill_for, lines_of, note_billed, trial_lines
from .by_use import by_use, free_lines
from .head import latest_end, subscription
from .on_clock import check_room
from .params import LONGEST_TRIAL_DAYS
from .represent import (
    all_discounts,
    day_of,
    due_of,
    interval_of,
    items_of,
    move,
    put_items,
    put_period,
    represent,
    save,
    schedule,
)

NO_METHOD = (
    "This customer has no attached payment source or default payment method. Set one, or create the subscription with "
    "payment_behavior=default_incomplete to have it paid later."
)


@dataclass(frozen=True, slots=True)
class Payment:
    """How a subscription was paid before it began. intent: None where there was nothing to pay."""

    intent: Body | None


def begin(call: Call, sent: Body, payment: Payment | None = None) -> Body:
    """A new subscription, told of and billed. payment: it is bought in Checkout, and was paid there."""
    payer = customer.get(call, sent["customer"], "customer")
    check_collection(sent.get("collection_method", "charge_automatically"), sent.get("days_until_due"))
    naming.check_source(sent)
    naming.check_mode(sent)
    currency = goods.currency_of(call, sent, payer)
    goods.check_payer_currency(payer, currency)
    check_room(call, payer)
    check_number(call, payer)
    body = represent(call, sent, subscription.new_id(), currency)
    bought = [goods.new(call, body, entry, f"items[{number}]") for number, entry in enumerate(sent["items"])]
    goods.check(call, body, bought)
    put_items(body, bought)
    take_terms(call, body, sent)
    plan = planned(call, body, sent)
    note_currency(call, payer, currency)
    bill = first_bill(call, body, plan) if plan.bill_now else None
    if bill is None:
        move(body, "invoice_paid")
    subscription.add(call, body, due=due_of(call, body))
    index(call, (), bought)
    call.emit("customer.subscription.created", body)
    subscription.tell(call, "told", body)
    discounts.tell(call, (), all_discounts(body))
    goods.add_once(call, body, sent)
    if bill is not None and payment is not None:
        settle_first(call, body, bill, payment)
    elif bill is not None:
        charge_first(call, body, bill, sent)
    if plan.trial_end is not None and lifecycle.trial_notice_at(plan.trial_end) <= call.now:
        call.emit("customer.subscription.trial_will_end", subscription.get(call, body["id"]))
    return subscription.get(call, body["id"])


def check_collection(method: str, days: int | None) -> None:
    """An invoice that is sent has a day on which it is due; one that is charged has none."""
    if method == "send_invoice" and days is None:
        raise errors.invalid("A collection_method of send_invoice needs days_until_due.", "days_until_due")
    if method == "charge_automatically" and days is not None:
        raise errors.invalid("days_until_due needs a collection_method of send_invoice.", "days_until_due")


def take_terms(call: Call, body: Body, sent: Body) -> None:
    """Put into a new subscription what names other objects."""
    if sent.get("payment_behavior") == "pending_if_incomplete":
        raise errors.invalid("A new subscription has nothing that could stay as it is meanwhile.", "payment_behavior")
    if "default_payment_method" in sent:
        body["default_payment_method"] = own_method(call, body, sent["default_payment_method"])
    connect.take(call, body, sent)
    own_rhythm.take(call, body, sent)
    taxing.take(call, body, sent)
    taxing.check(call, body)
    if "discounts" in sent:
        owners = {"customer": body["customer"], "subscription": body["id"]}
        basket = basket_of(call, body)
        body["discounts"] = discounts.apply(call, sent["discounts"], "discounts", (), basket, **owners)
        discounts.check_currency(call, body["discounts"], body["currency"], "discounts")


def own_method(call: Call, body: Body, id: str) -> str:
    """The id of a payment method that a subscription may be paid with: one of its customer's."""
    return str(methods.resolve(call, id, body["customer"], "default_payment_method")["id"])


def planned(call: Call, body: Body, sent: Body) -> lifecycle.Plan:
    """How it starts; status, times and periods are put into `body`."""
    end = sent.get("cancel_at")
    trial = trial_end(call, body, sent)
    anchor = described_anchor(call, body, sent, trial) or sent.get("billing_cycle_anchor")
    terms = lifecycle.Terms(
        trial_end=trial,
        anchor=anchor,
        day=day_of(body),
        collection_method=body["collection_method"],
        bill_stub=sent.get("proration_behavior") != "none",
    )
    try:
        plan = lifecycle.start([interval_of(call, item) for item in items_of(body)], terms, backdated(call, sent))
    except ValueError as refused:
        message = f"The subscription cannot start like this: {refused}."
        raise errors.invalid(message, "billing_cycle_anchor" if terms.anchor else "trial_end") from refused
    body |= {
        "billing_cycle_anchor": plan.billing_cycle_anchor,
        "status": plan.status,
        "trial_end": plan.trial_end,
        "trial_start": plan.trial_start,
    }
    for item, period in zip(items_of(body), plan.periods, strict=True):
        put_period(item, period)
    body["start_date"] = backdated(call, sent)
    if "backdate_start_date" in sent:
        for item in items_of(body):
            put_period(item, periods_since(call, body, item)[-1].period)
    if end is not None or sent.get("cancel_at_period_end"):
        plan_end(call, body, end)
    if plan.trial_end is None and sent.get("proration_behavior") != "none":
        cutting.fit(call, body)
        cut = tuple(span.cut(cutting.own_end(body)) for span in plan.spans)
        return replace(plan, spans=cut)
    return plan


def described_anchor(call: Call, body: Body, sent: Body, trial: int | None) -> int | None:
    """The first moment that fits `billing_cycle_anchor_config`, once a trial is over."""
    config = sent.get("billing_cycle_anchor_config")
    if config is None:
        return None
    names = ("day_of_month", "hour", "minute", "month", "second")
    body["billing_cycle_anchor_config"] = {name: config.get(name) for name in names}
    day, hour, minute, month, second = (config.get(name) for name in names)
    return next_on(trial or call.now, day, month, hour, minute, second)


def backdated(call: Call, sent: Body) -> int:
    """When it starts: now, or earlier, and then what has passed is billed as well."""
    start = int(sent.get("backdate_start_date", call.now))
    if start > call.now:
        raise errors.invalid("backdate_start_date must lie in the past.", "backdate_start_date")
    anchored = sorted({"billing_cycle_anchor", "billing_cycle_anchor_config"} & sent.keys())
    tried = sorted({"trial_end", "trial_period_days", "trial_from_plan"} & sent.keys())
    if "backdate_start_date" in sent and (anchored or tried or sent.get("proration_behavior") == "none"):
        raise errors.not_built("A start in the past with an anchor, a trial or without proration")
    return start


def periods_since(call: Call, body: Body, item: Body) -> list[Span]:
    """The periods of an item from a start in the past up to the one that is going on."""
    spans = [next_span(body["start_date"], body["billing_cycle_anchor"], interval_of(call, item))]
    while spans[-1].period.end <= call.now:
        if len(spans) == invoices.settle.MOST_LINES:
            raise errors.invalid("So many periods do not fit on one invoice.", "backdate_start_date")
        spans.append(next_span(spans[-1].period.end, body["billing_cycle_anchor"], interval_of(call, item)))
    return spans


def lines_since(call: Call, body: Body, item: Body) -> list[Body]:
    """A line for each period that has begun."""
    spans = periods_since(call, body, item)
    return lines_of(call, body, [item] * len(spans), spans)


MOST_OF_CUSTOMER = 500


def check_number(call: Call, payer: Body) -> None:
    """A customer has so many current subscriptions at most."""
    columns = subscription.table.c
    mine = (columns.account == call.account, columns.customer_of_current == payer["id"])
    found = call.connection.execute(sa.select(sa.func.count()).where(*mine)).scalar_one()
    if found >= MOST_OF_CUSTOMER:
        message = f"The customer {payer['id']} has {MOST_OF_CUSTOMER} current subscriptions, which is the most."
        raise errors.invalid(message, "customer", "customer_max_subscriptions")


def plan_end(call: Call, body: Body, end: Any) -> None:
    """Schedule the end that was asked for: a date, a word for one, or None for the end of the period."""
    if end is None:
        schedule(body, lifecycle.cancel_with_period(latest_end(body), call.now), "cancellation_requested")
        return
    moment = {
        # Nothing is billed beyond the periods, so the last of them is what is billed longest.
        "max_billed_until": latest_end(body),
        "max_period_end": latest_end(body),
        "min_period_end": min(item["current_period_end"] for item in items_of(body)),
    }.get(end, end)
    if moment <= call.now:
        raise errors.invalid("cancel_at must lie in the future; to end it now, cancel it.", "cancel_at")
    schedule(body, lifecycle.cancel_on(moment, call.now), "cancellation_requested")


def trial_end(call: Call, body: Body, sent: Body) -> int | None:
    """When the trial ends that was asked for, or None for no trial."""
    end = sent.get("trial_end")
    if end == "now":
        return None
    if end is not None:
        return checked_trial_end(call, end)
    days = sent.get("trial_period_days")
    if days is None and sent.get("trial_from_plan"):
        own = [price_of(call, item["price"])["recurring"]["trial_period_days"] for item in items_of(body)]
        days = max((each for each in own if each), default=None)
    return lifecycle.trial_end_after(days, call.now) if days else None


def checked_trial_end(call: Call, end: int) -> int:
    """A trial ends in the future, and within two years."""
    if not call.now < end <= lifecycle.trial_end_after(LONGEST_TRIAL_DAYS, call.now):
        raise errors.invalid(
            f"trial_end must lie in the future, and at most {LONGEST_TRIAL_DAYS} days ahead.", "trial_end"
        )
    return end


def note_currency(call: Call, payer: Body, currency: str) -> None:
    """A customer's first subscription fixes the currency that all later ones are in."""
    if payer["currency"] is None:
        payer["currency"] = currency
        customer.save(call, payer)


def first_bill(call: Call, body: Body, plan: lifecycle.Plan) -> invoices.Bill | None:
    """What the first invoice consists of; None where everything is charged by use, and so later."""
    bought = items_of(body)
    if plan.trial_end is not None:
        made = trial_lines(call, body, bought, Period(call.now, plan.trial_end))
    elif body["start_date"] < call.now:
        made = [line for item in bought for line in lines_since(call, body, item)]
    else:
        made = lines_of(call, body, bought, plan.spans)
        made += free_lines(call, body)
    if not made and any(by_use(call, item) for item in bought):
        return None
    return bill_for(call, body, "subscription_create", made, Period(call.now, call.now))


def charge_first(call: Call, body: Body, bill: invoices.Bill, sent: Body) -> None:
    """Make the first invoice; one that is charged is finalised and paid in the call itself."""
    charged = body["collection_method"] == "charge_automatically"
    invoice = invoices.settle.draft(call, bill, waits=not charged and body["status"] != "trialing")
    note_billed(items_of(body), invoice)
    save(call, body)
    if invoice["automatically_finalizes_at"] is not None:
        return
    behavior = sent.get("payment_behavior", "allow_incomplete")
    method = invoices.settle.method_for(call, invoice)
    if invoice["amount_due"] and method is None and behavior != "default_incomplete":
        raise errors.invalid(NO_METHOD, code="resource_missing")
    invoices.settle.finalize(call, invoice)
    if invoice["status"] != "open" or method is None or behavior == "default_incomplete":
        return
    pay(call, invoice, method, behavior, off_session=sent.get("off_session", False))


def settle_first(call: Call, body: Body, bill: invoices.Bill, payment: Payment) -> None:
    """Make the first invoice of what was bought in Checkout, and of nothing else; its payment is there already."""
    invoice = invoices.settle.draft(call, replace(bill, waiting="subscription"), waits=False)
    note_billed(items_of(body), invoice)
    save(call, body)
    intent = payment.intent
    if intent is None:
        invoices.settle.finalize(call, invoice)
        return
    # Time has passed at the bank since the amount was shown, and a part of a period is worth less by now.
    difference = intent["amount"] - invoice["amount_due"]
    keep_difference(call, body, difference)
    invoices.settle.finalize(call, invoice, intent)
    invoices.settle.after_attempt(call, invoice, intent)
    keep_difference(call, body, -difference)


def keep_difference(call: Call, body: Body, amount: int) -> None:
    """Write what a payment differs by from its invoice into the customer's balance."""
    if amount:
        ledger.write(call, customer.get(call, body["customer"]), amount, "checkout_session_subscription_payment")


def pay(call: Call, invoice: Body, method: Body, behavior: str, *, off_session: bool) -> None:
    """Collect an invoice in the call that made it. A failure is an error only where that was asked for."""
    error = invoices.settle.collect(call, invoice, method, off_session=off_session)
    if behavior != "error_if_incomplete":
        return
    if error is not None:
        raise error
    intent = invoices.settle.intent_of(call, invoice)
    if intent is not None and intent["status"] == "requires_action":
        message = "The payment needs the customer's confirmation, so nothing was changed."
        raise errors.card_error(message, "subscription_payment_intent_requires_action")
