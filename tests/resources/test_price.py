"""Prices."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any

import pytest
import stripe

from flask_portal.wire.errors import StripeError
from mock_server.core.call import Call
from mock_server.resources import price as prices
from mock_server.testing import Mock

Inside = Callable[[], AbstractContextManager[Call]]

MONTHLY = {"interval": "month"}
TIERS = [{"up_to": 5, "unit_amount": 700}, {"up_to": "inf", "unit_amount": 500, "flat_amount": 100}]


@pytest.fixture
def gold(shop: stripe.StripeClient) -> str:
    """The id of a product."""
    return shop.v1.products.create({"name": "Gold"}).id


def make(shop: stripe.StripeClient, product: str, **sent: Any) -> stripe.Price:
    """A price of 10 dollars, unless `sent` says otherwise."""
    amount = {} if sent.keys() & {"unit_amount_decimal", "custom_unit_amount", "tiers"} else {"unit_amount": 1000}
    params: Any = {"product": product, "currency": "usd"} | amount | sent
    return shop.v1.prices.create(params)


def refusal(shop: stripe.StripeClient, product: str, **sent: Any) -> stripe.InvalidRequestError:
    """The error that a price with these parameters is answered with."""
    with pytest.raises(stripe.InvalidRequestError) as refused:
        make(shop, product, **sent)
    return refused.value


def former_values(event: stripe.Event) -> dict[str, Any]:
    """The `previous_attributes` of an event."""
    changed: Any = event.data.previous_attributes
    return dict(changed.to_dict())


def test_a_price_without_an_interval_is_paid_once(mock: Mock, shop: stripe.StripeClient, gold: str) -> None:
    with mock.expect_events("price.created"):
        made = make(shop, gold)
    assert (made.type, made.recurring, made.unit_amount, made.unit_amount_decimal) == (
        "one_time",
        None,
        1000,
        Decimal(1000),
    )


def test_a_recurring_price_is_a_plan_too(mock: Mock, shop: stripe.StripeClient, gold: str) -> None:
    with mock.expect_events("price.created", "plan.created"):
        made = make(shop, gold, recurring={"interval": "month", "interval_count": 3, "trial_period_days": 7})
    assert made.recurring is not None
    assert made.recurring.to_dict() == {
        "interval": "month",
        "interval_count": 3,
        "meter": None,
        "trial_period_days": 7,
        "usage_type": "licensed",
    }
    plan = mock.events[-1].data.object
    assert (plan["id"], plan["amount"], plan["interval_count"]) == (made.id, 1000, 3)


@pytest.mark.parametrize(
    ("sent", "whole", "exact"),
    [
        pytest.param("0.5", None, "0.5", id="half a cent"),
        pytest.param("1250.00", 1250, "1250", id="a whole number of cents"),
        pytest.param("0", 0, "0", id="free"),
    ],
)
def test_the_integer_amount_is_null_where_the_decimal_has_a_fraction(
    shop: stripe.StripeClient, gold: str, sent: str, whole: int | None, exact: str
) -> None:
    made = make(shop, gold, unit_amount_decimal=sent)
    assert (made.unit_amount, made.unit_amount_decimal) == (whole, Decimal(exact))


def test_a_price_can_bring_its_product(mock: Mock, shop: stripe.StripeClient) -> None:
    with mock.expect_events("product.created", "price.created"):
        made = shop.v1.prices.create(
            {"currency": "eur", "unit_amount": 5, "product_data": {"name": "Gold"}, "expand": ["product"]}
        )
    assert isinstance(made.product, stripe.Product)
    assert made.product.name == "Gold"


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        pytest.param({"unit_amount": 1, "unit_amount_decimal": "1"}, "unit_amount_decimal", id="two amounts"),
        pytest.param({"unit_amount": -1}, "unit_amount", id="a negative amount"),
        pytest.param({"currency": "xyz"}, "currency", id="no currency"),
        pytest.param(
            {"recurring": {"interval": "year", "interval_count": 4}}, "recurring[interval_count]", id="4 years"
        ),
        pytest.param(
            {"recurring": {"interval": "day", "interval_count": 1096}}, "recurring[interval_count]", id="days"
        ),
        pytest.param({"tiers": TIERS, "tiers_mode": "volume"}, "tiers", id="tiers without their scheme"),
        pytest.param({"tiers": TIERS, "billing_scheme": "tiered"}, "tiers_mode", id="tiers without a mode"),
        pytest.param({"billing_scheme": "tiered"}, "tiers", id="a scheme without tiers"),
        pytest.param(
            {"tiers": TIERS[:1], "tiers_mode": "volume", "billing_scheme": "tiered"}, "tiers[0][up_to]", id="no end"
        ),
        pytest.param(
            {
                "tiers": [{"up_to": 5, "unit_amount": 1}, *TIERS],
                "tiers_mode": "volume",
                "billing_scheme": "tiered",
            },
            "tiers[1][up_to]",
            id="tiers that do not rise",
        ),
        pytest.param(
            {"tiers": [{"up_to": "inf"}], "tiers_mode": "volume", "billing_scheme": "tiered"},
            "tiers[0]",
            id="no amount",
        ),
        pytest.param(
            {"tiers": TIERS, "tiers_mode": "volume", "billing_scheme": "tiered", "unit_amount": 1},
            "unit_amount",
            id="tiers and an amount",
        ),
        pytest.param(
            {"custom_unit_amount": {"enabled": True}, "recurring": MONTHLY},
            "custom_unit_amount",
            id="pay what you want",
        ),
        pytest.param(
            {"custom_unit_amount": {"enabled": True, "minimum": 5, "maximum": 4}},
            "custom_unit_amount[minimum]",
            id="bounds the wrong way round",
        ),
        pytest.param({"currency_options": {"usd": {"unit_amount": 1}}}, "currency_options[usd]", id="its own currency"),
        pytest.param(
            {"currency_options": {"eur": {"tax_behavior": "exclusive"}}},
            "currency_options[eur]",
            id="a currency without an amount",
        ),
    ],
)
def test_what_a_price_cannot_be_is_refused(shop: stripe.StripeClient, gold: str, sent: Any, param: str) -> None:
    assert refusal(shop, gold, **sent).param == param


def test_a_price_needs_an_amount(shop: stripe.StripeClient, gold: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.prices.create({"product": gold, "currency": "usd"})
    assert refused.value.code == "parameter_missing"


def test_a_price_needs_a_product(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.prices.create({"currency": "usd", "unit_amount": 1})
    assert (refused.value.code, refused.value.param) == ("parameter_missing", "product")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        pytest.param({"usage_type": "metered"}, "parameter_missing", id="use without a meter"),
        pytest.param({"usage_type": "metered", "meter": "mtr_1"}, "resource_missing", id="an unknown meter"),
        pytest.param({"meter": "mtr_1"}, None, id="a meter without use"),
    ],
)
def test_a_price_by_use_and_no_other_names_a_meter(
    shop: stripe.StripeClient, gold: str, sent: Any, code: str | None
) -> None:
    refused = refusal(shop, gold, recurring={"interval": "month", **sent})
    assert (refused.param, refused.code) == ("recurring[meter]", code)


def test_tiers_are_shown_when_expanded(shop: stripe.StripeClient, gold: str) -> None:
    made = make(shop, gold, tiers=TIERS, tiers_mode="graduated", billing_scheme="tiered", recurring=MONTHLY)
    assert (made.unit_amount, made.unit_amount_decimal, "tiers" in made) == (None, None, False)
    shown = shop.v1.prices.retrieve(made.id, {"expand": ["tiers"]}).tiers or []
    assert [(tier.up_to, tier.unit_amount, tier.flat_amount) for tier in shown] == [(5, 700, None), (None, 500, 100)]
    assert [(tier.unit_amount_decimal, tier.flat_amount_decimal) for tier in shown] == [
        (Decimal(700), None),
        (Decimal(500), Decimal(100)),
    ]


def test_tiers_of_a_list_are_shown_when_expanded(shop: stripe.StripeClient, gold: str) -> None:
    make(shop, gold)
    make(shop, gold, tiers=TIERS, tiers_mode="graduated", billing_scheme="tiered", recurring=MONTHLY)
    shown = shop.v1.prices.list({"expand": ["data.tiers"]}).data
    assert [len(one.tiers or []) for one in shown] == [2, 0]


def test_other_currencies_are_shown_when_expanded(shop: stripe.StripeClient, gold: str) -> None:
    made = make(shop, gold, currency_options={"eur": {"unit_amount": 900}})
    assert "currency_options" not in made
    changed = shop.v1.prices.update(
        made.id, {"currency_options": {"gbp": {"unit_amount": 800}}, "expand": ["currency_options"]}
    )
    options = changed.to_dict()["currency_options"]
    assert {name: option["unit_amount"] for name, option in options.items()} == {"usd": 1000, "eur": 900, "gbp": 800}


def test_an_empty_value_leaves_only_the_own_currency(shop: stripe.StripeClient, gold: str) -> None:
    made = make(shop, gold, currency_options={"eur": {"unit_amount": 900}})
    changed = shop.v1.prices.update(made.id, {"currency_options": "", "expand": ["currency_options"]})
    assert list(changed.to_dict()["currency_options"]) == ["usd"]


def test_the_amount_never_changes(shop: stripe.StripeClient, gold: str) -> None:
    made = make(shop, gold)
    params: Any = {"unit_amount": 5}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.prices.update(made.id, params)
    assert refused.value.code == "parameter_unknown"


def test_an_update_tells_of_the_plan_too(mock: Mock, shop: stripe.StripeClient, gold: str) -> None:
    made = make(shop, gold, recurring=MONTHLY)
    with mock.expect_events("price.updated", "plan.updated"):
        shop.v1.prices.update(made.id, {"nickname": "Monthly"})
    assert [former_values(event) for event in mock.events[-2:]] == [{"nickname": None}] * 2


def test_a_known_tax_behavior_stays(shop: stripe.StripeClient, gold: str) -> None:
    made = make(shop, gold)
    shop.v1.prices.update(made.id, {"tax_behavior": "exclusive"})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.prices.update(made.id, {"tax_behavior": "inclusive"})
    assert refused.value.param == "tax_behavior"


def test_a_default_price_is_not_archived(shop: stripe.StripeClient, gold: str) -> None:
    made = make(shop, gold)
    shop.v1.products.update(gold, {"default_price": made.id})
    with pytest.raises(stripe.InvalidRequestError, match="default price"):
        shop.v1.prices.update(made.id, {"active": False})


def test_a_lookup_key_leads_to_one_price(shop: stripe.StripeClient, gold: str) -> None:
    make(shop, gold, lookup_key="gold")
    assert refusal(shop, gold, lookup_key="gold").param == "lookup_key"


def test_a_lookup_key_can_be_moved(mock: Mock, shop: stripe.StripeClient, gold: str) -> None:
    before = make(shop, gold, lookup_key="gold")
    with mock.expect_events("price.updated", "price.created"):
        after = make(shop, gold, lookup_key="gold", transfer_lookup_key=True)
    assert shop.v1.prices.retrieve(before.id).lookup_key is None
    assert [one.id for one in shop.v1.prices.list({"lookup_keys": ["gold"]}).data] == [after.id]


def test_the_key_of_an_archived_price_can_be_used_again(shop: stripe.StripeClient, gold: str) -> None:
    before = make(shop, gold, lookup_key="gold")
    shop.v1.prices.update(before.id, {"active": False})
    make(shop, gold, lookup_key="gold")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.prices.update(before.id, {"active": True})
    assert refused.value.param == "lookup_key"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param({}, ["old", "year", "month", "once"], id="all, newest first"),
        pytest.param({"active": False}, ["old"], id="archived"),
        pytest.param({"currency": "eur"}, ["once"], id="by currency"),
        pytest.param({"type": "one_time"}, ["old", "once"], id="by type"),
        pytest.param({"recurring": {"interval": "year"}}, ["year"], id="by interval"),
        pytest.param({"recurring": {"usage_type": "licensed"}}, ["year", "month"], id="by usage"),
        pytest.param({"lookup_keys": ["year", "month", "none"]}, ["year", "month"], id="by lookup key"),
        pytest.param({"product": "prod_none"}, [], id="by product"),
    ],
)
def test_prices_are_listed_by_their_filters(shop: stripe.StripeClient, gold: str, asked: Any, found: list[str]) -> None:
    make(shop, gold, lookup_key="once", currency="eur")
    make(shop, gold, lookup_key="month", recurring=MONTHLY)
    make(shop, gold, lookup_key="year", recurring={"interval": "year"})
    make(shop, gold, lookup_key="old", active=False)
    assert [one.lookup_key for one in shop.v1.prices.list(asked).data] == found


def test_a_plan_says_what_its_price_says(mock: Mock, shop: stripe.StripeClient, gold: str) -> None:
    make(shop, gold, recurring=MONTHLY, nickname="Monthly", transform_quantity={"divide_by": 10, "round": "up"})
    plan: Any = mock.events[-1].data.object
    assert (plan.nickname, plan.transform_usage.to_dict()) == ("Monthly", {"divide_by": 10, "round": "up"})


def test_a_price_that_is_archived_cannot_be_bought(inside: Inside, shop: stripe.StripeClient, gold: str) -> None:
    made = make(shop, gold, active=False)
    with inside() as call, pytest.raises(StripeError) as refused:
        prices.offered(call, made.id, "items[0][price]")
    assert refused.value.param == "items[0][price]"


def test_a_price_of_an_archived_product_cannot_be_bought(inside: Inside, shop: stripe.StripeClient, gold: str) -> None:
    made = make(shop, gold)
    shop.v1.products.update(gold, {"active": False})
    with inside() as call, pytest.raises(StripeError) as refused:
        prices.offered(call, made.id, "price")
    assert refused.value.code == "product_inactive"
