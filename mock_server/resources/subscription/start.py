"""How a subscription begins: its items and terms are checked, and its first invoice is made and paid at once.

Source: docs.stripe.com/billing/subscriptions/overview
"""

from __future__ import annotations

from typing import Any

from flask_portal.wire import errors
from mock_server.billing import lifecycle
from mock_server.billing.calendar import Period
from mock_server.core.call import Body, Call

from .. import discount as discounts
from .. import invoice as invoices
from .. import payment_method as methods
from ..customer import customer
from ..subscription_item import index, price_of
from . import items as goods
from .billing import basket_of, bill_for, lines_of, note_billed, trial_lines
from .head import latest_end, subscription
from .on_clock import check_room
from .params import LONGEST_TRIAL_DAYS
from .represent import due_of, interval_of, items_of, move, put_items, put_period, represent, save, schedule

NO_METHOD = (
    "This customer has no attached payment source or default payment method. Set one, or create the subscription with "
    "payment_behavior=default_incomplete to have it paid later."
)


def begin(call: Call, sent: Body) -> Body:
    """A new subscription, told of and billed."""
    payer = customer.get(call, sent["customer"], "customer")
    check_collection(sent.get("collection_method", "charge_automatically"), sent.get("days_until_due"))
    currency = goods.currency_of(call, sent, payer)
    goods.check_payer_currency(payer, currency)
    check_room(call, payer)
    body = represent(call, sent, subscription.new_id(), currency)
    bought = [goods.new(call, body, entry, f"items[{number}]") for number, entry in enumerate(sent["items"])]
    goods.check(call, body, bought)
    put_items(body, bought)
    take_terms(call, body, sent)
    plan = planned(call, body, sent)
    note_currency(call, payer, currency)
    if not plan.bill_now:
        move(body, "invoice_paid")
    bill = first_bill(call, body, plan) if plan.bill_now else None
    subscription.add(call, body, due=due_of(call, body))
    index(call, (), bought)
    call.emit("customer.subscription.created", body)
    if bill is not None:
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
    terms = lifecycle.Terms(
        trial_end=trial_end(call, body, sent),
        anchor=sent.get("billing_cycle_anchor"),
        collection_method=body["collection_method"],
        bill_stub=sent.get("proration_behavior") != "none",
    )
    try:
        plan = lifecycle.start([interval_of(call, item) for item in items_of(body)], terms, call.now)
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
    if end is not None or sent.get("cancel_at_period_end"):
        plan_end(call, body, end)
    return plan


def plan_end(call: Call, body: Body, end: Any) -> None:
    """Schedule the end that was asked for: a date, a word for one, or None for the end of the period."""
    if end is None:
        schedule(body, lifecycle.cancel_with_period(latest_end(body), call.now), "cancellation_requested")
        return
    moment = {
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


def first_bill(call: Call, body: Body, plan: lifecycle.Plan) -> invoices.Bill:
    """What the first invoice consists of."""
    bought = items_of(body)
    if plan.trial_end is not None:
        made = trial_lines(call, body, bought, Period(call.now, plan.trial_end))
    else:
        made = lines_of(call, body, bought, plan.spans)
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
