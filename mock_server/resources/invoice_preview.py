"""Previews: the invoice that would come next, or that a change would lead to.

What is asked for is really done, up to the invoice, and then undone: so a preview and the invoice cannot differ. A
preview is not stored, and the ids in it of what does not exist lead nowhere.
Source: docs.stripe.com/api/invoices/create_preview
"""

from __future__ import annotations

from collections.abc import Callable

from flask_portal.wire import errors, ids
from mock_server.billing.calendar import Period
from mock_server.billing.lifecycle import ENDED
from mock_server.core.call import Body, Call
from mock_server.core.rehearsal import rehearse

from . import customer as customers
from . import invoiceitem as items
from . import parties
from .connected_payment import check_account
from .invoice import Bill, invoice, settle
from .invoice_preview_params import CreatePreview
from .subscription import change, ending, pausing, start
from .subscription.head import subscription
from .subscription_schedule import calls as schedules
from .subscription_schedule import run
from .subscription_schedule.head import subscription_schedule

Act = Callable[[Call], None]

MOST_STEPS = 50
"""So many things may fall due for a subscription before its next invoice; after that there is none in sight."""

CYCLE = frozenset({"subscription_cycle", "subscription_create"})
"""The invoices that repeat."""


@invoice.endpoint("POST", "/v1/invoices/create_preview", CreatePreview)
def create_preview(call: Call, _found: dict[str, str], sent: Body) -> Body:
    """The invoice that would come."""
    planned = subscription_schedule.get(call, sent["schedule"], "schedule") if "schedule" in sent else None
    named = sent.get("subscription") or (planned and planned["subscription"])
    running = subscription.get(call, named, "subscription") if named else None
    payer = str(planned["customer"]) if planned else payer_of(call, sent, running)
    check(sent, running)
    if planned or "schedule_details" in sent:
        found = of_schedule(call, sent, payer, planned)
    else:
        found = drawn(call, sent, payer, running)
    if found is None:
        whose = named or payer
        message = f"There is no upcoming invoice for {whose}: nothing will be billed."
        raise errors.StripeError(message, status=404, code="invoice_upcoming_none")
    return as_preview(call, found) | parties_of(call, sent)


def parties_of(call: Call, sent: Body) -> Body:
    """Who the invoice would be from, where that was said for this preview."""
    found: Body = {}
    if "issuer" in sent:
        found["issuer"] = parties.named(call, sent["issuer"], "issuer")
    if "on_behalf_of" in sent:
        check_account(call, sent["on_behalf_of"], "on_behalf_of")
        found["on_behalf_of"] = sent["on_behalf_of"]
    return found


def payer_of(call: Call, sent: Body, running: Body | None) -> str | None:
    """The customer who would pay; None for one who is only described."""
    named: str | None = sent.get("customer")
    if running is not None:
        if named not in (None, running["customer"]):
            raise errors.invalid("This subscription belongs to another customer.", "subscription")
        named = str(running["customer"])
    if named is not None:
        return str(customers.customer.get(call, named, "customer")["id"])
    if "customer_details" not in sent:
        raise errors.missing_parameter("customer")
    return None


def check(sent: Body, running: Body | None) -> None:
    """Refuse what needs a subscription where there is none, and what it has already where there is one."""
    details = sent.get("subscription_details", {})
    needed = [name for name in ("cancel_now", "pause", "resume_at") if name in details and running is None]
    if needed:
        raise errors.missing_parameter("subscription")
    if running is not None and "start_date" in details:
        raise errors.invalid("A running subscription has its start already.", "subscription_details[start_date]")
    if running is not None and "billing_mode" in details:
        raise errors.invalid(
            "A subscription keeps its billing mode; migrate it instead.", "subscription_details[billing_mode]"
        )
    if running is not None and running["status"] in ENDED:
        raise errors.invalid("This subscription is over, and will not be billed any more.", "subscription")


def drawn(call: Call, sent: Body, payer: str | None, running: Body | None) -> Body | None:
    """The invoice as it would be drafted."""
    if running is not None:
        return of_subscription(call, sent, running, moves=lambda trial: apply(trial, sent, running["id"]))
    if "items" in sent.get("subscription_details", {}):
        return rehearse(call, lambda trial: begin(trial, sent, payer), made(None, sent))
    found = [of_subscription(call, sent, one, moves=lambda _: None) for one in running_of(call, payer)]
    upcoming = [one for one in found if one is not None]
    if upcoming:
        return min(upcoming, key=lambda one: int(one["created"]))
    return rehearse(call, lambda trial: bill_waiting(trial, sent, payer), made(None, sent))


