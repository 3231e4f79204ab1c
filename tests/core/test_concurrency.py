"""Calls that come at once do what they would do one after the other, on each kind of database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import flask
import pytest
import stripe

from .conftest import KEY

AT_ONCE = 8

Together = Callable[..., Counter[int]]


@pytest.fixture
def together(app: flask.Flask) -> Together:
    """`together((path, form), ...)`: how many POSTs that were sent at once got which status."""

    def send(asked: tuple[str, dict[str, Any]]) -> int:
        path, form = asked
        return app.test_client().post(path, data=form, headers={"Authorization": f"Bearer {KEY}"}).status_code

    def all_of(*asked: tuple[str, dict[str, Any]]) -> Counter[int]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return Counter(pool.map(send, asked))

    return all_of


@pytest.mark.parametrize(
    ("path", "form"),
    [
        pytest.param("/v1/products", {"id": "pro", "name": "Pro"}, id="the id of a product"),
        pytest.param("/v1/coupons", {"id": "HALF", "percent_off": "50"}, id="the id of a coupon"),
        pytest.param("/v1/customers", {"invoice_prefix": "ACME"}, id="the prefix of a customer's invoices"),
        pytest.param(
            "/v1/prices",
            {"lookup_key": "pro", "currency": "usd", "unit_amount": "500", "product_data[name]": "Pro"},
            id="the lookup key of a price",
        ),
    ],
)
def test_what_can_be_taken_once_is_taken_once(together: Together, path: str, form: dict[str, str]) -> None:
    assert together(*[(path, form)] * AT_ONCE) == {200: 1, 400: AT_ONCE - 1}


def test_no_update_of_an_object_without_a_customer_is_lost(together: Together, shop: stripe.StripeClient) -> None:
    product = shop.v1.products.create({"name": "Pro"})
    together(*[(f"/v1/products/{product.id}", {f"metadata[{number}]": "here"}) for number in range(AT_ONCE)])
    assert len(shop.v1.products.retrieve(product.id).metadata.to_dict()) == AT_ONCE


def test_no_update_of_a_customer_is_lost(together: Together, shop: stripe.StripeClient) -> None:
    customer = shop.v1.customers.create({})
    together(*[(f"/v1/customers/{customer.id}", {f"metadata[{number}]": "here"}) for number in range(AT_ONCE)])
    found = shop.v1.customers.retrieve(customer.id).metadata
    assert found is not None
    assert len(found.to_dict()) == AT_ONCE


def test_a_payment_method_is_attached_to_one_customer_only(together: Together, shop: stripe.StripeClient) -> None:
    method = shop.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    customers = [shop.v1.customers.create({}).id for _ in range(AT_ONCE)]
    path = f"/v1/payment_methods/{method.id}/attach"
    assert together(*[(path, {"customer": customer}) for customer in customers])[200] == 1
    assert len(shop.v1.events.list({"type": "payment_method.attached"}).data) == 1


def test_an_intent_is_confirmed_or_canceled_but_never_both(together: Together, shop: stripe.StripeClient) -> None:
    intent = shop.v1.setup_intents.create({"payment_method": "pm_card_visa"})
    ways: list[tuple[str, dict[str, Any]]] = [
        (f"/v1/setup_intents/{intent.id}/{verb}", {}) for verb in ("confirm", "cancel")
    ]
    assert together(*ways * 4) == {200: 1, 400: AT_ONCE - 1}


def test_a_limit_of_endpoints_holds_for_calls_at_once(together: Together, shop: stripe.StripeClient) -> None:
    form = {"url": "https://shop.example/hook", "enabled_events[]": "*"}
    assert together(*[("/v1/webhook_endpoints", form)] * 20) == {200: 16, 400: 4}
