"""Changes that wait, are free of charge today, or are taken back. Readers change on January 25, 2035."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.plans import DAY, QUOTE, PlanShop, review
from tests.journeys.shop import Reader, Visitor

DOWN = {"conditions": [{"type": "decreasing_item_amount"}]}


@pytest.fixture(scope="module")
def shop() -> PlanShop:
    return PlanShop()


@pytest.fixture(scope="module")
def crowd(shop: PlanShop) -> Iterator[Reader]:
    return shop.crowd(20)


@pytest.fixture
def reader(crowd: Iterator[Reader]) -> Reader:
    return next(crowd)


@pytest.fixture
def grand(shop: PlanShop, reader: Reader) -> Reader:
    """A reader of the larger plan."""
    item: Any = [{"id": shop.subscription(reader)["items"].data[0].id, "price": shop.larger}]
    shop.client.v1.subscriptions.update(reader.subscription, {"items": item, "proration_behavior": "none"})
    return reader


def go_down(shop: PlanShop, reader: Reader, configuration: str) -> Visitor:
    page = shop.visit(reader, configuration=configuration)
    review(page, reader, price=shop.monthly)
    page.submit(QUOTE)
    return page


def test_going_down_is_planned_for_the_end_of_the_period(shop: PlanShop, grand: Reader) -> None:
    page = shop.visit(grand, configuration=shop.offering(schedule_at_period_end=DOWN))
    review(page, grand, price=shop.monthly)
    assert "You pay nothing today, then $31.00 a month from February 15, 2035." in page.said
    assert "You keep Magazine Plus until February 15, 2035. Until then you can take the change back." in page.said
    before = shop.events()
    page.submit(QUOTE)
    assert page.heading == "Your change is planned"
    assert "It changes to Magazine on February 15, 2035. You keep Magazine Plus until then." in page.said
    assert shop.has(grand) == (shop.larger, 1)
    assert shop.since(before) == [
        "subscription_schedule.created",
        "customer.subscription.updated",
        "subscription_schedule.updated",
    ]


def test_a_planned_change_stands_on_the_card_and_closes_the_other_ways(shop: PlanShop, grand: Reader) -> None:
    page = go_down(shop, grand, shop.offering(schedule_at_period_end=DOWN))
    page.go("/")
    assert "$62.00 a month · changes to Magazine on February 15, 2035" in page.said
    assert "Your next payment is on February 15, 2035, from Visa ending in 4242." in page.said
    assert "Change plan" not in page.said
    assert "Cancel subscription" not in page.said
    page.go(f"/subscriptions/{grand.subscription}/update")
    assert page.status == 403
    assert "A change of this subscription is planned already." in page.said


def test_a_planned_change_can_be_taken_back(shop: PlanShop, grand: Reader) -> None:
    page = go_down(shop, grand, shop.offering(schedule_at_period_end=DOWN))
    page.go(f"/subscriptions/{grand.subscription}/update/undo")
    assert "The planned change is given up. Magazine Plus goes on at $62.00 a month." in page.said
    where, form = page.form("form_id")
    before = shop.events()
    for _ in range(2):
        page.post(where, form)
        assert page.heading == "You have Magazine Plus now"
    assert shop.since(before) == ["subscription_schedule.released", "customer.subscription.updated"]
    assert shop.subscription(grand).schedule is None


def test_what_the_business_has_planned_is_not_the_customers_to_take_back(shop: PlanShop, grand: Reader) -> None:
    schedules = shop.client.v1.subscription_schedules
    made = schedules.create({"from_subscription": grand.subscription})
    here = made.phases[0]
    now: Any = {"items": [{"price": shop.larger}], "start_date": here.start_date, "end_date": here.end_date}
    later: Any = {"items": [{"price": shop.monthly}], "duration": {"interval": "month"}}
    schedules.update(made.id, {"phases": [now, later]})
    page = shop.visit(grand, configuration=shop.offering())
    assert "changes on February 15, 2035" in page.said
    page.go(f"/subscriptions/{grand.subscription}/update/undo")
    assert page.status == 403


def test_the_planned_change_comes_and_then_the_plan_can_be_changed_again() -> None:
    shop = PlanShop()
    configuration = shop.offering(schedule_at_period_end=DOWN)
    reader = shop.subscriber("patient@example.com", prices=[shop.larger])
    go_down(shop, reader, configuration)
    shop.mock.clock.to("2035-02-16")
    assert shop.has(reader) == (shop.monthly, 1)
    assert shop.invoices(reader)[0].total == 3100
    assert "Change plan" in shop.visit(reader, configuration=configuration).said


def test_going_up_is_not_postponed_by_a_condition_for_going_down(shop: PlanShop, reader: Reader) -> None:
    page = shop.visit(reader, configuration=shop.offering(schedule_at_period_end=DOWN))
    review(page, reader, price=shop.larger)
    assert "You pay $21.00 today" in page.said


def test_without_prorations_the_new_price_is_paid_from_the_next_period(shop: PlanShop, reader: Reader) -> None:
    page = shop.visit(reader, configuration=shop.offering(proration_behavior="none"))
    review(page, reader, price=shop.larger)
    assert "You pay nothing today, then $62.00 a month from February 15, 2035." in page.said
    assert "Switch to Magazine Plus" in page.said
    before = shop.events()
    page.submit(QUOTE)
    assert page.heading == "You have Magazine Plus now"
    assert shop.since(before) == ["customer.subscription.updated"]


def test_prorations_that_wait_are_told_as_lines_of_the_next_invoice(shop: PlanShop, reader: Reader) -> None:
    """$62.00, and 21 of 31 days at the difference of $31.00."""
    page = shop.visit(reader, configuration=shop.offering(proration_behavior="create_prorations"))
    review(page, reader, price=shop.larger)
    assert "You pay nothing today, then $83.00 on February 15, 2035." in page.said
    assert "Unused time on Magazine Jan 25 – Feb 15, 2035 −$21.00" in page.said
    before = shop.events()
    page.submit(QUOTE)
    assert shop.since(before) == ["invoiceitem.created", "invoiceitem.created", "customer.subscription.updated"]


def test_a_cycle_that_begins_anew_is_paid_whole(shop: PlanShop, reader: Reader) -> None:
    """$62.00 from today, less 21 of 31 days at $31.00."""
    page = shop.visit(reader, configuration=shop.offering(billing_cycle_anchor="now"))
    review(page, reader, price=shop.larger)
    assert "You pay $41.00 today, then $62.00 a month from February 25, 2035." in page.said
    page.submit(QUOTE)
    assert shop.invoices(reader)[0].amount_paid == 4100


def test_a_credit_is_told_and_pays_for_what_comes_next(shop: PlanShop) -> None:
    """$62.00 that were just paid come back, and $31.00 of them pay for the rest of the month and for the next one."""
    reader = shop.subscriber("credited@example.com", prices=[shop.larger])
    page = shop.visit(reader, configuration=shop.offering())
    review(page, reader, price=shop.monthly)
    assert "You pay nothing today, and nothing on February 25, 2035." in page.said
    assert "$31.00 is credited to your account, and used for your next invoices." in page.said
    assert "Credited to your account $31.00 Charged today $0.00" in page.said
    assert "Paid from the credit on your account −$31.00 Charged then $0.00" in page.said
    page.submit(QUOTE)
    assert shop.client.v1.customers.retrieve(reader.customer).balance == -3100


def trying(shop: PlanShop, email: str) -> Reader:
    return shop.subscriber(email, trial_period_days=14)


def test_a_change_ends_the_trial_and_is_paid_today(shop: PlanShop) -> None:
    reader = trying(shop, "ends@example.com")
    page = shop.visit(reader, configuration=shop.offering())
    review(page, reader, price=shop.larger)
    assert "You pay $62.00 today" in page.said
    assert "Your trial ends today." in page.said
    page.submit(QUOTE)
    changed = shop.subscription(reader)
    assert (changed.status, shop.invoices(reader)[0].amount_paid) == ("active", 6200)


def test_a_trial_that_is_continued_stays_free(shop: PlanShop) -> None:
    reader = trying(shop, "continues@example.com")
    end = shop.subscription(reader).trial_end
    page = shop.visit(reader, configuration=shop.offering(trial_update_behavior="continue_trial"))
    review(page, reader, price=shop.larger)
    assert "You pay nothing today, then $62.00 a month from February 8, 2035." in page.said
    assert "Your trial goes on until February 8, 2035." in page.said
    page.submit(QUOTE)
    assert "It is free until February 8, 2035." in page.said
    assert (shop.subscription(reader).status, shop.subscription(reader).trial_end) == ("trialing", end)


def coded(shop: PlanShop, code: str, **coupon: Any) -> str:
    """The id of a coupon with a promotion code."""
    made = shop.client.v1.coupons.create({"duration": "forever", **coupon}).id  # type: ignore[typeddict-item]
    shop.client.v1.promotion_codes.create({"code": code, "promotion": {"type": "coupon", "coupon": made}})
    return made


def test_a_code_is_added_to_the_discounts_that_are_there(shop: PlanShop, reader: Reader) -> None:
    """$62.00 less a tenth, less $5.00 of that: $50.80."""
    kept = shop.client.v1.coupons.create({"duration": "forever", "percent_off": 10}).id
    shop.client.v1.subscriptions.update(reader.subscription, {"discounts": [{"coupon": kept}]})
    added = coded(shop, "FIVE", amount_off=500, currency="usd")
    page = shop.visit(reader, configuration=shop.offering(proration_behavior="none"))
    review(page, reader, price=shop.larger, code="FIVE")
    assert "then $50.80 on February 15, 2035" in page.said
    page.submit(QUOTE)
    found = shop.client.v1.subscriptions.retrieve(reader.subscription, {"expand": ["discounts"]}).discounts
    assert [each.source.coupon for each in found] == [kept, added]  # type: ignore[union-attr]


def test_a_code_can_be_used_without_another_plan_and_once_only(shop: PlanShop, reader: Reader) -> None:
    coded(shop, "TENTH", percent_off=10)
    page = shop.visit(reader, configuration=shop.offering())
    review(page, reader, price=shop.monthly, code="tenth")
    assert "Use the code" in page.said
    where, form = page.form(QUOTE)
    for _ in range(2):
        page.post(where, form)
        assert page.heading == "You have Magazine now"
    assert len(shop.subscription(reader).discounts) == 1
    review(page, reader, price=shop.monthly, code="TENTH")
    assert "You have this discount already." in page.said


def test_where_codes_are_not_taken_one_in_the_address_has_no_effect(shop: PlanShop, reader: Reader) -> None:
    coded(shop, "HIDDEN", percent_off=50)
    page = shop.visit(reader, configuration=shop.offering(default_allowed_updates=["price"]))
    review(page, reader, price=shop.larger, code="HIDDEN", quantity=4)
    page.submit(QUOTE)
    assert shop.has(reader) == (shop.larger, 1)
    assert shop.subscription(reader).discounts == []


def test_a_quantity_alone_can_be_changed(shop: PlanShop, grand: Reader) -> None:
    """Three at $62.00 for 21 of 31 days are $126.00, less the $21.00 that are left of what was paid."""
    page = shop.visit(grand, configuration=shop.offering(default_allowed_updates=["quantity"]))
    page.go(f"/subscriptions/{grand.subscription}/update")
    assert 'name="price"' not in page.text
    review(page, grand, quantity=3)
    assert "Pay $105.00 and change the quantity" in page.said
    page.submit(QUOTE)
    assert shop.has(grand) == (shop.larger, 3)


def test_without_a_card_nothing_can_be_paid_and_the_page_says_where_one_is_added(
    shop: PlanShop, reader: Reader
) -> None:
    for method in shop.client.v1.payment_methods.list({"customer": reader.customer}).data:
        shop.client.v1.payment_methods.detach(method.id)
    page = shop.visit(reader, configuration=shop.offering())
    review(page, reader, price=shop.larger)
    assert "There is no payment method to pay with. Please add one first. Payment methods Keep my plan" in page.said
    assert QUOTE not in page.text


def test_a_subscription_on_a_test_clock_is_reckoned_by_that_clock(shop: PlanShop) -> None:
    v1 = shop.client.v1
    clock = v1.test_helpers.test_clocks.create({"frozen_time": shop.mock.clock.now + 400 * DAY}).id
    customer = shop.customer("clocked@example.com", test_clock=clock)
    items: Any = [{"price": shop.monthly}]
    reader = Reader(customer, v1.subscriptions.create({"customer": customer, "items": items}).id)
    page = shop.visit(reader, configuration=shop.offering())
    review(page, reader, price=shop.larger)
    assert "You pay $31.00 today" in page.said
    page.submit(QUOTE)
    assert shop.invoices(reader)[0].amount_paid == 3100
