"""What falls due happens once, in order, at its own moment; what fails does not hold up the rest."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import flask
import pytest
import sqlalchemy as sa
import stripe

from mock_server.core import due
from mock_server.core.call import Body, Call
from mock_server.core.deadlock import ATTEMPTS
from mock_server.core.state import State
from mock_server.resources.tax_id import VERIFICATION_SECONDS, tax_id
from mock_server.resources.test_clock import advance_all

VERIFIED_AFTER = 60


@pytest.fixture
def jenny(shop: stripe.StripeClient) -> str:
    return shop.v1.customers.create({}).id


def verify(shop: stripe.StripeClient, customer: str) -> str:
    """A tax id whose verification falls due some seconds later."""
    return shop.v1.customers.tax_ids.create(customer, {"type": "eu_vat", "value": "DE123456789"}).id


def test_nothing_happens_before_its_time(shop: stripe.StripeClient, state: State, jenny: str) -> None:
    verify(shop, jenny)
    assert due.advance(state, state.clock.now()) == 0


def test_what_is_due_happens(shop: stripe.StripeClient, state: State, jenny: str) -> None:
    verify(shop, jenny)
    state.clock.shift(VERIFIED_AFTER)
    assert due.advance(state, state.clock.now()) == 1
    assert [event.type for event in shop.v1.events.list({"limit": 1}).data] == ["customer.tax_id.updated"]


def test_it_happens_once(shop: stripe.StripeClient, state: State, jenny: str) -> None:
    verify(shop, jenny)
    state.clock.shift(VERIFIED_AFTER)
    due.advance(state, state.clock.now())
    assert due.advance(state, state.clock.now()) == 0


def test_it_happens_at_its_own_moment(shop: stripe.StripeClient, state: State, jenny: str) -> None:
    verify(shop, jenny)
    state.clock.shift(24 * 3600)
    due.advance(state, state.clock.now())
    [event] = shop.v1.events.list({"limit": 1}).data
    assert event.created < state.clock.now() - 23 * 3600


def test_two_workers_do_a_thing_once(app: flask.Flask, shop: stripe.StripeClient, state: State, jenny: str) -> None:
    for _ in range(4):
        verify(shop, jenny)
    state.clock.shift(VERIFIED_AFTER)
    now = state.clock.now()
    with ThreadPoolExecutor(4) as pool:
        done = sum(pool.map(lambda _: due.advance(state, now), range(4)))
    assert done == 4
    assert len(shop.v1.events.list({"type": "customer.tax_id.updated"}).data) == 4


def test_what_fails_is_put_off_and_holds_up_nothing_else(
    shop: stripe.StripeClient, state: State, jenny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = verify(shop, jenny), verify(shop, jenny)
    real = tax_id.when_due
    assert real is not None

    def sometimes(call: Call, body: Body) -> None:
        if body["id"] == broken:
            raise RuntimeError("broken")
        real(call, body)

    monkeypatch.setattr(tax_id, "when_due", sometimes)
    state.clock.shift(VERIFIED_AFTER)
    due.advance(state, state.clock.now())
    told = shop.v1.events.list({"type": "customer.tax_id.updated"}).data
    assert [event.data.object["id"] for event in told] == [sound]
    state.clock.shift(due.PUT_OFF_SECONDS + 1)
    monkeypatch.undo()
    assert due.advance(state, state.clock.now()) == 1


class Deadlocked(Exception):
    """As the driver of PostgreSQL tells it."""

    sqlstate = "40P01"


@pytest.mark.parametrize(("failures", "done"), [(1, 1), (ATTEMPTS - 1, 1), (ATTEMPTS, 0)])
def test_a_deadlock_is_tried_again_at_once(
    shop: stripe.StripeClient, state: State, jenny: str, monkeypatch: pytest.MonkeyPatch, failures: int, done: int
) -> None:
    """Nothing is left of the attempts that failed; after the fourth it is put off like anything that fails."""
    verify(shop, jenny)
    real, left = tax_id.when_due, [None] * failures
    assert real is not None

    def deadlocks_first(call: Call, body: Body) -> None:
        real(call, body)
        if left:
            left.pop()
            raise sa.exc.OperationalError("UPDATE", {}, Deadlocked())

    monkeypatch.setattr(tax_id, "when_due", deadlocks_first)
    state.clock.shift(VERIFIED_AFTER)
    assert due.advance(state, state.clock.now()) == done
    assert len(shop.v1.events.list({"type": "customer.tax_id.updated"}).data) == done


def test_a_test_clock_goes_on_by_itself_alone(shop: stripe.StripeClient, state: State) -> None:
    clock = shop.v1.test_helpers.test_clocks.create({"frozen_time": 1_767_225_600}).id
    verify(shop, shop.v1.customers.create({"test_clock": clock}).id)
    state.clock.shift(VERIFIED_AFTER)
    assert due.advance_live(state) == 0
    shop.v1.test_helpers.test_clocks.advance(clock, {"frozen_time": 1_767_225_600 + VERIFIED_AFTER})
    [event] = shop.v1.events.list({"type": "customer.tax_id.updated"}).data
    assert event.created == 1_767_225_600 + VERIFICATION_SECONDS
    assert shop.v1.test_helpers.test_clocks.retrieve(clock).status == "ready"


def test_two_workers_advance_a_test_clock_once(shop: stripe.StripeClient, state: State) -> None:
    clock = shop.v1.test_helpers.test_clocks.create({"frozen_time": 1_767_225_600}).id
    jenny = shop.v1.customers.create({"test_clock": clock}).id
    for _ in range(4):
        verify(shop, jenny)
    state.wake = None
    shop.v1.test_helpers.test_clocks.advance(clock, {"frozen_time": 1_767_225_600 + VERIFIED_AFTER})
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: advance_all(state), range(4)))
    assert len(shop.v1.events.list({"type": "customer.tax_id.updated"}).data) == 4
    assert len(shop.v1.events.list({"type": "test_helpers.test_clock.ready"}).data) == 1
