"""What a subscription comes down to for the one who pays for it."""

from __future__ import annotations

from typing import Any

import pytest

from flask_portal.rules.subscriptions import SubscriptionView, default_method
from tests.portal.rules.bodies import CUSTOMER, NAMES, PERIOD_END, every, item, price, subscription, view


@pytest.mark.parametrize(
    ("items", "amount"),
    [
        pytest.param([item()], 2900, id="one"),
        pytest.param([item(quantity=3)], 8700, id="3 * 2900"),
        pytest.param([item(quantity=0)], 0, id="none of it"),
        pytest.param([item(quantity=None)], 2900, id="no quantity means one"),
        pytest.param([item(unit_amount=0, unit_amount_decimal="0")], 0, id="free"),
        pytest.param([item(), item("prod_2", quantity=2, unit_amount=500, unit_amount_decimal="500")], 3900, id="both"),
        pytest.param([item(unit_amount_decimal="2900.0")], 2900, id="a decimal that is whole"),
    ],
)
def test_the_amount_is_what_one_period_costs(items: list[dict[str, Any]], amount: int) -> None:
    assert view(*items).amount == amount


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(item(billing_scheme="tiered", unit_amount=None, unit_amount_decimal=None), id="tiers"),
        pytest.param(item(quantity=None, recurring=every("month", usage="metered")), id="by use"),
        pytest.param(item(unit_amount=None, unit_amount_decimal="0.5"), id="half a cent"),
        pytest.param(item(unit_amount=1, unit_amount_decimal="0.6"), id="rounded by Stripe"),
        pytest.param(item(transform_quantity={"divide_by": 10, "round": "up"}), id="by the ten"),
        pytest.param(item("prod_2", recurring=every("year")), id="another interval"),
        pytest.param(item("prod_2", recurring=every("month", 3)), id="another number of months"),
    ],
)
def test_an_amount_that_is_not_exact_is_not_said(odd: dict[str, Any]) -> None:
    assert view(item(), odd).amount is None


def test_with_a_discount_the_price_is_known_and_the_next_charge_is_not() -> None:
    of_customer = SubscriptionView.of(subscription(), CUSTOMER | {"discount": {"id": "di_1"}}, NAMES)
    of_item = view(item() | {"discounts": ["di_1"]})
    for found in (view(discounts=["di_1"]), of_customer, of_item):
        assert (found.amount, found.exact_amount, found.discount) == (2900, None, "")


@pytest.mark.parametrize(
    ("discount", "name"),
    [
        pytest.param({"source": {"coupon": {"name": "Half"}}}, "Half", id="expanded"),
        pytest.param({"source": {"coupon": "co_1"}}, "", id="an id"),
        pytest.param({"coupon": {"name": "Half"}}, "Half", id="as older releases have it"),
        pytest.param({"coupon": {"name": None}}, "", id="a coupon without a name"),
    ],
)
def test_a_discount_is_named_where_its_coupon_is_there(discount: dict[str, Any], name: str) -> None:
    assert view(discounts=[discount]).discount == name


@pytest.mark.parametrize(
    ("items", "fields", "is_taxed"),
    [
        pytest.param([item()], {}, False, id="no tax"),
        pytest.param([item()], {"automatic_tax": {"enabled": True}}, True, id="automatic, on top"),
        pytest.param([item(tax_behavior="inclusive")], {"automatic_tax": {"enabled": True}}, False, id="inside"),
        pytest.param([item()], {"default_tax_rates": [{"id": "txr_1"}]}, True, id="rates"),
        pytest.param([item() | {"tax_rates": [{"id": "txr_1"}]}], {}, True, id="rates of an item"),
    ],
)
def test_tax_that_may_come_on_top_is_told(items: list[dict[str, Any]], fields: dict[str, Any], is_taxed: bool) -> None:
    found = view(*items, **fields)
    assert (found.amount, found.is_taxed) == (2900, is_taxed)


def test_the_title_names_each_product_once() -> None:
    assert view(item(), item("prod_2"), item()).title == "Magazine, Archive"


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        pytest.param({"product": {"id": "prod_9", "name": "Expanded"}}, "Expanded", id="expanded"),
        pytest.param({"product": "prod_9", "nickname": "Monthly"}, "Monthly", id="the price's own name"),
        pytest.param({"product": "prod_9"}, "", id="nothing known"),
    ],
)
def test_without_a_known_name_the_next_best_is_the_title(fields: dict[str, Any], title: str) -> None:
    assert view(item() | {"price": price(**fields)}).title == title


