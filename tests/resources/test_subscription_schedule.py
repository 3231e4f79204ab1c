"""Schedules: phases that follow one another, and what they do to a subscription.

April has 30 days, May 31, June 30.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY, change, invoice_of, item_of, lines_of, payer, price, subscribe
from .schedules import create, current, day, now, phase, update


@pytest.fixture
def april(mock: Mock) -> Mock:
    """The mock on the first of April."""
    mock.clock.to("2031-04-01")
    return mock


def refused(call: Any, *given: Any) -> stripe.InvalidRequestError:
    """The error that a call is answered with."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call(*given)
    return caught.value


def test_a_schedule_takes_over_a_subscription_as_it_is(april: Mock, shop: stripe.StripeClient) -> None:
    gold = price(shop, 3000)
    made = subscribe(shop, payer(shop), gold)
    with april.expect_events("subscription_schedule.created", "customer.subscription.updated"):
        schedule = create(shop, from_subscription=made.id)
    assert (schedule.status, schedule.subscription, schedule.end_behavior) == ("active", made.id, "release")
    first = schedule.phases[0]
    assert [(str(one.price), one.quantity) for one in first["items"]] == [(gold, 1)]
    assert (first.start_date, first.end_date) == (made.created, item_of(made).current_period_end)
    assert shop.v1.subscriptions.retrieve(made.id).schedule == schedule.id


