"""A schedule of three phases: two cheap months to begin with, one of two seats, and the whole price for good.

January has 31 days, February 28, March 31.
"""

from __future__ import annotations

from typing import Any

from tests.resources.sales import change, invoice_of, item_of, price

from .diary import COLLECTED, NEXT_PERIOD, STARTED, Begin, at

PHASE_BEGINS = ("subscription_schedule.updated", "customer.subscription.updated", *NEXT_PERIOD)


def test_three_phases_one_after_another(begin: Begin) -> None:
    diary = begin("2026-01-01")
    shop, mock = diary.shop, diary.mock
    jenny = diary.customer()
    cheap, whole = price(shop, 1000, "Starter"), price(shop, 3000, "Gold")

    def phase(cost: str, months: int, quantity: int = 1) -> dict[str, Any]:
        lasts = {"interval": "month", "interval_count": months}
        return {"items": [{"price": cost, "quantity": quantity}], "duration": lasts}

    # 1 January: the schedule begins, and with it the subscription, for 10 dollars
    phases = [phase(cheap, 2), phase(cheap, 1, 2), phase(whole, 1)]
    params: Any = {"customer": jenny, "start_date": "now", "end_behavior": "release", "phases": phases}
    with mock.expect_events("subscription_schedule.created", *STARTED, "subscription_schedule.updated"):
        schedule = shop.v1.subscription_schedules.create(params)
    made = shop.v1.subscriptions.retrieve(str(schedule.subscription))
    assert (made.status, invoice_of(shop, made).amount_paid) == ("active", 1000)
    assert [one.end_date for one in schedule.phases] == [at("2026-03-01"), at("2026-04-01"), at("2026-05-01")]

    # 1 February: the first phase goes on
    diary.to("2026-02-01T01:00", "invoice.upcoming", *NEXT_PERIOD, *COLLECTED)
    assert invoice_of(shop, made).amount_paid == 1000

    # 1 March: two seats; the announcement of 22 February knows it
    diary.to("2026-02-22", "invoice.upcoming")
    assert diary.announced()["amount_due"] == 2000
    diary.to("2026-03-01T01:00", *PHASE_BEGINS, *COLLECTED)
    assert (invoice_of(shop, made).amount_paid, item_of(diary.again(made)).quantity) == (2000, 2)

    # 1 April: one seat at the whole price
    diary.to("2026-04-01T01:00", "invoice.upcoming", *PHASE_BEGINS, *COLLECTED)
    assert invoice_of(shop, made).amount_paid == 3000

    # 24 April: the end of the last phase is announced, and the renewal too
    diary.to("2026-04-24", "invoice.upcoming", "subscription_schedule.expiring")

    # 1 May: the subscription goes on by itself, and May is paid
    diary.to(
        "2026-05-01T01:00",
        "subscription_schedule.released",
        "customer.subscription.updated",
        *NEXT_PERIOD,
        *COLLECTED,
    )
    done = shop.v1.subscription_schedules.retrieve(schedule.id)
    free = diary.again(made)
    assert (done.status, done.released_subscription, done.released_at) == ("released", made.id, at("2026-05-01"))
    assert (free.schedule, free.status) == (None, "active")
    assert [one.amount_paid for one in diary.invoices(made)] == [1000, 1000, 2000, 3000, 3000]

    # 2 May: she may change it herself again
    with mock.expect_events("customer.subscription.updated"):
        change(shop, made, cancel_at_period_end=True)


def test_three_phases_and_then_nothing(begin: Begin) -> None:
    diary = begin("2026-01-01")
    shop = diary.shop
    jenny, gold = diary.customer(), price(shop, 3000)
    phase: Any = {"items": [{"price": gold}], "duration": {"interval": "month", "interval_count": 1}}
    schedule = shop.v1.subscription_schedules.create(
        {"customer": jenny, "start_date": "now", "end_behavior": "cancel", "phases": [phase] * 3}
    )
    made = shop.v1.subscriptions.retrieve(str(schedule.subscription))

    # 1 February and 1 March: the second and the third month are paid
    diary.quietly("2026-02-20")
    diary.quietly("2026-03-20")
    assert [one.amount_paid for one in diary.invoices(made)] == [3000, 3000, 3000]

    # 25 March: the end is announced, and no renewal; 1 April: it is over
    diary.to("2026-03-25", "subscription_schedule.expiring")
    diary.to("2026-04-01", "subscription_schedule.completed", "customer.subscription.deleted")
    assert shop.v1.subscription_schedules.retrieve(schedule.id).status == "completed"
    assert diary.again(made).status == "canceled"
