"""Plans are recurring prices under another name."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import payer, price, subscribe


def make(shop: stripe.StripeClient, **sent: Any) -> stripe.Plan:
    """A monthly plan of a new product, unless `sent` says otherwise."""
    amounts = {} if {"amount_decimal", "tiers"} & sent.keys() else {"amount": 900}
    params: Any = {"currency": "usd", "interval": "month", "product": {"name": "Gold"}, **amounts, **sent}
    return shop.v1.plans.create(params)


def test_a_plan_is_a_price_and_a_price_is_a_plan(mock: Mock, shop: stripe.StripeClient) -> None:
    with mock.expect_events("product.created", "price.created", "plan.created"):
        made = make(shop, id="gold-monthly", nickname="Monthly")
    assert (made.id, made.amount, made.interval, made.nickname) == ("gold-monthly", 900, "month", "Monthly")
    assert shop.v1.prices.retrieve("gold-monthly").unit_amount == 900
    other = price(shop, 700)
    assert shop.v1.plans.retrieve(other).amount == 700
    assert [one.id for one in shop.v1.plans.list().data] == [other, "gold-monthly"]
    assert [one.id for one in shop.v1.plans.list({"product": str(made.product)}).data] == ["gold-monthly"]


def test_a_price_that_is_charged_once_is_no_plan(shop: stripe.StripeClient) -> None:
    sold = str(make(shop).product)
    once = shop.v1.prices.create({"currency": "usd", "unit_amount": 5, "product": sold}).id
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.plans.retrieve(once)
    assert refused.value.http_status == 404


def test_the_tiers_of_a_plan_are_shown_when_expanded(shop: stripe.StripeClient) -> None:
    tiers: Any = [{"up_to": 5, "unit_amount": 100}, {"up_to": "inf", "unit_amount": 50}]
    made = make(shop, billing_scheme="tiered", tiers_mode="volume", tiers=tiers)
    found: Any = shop.v1.plans.retrieve(made.id, {"expand": ["tiers", "product"]})
    assert [tier.unit_amount for tier in found.tiers] == [100, 50]
    assert found.product.name == "Gold"


def test_words_and_trial_of_a_plan_change_and_both_faces_tell(mock: Mock, shop: stripe.StripeClient) -> None:
    made = make(shop)
    with mock.expect_events("price.updated", "plan.updated"):
        changed = shop.v1.plans.update(made.id, {"nickname": "Old", "trial_period_days": 7})
    assert (changed.nickname, changed.trial_period_days) == ("Old", 7)


def test_a_plan_is_deleted(mock: Mock, shop: stripe.StripeClient) -> None:
    made = make(shop)
    with mock.expect_events("plan.deleted", "price.deleted"):
        assert shop.v1.plans.delete(made.id).deleted is True
    assert shop.v1.plans.list().data == []
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.plans.delete(made.id)


def test_a_plan_with_subscriptions_stays(shop: stripe.StripeClient) -> None:
    made = make(shop)
    subscribe(shop, payer(shop), made.id)
    with pytest.raises(stripe.InvalidRequestError, match="not built yet"):
        shop.v1.plans.delete(made.id)


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        pytest.param({"product": "prod_1"}, "product", id="an unknown product"),
        pytest.param({"usage_type": "metered"}, "meter", id="use without a meter"),
        pytest.param({"interval": "year", "interval_count": 4}, "interval_count", id="too long"),
        pytest.param({"amount": ""}, "amount", id="no amount"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_by_its_own_words(shop: stripe.StripeClient, sent: Any, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        make(shop, **sent)
    assert refused.value.param == param


def test_the_price_of_a_deleted_plan_is_gone(shop: stripe.StripeClient) -> None:
    made = make(shop)
    shop.v1.plans.delete(made.id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.prices.retrieve(made.id)
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
