"""The products of a configuration: what a subscription can be switched to is checked with Stripe."""

from __future__ import annotations

from typing import Any

import pytest

from flask_portal.api.features import DEFAULTS
from tests.portal.api.shop import Shop

PRODUCTS = "features[subscription_update][products]"


def offering(*products: dict[str, Any], **update: Any) -> dict[str, Any]:
    """The parameters of a configuration with subscription updates over these products."""
    features = {
        "payment_method_update": {"enabled": True},
        "subscription_update": {"enabled": True, "default_allowed_updates": ["price"], **update},
    }
    if products:
        features["subscription_update"]["products"] = list(products)
    return {"features": features}


MAGAZINE = {"product": "prod_magazine", "prices": ["price_month", "price_year"]}


@pytest.fixture
def publisher(one_shop: Shop) -> Shop:
    one_shop.stripe.add_product("prod_magazine")
    one_shop.stripe.add_price("price_month", "prod_magazine")
    one_shop.stripe.add_price("price_year", "prod_magazine", interval="year")
    return one_shop


def test_products_are_kept_and_served_on_demand(publisher: Shop) -> None:
    path = "features.subscription_update.products"
    body = publisher.post("/configurations", {**offering(MAGAZINE), "expand": [path]})
    free = {"enabled": True, "maximum": None, "minimum": 1}
    assert body["features"]["subscription_update"]["products"] == [{**MAGAZINE, "adjustable_quantity": free}]
    plain = publisher.get(f"/configurations/{body['id']}")
    assert "products" not in plain["features"]["subscription_update"]
    assert publisher.get(f"/configurations/{body['id']}", {"expand": [path]}) == body


def test_updates_need_payment_methods(publisher: Shop) -> None:
    params = offering(MAGAZINE)
    del params["features"]["payment_method_update"]
    error = publisher.refused("/configurations", params)
    assert error["message"] == "Cannot enable subscription updates while payment method update is disabled."
    assert "param" not in error


def test_updates_need_products(publisher: Shop) -> None:
    error = publisher.refused("/configurations", offering())
    assert error["message"] == f"Missing required param: {PRODUCTS}."
    assert error["param"] == PRODUCTS


def test_there_are_ten_products_at_most(one_shop: Shop) -> None:
    products = []
    for number in range(11):
        one_shop.stripe.add_product(f"prod_{number}")
        one_shop.stripe.add_price(f"price_{number}", f"prod_{number}")
        products.append({"product": f"prod_{number}", "prices": [f"price_{number}"]})
    assert one_shop.refused("/configurations", offering(*products))["param"] == PRODUCTS
    path = "features.subscription_update.products"
    body = one_shop.post("/configurations", {**offering(*products[:10]), "expand": [path]})
    assert len(body["features"]["subscription_update"]["products"]) == 10


def test_two_prices_of_a_product_have_different_intervals(publisher: Shop) -> None:
    publisher.stripe.add_price("price_student", "prod_magazine")
    product = {"product": "prod_magazine", "prices": ["price_month", "price_student"]}
    error = publisher.refused("/configurations", offering(product))
    assert error["param"] == f"{PRODUCTS}[0][prices][1]"
    assert "same interval" in error["message"]


def test_the_same_interval_is_fine_for_two_products(publisher: Shop) -> None:
    publisher.stripe.add_product("prod_student")
    publisher.stripe.add_price("price_student", "prod_student")
    student = {"product": "prod_student", "prices": ["price_student"]}
    assert publisher.post("/configurations", offering(MAGAZINE, student))["features"]["subscription_update"]["enabled"]


def test_a_product_is_listed_once(publisher: Shop) -> None:
    error = publisher.refused("/configurations", offering(MAGAZINE, {**MAGAZINE, "prices": ["price_year"]}))
    assert error["param"] == f"{PRODUCTS}[1][product]"


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ({"product": "prod_other"}, "does not belong"),
        ({"product": "prod_magazine", "active": False}, "not active"),
        ({"product": "prod_magazine", "interval": None}, "one-time"),
    ],
)
def test_a_price_that_nobody_can_switch_to_is_refused(publisher: Shop, stored: dict[str, Any], words: str) -> None:
    publisher.stripe.add_price("price_odd", **stored)
    error = publisher.refused("/configurations", offering({"product": "prod_magazine", "prices": ["price_odd"]}))
    assert error["param"] == f"{PRODUCTS}[0][prices][0]"
    assert words in error["message"]


