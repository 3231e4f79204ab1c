"""Whether a promotion code can be used for a subscription that runs already."""

from __future__ import annotations

from typing import Any

import pytest

from flask_portal.rules.promotions import may_redeem
from flask_portal.rules.updates import Plan
from flask_portal.rules.verdicts import Verdict
from tests.portal.rules.bodies import subscription

PLAN = Plan("price_1", "prod_1", "Magazine", "usd", 2900, "month", 1, None, is_current=False)
COUPON = {"id": "TEN", "amount_off": None, "currency": None, "valid": True}
FREE = {"first_time_transaction": False, "minimum_amount": None}


def code(coupon: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    usual = {"active": True, "customer": None, "restrictions": FREE, "promotion": {"coupon": COUPON | (coupon or {})}}
    return usual | fields


def test_a_code_for_everybody_can_be_used() -> None:
    assert may_redeem(code(), subscription(), PLAN) == Verdict.yes()


def test_a_code_for_this_customer_and_this_plan_can_be_used() -> None:
    own = code({"applies_to": {"products": ["prod_1"]}, "amount_off": 500, "currency": "usd"}, customer="cus_1")
    assert may_redeem(own, subscription(), PLAN).ok


def test_an_amount_in_several_currencies_counts_in_each_of_them() -> None:
    wide = code({"amount_off": 500, "currency": "eur", "currency_options": {"usd": {"amount_off": 550}}})
    assert may_redeem(wide, subscription(), PLAN).ok


GIVEN = {"id": "di_1", "source": {"coupon": COUPON, "type": "coupon"}}


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        pytest.param(None, "code_unknown", id="no such code"),
        pytest.param(code(customer="cus_2"), "code_unknown", id="somebody else's"),
        pytest.param(code(active=False), "code_unknown", id="not active"),
        pytest.param(code({"valid": False}), "code_unknown", id="used up"),
        pytest.param(code(restrictions=FREE | {"first_time_transaction": True}), "code_first", id="first purchase"),
        pytest.param(code(restrictions=FREE | {"minimum_amount": 100}), "code_restricted", id="minimum amount"),
        pytest.param(code({"amount_off": 500, "currency": "eur"}), "code_currency", id="another currency"),
        pytest.param(code({"applies_to": {"products": ["prod_2"]}}), "code_other_plan", id="another plan"),
    ],
)
def test_any_other_code_has_its_reason(found: dict[str, Any] | None, reason: str) -> None:
    assert may_redeem(found, subscription(), PLAN) == Verdict.no(reason)


def test_a_discount_is_not_given_twice() -> None:
    assert may_redeem(code(), subscription(discounts=[GIVEN]), PLAN) == Verdict.no("code_given")
