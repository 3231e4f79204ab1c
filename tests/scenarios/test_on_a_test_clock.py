"""Diaries on a test clock: a trial up to its third renewal, ends of months, a coupon that ends, payments that fail."""

from __future__ import annotations

import pytest

from mock_server.core import due
from mock_server.resources.subscription import subscription
from mock_server.testing import Mock
from tests.resources.sales import change, invoice_of, item_of, lines_of, payer, price, subscribe

from .diary import ACCOUNT, COLLECTED, DECLINED, NEXT_PERIOD, SETTLED, Begin, at, day


def test_from_the_trial_to_the_third_renewal(begin: Begin) -> None:
    diary = begin("2026-01-01")
    shop, mock = diary.shop, diary.mock
    jenny, gold = diary.customer(), price(shop, 2999)

    # 1 January: two weeks for nothing
    with mock.expect_events(
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
    ):
        made = subscribe(shop, jenny, gold, trial_period_days=14)
    assert (made.status, made.trial_end) == ("trialing", at("2026-01-15"))
    assert invoice_of(shop, made).amount_due == 0

    # 8 January: the first charge is announced a week ahead
    diary.to("2026-01-08", "invoice.upcoming")
    assert diary.announced()["amount_due"] == 2999

    # 12 January: the trial's end is announced three days ahead
    diary.to("2026-01-12", "customer.subscription.trial_will_end")

    # 15 January: the trial is over; the first month is a draft for an hour, then paid
    diary.to("2026-01-15", *NEXT_PERIOD)
    assert (diary.again(made).status, invoice_of(shop, made).status) == ("active", "draft")
    diary.to("2026-01-15T01:00", *COLLECTED)
    assert lines_of(invoice_of(shop, made)) == [(2999, "1 × Gold (at $29.99 / month)")]

    # 15 February, March and April: announced, begun, paid
    for month in ("02", "03", "04"):
        diary.to(f"2026-{month}-15T01:00", "invoice.upcoming", *NEXT_PERIOD, *COLLECTED)
        assert invoice_of(shop, made).amount_paid == 2999
    assert item_of(diary.again(made)).current_period_end == at("2026-05-15")
    assert [invoice.amount_paid for invoice in diary.invoices(made)] == [0, 2999, 2999, 2999, 2999]


def test_the_last_day_of_the_month_through_a_leap_february(begin: Begin) -> None:
    diary = begin("2028-01-31T12:00")
    made = subscribe(diary.shop, diary.customer(), price(diary.shop, 1000))
    # Two months are the most at once.
    for when in ("2028-03-30T13:00", "2028-05-30T13:00", "2028-07-30T13:00"):
        diary.quietly(when)
    starts = [day(invoice.lines.data[0].period.start) for invoice in diary.invoices(made)]
    assert starts == ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30", "2028-05-31", "2028-06-30"]
    assert item_of(diary.again(made)).current_period_end == at("2028-07-31T12:00")


def test_a_yearly_subscription_of_a_leap_day(begin: Begin) -> None:
    diary = begin("2028-02-29")
    yearly = price(diary.shop, 9900, recurring={"interval": "year"})
    made = subscribe(diary.shop, diary.customer(), yearly)
    for year in range(2029, 2033):
        diary.quietly(f"{year}-03-01")
    starts = [day(invoice.lines.data[0].period.start) for invoice in diary.invoices(made)]
    assert starts == ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]


def test_a_coupon_for_three_months_ends_with_the_third(begin: Begin) -> None:
    diary = begin("2026-01-10")
    shop = diary.shop
    coupon = shop.v1.coupons.create({"percent_off": 25, "duration": "repeating", "duration_in_months": 3}).id
    made = subscribe(shop, diary.customer(), price(shop, 2000), discounts=[{"coupon": coupon}])
    for when in ("2026-03-10", "2026-04-10", "2026-05-10T01:00"):
        diary.quietly(when)
    # 10 January, February and March: 2000 - 25 %; from 10 April on the whole price
    assert [invoice.amount_paid for invoice in diary.invoices(made)] == [1500, 1500, 1500, 2000, 2000]


def test_a_renewal_fails_up_to_the_last_attempt(begin: Begin) -> None:
    diary = begin("2026-01-01")
    shop = diary.shop
    made = subscribe(shop, diary.customer(), price(shop, 3000))
    change(shop, made, default_payment_method="pm_card_chargeCustomerFail")

    # 1 February: the first attempt
    diary.to(
        "2026-02-01T01:00",
        "invoice.upcoming",
        *NEXT_PERIOD,
        "invoice.finalized",
        "payment_intent.created",
        *DECLINED,
        "customer.updated",
        "customer.subscription.updated",
    )
    assert diary.again(made).status == "past_due"
    assert invoice_of(shop, made).next_payment_attempt == at("2026-02-02T01:00")

    # 2 to 14 February: seven more on days 1, 3, 5, 7, 9, 11 and 13
    diary.to("2026-02-14T01:00", *(DECLINED * 7))
    assert invoice_of(shop, made).attempt_count == 8

    # 15 February: the eighth retry is the last one, and the subscription ends
    diary.to("2026-02-15T01:00", *DECLINED, "customer.subscription.deleted", "invoice.updated")
    gone = diary.again(made)
    assert gone.cancellation_details is not None
    assert (gone.status, gone.ended_at) == ("canceled", at("2026-02-15T01:00"))
    assert gone.cancellation_details.reason == "payment_failed"
    assert (invoice_of(shop, made).status, invoice_of(shop, made).auto_advance) == ("open", False)

    # 15 March: nothing more comes
    diary.to("2026-03-15")


