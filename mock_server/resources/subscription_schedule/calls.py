"""The calls on schedules.

Source: docs.stripe.com/api/subscription_schedules
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from flask_portal.wire import errors
from mock_server.core.call import Body, Call
from mock_server.core.resource import merge, metadata_of

from ..customer import customer
from ..subscription import naming
from ..subscription import represent as subscriptions
from ..subscription.head import subscription
from . import asks, pauses, phases, run
from .head import subscription_schedule
from .params import MOST_PHASES, Cancel, Create, List, Release, Update


@subscription_schedule.create(Create)
def create(call: Call, sent: Body) -> Body:
    check_end(sent)
    if "from_subscription" in sent:
        return adopt(call, sent)
    if "customer" not in sent:
        raise errors.missing_parameter("customer")
    if "phases" not in sent:
        raise errors.missing_parameter("phases")
    owner = customer.get(call, sent["customer"], "customer")
    start = sent.get("start_date", "now")
    moment = call.now if start == "now" else start
    if moment < call.now:
        raise errors.not_built("A schedule that starts in the past", "start_date")
    naming.check_mode(sent)
    own = phases.checked(call, owner["id"], sent.get("default_settings", {}), "default_settings")
    general = phases.settings(own)
    found = phases.in_order(call, owner["id"], sent["phases"], moment)
    mode = sent.get("billing_mode", {"type": "flexible"})["type"]
    body = represent(call, sent, owner["id"], general, found, mode)
    body["pause_schedules"] = pauses.replaced(call, body, sent.get("pause_schedules", []))
    check_collection(body)
    subscription_schedule.add(call, body, due=run.next_at(call, body))
    call.emit("subscription_schedule.created", body)
    if moment == call.now:
        run.begin(call, body)
        if pauses.take_due(call, body):
            run.tell(call, body)
    return body


def check_end(sent: Body) -> None:
    """The old ways to end are known, and no longer taken."""
    if sent.get("end_behavior") in ("none", "renew"):
        raise errors.not_built(f"An end_behavior of {sent['end_behavior']}", "end_behavior")


def check_collection(body: Body) -> None:
    """What is to be sent as an invoice needs a day on which it is due."""
    for number, phase in enumerate(body["phases"]):
        wanted = asks.terms(body, phase)
        if wanted.get("collection_method") == "send_invoice" and "days_until_due" not in wanted:
            raise errors.missing_parameter(f"phases[{number}][invoice_settings][days_until_due]")


def represent(call: Call, sent: Body, owner: str, general: Body, found: list[Body], mode: str) -> Body:
    """The object of a new schedule that has not begun."""
    flexible = {"proration_discounts": "included"} if mode == "flexible" else None
    return {
        "id": subscription_schedule.new_id(),
        "object": "subscription_schedule",
        "application": None,
        "billing_mode": {"flexible": flexible, "type": mode},
        "canceled_at": None,
        "completed_at": None,
        "created": call.now,
        "current_phase": None,
        "customer": owner,
        "customer_account": None,
        "default_settings": general,
        "end_behavior": sent.get("end_behavior", "release"),
        "livemode": call.livemode,
        "metadata": metadata_of(sent),
        "pause_schedules": [],
        "phases": found,
        "released_at": None,
        "released_subscription": None,
        "status": "not_started",
        "subscription": None,
        "test_clock": call.clock,
    }


UNSCHEDULABLE = ("canceled", "incomplete", "incomplete_expired", "paused")


def adopt(call: Call, sent: Body) -> Body:
    """A schedule of a running subscription, whose only phase is the period that it is in."""
    more = sent.keys() - {"expand", "from_subscription"}
    if more:
        name = sorted(more)[0]
        raise errors.invalid(f"{name} cannot be sent with from_subscription; update the schedule afterwards.", name)
    owned = subscription.get(call, sent["from_subscription"], "from_subscription", lock=True)
    if owned["schedule"] is not None:
        message = f"The subscription {owned['id']} already has the schedule {owned['schedule']}."
        raise errors.invalid(message, "from_subscription")
    if owned["status"] in UNSCHEDULABLE:
        message = f"The subscription {owned['id']} cannot have a schedule: it is {owned['status']}."
        raise errors.invalid(message, "from_subscription")
    general = phases.settings_of(owned)
    phase = phases.of_subscription(owned)
    mode = owned["billing_mode"]["type"]
    body = represent(call, {}, owned["customer"], general, [phase], mode) | {"subscription": owned["id"]}
    if owned["cancel_at_period_end"]:
        body["end_behavior"] = "cancel"
    run.stand_in(body, phase)
    subscription_schedule.add(call, body, due=run.next_at(call, body))
    call.emit("subscription_schedule.created", body)
    owned["schedule"] = body["id"]
    subscriptions.save_and_tell(call, owned)
    return body


@subscription_schedule.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    check_open(body, "updated")
    check_end(sent)
    merge(body, sent, skip=("default_settings", "pause_schedules", "phases", "proration_behavior"))
    if "default_settings" in sent:
        take_settings(call, body, sent["default_settings"])
    before = run.current(body) if body["status"] == "active" else None
    if "phases" in sent:
        body["phases"] = replaced(call, body, sent["phases"])
    check_collection(body)
    if "pause_schedules" in sent:
        body["pause_schedules"] = pauses.replaced(call, body, sent["pause_schedules"] or [])
    if before is None:
        return run.tell(call, body)
    pauses.take_due(call, body)
    phase = run.current(body)
    run.stand_in(body, phase)
    run.tell(call, body)
    owned = run.keep_end(call, body)
    asks = {name: phase[name] for name in phase.keys() - {"end_date"}}
    if "default_settings" in sent or asks != {name: before[name] for name in before.keys() - {"end_date"}}:
        run.enter(call, body, phase, before, sent.get("proration_behavior", "create_prorations"))
    else:
        subscriptions.save_and_tell(call, owned)
    if phase["end_date"] <= call.now:
        run.go_on(call, body)
    return body


def take_settings(call: Call, body: Body, sent: Body) -> None:
    """What was sent, in place of what was said for all phases before."""
    found = phases.checked(call, body["customer"], sent, "default_settings")
    if "invoice_settings" in found:
        found["invoice_settings"] = body["default_settings"]["invoice_settings"] | found["invoice_settings"]
    body["default_settings"] |= found


def replaced(call: Call, body: Body, sent: list[Body]) -> list[Body]:
    """The phases after an update. What is past stays, and the current one keeps its start."""
    if body["status"] == "not_started":
        start = sent[0].get("start_date", body["phases"][0]["start_date"])
        return phases.in_order(call, body["customer"], sent, call.now if start == "now" else start)
    here = body["current_phase"]["start_date"]
    past = [one for one in body["phases"] if one["start_date"] < here]
    skipped = sum(1 for one in sent if isinstance(one.get("start_date"), int) and one["start_date"] < here)
    if len(sent) == skipped or sent[skipped].get("start_date", here) not in (here, "now"):
        message = "The current phase has to be sent again, with the start that it has."
        raise errors.invalid(message, f"phases[{skipped}][start_date]")
    owned = subscription.get(call, body["subscription"])
    coming = phases.in_order(
        call, body["customer"], at_once(sent[skipped:], here), here, first=skipped, currency=owned["currency"]
    )
    if len(coming) > MOST_PHASES:
        raise errors.invalid(f"A schedule has at most {MOST_PHASES} current and future phases.", "phases")
    return [*past, *coming]


def at_once(sent: list[Body], here: int) -> list[Body]:
    """The current phase with its own start."""
    return [sent[0] | {"start_date": here}, *sent[1:]]


def check_open(body: Body, verb: str) -> None:
    """What is over stays as it is."""
    if body["status"] not in run.OPEN:
        message = f"The schedule {body['id']} cannot be {verb} any more: it is {body['status']}."
        raise errors.invalid(message, "id")


@subscription_schedule.action("/cancel", Cancel)
def cancel(call: Call, body: Body, sent: Body) -> Body:
    check_open(body, "canceled")
    return run.cancel(call, body, sent)


@subscription_schedule.action("/release", Release)
def release(call: Call, body: Body, sent: Body) -> Body:
    check_open(body, "released")
    return run.release(call, body, keeps_end=sent.get("preserve_cancel_date", False))


def narrow(table: sa.Table, sent: Body) -> Iterator[sa.ColumnElement[Any]]:
    """`scheduled`: those that have not begun."""
    if "scheduled" in sent:
        begun = table.c.status == "not_started"
        yield begun if sent["scheduled"] else sa.not_(begun)


subscription_schedule.retrieves()
subscription_schedule.lists(List, narrow, narrows=("scheduled",))