def of_schedule(call: Call, sent: Body, payer: str | None, planned: Body | None) -> Body | None:
    """The first invoice that a schedule leads to, after it was changed, or made, as it was asked for."""

    def act(trial: Call) -> None:
        owner = payer or described(trial, sent)
        describe_payer(trial, sent, payer)
        add_items(trial, sent, owner, None)
        id = planned["id"] if planned else plan(trial, sent, owner)
        body = subscription_schedule.get(trial, id)
        if planned and "schedule_details" in sent:
            body = schedules.update(trial, body, sent["schedule_details"])
        if body["status"] == "not_started":
            trial.now = body["phases"][0]["start_date"]
            run.fall_due(trial, body)
        if body["subscription"] is not None:
            go_on(trial, body["subscription"])

    return rehearse(call, act, made(None, sent))


def plan(trial: Call, sent: Body, owner: str) -> str:
    """The id of the schedule that was described."""
    details = sent["schedule_details"]
    if "phases" not in details:
        raise errors.missing_parameter("schedule_details[phases]")
    first, *rest = details["phases"]
    known = {name: details[name] for name in ("billing_mode", "end_behavior") if name in details}
    start = {"start_date": first["start_date"]} if "start_date" in first else {}
    phases = [{name: first[name] for name in first.keys() - {"start_date"}}, *rest]
    return str(schedules.create(trial, known | start | {"customer": owner, "phases": phases})["id"])


def running_of(call: Call, payer: str | None) -> list[Body]:
    """The subscriptions of a customer that may be billed again."""
    found = subscription.where(call, customer=payer) if payer else []
    return [one for one in found if one["status"] not in ENDED]


def made(owner: str | None, sent: Body) -> Callable[[str, Body], bool]:
    """Whether an event tells of the invoice that is wanted. owner: the id of the subscription that it is for."""

    def wanted(kind: str, body: Body) -> bool:
        if kind != "invoice.created" or (owner and of_whom(body) != owner):
            return False
        return sent["preview_mode"] == "next" or body["billing_reason"] in CYCLE

    return wanted


def of_whom(body: Body) -> str | None:
    """The subscription that an invoice is for."""
    details = (body["parent"] or {}).get("subscription_details")
    return str(details["subscription"]) if details else None


def of_subscription(call: Call, sent: Body, running: Body, *, moves: Act) -> Body | None:
    """The first invoice of a subscription after `moves`."""

    def act(trial: Call) -> None:
        describe_payer(trial, sent, running["customer"])
        add_items(trial, sent, running["customer"], running["id"])
        moves(trial)
        forget_waiting(trial, sent, running["customer"])
        go_on(trial, running["id"])

    return rehearse(call, act, made(running["id"], sent))


def apply(trial: Call, sent: Body, id: str) -> None:
    """Change the subscription as it was asked for."""
    body = subscription.get(trial, id)
    details = dict(sent.get("subscription_details", {}))
    if details.pop("cancel_now", False):
        behavior = details.get("proration_behavior", "create_prorations")
        ending.cancel(trial, body, {"invoice_now": True, "prorate": behavior != "none"})
        return
    if "pause" in details:
        pausing.pause(trial, body, details["pause"])
        return
    if details.pop("resume_at", None):
        pausing.resume(trial, body, details)
        return
    anchor = details.get("billing_cycle_anchor")
    if anchor and anchor["type"] == "timestamp":
        raise errors.not_built("Previewing a running subscription with an anchor at a date")
    details |= {name: sent[name] for name in ("automatic_tax", "discounts") if name in sent}
    if sent["preview_mode"] == "recurring":
        details["proration_behavior"] = "none"
    if details:
        change.update(trial, body, details)


def go_on(trial: Call, id: str) -> None:
    """Let time pass for a subscription until it is billed, or is over, or nothing more happens to it."""
    for _ in range(MOST_STEPS):
        moment = subscription.due_of(trial, id)
        body = subscription.find(trial, id)
        if moment is None or body is None or subscription.when_due is None:
            return
        trial.now = max(trial.now, moment)
        subscription.when_due(trial, body)


NEW_TERMS = (
    "billing_mode",
    "cancel_at",
    "cancel_at_period_end",
    "default_tax_rates",
    "items",
    "metadata",
    "proration_behavior",
)


