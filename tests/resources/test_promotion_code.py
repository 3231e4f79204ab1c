"""Promotion codes: who may use them, how often, until when."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY, change, invoice_of, payer, price, subscribe


def code(shop: stripe.StripeClient, coupon: dict[str, Any] | None = None, **sent: Any) -> stripe.PromotionCode:
    """A new code for a coupon, which by default takes a quarter off for ever."""
    terms: Any = coupon or {"percent_off": 25, "duration": "forever"}
    params: Any = {"promotion": {"type": "coupon", "coupon": shop.v1.coupons.create(terms).id}, **sent}
    return shop.v1.promotion_codes.create(params)


def use(shop: stripe.StripeClient, made: stripe.PromotionCode, customer: str, gold: str) -> stripe.Subscription:
    """A subscription with this code."""
    return subscribe(shop, customer, gold, discounts=[{"promotion_code": made.id}], expand=["discounts"])


def refused(shop: stripe.StripeClient, made: stripe.PromotionCode, customer: str, gold: str) -> str:
    """Why it cannot be used; nothing is counted then."""
    before = shop.v1.promotion_codes.retrieve(made.id).times_redeemed
    with pytest.raises(stripe.InvalidRequestError) as error:
        use(shop, made, customer, gold)
    assert error.value.param == "discounts[0][promotion_code]"
    assert shop.v1.promotion_codes.retrieve(made.id).times_redeemed == before
    return str(error.value)


def test_a_code_stands_for_its_coupon(mock: Mock, shop: stripe.StripeClient) -> None:
    with mock.expect_events("coupon.created", "promotion_code.created"):
        made = code(shop, code="FALL-25")
    bought = use(shop, made, payer(shop), price(shop, 2000))
    assert invoice_of(shop, bought).total == 1500
    (applied,) = bought.discounts
    assert isinstance(applied, stripe.Discount)
    assert (applied.promotion_code, applied.source.coupon) == (made.id, made.promotion.coupon)
    assert shop.v1.promotion_codes.retrieve(made.id).times_redeemed == 1
    assert shop.v1.coupons.retrieve(str(made.promotion.coupon)).times_redeemed == 1


def test_a_code_is_found_whatever_its_case(shop: stripe.StripeClient) -> None:
    made = code(shop, code="Fall25")
    code(shop, code="WINTER")
    assert [one.id for one in shop.v1.promotion_codes.list({"code": "FALL25", "active": True}).data] == [made.id]


def test_a_code_that_nobody_chose_is_made_up(shop: stripe.StripeClient) -> None:
    assert len(code(shop).code) == 8


def test_an_active_code_keeps_its_text_for_itself(shop: stripe.StripeClient) -> None:
    first = code(shop, code="FALL")
    with pytest.raises(stripe.InvalidRequestError) as taken:
        code(shop, code="fall")
    assert taken.value.param == "code"
    code(shop, code="FALL", customer=payer(shop))
    shop.v1.promotion_codes.update(first.id, {"active": False})
    second = code(shop, code="FALL")
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.promotion_codes.update(first.id, {"active": True})
    assert second.active


def test_a_code_can_be_used_up(mock: Mock, shop: stripe.StripeClient) -> None:
    made = code(shop, max_redemptions=1)
    gold = price(shop)
    use(shop, made, payer(shop), gold)
    assert [one.type for one in mock.events].count("promotion_code.updated") == 1
    assert shop.v1.promotion_codes.retrieve(made.id).active is False
    assert "as often as it may be" in refused(shop, made, payer(shop), gold)


def test_a_code_ends_with_its_coupon(mock: Mock, shop: stripe.StripeClient) -> None:
    used_up = code(shop, {"percent_off": 10, "max_redemptions": 1})
    other: Any = {"promotion": {"type": "coupon", "coupon": used_up.promotion.coupon}}
    twin = shop.v1.promotion_codes.create(other)
    deleted = code(shop)
    use(shop, used_up, payer(shop), price(shop))
    with mock.expect_events("coupon.deleted", "promotion_code.updated"):
        shop.v1.coupons.delete(str(deleted.promotion.coupon))
    for one in (used_up, twin, deleted):
        assert shop.v1.promotion_codes.retrieve(one.id).active is False


def test_a_code_expires(mock: Mock, shop: stripe.StripeClient) -> None:
    made = code(shop, expires_at=mock.clock.now + DAY)
    with mock.expect_events("promotion_code.updated"):
        mock.clock.advance(2 * DAY)
    assert shop.v1.promotion_codes.list({"active": True}).data == []
    assert "has expired" in refused(shop, made, payer(shop), price(shop))


def test_a_code_may_be_meant_for_one_customer(shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop), price(shop)
    made = code(shop, customer=jenny)
    assert "another customer" in refused(shop, made, payer(shop), gold)
    use(shop, made, jenny, gold)


@pytest.mark.parametrize(
    ("amount", "currency", "fits"),
    [
        pytest.param(2000, "usd", True, id="just enough"),
        pytest.param(1999, "usd", False, id="a cent less"),
        pytest.param(1800, "eur", True, id="enough in another currency"),
        pytest.param(5000, "gbp", False, id="a currency without a minimum"),
    ],
)
def test_a_code_may_need_a_minimum_amount(shop: stripe.StripeClient, amount: int, currency: str, *, fits: bool) -> None:
    options = {"eur": {"minimum_amount": 1800}}
    rules = {"minimum_amount": 2000, "minimum_amount_currency": "usd", "currency_options": options}
    made = code(shop, restrictions=rules)
    gold = price(shop, amount, currency=currency)
    if fits:
        assert use(shop, made, payer(shop), gold).discounts
    else:
        assert "needs a purchase" in refused(shop, made, payer(shop), gold)


def test_a_code_may_be_for_new_customers_only(shop: stripe.StripeClient) -> None:
    made = code(shop, restrictions={"first_time_transaction": True})
    jenny, gold = payer(shop), price(shop)
    use(shop, made, jenny, gold)
    assert "prior transactions" in refused(shop, made, jenny, gold)


def test_a_code_with_conditions_changes_no_subscription(shop: stripe.StripeClient) -> None:
    made = code(shop, restrictions={"first_time_transaction": True})
    bought = subscribe(shop, payer(shop), price(shop))
    with pytest.raises(stripe.InvalidRequestError, match="restrictions"):
        change(shop, bought, discounts=[{"promotion_code": made.id}])
    plain = code(shop)
    assert len(change(shop, bought, discounts=[{"promotion_code": plain.id}]).discounts) == 1


def test_minimum_amounts_in_other_currencies_are_shown_when_expanded(shop: stripe.StripeClient) -> None:
    rules = {"minimum_amount": 2000, "minimum_amount_currency": "usd"}
    made = code(shop, restrictions=rules)
    added: Any = {"currency_options": {"eur": {"minimum_amount": 1800}}}
    shop.v1.promotion_codes.update(made.id, {"restrictions": added})
    shown = shop.v1.promotion_codes.retrieve(made.id, {"expand": ["restrictions.currency_options"]})
    assert shown.restrictions.currency_options is not None
    assert shown.restrictions.currency_options["eur"].minimum_amount == 1800
    assert "currency_options" not in shop.v1.promotion_codes.retrieve(made.id).restrictions


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        pytest.param({"code": "TWO WORDS"}, "code", id="a space"),
        pytest.param({"expires_at": 1}, "expires_at", id="over already"),
        pytest.param({"max_redemptions": 9}, "max_redemptions", id="more often than the coupon"),
        pytest.param({"restrictions": {"minimum_amount": 5}}, "restrictions[minimum_amount_currency]", id="of what?"),
        pytest.param(
            {"restrictions": {"currency_options": {"eur": {"minimum_amount": 1}}}},
            "restrictions[currency_options]",
            id="only in another currency",
        ),
        pytest.param({"customer": "cus_nobody"}, "customer", id="nobody"),
    ],
)
def test_what_a_code_cannot_be_is_refused(shop: stripe.StripeClient, sent: Any, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as error:
        code(shop, {"percent_off": 25, "max_redemptions": 5}, **sent)
    assert error.value.param == param
