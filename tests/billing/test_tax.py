"""Tax on one line."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.billing.tax import Rate, contained, of_line


def rates(*percentages: str, inclusive: bool = False) -> tuple[Rate, ...]:
    """Rates with these percentages."""
    return tuple(Rate(f"txr_{number}", Fraction(each), inclusive) for number, each in enumerate(percentages))


@pytest.mark.parametrize(
    ("net", "percentage", "inclusive", "expected"),
    [
        pytest.param(1000, "19", False, (190, 1000), id="added"),
        pytest.param(1190, "19", True, (190, 1000), id="contained"),
        pytest.param(50, "5", False, (3, 50), id="half a cent is rounded up: 2.5"),
        pytest.param(-50, "5", False, (-3, -50), id="a credit mirrors its debit"),
        pytest.param(999, "20", True, (167, 832), id="999 / 6 = 166.5"),
        pytest.param(-999, "20", True, (-167, -832), id="a credit that contains tax"),
        pytest.param(0, "20", True, (0, 0), id="nothing"),
        pytest.param(1000, "0", True, (0, 1000), id="no tax"),
    ],
)
def test_a_rate_is_added_or_contained(net: int, percentage: str, *, inclusive: bool, expected: tuple[int, int]) -> None:
    (found,) = of_line(net, rates(percentage, inclusive=inclusive))
    assert (found.amount, found.taxable) == expected


@pytest.mark.parametrize(("relief", "taxable"), [("customer_exempt", 0), ("reverse_charge", 1190)])
def test_a_relief_leaves_nothing_due(relief: str, taxable: int) -> None:
    (found,) = of_line(1190, rates("19", inclusive=True), relief)  # type: ignore[arg-type]
    assert (found.amount, found.taxable) == (0, taxable)


PERCENTAGES = st.integers(0, 100 * 10**4).map(lambda number: str(Fraction(number, 10**4)))


@given(st.integers(-(10**9), 10**9), st.lists(PERCENTAGES, min_size=1, max_size=10))
def test_contained_taxes_and_the_rest_are_the_amount(net: int, percentages: list[str]) -> None:
    """No cent is lost between the shares of inclusive rates and what they leave."""
    its = rates(*percentages, inclusive=True)
    found = of_line(net, its)
    assert sum(one.amount for one in found) == contained(net, its)
    assert sum(one.amount for one in found) + found[0].taxable == net


@given(st.integers(-(10**9), 10**9), st.lists(PERCENTAGES, min_size=1, max_size=10), st.booleans())
def test_a_credit_takes_back_exactly_the_tax_of_its_debit(net: int, percentages: list[str], inclusive: bool) -> None:
    its = rates(*percentages, inclusive=inclusive)
    assert [one.amount for one in of_line(-net, its)] == [-one.amount for one in of_line(net, its)]
