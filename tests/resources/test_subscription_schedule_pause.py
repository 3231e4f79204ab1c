"""Pauses that a schedule makes. A subscription for $30.00 a month from April 1, 2031; April has 30 days."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY, item_of, payer, price, subscribe

THREE_MONTHS = {"type": "duration", "duration": {"interval": "month", "interval_count": 3}}
NOW = {"type": "now"}


@pytest.fixture
def april(mock: Mock) -> Mock:
    mock.clock.to("2031-04-01")
    return mock


def scheduled(shop: stripe.StripeClient, made: stripe.Subscription) -> str:
    """The id of a schedule that has taken over this subscription."""
    return shop.v1.subscription_schedules.create({"from_subscription": made.id}).id


def plan(shop: stripe.StripeClient, id: str, **entry: Any) -> stripe.SubscriptionSchedule:
    params: Any = {"pause_schedules": [entry]}
    return shop.v1.subscription_schedules.update(id, params)


def status(shop: stripe.StripeClient, made: stripe.Subscription) -> str:
    return shop.v1.subscriptions.retrieve(made.id).status


def paid(shop: stripe.StripeClient, made: stripe.Subscription) -> list[int]:
    """What was paid, newest first."""
    return [each.amount_paid for each in shop.v1.invoices.list({"subscription": made.id}).data]


def test_a_pause_with_a_return_happens_by_itself(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    april.clock.to("2031-04-11")
    planned = plan(shop, scheduled(shop, made), pause={"pause_at": NOW}, resume={"resume_at": THREE_MONTHS})
    entry = planned.pause_schedules[0]
    assert entry.resume is not None
    assert (entry.pause.status.type, entry.resume.status.type) == ("succeeded", "scheduled")
    april.clock.to("2031-07-10")
    assert status(shop, made) == "paused"
    april.clock.to("2031-07-12")
    assert status(shop, made) == "active"
    # The first period, and a new one from July 11, less 3000 * 20/30 that were not used.
    assert paid(shop, made) == [1000, 3000]


def test_a_pause_that_is_over_lets_the_schedule_go(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    id = scheduled(shop, made)
    plan(shop, id, pause={"pause_at": NOW}, resume={"resume_at": THREE_MONTHS})
    april.clock.to("2031-07-02")
    assert shop.v1.subscription_schedules.retrieve(id).status == "released"
    assert shop.v1.subscriptions.retrieve(made.id).schedule is None


def test_a_pause_can_begin_later(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    at = item_of(made).current_period_start + 10 * DAY
    plan(shop, scheduled(shop, made), pause={"pause_at": {"type": "timestamp", "timestamp": at}})
    assert status(shop, made) == "active"
    april.clock.to("2031-04-12")
    assert status(shop, made) == "paused"


def test_a_return_can_be_moved_to_now(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    id = scheduled(shop, made)
    entry = plan(shop, id, pause={"pause_at": NOW}, resume={"resume_at": THREE_MONTHS}).pause_schedules[0]
    april.clock.to("2031-04-21")
    plan(shop, id, key=entry.key, resume={"resume_at": NOW})
    assert status(shop, made) == "active"


def test_a_return_can_be_taken_back(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    id = scheduled(shop, made)
    entry = plan(shop, id, pause={"pause_at": NOW}, resume={"resume_at": THREE_MONTHS}).pause_schedules[0]
    assert plan(shop, id, key=entry.key, resume="").pause_schedules[0].resume is None
    april.clock.to("2031-09-01")
    assert status(shop, made) == "paused"


def test_what_cannot_be_paused_when_its_time_comes_is_noted(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000), trial_period_days=20)
    id = scheduled(shop, made)
    at = {"type": "timestamp", "timestamp": made.created + 5 * DAY}
    plan(shop, id, pause={"pause_at": at})
    april.clock.to("2031-04-07")
    noted = shop.v1.subscription_schedules.retrieve(id).pause_schedules[0].pause.status
    assert noted.type == "error"
    assert noted.error is not None
    assert "it is on trial" in noted.error.message
    assert status(shop, made) == "trialing"


@pytest.mark.parametrize(
    ("entry", "param"),
    [
        pytest.param({"resume": {"resume_at": THREE_MONTHS}}, "[pause][pause_at]", id="no beginning"),
        pytest.param({"pause": {"pause_at": {"type": "timestamp"}}}, "[pause][pause_at][timestamp]", id="no moment"),
        pytest.param(
            {"pause": {"pause_at": NOW}, "resume": {"resume_at": NOW}}, "[resume][resume_at]", id="back at once"
        ),
        pytest.param(
            {"pause": {"pause_at": {"type": "timestamp", "timestamp": 1}}}, "[pause][pause_at][timestamp]", id="past"
        ),
    ],
)
def test_a_pause_that_makes_no_sense_is_refused(
    april: Mock, shop: stripe.StripeClient, entry: dict[str, Any], param: str
) -> None:
    id = scheduled(shop, subscribe(shop, payer(shop), price(shop)))
    with april.expect_events(), pytest.raises(stripe.InvalidRequestError) as refused:
        plan(shop, id, **entry)
    assert refused.value.param == f"pause_schedules[0]{param}"


def test_a_pause_that_stripe_refuses_changes_nothing(april: Mock, shop: stripe.StripeClient) -> None:
    id = scheduled(shop, subscribe(shop, payer(shop), price(shop), trial_period_days=9))
    with april.expect_events(), pytest.raises(stripe.InvalidRequestError, match="cannot be paused"):
        plan(shop, id, pause={"pause_at": NOW})
    assert shop.v1.subscription_schedules.retrieve(id).pause_schedules == []
