"""A code for first purchases of 20 dollars or more, for two customers, until the end of January; and one for Jenny."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.resources.sales import invoice_of, payer, price, subscribe

from .diary import Begin, Diary, at


def redeem(diary: Diary, customer: str, cost: str, code: str) -> stripe.Subscription:
    return subscribe(diary.shop, customer, cost, discounts=[{"promotion_code": code}])


def refused(diary: Diary, customer: str, cost: str, code: str) -> str:
    """Why it is not taken; nothing happens."""
    with diary.mock.expect_events(), pytest.raises(stripe.InvalidRequestError) as caught:
        redeem(diary, customer, cost, code)
    return str(caught.value.user_message)


def test_a_code_for_two_newcomers_in_january(begin: Begin) -> None:
    diary = begin("2031-01-01")
    shop = diary.shop
    gold, silver = price(shop, 3000), price(shop, 1500)
    coupon = shop.v1.coupons.create({"percent_off": 50, "duration": "once"}).id
    restrictions: Any = {"first_time_transaction": True, "minimum_amount": 2000, "minimum_amount_currency": "usd"}
    code = shop.v1.promotion_codes.create(
        {
            "promotion": {"type": "coupon", "coupon": coupon},
            "code": "NEWYEAR",
            "max_redemptions": 2,
            "expires_at": at("2031-02-01"),
            "restrictions": restrictions,
        }
    ).id
    jenny, tom, li = (diary.customer() for _ in range(3))

    # 2 January: 15 dollars are too little
    diary.to("2031-01-02")
    assert refused(diary, jenny, silver, code)

    # 3 January: Jenny pays half of 30 dollars, once
    diary.to("2031-01-03")
    first = redeem(diary, jenny, gold, code)
    assert invoice_of(shop, first).amount_paid == 1500

    # 4 January: it is not her first purchase any more
    diary.to("2031-01-04")
    assert refused(diary, jenny, gold, code)

    # 5 January: Tom is the second, and the last one
    diary.to("2031-01-05")
    redeem(diary, tom, gold, code)
    used_up = shop.v1.promotion_codes.retrieve(code)
    assert (used_up.times_redeemed, used_up.active) == (2, False)
    assert refused(diary, li, gold, code)
    assert shop.v1.coupons.retrieve(coupon).times_redeemed == 2

    # 1 February: the second code of this coupon was for January alone
    late = shop.v1.promotion_codes.create(
        {"promotion": {"type": "coupon", "coupon": coupon}, "code": "LATE", "expires_at": at("2031-02-01")}
    ).id
    diary.quietly("2031-02-01T02:00")
    assert refused(diary, li, gold, late)

    # 3 February: Jenny's second month costs the whole price
    diary.quietly("2031-02-03T01:00")
    assert [one.amount_paid for one in diary.invoices(first)] == [1500, 3000]


def test_a_code_for_one_customer_is_nobody_elses(begin: Begin) -> None:
    diary = begin("2031-01-01")
    shop = diary.shop
    gold, jenny, tom = price(shop, 3000), diary.customer(), payer(shop)
    coupon = shop.v1.coupons.create({"amount_off": 700, "currency": "usd", "duration": "forever"}).id
    params: Any = {"promotion": {"type": "coupon", "coupon": coupon}, "customer": jenny}
    code = shop.v1.promotion_codes.create(params).id
    assert refused(diary, tom, gold, code)
    made = redeem(diary, jenny, gold, code)

    # 1 February and 1 March: 7 dollars less each time
    diary.quietly("2031-02-01T01:00")
    diary.quietly("2031-03-01T01:00")
    assert [one.amount_paid for one in diary.invoices(made)] == [2300, 2300, 2300]
