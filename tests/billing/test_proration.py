"""Credits and debits inside a period."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.billing.calendar import Period
from mock_server.billing.proration import Part, change_lines, unused_share
from tests.billing.dates import DAY, at

JUNE = Period(at("2026-06-01"), at("2026-07-01"))
MIDDLE = at("2026-06-16")
AMOUNTS = st.integers(-(10**9), 10**9)
MOMENTS = st.integers(JUNE.start, JUNE.end)


@pytest.mark.parametrize(
    ("after", "share"),
    [
        pytest.param(0, 3000, id="nothing used"),
        pytest.param(10 * DAY, 2000, id="a third used: 3000 * 20/30"),
        pytest.param(30 * DAY, 0, id="all used"),
        pytest.param(1, 3000, id="one second: 2999.998.. rounds to 3000"),
        pytest.param(864, 2999, id="864 of 2,592,000 seconds are one of 3000"),
        pytest.param(432, 3000, id="half a unit goes up"),
    ],
)
def test_unused_time_is_counted_by_the_second(after: int, share: int) -> None:
    assert unused_share(3000, JUNE, JUNE.start + after) == share


@pytest.mark.parametrize("moment", [JUNE.start - 1, JUNE.end + 1])
def test_a_moment_outside_the_period_is_an_error(moment: int) -> None:
    with pytest.raises(ValueError, match="outside the period"):
        unused_share(3000, JUNE, moment)


def test_a_period_of_no_length_leaves_nothing_unused() -> None:
    assert unused_share(3000, Period(MIDDLE, MIDDLE), MIDDLE) == 0


@given(AMOUNTS, MOMENTS)
def test_the_unused_share_lies_between_nothing_and_all(amount: int, moment: int) -> None:
    assert min(0, amount) <= unused_share(amount, JUNE, moment) <= max(0, amount)


@given(AMOUNTS, st.lists(MOMENTS, max_size=5))
def test_the_parts_of_a_period_sum_to_the_whole(amount: int, cuts: list[int]) -> None:
    """Each part is rounded by itself, so each can be half a unit away."""
    bounds = [JUNE.start, *sorted(cuts), JUNE.end]
    parts = [unused_share(amount, JUNE, start, until) for start, until in itertools.pairwise(bounds)]
    assert abs(sum(parts) - amount) * 2 <= len(parts)
    assert unused_share(amount, JUNE, JUNE.start) == amount


@given(AMOUNTS, st.lists(MOMENTS, min_size=2, max_size=2).map(sorted))
def test_what_is_paid_until_an_earlier_end_and_what_comes_back_for_it_are_the_same(
    amount: int, moments: list[int]
) -> None:
    at, until = moments
    part = Part("Pro", amount, JUNE, until=until)
    [debit], [credit] = change_lines(None, part, at), change_lines(part, None, at)
    assert debit.amount + credit.amount == 0
    assert debit.period == Period(at, until)


def test_doubling_at_half_of_the_month_gives_25_back_and_asks_50() -> None:
    lines = change_lines(Part("Pro", 5000, JUNE), Part("Max", 10000, JUNE), MIDDLE)
    assert [(line.kind, line.amount) for line in lines] == [("credit", -2500), ("debit", 5000)]
    assert [line.description for line in lines] == [
        "Unused time on Pro after 16 Jun 2026",
        "Remaining time on Max after 16 Jun 2026",
    ]
    assert {line.period for line in lines} == {Period(MIDDLE, JUNE.end)}


def test_a_quantity_is_named_when_it_is_not_one() -> None:
    lines = change_lines(Part("Seat", 1000, JUNE, 1), Part("Seat", 3000, JUNE, 3), MIDDLE)
    assert [line.description for line in lines] == [
        "Unused time on Seat after 16 Jun 2026",
        "Remaining time on 3 × Seat after 16 Jun 2026",
    ]


def test_an_added_item_has_no_credit_and_a_removed_one_no_debit() -> None:
    seat = Part("Seat", 1000, JUNE)
    assert [line.amount for line in change_lines(None, seat, MIDDLE)] == [500]
    assert [line.amount for line in change_lines(seat, None, MIDDLE)] == [-500]


def test_no_change_gives_no_lines() -> None:
    assert change_lines(Part("Seat", 1000, JUNE), Part("Seat", 1000, JUNE), MIDDLE) == ()


@given(AMOUNTS, AMOUNTS, MOMENTS)
def test_a_change_and_its_reversal_in_the_same_second_cost_nothing(old: int, new: int, moment: int) -> None:
    before, after = Part("Old", old, JUNE), Part("New", new, JUNE)
    there = change_lines(before, after, moment)
    back = change_lines(after, before, moment)
    assert sum(line.amount for line in there + back) == 0


@given(AMOUNTS, MOMENTS)
def test_crediting_the_original_debit_gives_back_exactly_its_unused_time(amount: int, moment: int) -> None:
    """Flexible billing: what was a proration itself is credited over the period that it paid for."""
    debit = change_lines(None, Part("Pro", amount, JUNE), MIDDLE)[0]
    credit = change_lines(Part("Pro", debit.amount, debit.period), None, MIDDLE)[0]
    assert credit.amount == -debit.amount
