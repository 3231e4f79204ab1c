"""Coupons."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any

import pytest
import stripe

from flask_portal.wire.errors import StripeError
from mock_server.core.call import Call
from mock_server.resources import coupon as coupons
from mock_server.resources.common import fraction
from mock_server.testing import Mock

Inside = Callable[[], AbstractContextManager[Call]]

DAY = 86_400


def test_a_coupon_takes_off_a_share(mock: Mock, shop: stripe.StripeClient) -> None:
    with mock.expect_events("coupon.created"):
        made = shop.v1.coupons.create({"percent_off": 25.5})
    assert (made.percent_off, made.amount_off, made.currency, made.duration) == (25.5, None, None, "once")
    assert (made.valid, made.times_redeemed, len(made.id)) == (True, 0, 8)


def test_a_share_is_exact_inside(shop: stripe.StripeClient, inside: Inside) -> None:
    shop.v1.coupons.create({"id": "THIRD", "percent_off": 33.33})
    with inside() as call:
        assert fraction(coupons.terms(call, "THIRD")["percent_off"]) == Fraction(3333, 100)


def test_a_coupon_takes_off_an_amount(shop: stripe.StripeClient) -> None:
    made = shop.v1.coupons.create(
        {"amount_off": 500, "currency": "usd", "duration": "repeating", "duration_in_months": 3, "id": "FIVE"}
    )
    assert (made.id, made.amount_off, made.currency, made.duration_in_months) == ("FIVE", 500, "usd", 3)


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        pytest.param({}, "percent_off", id="nothing off"),
        pytest.param({"percent_off": 10, "amount_off": 5, "currency": "usd"}, "amount_off", id="both"),
        pytest.param({"percent_off": 0}, "percent_off", id="no percent"),
        pytest.param({"percent_off": 100.5}, "percent_off", id="more than all"),
        pytest.param({"amount_off": 0, "currency": "usd"}, "amount_off", id="no amount"),
        pytest.param({"amount_off": 500}, "currency", id="an amount of nothing"),
        pytest.param({"percent_off": 10, "duration": "repeating"}, "duration_in_months", id="how long?"),
        pytest.param({"percent_off": 10, "duration_in_months": 3}, "duration_in_months", id="once, for three months"),
        pytest.param({"percent_off": 10, "redeem_by": 1}, "redeem_by", id="over already"),
        pytest.param({"percent_off": 10, "redeem_by": 9_000_000_000}, "redeem_by", id="in more than five years"),
        pytest.param({"percent_off": 10, "max_redemptions": 0}, "max_redemptions", id="never"),
        pytest.param({"percent_off": 10, "name": "n" * 41}, "name", id="41 characters"),
        pytest.param({"percent_off": 10, "id": "TEN PERCENT"}, "id", id="a space in an id"),
        pytest.param(
            {"percent_off": 10, "applies_to": {"products": ["prod_none"]}}, "applies_to[products][0]", id="no product"
        ),
        pytest.param(
            {"percent_off": 10, "currency_options": {"eur": {"amount_off": 5}}},
            "currency_options",
            id="a share in euro",
        ),
        pytest.param(
            {"amount_off": 5, "currency": "eur", "currency_options": {"eur": {"amount_off": 5}}},
            "currency_options[eur]",
            id="its own currency",
        ),
    ],
)
def test_what_a_coupon_cannot_be_is_refused(shop: stripe.StripeClient, sent: Any, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.coupons.create(sent)
    assert refused.value.param == param


def test_what_it_applies_to_is_shown_when_expanded(shop: stripe.StripeClient) -> None:
    product = shop.v1.products.create({"name": "Gold"})
    made = shop.v1.coupons.create({"percent_off": 10, "applies_to": {"products": [product.id, product.id]}})
    assert "applies_to" not in made
    shown = shop.v1.coupons.retrieve(made.id, {"expand": ["applies_to"]})
    assert shown.applies_to is not None
    assert shown.applies_to.products == [product.id]


def test_only_words_and_currencies_change(mock: Mock, shop: stripe.StripeClient) -> None:
    made = shop.v1.coupons.create({"amount_off": 500, "currency": "usd"})
    with mock.expect_events("coupon.updated"):
        shop.v1.coupons.update(made.id, {"name": "Five", "currency_options": {"eur": {"amount_off": 450}}})
    params: Any = {"amount_off": 600}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.coupons.update(made.id, params)
    assert refused.value.code == "parameter_unknown"


@pytest.mark.parametrize(
    ("currency", "amount"),
    [
        pytest.param("usd", 500, id="its own"),
        pytest.param("eur", 450, id="an option"),
        pytest.param("gbp", None, id="neither"),
    ],
)
def test_an_amount_is_taken_off_in_its_currencies(
    shop: stripe.StripeClient, inside: Inside, currency: str, amount: int | None
) -> None:
    options: Any = {"eur": {"amount_off": 450}}
    shop.v1.coupons.create({"id": "FIVE", "amount_off": 500, "currency": "usd", "currency_options": options})
    with inside() as call:
        assert coupons.amount_off(coupons.terms(call, "FIVE"), currency) == amount


def test_a_coupon_is_valid_until_it_expires(mock: Mock, shop: stripe.StripeClient) -> None:
    made = shop.v1.coupons.create({"percent_off": 10, "redeem_by": mock.clock.now + DAY})
    assert made.valid
    mock.clock.advance(2 * DAY)
    assert not shop.v1.coupons.retrieve(made.id).valid
    assert not shop.v1.coupons.list().data[0].valid


def test_an_expired_coupon_is_not_redeemed(mock: Mock, shop: stripe.StripeClient, inside: Inside) -> None:
    shop.v1.coupons.create({"id": "TEN", "percent_off": 10, "redeem_by": mock.clock.now + DAY})
    mock.clock.advance(2 * DAY)
    with inside() as call, pytest.raises(StripeError) as refused:
        coupons.redeem(call, "TEN", "discounts[0][coupon]")
    assert (refused.value.code, refused.value.param) == ("coupon_expired", "discounts[0][coupon]")


def test_a_coupon_is_redeemed_as_often_as_it_may_be(shop: stripe.StripeClient, inside: Inside) -> None:
    shop.v1.coupons.create({"id": "ONE", "percent_off": 10, "max_redemptions": 1})
    with inside() as call:
        coupons.redeem(call, "ONE")
    shown = shop.v1.coupons.retrieve("ONE")
    assert (shown.times_redeemed, shown.valid) == (1, False)
    with inside() as call, pytest.raises(StripeError, match="as often as it may be"):
        coupons.redeem(call, "ONE")


def test_a_deleted_coupon_is_gone_but_for_its_discounts(mock: Mock, shop: stripe.StripeClient, inside: Inside) -> None:
    shop.v1.coupons.create({"id": "TEN", "percent_off": 10})
    with mock.expect_events("coupon.deleted"):
        assert shop.v1.coupons.delete("TEN").to_dict() == {"id": "TEN", "object": "coupon", "deleted": True}
    with pytest.raises(stripe.InvalidRequestError) as gone:
        shop.v1.coupons.retrieve("TEN")
    assert (gone.value.code, gone.value.http_status) == ("resource_missing", 404)
    assert shop.v1.coupons.list().data == []
    with inside() as call:
        assert coupons.terms(call, "TEN")["percent_off"] == 10
        with pytest.raises(StripeError, match="No such coupon"):
            coupons.redeem(call, "TEN")


def test_the_id_of_a_deleted_coupon_is_free_again(shop: stripe.StripeClient) -> None:
    shop.v1.coupons.create({"id": "TEN", "percent_off": 10})
    shop.v1.coupons.delete("TEN")
    assert shop.v1.coupons.create({"id": "TEN", "percent_off": 20}).percent_off == 20


def test_the_id_of_a_redeemed_coupon_is_not(shop: stripe.StripeClient, inside: Inside) -> None:
    """Its discounts would change under those who have them."""
    shop.v1.coupons.create({"id": "TEN", "percent_off": 10})
    with inside() as call:
        coupons.redeem(call, "TEN")
    shop.v1.coupons.delete("TEN")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.coupons.create({"id": "TEN", "percent_off": 20})
    assert refused.value.code == "resource_already_exists"
