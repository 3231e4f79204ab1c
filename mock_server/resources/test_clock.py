"""Test clocks: customers and all that is theirs live in a time of their own, which only goes on when it is told to.

Advancing is a promise: it is written down with the call, and kept by whoever works in the background, one thing after
another. A clock that was interrupted goes on where it stopped. Its steps are events of its own time, so that they stand
in order with what happens on it.

Source: docs.stripe.com/billing/testing/test-clocks, docs.stripe.com/api/test_clocks
"""

from __future__ import annotations

import logging
from typing import Any

import sqlalchemy as sa

from flask_portal.wire import errors
from flask_portal.wire.params import ListParams, Params, Ref, Str, Timestamp
from mock_server.billing.calendar import DAY, Interval, add
from mock_server.core import due
from mock_server.core.call import Body, Call
from mock_server.core.registry import TEST_CLOCK
from mock_server.core.resource import Resource
from mock_server.core.state import State

log = logging.getLogger(__name__)

LIFE_DAYS = 30
MOST_CUSTOMERS = 3
LONGEST_WITHOUT_SUBSCRIPTION = Interval("year", 2)
INTERVALS_AT_ONCE = 2

test_clock = Resource(
    TEST_CLOCK,
    "/v1/test_helpers/test_clocks",
    prefix="clock",
    label="test clock",
    search=("status",),
    happenings=("customer_given", "intervals_sought", "deleting"),
)


class Create(Params):
    customer = Ref("Customer")
    frozen_time = Timestamp(required=True)
    name = Str(max_length=300)


class Advance(Params):
    frozen_time = Timestamp(required=True)


def represent(call: Call, sent: Body) -> Body:
    """The object of a new clock."""
    return {
        "id": test_clock.new_id(),
        "object": TEST_CLOCK,
        "created": call.now,
        "deletes_after": call.now + LIFE_DAYS * DAY,
        "frozen_time": sent["frozen_time"],
        "livemode": call.livemode,
        "name": sent.get("name"),
        "status": "ready",
        "status_details": {},
    }


@test_clock.create(Create)
def create(call: Call, sent: Body) -> Body:
    body = represent(call, sent)
    test_clock.add(call, body, due=body["deletes_after"])
    call.emit("test_helpers.test_clock.created", body)
    if "customer" in sent:
        test_clock.tell(call, "customer_given", body, sent["customer"])
    return body


@test_clock.action("/advance", Advance)
def advance(call: Call, body: Body, sent: Body) -> Body:
    target = sent["frozen_time"]
    check_ready(body)
    check_target(call, body, target)
    call.now = body["frozen_time"]
    body |= {"status": "advancing", "status_details": {"advancing": {"target_frozen_time": target}}}
    test_clock.save(call, body)
    call.emit("test_helpers.test_clock.advancing", body)
    call.wakes = True
    return body


def check_ready(body: Body) -> None:
    """A clock takes one step at a time, and none after a failure."""
    if body["status"] != "ready":
        raise errors.StripeError(
            f"The test clock {body['id']} is {body['status']}: only one that is ready can be advanced.", status=429
        )


def check_target(call: Call, body: Body, target: int) -> None:
    """Clocks go forwards, and by two intervals of the shortest subscription at most."""
    now = body["frozen_time"]
    if target <= now:
        raise errors.invalid(f"frozen_time must be after the test clock's current frozen_time, {now}.", "frozen_time")
    intervals: list[Interval] = []
    test_clock.tell(call, "intervals_sought", body, intervals)
    latest = min((add(now, each, INTERVALS_AT_ONCE) for each in intervals), default=None)
    if latest is None:
        latest = add(now, LONGEST_WITHOUT_SUBSCRIPTION, 1)
    if target > latest:
        what = "two intervals of its shortest subscription" if intervals else "two years"
        message = f"A test clock can be advanced by {what} at once, which is {latest} for this one."
        raise errors.invalid(message, "frozen_time")


@test_clock.delete()
def delete(call: Call, body: Body, _sent: Body) -> Body:
    """Customers of a clock do not outlive it. Their ends happen in its time."""
    call.clock, call.now = body["id"], body["frozen_time"]
    test_clock.tell(call, "deleting", body)
    call.emit("test_helpers.test_clock.deleted", body)
    return test_clock.remove(call, body)


test_clock.retrieves()
test_clock.lists(ListParams)


@test_clock.due
def expire(call: Call, body: Body) -> None:
    """A clock that nobody deleted is deleted after a month."""
    delete(call, body, {})


def on(call: Call, id: str) -> Body:
    """Let the call go on in this clock's time."""
    body = test_clock.get(call, id, "test_clock")
    call.enter(id)
    return body


def advance_all(state: State) -> int:
    """Keep what was promised for all clocks that are advancing; returns how many things that were."""
    columns = test_clock.table.c
    query = sa.select(columns.account, columns.id).where(columns.status == "advancing", columns.deleted.is_(False))
    with state.store.reading() as connection:
        waiting = connection.execute(query.order_by(columns.seq)).all()
    return sum(advance_one(state, row.account, row.id) for row in waiting)


def advance_one(state: State, account: str, id: str) -> int:
    """Do what falls due on one clock up to its target, and let it stand there."""
    with state.reading(account) as call:
        body = test_clock.find(call, id)
    target = target_of(body)
    if target is None:
        return 0
    try:
        done = due.advance_clock(state, account, id, target)
    except due.Stopped:
        log.exception("the test clock %s cannot go on", id)
        stop_at(state, account, id, target, {"status": "internal_failure"}, "internal_failure")
        return 0
    stop_at(state, account, id, target, {"frozen_time": target, "status": "ready"}, "ready")
    return done


def stop_at(state: State, account: str, id: str, target: int, change: dict[str, Any], happened: str) -> None:
    """End an advance, unless another worker was quicker."""
    with state.writing(account) as call:
        body = test_clock.find(call, id, lock=True)
        if body is not None and target_of(body) == target:
            body |= change | {"status_details": {}}
            call.now = body["frozen_time"]
            test_clock.save(call, body)
            call.emit(f"test_helpers.test_clock.{happened}", body)


def target_of(body: Body | None) -> int | None:
    """Where a clock is going; None when it stands."""
    if body is None or body.get("status") != "advancing":
        return None
    target: int = body["status_details"]["advancing"]["target_frozen_time"]
    return target
