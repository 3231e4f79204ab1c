"""The application's own rules: what they may answer, and what happens when they fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from flask_portal.rules import policies
from flask_portal.rules.policies import Bounds, Policies, Refusal
from flask_portal.rules.verdict import Verdict
from tests.portal.rules.bodies import item, price, subscription, view

Register = Callable[[str, Callable[..., Any]], None]


@pytest.fixture
def register() -> Iterator[Register]:
    """Makes a function a policy until the test ends."""
    registered = Policies()
    token = policies.apply(registered)
    yield registered.functions.__setitem__
    policies.forget(token)


def broken(*_arguments: Any) -> Any:
    raise ZeroDivisionError


def test_without_policies_stripes_behaviour_counts() -> None:
    assert policies.may_switch(subscription(), price()) == Verdict.yes()
    assert policies.may_cancel(view()) == Verdict.yes()
    assert policies.may_pause(view()) == Verdict.yes()
    assert policies.offer_for("unused", {}) is None
    assert policies.seat_bounds(subscription(), price(), Bounds(1, None)) == Bounds(1, None)


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        pytest.param(True, Verdict.yes(), id="yes"),
        pytest.param(False, Verdict.no("policy"), id="no"),
        pytest.param(Refusal("Not in May."), Verdict.no("policy", "Not in May."), id="no, and why"),
        pytest.param(None, Verdict.no("policy"), id="forgotten"),
        pytest.param("yes", Verdict.no("policy"), id="a word"),
    ],
)
def test_only_a_clear_yes_allows(register: Register, said: Any, verdict: Verdict) -> None:
    register("may_cancel", lambda _subscription, _view: said)
    assert policies.may_cancel(view()) == verdict


def test_a_policy_that_fails_refuses_and_is_logged(register: Register, caplog: pytest.LogCaptureFixture) -> None:
    register("may_switch", broken)
    assert policies.may_switch(subscription(), price()) == Verdict.no("policy")
    assert "The policy may_switch failed" in caplog.text


def test_a_policy_gets_the_subscription_as_stripe_serves_it(register: Register) -> None:
    seen = []
    register("may_pause", lambda body, shown: seen.append((body["id"], shown.title)) or True)
    assert policies.may_pause(view()).ok
    assert seen == [("sub_1", "Magazine")]


@pytest.mark.parametrize("said", [3, "", ["co_1"]])
def test_an_offer_that_is_no_coupon_is_none(register: Register, said: Any) -> None:
    register("offer_for", lambda _reason, _customer: said)
    assert policies.offer_for(None, {}) is None


@pytest.mark.parametrize(
    ("configured", "said", "bounds"),
    [
        pytest.param(Bounds(1, 10), Bounds(3, 5), Bounds(3, 5), id="narrower"),
        pytest.param(Bounds(1, 10), Bounds(0, 50), Bounds(1, 10), id="never wider"),
        pytest.param(Bounds(1, None), Bounds(3, None), Bounds(3, None), id="without an end"),
    ],
)
def test_bounds_are_narrowed(register: Register, configured: Bounds, said: Bounds, bounds: Bounds) -> None:
    register("seat_bounds", lambda _subscription, _price, _bounds: said)
    assert policies.seat_bounds(subscription(), price(), configured) == bounds


@pytest.mark.parametrize("function", [broken, lambda *_arguments: 7, lambda *_arguments: Bounds(5, 3)])
def test_bounds_that_fail_keep_the_quantity(register: Register, function: Callable[..., Any]) -> None:
    register("seat_bounds", function)
    assert policies.seat_bounds(subscription(item(quantity=4)), price(), Bounds(1, None)) == Bounds(4, 4)
