"""What happens when phases begin and end.

Source: docs.stripe.com/billing/subscriptions/subscription-schedules
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from mock_server.billing import lifecycle
from mock_server.billing.calendar import DAY
from mock_server.core.call import Body, Call
from mock_server.core.rehearsal import attempt

from ..customer import customer
from ..subscription import ending, phase_change, start
from ..subscription import represent as subscriptions
from ..subscription.head import subscription
from . import asks, pauses
from .head import subscription_schedule

log = logging.getLogger(__name__)

NOTICE_DAYS = 7
OPEN = ("active", "not_started")


@subscription_schedule.due
def fall_due(call: Call, body: Body) -> None:
    """A phase begins or ends, or the end of the last one is near."""
    if body["status"] == "active" and pauses.fall_due(call, body):
        tell(call, body)
    elif body["status"] == "active" and body["current_phase"]["end_date"] > call.now:
        call.emit("subscription_schedule.expiring", body)
        save(call, body)
    else:
        move_on(call, body["id"])


def move_on(call: Call, id: str) -> None:
    """The next phase of a schedule begins, or its last one ends.

    What has become impossible since it was planned, such as a price that is gone, is given up: a schedule that has
    not begun is canceled, and a subscription that runs goes on as it is. Nobody is there to be told by an error.
    """
    refused = attempt(call, lambda trial: take_step(trial, subscription_schedule.get(trial, id)))
    if refused is None:
        return
    log.info("the schedule %s could not go on, and was given up: %s", id, refused)
    body = subscription_schedule.get(call, id)
    if body["status"] == "not_started":
        close(call, body, "subscription_schedule.canceled")
    else:
        release(call, body)


def take_step(call: Call, body: Body) -> None:
    """Begin, or go on."""
    (begin if body["status"] == "not_started" else go_on)(call, body)
    save(call, body)


def next_at(call: Call, body: Body) -> int | None:
    """When something happens to a schedule by itself."""
    if body["status"] == "not_started":
        return int(body["phases"][0]["start_date"])
    if body["status"] != "active":
        return None
    pause = pauses.next_at(body)
    if pauses.stands_still(body):
        return pause
    notice = body["phases"][-1]["end_date"] - NOTICE_DAYS * DAY
    # The announcement leaves no mark on the schedule, so only one that lies ahead is due.
    moments = [body["current_phase"]["end_date"], *([notice] if notice > call.now else [])]
    moments += [] if pause is None else [pause]
    return int(min(moments))


def save(call: Call, body: Body) -> Body:
    """Store a schedule, and when something happens to it next."""
    return subscription_schedule.save(call, body, due=next_at(call, body))


def tell(call: Call, body: Body) -> Body:
    """Store a schedule, and tell when anything has changed."""
    save(call, body)
    if call.changed(body):
        call.emit("subscription_schedule.updated", body)
    return body


def stand_in(body: Body, phase: Body) -> None:
    """Note which phase it is in."""
    body |= {
        "current_phase": {"end_date": phase["end_date"], "start_date": phase["start_date"]},
        "status": "active",
    }


def current(body: Body) -> Body:
    """The phase that it is in."""
    phase: Body = next(one for one in body["phases"] if one["start_date"] == body["current_phase"]["start_date"])
    return phase


def begin(call: Call, body: Body) -> None:
    """The first phase begins, and its subscription with it."""
    phase = body["phases"][0]
    stand_in(body, phase)
    wanted = asks.terms(body, phase) | {
        "add_invoice_items": asks.added_items(phase),
        "billing_mode": {"type": body["billing_mode"]["type"]},
        "currency": phase["currency"],
        "customer": body["customer"],
        "items": asks.new_items(call, phase),
        "payment_behavior": "allow_incomplete" if can_pay(call, body, phase) else "default_incomplete",
        "schedule": body["id"],
    }
    found = asks.reductions(call, (), phase["discounts"])
    wanted |= {"discounts": found} if found else {}
    wanted |= {"trial_end": phase["trial_end"]} if phase["trial_end"] else {}
    wanted |= {"cancel_at": end_of(body)} if end_of(body) is not None else {}
    made = start.begin(call, wanted)
    body["subscription"] = made["id"]
    note_end(call, made, end_of(body))
    tell(call, body)


ENDED_BY = "_ended_by_schedule"
"""Stored with a subscription and never shown: the end that its schedule has set."""


def end_of(body: Body) -> int | None:
    """When a schedule ends its subscription; None where that goes on without it."""
    return int(body["phases"][-1]["end_date"]) if body["end_behavior"] == "cancel" else None


def note_end(call: Call, owned: Body, end: int | None) -> None:
    """Keep which end the schedule has set, as against one that was asked for."""
    owned[ENDED_BY] = end
    subscriptions.save(call, owned)


def keep_end(call: Call, body: Body) -> Body:
    """Let its subscription say when it ends, as the schedule says now; without telling."""
    owned = subscription.get(call, body["subscription"])
    if end_of(body) is not None and owned["cancel_at"] != end_of(body):
        subscriptions.schedule(owned, lifecycle.cancel_on(end_of(body) or 0, call.now), ending.REQUESTED)
    elif end_of(body) is None and owned.get(ENDED_BY) is not None:
        subscriptions.schedule(owned, lifecycle.undo_cancel())
    note_end(call, owned, end_of(body))
    return owned


def can_pay(call: Call, body: Body, phase: Body) -> bool:
    """Whether there is anything to pay with."""
    own = phase["default_payment_method"] or body["default_settings"]["default_payment_method"]
    return bool(own or customer.get(call, body["customer"])["invoice_settings"]["default_payment_method"])


def go_on(call: Call, body: Body) -> None:
    """The current phase is over: the next one begins, or the schedule ends."""
    ended = body["current_phase"]["end_date"]
    following = next((one for one in body["phases"] if one["start_date"] >= ended), None)
    if following is None:
        finish(call, body)
        return
    former = current(body)
    stand_in(body, following)
    tell(call, body)
    enter(call, body, following, former, following["proration_behavior"], asks.added_items(following))


def enter(call: Call, body: Body, phase: Body, former: Body, behavior: str, added: Sequence[Body] = ()) -> None:
    """Give its subscription the items and terms of a phase.

    former: the phase as it was, or the one before.  behavior: how the change is prorated.  added: what is billed once.
    """
    owned = subscription.get(call, body["subscription"])
    wanted = asks.terms(body, phase, former) | {
        "items": asks.item_changes(call, owned, phase),
        "proration_behavior": behavior,
    }
    wanted |= {"add_invoice_items": added} if added else {}
    found = asks.reductions(call, owned["discounts"], phase["discounts"])
    wanted |= {"discounts": found} if found is not None else {}
    anchor = phase["billing_cycle_anchor"] or body["default_settings"]["billing_cycle_anchor"]
    begins = phase["start_date"] == call.now
    if phase["trial_end"] is not None and phase["trial_end"] > call.now and phase["trial_end"] != owned["trial_end"]:
        wanted["trial_end"] = phase["trial_end"]
    elif anchor == "phase_start" and begins:
        wanted["billing_cycle_anchor"] = {"type": "now"}
    phase_change.enter(call, owned, wanted)


def finish(call: Call, body: Body) -> None:
    """Its last phase is over: the subscription goes on without it, or ends."""
    if body["end_behavior"] != "cancel":
        release(call, body)
        return
    body |= {"completed_at": call.now, "current_phase": None, "status": "completed"}
    save(call, body)
    call.emit("subscription_schedule.completed", body)
    ending.end(call, subscription.get(call, body["subscription"]))


def release(call: Call, body: Body, *, keeps_end: bool = False) -> Body:
    """Its subscription goes on by itself, as it is. keeps_end: it still ends when the schedule would have ended it."""
    owned = body["subscription"]
    body |= {
        "current_phase": None,
        "released_at": call.now,
        "released_subscription": owned,
        "status": "released",
        "subscription": None,
    }
    save(call, body)
    call.emit("subscription_schedule.released", body)
    if owned is not None:
        found = subscription.get(call, owned)
        found["schedule"] = None
        if found.pop(ENDED_BY, None) is not None and not keeps_end:
            subscriptions.schedule(found, lifecycle.undo_cancel())
        subscriptions.save_and_tell(call, found)
    return body


def cancel(call: Call, body: Body, sent: Body) -> Body:
    """It ends now, and its subscription with it."""
    owned = body["subscription"]
    close(call, body, "subscription_schedule.canceled")
    if owned is not None:
        found = subscription.get(call, owned)
        if found["status"] not in ("canceled", "incomplete_expired"):
            ending.cancel(call, found, sent)
    return body


def close(call: Call, body: Body, happened: str) -> None:
    """It is over without having been completed."""
    body |= {"canceled_at": call.now, "current_phase": None, "status": "canceled"}
    save(call, body)
    call.emit(happened, body)