@pytest.mark.parametrize(
    ("product", "path", "message"),
    [
        ({"product": "prod_none", "prices": ["price_month"]}, "[product]", "No such product: 'prod_none'"),
        ({"product": "prod_gone", "prices": ["price_month"]}, "[product]", "No such product: 'prod_gone'"),
        ({"product": "prod_magazine", "prices": ["price_none"]}, "[prices][0]", "No such price: 'price_none'"),
    ],
)
def test_a_product_or_price_that_is_not_there_is_missing(
    publisher: Shop, product: dict[str, Any], path: str, message: str
) -> None:
    publisher.stripe.add_product("prod_gone", deleted=True)
    error = publisher.refused("/configurations", offering(product))
    assert (error["code"], error["param"]) == ("resource_missing", f"{PRODUCTS}[0]{path}")
    assert error["message"] == message


def test_the_maximum_quantity_is_not_below_the_minimum(publisher: Shop) -> None:
    quantity = {"enabled": True, "minimum": 5, "maximum": 4}
    error = publisher.refused("/configurations", offering({**MAGAZINE, "adjustable_quantity": quantity}))
    assert error["param"] == f"{PRODUCTS}[0][adjustable_quantity][maximum]"


def test_a_change_of_products_is_checked_too(publisher: Shop) -> None:
    id = publisher.post("/configurations", offering(MAGAZINE))["id"]
    change = {"features": {"subscription_update": {"products": [{"product": "prod_none", "prices": ["price_month"]}]}}}
    assert publisher.refused(f"/configurations/{id}", change)["code"] == "resource_missing"


def test_a_change_of_something_else_asks_stripe_nothing(publisher: Shop) -> None:
    id = publisher.post("/configurations", offering(MAGAZINE))["id"]
    publisher.stripe.asked.clear()
    publisher.post(f"/configurations/{id}", {"name": "Magazine"})
    assert publisher.stripe.asked == []


def test_the_products_of_enabled_updates_cannot_be_cleared(publisher: Shop) -> None:
    id = publisher.post("/configurations", offering(MAGAZINE))["id"]
    error = publisher.refused(f"/configurations/{id}", {"features": {"subscription_update": {"products": ""}}})
    assert error["param"] == PRODUCTS


def test_conditions_and_behaviours_are_kept(publisher: Shop) -> None:
    wanted = {
        "billing_cycle_anchor": "now",
        "proration_behavior": "always_invoice",
        "schedule_at_period_end": {"conditions": [{"type": "shortening_interval"}]},
        "trial_update_behavior": "continue_trial",
    }
    update = publisher.post("/configurations", offering(MAGAZINE, **wanted))["features"]["subscription_update"]
    assert {name: update[name] for name in wanted} == wanted
    assert wanted.keys() < DEFAULTS["subscription_update"].keys()


@pytest.mark.parametrize(
    ("duration", "param"),
    [
        ({"type": "interval_options"}, "[interval_options]"),
        ({"type": "indefinite", "interval_options": [{"interval": "day"}]}, "[interval_options]"),
        (
            {"type": "interval_options", "interval_options": [{"interval": "month", "interval_count": 37}]},
            "[interval_options][0][interval_count]",
        ),
        (
            {"type": "interval_options", "interval_options": [{"interval": "year", "interval_count": 0}]},
            "[interval_options][0][interval_count]",
        ),
    ],
)
def test_the_duration_of_a_pause_is_checked(one_shop: Shop, duration: dict[str, Any], param: str) -> None:
    features = {"subscription_pause": {"enabled": True, "duration": duration}}
    error = one_shop.refused("/configurations", {"features": features})
    assert error["param"] == f"features[subscription_pause][duration]{param}"


def test_a_pause_without_an_end_has_no_options(one_shop: Shop) -> None:
    body = one_shop.configuration(subscription_pause={"enabled": True, "duration": {"type": "indefinite"}})
    assert body["features"]["subscription_pause"]["duration"] == {"interval_options": [], "type": "indefinite"}
    change = {"features": {"subscription_pause": {"duration": {"type": "interval_options"}}}}
    error = one_shop.refused(f"/configurations/{body['id']}", change)
    assert error["code"] == "parameter_missing"


@pytest.mark.parametrize(
    "cancel",
    [
        {"enabled": True, "proration_behavior": "create_prorations"},
        {"enabled": True, "mode": "immediately", "proration_behavior": "always_invoice"},
    ],
)
def test_prorations_of_a_cancellation_are_checked(one_shop: Shop, cancel: dict[str, Any]) -> None:
    error = one_shop.refused("/configurations", {"features": {"subscription_cancel": cancel}})
    assert error["param"] == "features[subscription_cancel][proration_behavior]"