def test_interval_and_quantity_are_those_that_all_items_share() -> None:
    one = view(item(quantity=3, recurring=every("month", 3)))
    assert (one.interval, one.interval_count, one.quantity) == ("month", 3, 3)
    mixed = view(item(), item("prod_2", recurring=every("year")))
    assert (mixed.interval, mixed.interval_count, mixed.quantity) == (None, 1, None)


def test_the_next_period_begins_with_the_first_item_and_all_is_used_up_with_the_last() -> None:
    found = view(item(end=300), item("prod_2", end=200))
    assert (found.period_end, found.last_period_end) == (200, 300)


@pytest.mark.parametrize(
    ("fields", "ends_at"),
    [
        pytest.param({}, None, id="goes on"),
        pytest.param({"cancel_at": 250}, 250, id="at a date"),
        pytest.param({"cancel_at_period_end": True}, PERIOD_END, id="at period end, without a date"),
        pytest.param({"cancel_at_period_end": True, "cancel_at": 250}, 250, id="at period end, with its date"),
        pytest.param({"cancel_at": 250, "status": "canceled", "ended_at": 200}, None, id="over already"),
    ],
)
def test_both_forms_of_a_scheduled_end_read_the_same(fields: dict[str, Any], ends_at: int | None) -> None:
    assert view(**fields).ends_at == ends_at


@pytest.mark.parametrize(
    ("fields", "method", "own"),
    [
        pytest.param({}, "pm_default", False, id="the customer's"),
        pytest.param({"default_payment_method": "pm_1"}, "pm_1", True, id="its own wins"),
        pytest.param({"default_payment_method": {"id": "pm_1"}}, "pm_1", True, id="expanded"),
        pytest.param({"default_source": "card_1"}, "card_1", True, id="a legacy source"),
    ],
)
def test_the_method_is_the_one_that_is_charged_next(fields: dict[str, Any], method: str, own: bool) -> None:
    found = view(**fields)
    assert (found.method_id, found.has_own_method) == (method, own)


@pytest.mark.parametrize(
    ("customer", "method"),
    [
        pytest.param({}, None, id="customer unknown"),
        pytest.param({"invoice_settings": {"default_payment_method": None}, "default_source": None}, None, id="none"),
        pytest.param({"invoice_settings": {"default_payment_method": {"id": "pm_1"}}}, "pm_1", id="expanded"),
        pytest.param(
            {"invoice_settings": {"default_payment_method": None}, "default_source": "src_1"}, "src_1", id="source"
        ),
    ],
)
def test_the_customers_default_is_a_method_or_a_legacy_source(customer: dict[str, Any], method: str | None) -> None:
    assert default_method(customer) == method


@pytest.mark.parametrize(
    ("status", "is_live", "will_renew"),
    [
        ("active", True, True),
        ("trialing", True, True),
        ("past_due", True, True),
        ("unpaid", True, False),
        ("paused", True, False),
        ("incomplete", True, False),
        ("incomplete_expired", False, False),
        ("canceled", False, False),
    ],
)
def test_each_status_is_live_or_over_and_renews_or_not(status: str, is_live: bool, will_renew: bool) -> None:
    found = view(status=status)
    assert (found.is_live, found.will_renew) == (is_live, will_renew)


def test_what_is_set_to_end_does_not_renew() -> None:
    assert not view(cancel_at=250).will_renew
    assert not view(cancel_at=PERIOD_END).will_renew


def test_what_ends_after_the_next_renewal_renews_until_then() -> None:
    assert view(cancel_at=PERIOD_END + 1).will_renew


@pytest.mark.parametrize(
    ("items", "fields", "is_paid"),
    [
        pytest.param([item()], {}, True, id="one period"),
        pytest.param([item()], {"cancel_at": PERIOD_END}, True, id="ends with its period"),
        pytest.param([item()], {"cancel_at": PERIOD_END + 1}, False, id="renews before it ends"),
        pytest.param([item(), item("prod_2", end=PERIOD_END + 1)], {}, False, id="one item renews before the other"),
        pytest.param([item(quantity=None, recurring=every("month", usage="metered"))], {}, False, id="use is charged"),
    ],
)
def test_it_is_known_whether_all_is_paid_up_to_the_end(
    items: list[dict[str, Any]], fields: dict[str, Any], is_paid: bool
) -> None:
    assert view(*items, **fields).is_paid_ahead is is_paid


def test_a_schedule_is_seen() -> None:
    assert view(schedule="sub_sched_1").has_schedule
    assert not view().has_schedule


def test_a_subscription_without_items_has_no_period() -> None:
    found = SubscriptionView.of(subscription() | {"items": {"data": []}}, CUSTOMER, NAMES)
    assert (found.period_end, found.last_period_end, found.amount, found.title) == (None, None, None, "")
