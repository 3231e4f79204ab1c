"""Coupons over the lines of an invoice."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.billing.discounts import Discount, Discountable, Reduction, apply, spread, sums

TEN_PERCENT = Discount("di_ten", percent_off=Fraction(10))
FIVE_OFF = Discount("di_five", amount_off=500)


def amounts(lines: list[Discountable], discounts: list[Discount]) -> list[list[int]]:
    return [[reduction.amount for reduction in line] for line in apply(lines, discounts)]


def test_a_percentage_is_taken_off_each_line() -> None:
    assert amounts([Discountable(2000), Discountable(999)], [TEN_PERCENT]) == [[200], [100]]


def test_a_fraction_of_a_percent_counts() -> None:
    assert amounts([Discountable(10000)], [Discount("di", percent_off=Fraction("12.345"))]) == [[1235]]


def test_an_amount_is_spread_in_proportion_and_no_cent_is_lost() -> None:
    """500 over 1000, 1000 and 1000 is 166.67 each: the first two get the two units that are left over."""
    assert amounts([Discountable(1000)] * 3, [FIVE_OFF]) == [[167], [167], [166]]


def test_an_amount_never_takes_a_line_below_zero() -> None:
    assert amounts([Discountable(100), Discountable(200)], [FIVE_OFF]) == [[100], [200]]


def test_each_discount_works_on_what_the_one_before_has_left() -> None:
    assert amounts([Discountable(2000)], [FIVE_OFF, TEN_PERCENT]) == [[500, 150]]
    assert amounts([Discountable(2000)], [TEN_PERCENT, FIVE_OFF]) == [[200, 500]]


def test_discounts_of_an_item_come_before_those_of_the_invoice() -> None:
    line = Discountable(2000, own=(FIVE_OFF,))
    assert apply([line, Discountable(1000)], [TEN_PERCENT]) == (
        (Reduction("di_five", 500), Reduction("di_ten", 150)),
        (Reduction("di_ten", 100),),
    )


def test_credits_and_prorations_are_left_alone() -> None:
    lines = [Discountable(-500), Discountable(800, discountable=False), Discountable(1000)]
    assert amounts(lines, [TEN_PERCENT]) == [[], [], [100]]


def test_a_coupon_for_some_products_leaves_the_others_alone() -> None:
    only_pro = Discount("di", amount_off=500, products=frozenset({"prod_pro"}))
    lines = [Discountable(2000, "prod_pro"), Discountable(2000, "prod_seat"), Discountable(2000)]
    assert amounts(lines, [only_pro]) == [[500], [], []]


def test_a_line_of_nothing_takes_a_discount_of_nothing() -> None:
    assert amounts([Discountable(0)], [TEN_PERCENT, FIVE_OFF]) == [[0, 0]]


def test_a_discount_without_a_value_takes_nothing() -> None:
    assert Discount("di").worth(1000) == 0


def test_the_invoice_sums_up_each_discount_once() -> None:
    per_line = apply([Discountable(2000, own=(FIVE_OFF,)), Discountable(1000)], [TEN_PERCENT])
    assert sums(per_line) == (Reduction("di_five", 500), Reduction("di_ten", 250))


@pytest.mark.parametrize(("total", "weights", "shares"), [(7, [0, 0], (0, 0)), (1, [1, 1], (1, 0)), (0, [3], (0,))])
def test_what_is_left_over_goes_to_the_earlier_share(total: int, weights: list[int], shares: tuple[int, ...]) -> None:
    assert spread(total, weights) == shares


@given(st.lists(st.integers(0, 10**7), min_size=1), st.data())
def test_shares_add_up_and_none_exceeds_its_weight(weights: list[int], data: st.DataObject) -> None:
    total = data.draw(st.integers(0, sum(weights)))
    shares = spread(total, weights)
    assert sum(shares) == total
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))


DISCOUNTS = st.one_of(
    st.builds(Discount, st.sampled_from("abc"), percent_off=st.fractions(0, 100)),
    st.builds(Discount, st.sampled_from("abc"), amount_off=st.integers(1, 10**6)),
)
LINES = st.builds(
    Discountable,
    st.integers(-(10**6), 10**6),
    discountable=st.booleans(),
    own=st.lists(DISCOUNTS, max_size=2).map(tuple),
)


@given(st.lists(LINES), st.lists(DISCOUNTS, max_size=4))
def test_no_combination_of_discounts_takes_more_than_a_line_costs(
    lines: list[Discountable], discounts: list[Discount]
) -> None:
    for line, reductions in zip(lines, apply(lines, discounts), strict=True):
        assert all(reduction.amount >= 0 for reduction in reductions)
        assert sum(reduction.amount for reduction in reductions) <= max(0, line.amount)
