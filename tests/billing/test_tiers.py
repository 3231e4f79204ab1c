"""Tiered prices."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.billing.tiers import Tier, parts

TIERS = (Tier(10, Fraction(500)), Tier(20, Fraction(400), Fraction(1000)), Tier(None, Fraction(300)))


@pytest.mark.parametrize(
    ("quantity", "amounts"),
    [
        (0, [0]),
        (10, [5000]),
        (11, [5000, 1400]),
        (25, [5000, 5000, 1500]),
    ],
)
def test_a_graduated_price_charges_each_tier_for_its_own_part(quantity: int, amounts: list[int]) -> None:
    assert [part.amount for part in parts(TIERS, "graduated", quantity)] == amounts


@pytest.mark.parametrize(("quantity", "number", "amount"), [(0, 1, 0), (10, 1, 5000), (11, 2, 5400), (25, 3, 7500)])
def test_a_volume_price_charges_everything_at_the_reached_tier(quantity: int, number: int, amount: int) -> None:
    (part,) = parts(TIERS, "volume", quantity)
    assert (part.number, part.quantity, part.amount) == (number, quantity, amount)


@given(st.integers(0, 10**6))
def test_a_graduated_quantity_is_split_without_loss(quantity: int) -> None:
    assert sum(part.quantity for part in parts(TIERS, "graduated", quantity)) == quantity


@pytest.mark.parametrize("mode", ["graduated", "volume"])
@pytest.mark.parametrize(("tiers", "quantity"), [((), 1), (TIERS[:2], 21)])
def test_a_quantity_beyond_every_tier_is_an_error(tiers: tuple[Tier, ...], quantity: int, mode: str) -> None:
    with pytest.raises(ValueError, match="no tier"):
        parts(tiers, mode, quantity)  # type: ignore[arg-type]


def test_a_last_tier_with_an_end_holds_up_to_it() -> None:
    assert [part.quantity for part in parts(TIERS[:2], "graduated", 20)] == [10, 10]