def test_a_renewal_fails_and_a_new_card_saves_it(begin: Begin) -> None:
    diary = begin("2026-01-01")
    shop = diary.shop
    diary.configure(retry_after_days=[3, 5, 7])
    jenny = diary.customer()
    made = subscribe(shop, jenny, price(shop, 3000))
    change(shop, made, default_payment_method="pm_card_chargeCustomerFail")

    # 1 and 4 February: two attempts fail
    diary.quietly("2026-02-04T01:00")
    assert invoice_of(shop, made).attempt_count == 2
    assert shop.v1.customers.retrieve(jenny).delinquent

    # 6 February: a new card; nothing happens until the next attempt
    change(shop, made, default_payment_method="pm_card_mastercard")
    assert diary.again(made).status == "past_due"

    # 9 February: it pays
    diary.to(
        "2026-02-09T01:00",
        "charge.succeeded",
        "payment_intent.succeeded",
        *SETTLED,
        "customer.updated",
        "customer.subscription.updated",
    )
    assert (diary.again(made).status, invoice_of(shop, made).attempt_count) == ("active", 3)

    # 1 March: the cycle has not moved
    diary.to("2026-03-01T01:00", "invoice.upcoming", *NEXT_PERIOD, *COLLECTED)
    assert not shop.v1.customers.retrieve(jenny).delinquent


def test_the_announced_invoice_is_the_one_that_comes(begin: Begin) -> None:
    diary = begin("2026-01-01")
    shop, jenny = diary.shop, diary.customer()
    made = subscribe(shop, jenny, price(shop, 3000))
    shop.v1.invoice_items.create({"customer": jenny, "amount": 500, "currency": "usd", "description": "Set-up"})
    diary.to("2026-01-25", "invoice.upcoming")
    announced = diary.announced()
    diary.quietly("2026-02-01")
    drafted = invoice_of(shop, made)
    assert announced["id"].startswith("upcoming_in_")
    assert (announced["amount_due"], announced["period_end"]) == (3500, at("2026-02-01"))
    assert [line["amount"] for line in announced["lines"]["data"]] == [line.amount for line in drafted.lines.data]


def test_a_subscription_that_ends_with_its_period_announces_nothing(begin: Begin) -> None:
    diary = begin("2026-01-01")
    made = subscribe(diary.shop, diary.customer(), price(diary.shop), cancel_at_period_end=True)
    diary.to("2026-02-01", "customer.subscription.deleted")
    assert diary.again(made).status == "canceled"


def test_a_renewal_that_is_run_twice_adds_nothing(begin: Begin) -> None:
    diary = begin("2026-01-01")
    shop, state = diary.shop, diary.mock.state
    made = subscribe(shop, diary.customer(), price(shop, 3000))
    for month in range(2, 7):
        renewal = at(f"2026-0{month}-01")
        diary.quietly(day(renewal))
        events = len(diary.mock.events)
        with state.writing(ACCOUNT, now=renewal, clock=diary.clock) as call:
            assert subscription.when_due is not None
            subscription.when_due(call, subscription.get(call, made.id))
        assert due.advance_clock(state, ACCOUNT, diary.clock, renewal) == 0
        assert len(diary.mock.events) == events
        diary.quietly(f"{day(renewal)}T01:00")
    assert [invoice.amount_paid for invoice in diary.invoices(made)] == [3000] * 6


@pytest.mark.slow
def test_a_year_of_two_hundred_customers(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    mock = Mock()
    shop, gold = mock.client, price(mock.client, 1000)
    monkeypatch.undo()
    mock.clock.to("2031-01-31T12:00")
    made = [subscribe(shop, payer(shop), gold) for _ in range(200)]
    mock.clock.to("2032-01-31T11:00")
    for one in (made[0], made[-1]):
        bills = list(shop.v1.invoices.list({"subscription": one.id, "limit": 100}).data)
        assert [bill.status for bill in bills] == ["paid"] * 12
        # 31 January to 31 December, each on the last day of its month
        assert day(bills[0].lines.data[0].period.start) == "2031-12-31"
    paid = list(shop.v1.invoices.list({"limit": 100, "status": "paid"}).auto_paging_iter())
    assert (len(paid), sum(bill.amount_paid for bill in paid)) == (200 * 12, 200 * 12 * 1000)