def test_a_downgrade_waits_for_the_end_of_the_period(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    schedule = create(shop, from_subscription=made.id)
    silver = price(shop, 1000, "Silver")
    with april.expect_events("subscription_schedule.updated"):
        update(shop, schedule, phases=[current(schedule), phase(silver)])
    april.clock.to("2031-04-30")
    with april.expect_events(
        "subscription_schedule.updated",
        "customer.subscription.updated",
        "customer.subscription.updated",
        "invoice.created",
    ):
        april.clock.to("2031-05-01T00:30")
    assert lines_of(invoice_of(shop, made)) == [(1000, "1 × Silver (at $10.00 / month)")]
    assert now(shop, schedule).current_phase is not None
    april.clock.to("2031-05-24")
    with april.expect_events("invoice.upcoming", "subscription_schedule.expiring"):
        april.clock.to("2031-05-25T12:00")
    april.clock.to("2031-06-02")
    over = now(shop, schedule)
    assert (over.status, over.released_subscription, over.subscription) == ("released", made.id, None)
    running = shop.v1.subscriptions.retrieve(made.id)
    assert (running.status, running.schedule, item_of(running).price.unit_amount) == ("active", None, 1000)


def test_the_next_invoice_knows_the_next_phase(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    schedule = create(shop, from_subscription=made.id)
    update(shop, schedule, phases=[current(schedule), phase(price(shop, 1000, "Silver"))])
    shown = shop.v1.invoices.create_preview({"subscription": made.id})
    assert lines_of(shown) == [(1000, "1 × Silver (at $10.00 / month)")]
    assert item_of(shop.v1.subscriptions.retrieve(made.id)).price.unit_amount == 3000


def test_a_schedule_begins_with_its_subscription(april: Mock, shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop), price(shop, 3000)
    made = create(shop, customer=jenny, phases=[phase(gold, 2, quantity=2)], metadata={"deal": "7"})
    assert (made.status, len(made.phases)) == ("active", 1)
    started = shop.v1.subscriptions.retrieve(str(made.subscription))
    assert (started.status, started.schedule, item_of(started).quantity) == ("active", made.id, 2)
    assert invoice_of(shop, started).amount_paid == 6000
    assert (made.phases[0].end_date - made.phases[0].start_date) == 61 * DAY, "April and May"


def test_a_schedule_can_begin_later(april: Mock, shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop), price(shop)
    with april.expect_events("subscription_schedule.created"):
        made = create(shop, customer=jenny, start_date=day("2031-04-20"), phases=[phase(gold)])
    assert (made.status, made.subscription, made.current_phase) == ("not_started", None, None)
    listed = shop.v1.subscription_schedules.list({"customer": jenny, "scheduled": True})
    assert [one.id for one in listed.data] == [made.id]
    april.clock.to("2031-04-20T00:30")
    begun = now(shop, made)
    assert begun.status == "active"
    assert shop.v1.subscriptions.retrieve(str(begun.subscription)).status == "active"
    assert shop.v1.subscription_schedules.list({"scheduled": True}).data == []


def test_three_phases_follow_one_another(april: Mock, shop: stripe.StripeClient) -> None:
    """Two months of one price, a month of another in a larger quantity, then a yearly price from its own anchor."""
    jenny = payer(shop)
    basic, plus = price(shop, 1000, "Basic"), price(shop, 2000, "Plus")
    yearly = price(shop, 20000, "Yearly", recurring={"interval": "year"})
    wanted = [
        phase(basic, 2),
        phase(plus, 1, quantity=3, metadata={"step": "2"}),
        {"items": [{"price": yearly}], "billing_cycle_anchor": "phase_start"},
    ]
    made = create(shop, customer=jenny, phases=wanted, end_behavior="cancel")
    subscription = shop.v1.subscriptions.retrieve(str(made.subscription))
    bills: list[tuple[str, int]] = []
    for text in ("2031-04-02", "2031-05-02", "2031-06-02", "2031-07-02"):
        april.clock.to(text)
        bills.append((text, invoice_of(shop, subscription).amount_paid))
    assert bills == [("2031-04-02", 1000), ("2031-05-02", 1000), ("2031-06-02", 6000), ("2031-07-02", 20000)]
    assert len(shop.v1.invoices.list({"customer": jenny}).data) == 4
    running = shop.v1.subscriptions.retrieve(subscription.id)
    assert running.metadata is not None
    assert running.metadata["step"] == "2"
    assert datetime.fromtimestamp(running.billing_cycle_anchor, UTC).date().isoformat() == "2031-07-01"
    april.clock.to("2032-07-02")
    over = now(shop, made)
    assert (over.status, shop.v1.subscriptions.retrieve(subscription.id).status) == ("completed", "canceled")
    assert over.completed_at == made.phases[-1].end_date


def test_a_phase_can_begin_within_a_period_and_is_prorated(april: Mock, shop: stripe.StripeClient) -> None:
    gold, jenny = price(shop, 3000), payer(shop)
    wanted = [phase(gold, end_date=april.clock.now + 15 * DAY), phase(gold, 2, quantity=2)]
    made = create(shop, customer=jenny, phases=wanted)
    april.clock.to("2031-04-16T01:00")
    waiting = shop.v1.invoice_items.list({"customer": jenny, "pending": True}).data
    assert abs(sum(item.amount for item in waiting) - 1500) <= 1, "half of the second seat's month"
    assert item_of(shop.v1.subscriptions.retrieve(str(made.subscription))).quantity == 2


def test_a_phase_may_be_a_trial(april: Mock, shop: stripe.StripeClient) -> None:
    gold = price(shop, 3000)
    made = create(shop, customer=payer(shop), phases=[phase(gold, trial=True), phase(gold, 2)])
    subscription = shop.v1.subscriptions.retrieve(str(made.subscription))
    assert (subscription.status, subscription.trial_end) == ("trialing", made.phases[0].end_date)
    april.clock.to("2031-05-02")
    assert shop.v1.subscriptions.retrieve(subscription.id).status == "active"
    assert invoice_of(shop, subscription).amount_paid == 3000


def test_the_current_phase_can_be_changed(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    schedule = create(shop, from_subscription=made.id)
    april.clock.to("2031-04-11")
    wanted = current(schedule)
    wanted["items"][0]["quantity"] = 2
    update(shop, schedule, phases=[wanted], proration_behavior="always_invoice")
    assert item_of(shop.v1.subscriptions.retrieve(made.id)).quantity == 2
    assert invoice_of(shop, made).amount_paid == 2000


def test_the_current_phase_can_end_now(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    schedule = create(shop, from_subscription=made.id)
    april.clock.to("2031-04-11")
    silver = price(shop, 1500, "Silver")
    after = update(shop, schedule, phases=[current(schedule) | {"end_date": "now"}, phase(silver)])
    assert len(after.phases) == 2
    assert item_of(shop.v1.subscriptions.retrieve(made.id)).price.id == silver


def test_a_schedule_lets_its_subscription_go(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    schedule = create(shop, from_subscription=made.id)
    with april.expect_events("subscription_schedule.released", "customer.subscription.updated"):
        released = shop.v1.subscription_schedules.release(schedule.id)
    assert (released.status, released.released_subscription) == ("released", made.id)
    assert shop.v1.subscriptions.retrieve(made.id).schedule is None
    assert "released" in str(refused(shop.v1.subscription_schedules.release, schedule.id))


def test_a_schedule_is_canceled_with_its_subscription(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    schedule = create(shop, from_subscription=made.id)
    april.clock.to("2031-04-11")
    canceled = shop.v1.subscription_schedules.cancel(schedule.id)
    assert (canceled.status, shop.v1.subscriptions.retrieve(made.id).status) == ("canceled", "canceled")
    assert invoice_of(shop, made).total == -2000, "what is not used comes back: 3000 * 20/30"


def test_a_subscription_that_is_canceled_takes_its_schedule_along(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    schedule = create(shop, from_subscription=made.id)
    with april.expect_events("customer.subscription.deleted", "subscription_schedule.canceled"):
        shop.v1.subscriptions.cancel(made.id)
    assert now(shop, schedule).status == "canceled"


def test_a_customer_who_is_deleted_has_no_plans(april: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    made = create(shop, customer=jenny, start_date=day("2031-04-20"), phases=[phase(price(shop))])
    shop.v1.customers.delete(jenny)
    assert now(shop, made).status == "canceled"


@pytest.mark.parametrize("sent", [{"cancel_at_period_end": True}, {"cancel_at": 5}, {"trial_end": "now"}])
def test_what_a_schedule_decides_is_not_changed_directly(april: Mock, shop: stripe.StripeClient, sent: Any) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    create(shop, from_subscription=made.id)
    error = refused(shop.v1.subscriptions.update, made.id, sent)
    assert "managed by the subscription schedule" in str(error)
    assert error.param == next(iter(sent))


def test_other_things_are_changed_directly(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    create(shop, from_subscription=made.id)
    assert change(shop, made, description="Ours").description == "Ours"


def test_schedules_that_cannot_be_are_refused(april: Mock, shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop), price(shop)
    made = subscribe(shop, jenny, gold)
    schedule = create(shop, from_subscription=made.id)
    make = shop.v1.subscription_schedules.create
    assert refused(make, {}).param == "customer"
    assert refused(make, {"customer": jenny}).param == "phases"
    assert refused(make, {"from_subscription": made.id}).param == "from_subscription"
    assert refused(make, {"from_subscription": made.id, "phases": [phase(gold)]}).param == "phases"
    backwards = [phase(gold, end_date=april.clock.now - 5)]
    assert refused(make, {"customer": jenny, "phases": backwards}).param == "phases[0][end_date]"
    change_it = shop.v1.subscription_schedules.update
    late: Any = {"phases": [phase(gold, start_date=april.clock.now + 5)]}
    assert refused(change_it, schedule.id, late).param == "phases[0][start_date]"
    gap: Any = {"phases": [current(schedule), phase(gold, start_date=schedule.phases[0].end_date + 5)]}
    assert refused(change_it, schedule.id, gap).param == "phases[1][start_date]"


def test_a_paused_subscription_gets_no_schedule_and_a_scheduled_one_no_pause(
    april: Mock, shop: stripe.StripeClient
) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    shop.v1.subscriptions.pause(made.id)
    assert refused(shop.v1.subscription_schedules.create, {"from_subscription": made.id}).param == "from_subscription"
    shop.v1.subscriptions.resume(made.id)
    create(shop, from_subscription=made.id)
    assert "schedule" in str(refused(shop.v1.subscriptions.pause, made.id))


def test_the_phases_of_a_schedule_can_be_previewed(april: Mock, shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop), price(shop, 3000)
    planned: Any = {"phases": [phase(gold, quantity=2)]}
    shown = shop.v1.invoices.create_preview({"customer": jenny, "schedule_details": planned})
    assert (shown.total, shown.billing_reason) == (6000, "subscription_create")
    assert shop.v1.subscription_schedules.list().data == []
    made = create(shop, customer=jenny, start_date=day("2031-04-20"), phases=[phase(gold)])
    later = shop.v1.invoices.create_preview({"schedule": made.id})
    assert (later.total, later.created) == (3000, day("2031-04-20"))
    changed = shop.v1.invoices.create_preview({"schedule": made.id, "schedule_details": planned})
    assert changed.total == 6000


def test_a_planned_downgrade_can_be_previewed(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    schedule = create(shop, from_subscription=made.id)
    planned: Any = {"phases": [current(schedule), phase(price(shop, 1000, "Silver"))]}
    shown = shop.v1.invoices.create_preview({"schedule": schedule.id, "schedule_details": planned})
    assert lines_of(shown) == [(1000, "1 × Silver (at $10.00 / month)")]
    assert len(now(shop, schedule).phases) == 1