def begin(trial: Call, sent: Body, payer: str | None) -> None:
    """Begin the subscription that was described."""
    owner = payer or described(trial, sent)
    describe_payer(trial, sent, payer)
    if sent["preview_mode"] == "next":
        add_items(trial, sent, owner, None)
    forget_waiting(trial, sent, owner)
    details = sent["subscription_details"]
    trial.now = max(trial.now, details.get("start_date", trial.now))
    wanted = {name: details[name] for name in NEW_TERMS if name in details} | {"customer": owner}
    if sent["preview_mode"] == "next":
        wanted |= {name: details[name] for name in ("trial_end",) if name in details} | anchor_of(details)
    wanted |= {"backdate_start_date": details["start_date"]} if details.get("start_date", trial.now) < trial.now else {}
    wanted |= {name: sent[name] for name in ("automatic_tax", "currency", "discounts") if name in sent}
    start.begin(trial, wanted | {"payment_behavior": "default_incomplete"})


def anchor_of(details: Body) -> Body:
    """The anchor of a new subscription: a moment, or now by itself."""
    anchor = details.get("billing_cycle_anchor", {"type": "now"})
    if anchor["type"] != "timestamp":
        return {}
    if "timestamp" not in anchor:
        raise errors.missing_parameter("subscription_details[billing_cycle_anchor][timestamp]")
    return {"billing_cycle_anchor": anchor["timestamp"]}


def bill_waiting(trial: Call, sent: Body, payer: str | None) -> None:
    """Invoice what waits for a customer without a subscription."""
    owner = payer or described(trial, sent)
    describe_payer(trial, sent, payer)
    add_items(trial, sent, owner, None)
    currency = sent.get("currency") or customers.customer.get(trial, owner)["currency"]
    waiting = items.invoiceitem.where(trial, customer=owner, pending=True)
    if currency is None and waiting:
        currency = waiting[0]["currency"]
    bill = Bill(owner, currency or "usd", "manual", Period(trial.now, trial.now))
    if settle.waiting_for(trial, bill):
        settle.draft(trial, bill, waits=False)


def described(trial: Call, sent: Body) -> str:
    """The id of a customer who is there for the preview only."""
    details = dict(sent["customer_details"])
    tax_ids = details.pop("tax_ids", None)
    known = {name: value for name, value in details.items() if value is not None}
    made = customers.create(trial, known | ({"tax_id_data": tax_ids} if tax_ids else {}))
    return str(made["id"])


def describe_payer(trial: Call, sent: Body, payer: str | None) -> None:
    """Take other details of a customer for this preview."""
    details = {name: value for name, value in sent.get("customer_details", {}).items() if name != "tax_ids"}
    if payer is not None and details:
        customers.update(trial, customers.customer.get(trial, payer), details)


def add_items(trial: Call, sent: Body, owner: str, tie: str | None) -> None:
    """Put the items of the preview to those that wait, or change one that waits."""
    for number, entry in enumerate(sent.get("invoice_items", ())):
        known = as_item(entry)
        if "invoiceitem" in entry:
            found = items.invoiceitem.get(trial, entry["invoiceitem"], f"invoice_items[{number}][invoiceitem]")
            items.change(trial, found, {name: known[name] for name in known if name != "currency"})
        else:
            items.create(trial, known | {"customer": owner} | ({"subscription": tie} if tie else {}))


def as_item(entry: Body) -> Body:
    """An item of a preview in the words of invoice items."""
    renamed = ("invoiceitem", "price", "unit_amount")
    known = {name: value for name, value in entry.items() if name not in renamed}
    if "price" in entry:
        known["pricing"] = {"price": entry["price"]}
    if "unit_amount" in entry:
        known["unit_amount_decimal"] = str(entry["unit_amount"])
    return known


def forget_waiting(trial: Call, sent: Body, owner: str) -> None:
    """What is billed once is no part of what repeats."""
    if sent["preview_mode"] == "recurring":
        for item in items.invoiceitem.where(trial, customer=owner, pending=True):
            items.drop(trial, item)


def as_preview(call: Call, found: Body) -> Body:
    """The draft as a preview: with an id that leads nowhere, finalised by nobody."""
    id = f"upcoming_{ids.new('in')}"
    listed = found["lines"]
    lines = [line | {"invoice": id} for line in listed["data"]]
    later = found["created"] > call.now
    return found | {
        "id": id,
        "automatically_finalizes_at": None,
        "billing_reason": "upcoming" if later else found["billing_reason"],
        "lines": listed | {"data": lines, "url": f"/v1/invoices/{id}/lines"},
    }
