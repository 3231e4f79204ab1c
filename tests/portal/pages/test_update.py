"""A change of plan, seen from the application: its history, its signals, and how often Stripe is asked."""

from __future__ import annotations

import re
from typing import Any

import pytest

from flask_portal import signals
from tests.portal.pages.conftest import Shop, Visitor

SHORTER = {"conditions": [{"type": "shortening_interval"}]}


@pytest.fixture
def prices(shop: Shop) -> dict[str, str]:
    """The ids of a product's prices: $29.00 a month, and $9.00 a week."""
    product = shop.client.v1.products.create({"name": "Magazine"}).id
    made = {}
    for interval, amount in (("month", 2900), ("week", 900)):
        given: Any = {
            "currency": "usd",
            "product": product,
            "recurring": {"interval": interval},
            "tax_behavior": "exclusive",
            "unit_amount": amount,
        }
        made[interval] = shop.client.v1.prices.create(given).id
    return {"product": product, **made}


def offer(shop: Shop, customer: str, prices: dict[str, str], **feature: Any) -> None:
    adjustable = {"enabled": True, "minimum": 1, "maximum": None}
    listed = {"product": prices["product"], "prices": [prices["month"], prices["week"]]}
    update = {
        "default_allowed_updates": ["price", "quantity"],
        "enabled": True,
        "products": [listed | {"adjustable_quantity": adjustable}],
        "proration_behavior": "always_invoice",
        **feature,
    }
    shop.configure(customer, subscription_update=update)


def reader(shop: Shop, prices: dict[str, str], **feature: Any) -> tuple[str, str, Visitor]:
    """A customer with a subscription by the month, that subscription, and a visit."""
    customer = shop.customer()
    made = shop.subscription(customer, items=[{"price": prices["month"]}])
    offer(shop, customer, prices, **feature)
    return customer, made.id, shop.visitor(customer)


def press(visitor: Visitor, subscription: str, query: str) -> Any:
    """Open the review, and press its button."""
    shown = visitor.get(f"subscriptions/{subscription}/review?{query}").text
    form = next(form for form in re.findall(r"<form\b.*?</form>", shown, re.DOTALL) if 'name="quote"' in form)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    return visitor.browser.post(f"{visitor.base}subscriptions/{subscription}/review", data=fields)


def test_a_change_is_kept_in_the_history_and_told(shop: Shop, prices: dict[str, str]) -> None:
    told: list[tuple[str, str]] = []

    def hear(_sender: object, subscription: Any, customer: str) -> None:
        told.append((subscription["id"], customer))

    customer, subscription, visitor = reader(shop, prices)
    with signals.subscription_updated.connected_to(hear, shop.app):
        assert press(visitor, subscription, f"price={prices['month']}&quantity=3").status_code == 303
    entry = shop.history()[0]
    assert (entry.action, entry.object_id) == ("subscription.update", subscription)
    assert entry.details == {
        "before": {"price": prices["month"], "quantity": 1},
        "price": prices["month"],
        "quantity": 3,
    }
    assert told == [(subscription, customer)]


def test_a_plan_for_later_and_its_undoing_are_kept_and_told(shop: Shop, prices: dict[str, str]) -> None:
    told: list[str] = []

    def planned(_sender: object, schedule: Any, customer: str) -> None:
        told.append(f"{schedule['object']} of {customer}")

    def undone(_sender: object, subscription: str, customer: str) -> None:
        told.append(f"{subscription} of {customer}")

    customer, subscription, visitor = reader(shop, prices, schedule_at_period_end=SHORTER)
    with (
        signals.subscription_update_scheduled.connected_to(planned, shop.app),
        signals.subscription_update_undone.connected_to(undone, shop.app),
    ):
        press(visitor, subscription, f"price={prices['week']}")
        visitor.post(f"subscriptions/{subscription}/update/undo")
    assert [entry.action for entry in shop.history()] == [
        "subscription.update_scheduled",
        "subscription.update_undone",
    ]
    assert told == [f"subscription_schedule of {customer}", f"{subscription} of {customer}"]


def test_a_card_that_is_chosen_for_one_subscription_is_told(shop: Shop, prices: dict[str, str]) -> None:
    told: list[str] = []

    def hear(_sender: object, subscription: Any, customer: str, method: str) -> None:
        told.append(f"{method} for {subscription['id']} of {customer}")

    customer, subscription, visitor = reader(shop, prices)
    card = shop.client.v1.payment_methods.attach("pm_card_mastercard", {"customer": customer}).id
    form = {"default_payment_method": card}
    page = f"subscriptions/{subscription}/review?price={prices['week']}"
    with signals.subscription_method_chosen.connected_to(hear, shop.app):
        assert visitor.post(f"subscriptions/{subscription}/card", form, page=page).status_code == 303
    assert told == [f"{card} for {subscription} of {customer}"]
    assert shop.client.v1.subscriptions.retrieve(subscription).default_payment_method == card


def test_a_card_of_somebody_else_cannot_be_chosen(shop: Shop, prices: dict[str, str]) -> None:
    _customer, subscription, visitor = reader(shop, prices)
    foreign = shop.client.v1.payment_methods.attach("pm_card_mastercard", {"customer": shop.customer()}).id
    form = {"default_payment_method": foreign}
    answer = visitor.post(f"subscriptions/{subscription}/card", form, page="details")
    assert answer.status_code == 400
    assert shop.client.v1.subscriptions.retrieve(subscription).default_payment_method is None


@pytest.mark.parametrize(
    ("below", "calls"),
    [
        # Customer, subscription, open invoices, waiting items, payment methods, and the prices of one product.
        pytest.param("update", 6, id="the plans"),
        # The same, and then two previews side by side.
        pytest.param("review?quantity=2&price={month}", 8, id="the review"),
        # The names of products are remembered from the page before.
        pytest.param("update/result", 4, id="the result"),
    ],
)
def test_the_pages_of_a_change_ask_stripe_in_two_rounds_at_most(
    shop: Shop, prices: dict[str, str], below: str, calls: int
) -> None:
    _customer, subscription, visitor = reader(shop, prices)
    visitor.get(f"subscriptions/{subscription}/update")
    shop.transport.calls.clear()
    assert visitor.get(f"subscriptions/{subscription}/{below.format(**prices)}").status_code == 200
    assert len(shop.transport.calls) == calls
    assert {url.rpartition("/")[2] for method, url in shop.transport.calls if method == "POST"} <= {"create_preview"}


@pytest.mark.parametrize("below", ["update", "review?price={month}&quantity=2"])
def test_where_changes_are_off_the_pages_say_so(shop: Shop, prices: dict[str, str], below: str) -> None:
    _customer, subscription, visitor = reader(shop, prices, enabled=False)
    answer = visitor.get(f"subscriptions/{subscription}/{below.format(**prices)}")
    assert answer.status_code == 403
    assert "Plans cannot be changed here." in answer.text
    assert "/update" not in visitor.get().text


def test_a_quote_that_was_given_before_changes_were_switched_off_changes_nothing(
    shop: Shop, prices: dict[str, str]
) -> None:
    customer, subscription, visitor = reader(shop, prices)
    shown = visitor.get(f"subscriptions/{subscription}/review?price={prices['month']}&quantity=2").text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', shown))
    offer(shop, customer, prices, enabled=False)
    answer = visitor.browser.post(f"{visitor.base}subscriptions/{subscription}/review", data=fields)
    assert answer.status_code == 403
    assert shop.client.v1.subscriptions.retrieve(subscription)["items"].data[0].quantity == 1
    assert shop.history() == []
