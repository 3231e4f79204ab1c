"""Links for a change of plan: they open the picker, or one exact change, and end where the business said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.plans import QUOTE, PlanShop, ask_the_bank, review
from tests.journeys.shop import Reader, Visitor
from tests.journeys.test_flows import AFTER, CONFIRMATION, HOMEPAGE, REDIRECT


@pytest.fixture(scope="module")
def shop() -> PlanShop:
    return PlanShop()


@pytest.fixture(scope="module")
def crowd(shop: PlanShop) -> Iterator[Reader]:
    return shop.crowd(20)


@pytest.fixture
def reader(crowd: Iterator[Reader]) -> Reader:
    return next(crowd)


def picking(shop: PlanShop, reader: Reader, completion: dict[str, Any] | None = None) -> Visitor:
    flow: dict[str, Any] = {"type": "subscription_update", "subscription_update": {"subscription": reader.subscription}}
    ending = {"after_completion": completion} if completion else {}
    return shop.visit(reader, configuration=shop.offering(), flow_data=flow | ending)


def confirming(shop: PlanShop, reader: Reader, completion: dict[str, Any] | None = None, **more: Any) -> Visitor:
    """A link to change to the larger plan."""
    item = shop.subscription(reader)["items"].data[0].id
    task: dict[str, Any] = {
        "subscription": reader.subscription,
        "items": [{"id": item, "price": shop.larger, "quantity": 2}],
        **more,
    }
    flow: dict[str, Any] = {"type": "subscription_update_confirm", "subscription_update_confirm": task}
    ending = {"after_completion": completion} if completion else {}
    return shop.visit(reader, configuration=shop.offering(), flow_data=flow | ending)


def test_a_link_to_change_opens_the_plans_without_navigation(shop: PlanShop, reader: Reader) -> None:
    page = picking(shop, reader)
    assert page.heading == "Change Magazine"
    assert page.navigation == []
    assert page.go("/payment-methods").status_code == 404
    assert page.go(f"/subscriptions/{reader.subscription}/cancel").status_code == 404


def test_a_link_to_confirm_opens_the_review_of_that_change_alone(shop: PlanShop, reader: Reader) -> None:
    """Two at $62.00 for 21 of 31 days are $84.00, less $21.00."""
    page = confirming(shop, reader)
    assert page.heading == "Review your change"
    assert "Pay $63.00 and switch" in page.said
    assert "Choose something else" not in page.said
    assert page.go(f"/subscriptions/{reader.subscription}/update").status_code == 404


def test_what_is_typed_into_the_address_changes_nothing_about_it(shop: PlanShop, reader: Reader) -> None:
    page = confirming(shop, reader)
    review(page, reader, price=shop.yearly, quantity=1, code="ANY")
    assert "Pay $63.00 and switch" in page.said


def test_a_discount_of_the_link_is_reckoned_and_given(shop: PlanShop, reader: Reader) -> None:
    coupon = shop.client.v1.coupons.create({"duration": "forever", "percent_off": 50}).id
    page = confirming(shop, reader, discounts=[{"coupon": coupon}])
    assert "Discount −$62.00" in page.said
    page.submit(QUOTE)
    kept = shop.client.v1.subscriptions.retrieve(reader.subscription, {"expand": ["discounts"]})
    assert [discount.source.coupon for discount in kept.discounts] == [coupon]  # type: ignore[union-attr]


@pytest.mark.parametrize("start", [picking, confirming])
def test_a_change_can_lead_back_to_the_business(shop: PlanShop, reader: Reader, start: Any) -> None:
    page = start(shop, reader, REDIRECT)
    review(page, reader, price=shop.larger, quantity=2)
    assert page.page is not None
    assert "form-action 'self' https://shop.example;" in page.page.headers["Content-Security-Policy"]
    page.submit(QUOTE)
    assert (page.status, page.page.location) == (303, AFTER)
    assert shop.has(reader) == (shop.larger, 2)


def test_a_change_can_end_with_the_words_of_the_business(shop: PlanShop, reader: Reader) -> None:
    page = confirming(shop, reader, CONFIRMATION)
    page.submit(QUOTE)
    assert page.heading == "You have Magazine Plus now"
    assert "Farewell!" in page.said


def test_a_change_can_end_in_the_whole_portal(shop: PlanShop, reader: Reader) -> None:
    page = confirming(shop, reader, HOMEPAGE)
    page.submit(QUOTE)
    assert "Overview" in page.navigation
    assert page.go("/payment-methods").status_code == 200


def test_another_card_can_be_chosen_in_a_flow(shop: PlanShop, reader: Reader) -> None:
    card = shop.client.v1.payment_methods.attach("pm_card_mastercard", {"customer": reader.customer}).id
    page = confirming(shop, reader)
    page.submit("default_payment_method", default_payment_method=card)
    assert "Charged today to Mastercard ending in 4444 $63.00" in page.said


def test_a_form_of_a_link_that_is_sent_twice_is_paid_once(shop: PlanShop, reader: Reader) -> None:
    page = confirming(shop, reader)
    where, form = page.form(QUOTE)
    page.post(where, form)
    before = shop.events()
    page.post(where, form)
    assert page.heading == "You have Magazine Plus now"
    assert shop.events() == before


def test_a_link_whose_change_is_made_leads_to_the_result(shop: PlanShop, reader: Reader) -> None:
    page = confirming(shop, reader)
    page.submit(QUOTE)
    page.go("/")
    assert page.heading == "You have Magazine Plus now"


@pytest.mark.parametrize(("completion", "end"), [(REDIRECT, AFTER), (HOMEPAGE, "/")])
def test_a_change_that_a_bank_was_asked_for_ends_where_the_business_said(
    shop: PlanShop, reader: Reader, completion: dict[str, Any], end: str
) -> None:
    card = shop.client.v1.payment_methods.attach("pm_card_threeDSecure2Required", {"customer": reader.customer}).id
    shop.client.v1.customers.update(reader.customer, {"invoice_settings": {"default_payment_method": card}})
    page = confirming(shop, reader, completion)
    page.submit(QUOTE)
    assert page.heading == "One step is left"
    ask_the_bank(page)
    assert page.heading == "You have Magazine Plus now"
    where, form = page.form("form_id")
    page.post(where, form, follow=False)
    assert page.page is not None
    assert page.page.location.endswith(end)
    page.post(where, form, follow=False)
    assert page.status == 303
