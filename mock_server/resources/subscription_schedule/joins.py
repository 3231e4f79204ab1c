"""What happens to a subscription and concerns its schedule. All of it is in the same transaction."""

from __future__ import annotations

from flask_portal.wire import errors
from mock_server.core.call import Body, Call

from ..customer import customer
from ..subscription.head import subscription
from . import run
from .head import subscription_schedule

DECIDED = frozenset({"billing_cycle_anchor", "cancel_at", "cancel_at_period_end", "items", "trial_end"})
"""What a schedule decides about its subscription."""


@subscription.on("changing")
def keep_in_step(call: Call, body: Body, sent: Body) -> None:
    """What a schedule decides is changed through it, as long as it goes on."""
    taken = sorted(DECIDED & sent.keys())
    if body["schedule"] is None or not taken:
        return
    message = (
        f"The subscription {body['id']} is managed by the subscription schedule {body['schedule']}: "
        f"{taken[0]} cannot be changed directly. Please update the schedule instead."
    )
    raise errors.invalid(message, taken[0])


@subscription.on("falling_due")
def enter_phase(call: Call, body: Body) -> None:
    """A phase that begins with a period comes before its invoice."""
    if body["schedule"] is None:
        return
    schedule = subscription_schedule.get(call, body["schedule"])
    if schedule["status"] == "active" and schedule["current_phase"]["end_date"] <= call.now:
        run.move_on(call, schedule["id"])


@subscription.on("ended")
def end_with_it(call: Call, body: Body) -> None:
    """A schedule whose subscription is over has nothing left to do."""
    schedule = subscription_schedule.find(call, body["schedule"]) if body["schedule"] else None
    if schedule is not None and schedule["status"] in run.OPEN:
        unpaid = body["status"] == "incomplete_expired" or body["cancellation_details"]["reason"] == "payment_failed"
        run.close(call, schedule, f"subscription_schedule.{'aborted' if unpaid else 'canceled'}")


@customer.on("deleting")
def forget_plans(call: Call, payer: Body) -> None:
    """What had not begun will not begin."""
    for schedule in subscription_schedule.where(call, customer=payer["id"], status="not_started")[::-1]:
        run.close(call, schedule, "subscription_schedule.canceled")
