"""Rounding, currencies, and amounts in words."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.billing import money


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (Fraction(5, 2), 3),
        (Fraction(-5, 2), -3),
        (Fraction(249, 100), 2),
        (Fraction(-249, 100), -2),
        (Fraction(7), 7),
        (Fraction(0), 0),
    ],
)
def test_a_half_is_rounded_away_from_zero(value: Fraction, rounded: int) -> None:
    assert money.round_half_up(value) == rounded


@given(st.fractions())
def test_rounding_a_credit_mirrors_rounding_a_debit(value: Fraction) -> None:
    assert money.round_half_up(-value) == -money.round_half_up(value)


@given(st.fractions())
def test_rounding_moves_a_value_by_a_half_at_most(value: Fraction) -> None:
    assert abs(money.round_half_up(value) - value) <= Fraction(1, 2)


@pytest.mark.parametrize(("currency", "decimals"), [("jpy", 0), ("usd", 2), ("isk", 2), ("kwd", 3)])
def test_every_currency_has_its_number_of_decimals(currency: str, decimals: int) -> None:
    assert money.exponent(currency) == decimals


@pytest.mark.parametrize(
    ("amount", "currency", "charged"),
    [(1234, "usd", 1234), (1234, "kwd", 1230), (1235, "kwd", 1240), (12345, "isk", 12300), (-1235, "bhd", -1240)],
)
def test_an_amount_is_brought_to_what_can_be_charged(amount: int, currency: str, charged: int) -> None:
    assert money.charged_amount(amount, currency) == charged


@pytest.mark.parametrize(
    ("currency", "minimum"),
    [("usd", 50), ("gbp", 30), ("huf", 17500), ("jpy", 50), ("xof", 50), ("try", 50), ("kwd", 500), ("ugx", 100)],
)
def test_the_minimum_charge_comes_from_the_table_or_is_half_a_main_unit(currency: str, minimum: int) -> None:
    assert money.minimum_charge(currency) == minimum


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (2000, "usd", "$20.00"),
        (2000, "eur", "€20.00"),
        (500, "jpy", "¥500"),
        (2000, "chf", "CHF 20.00"),
        (1234567, "usd", "$12,345.67"),
        (-334, "usd", "-$3.34"),
        (1500, "kwd", "KWD 1.500"),
        (Fraction(1, 2), "usd", "$0.005"),
        (0, "gbp", "£0.00"),
        (1500000, "jpy", "¥1,500,000"),
    ],
)
def test_an_amount_is_shown_with_its_symbol_and_decimals(amount: int | Fraction, currency: str, shown: str) -> None:
    assert money.display(amount, currency) == shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2000, "2000"),
        (Fraction(1, 2), "0.5"),
        (Decimal("19.990"), "19.99"),
        (Fraction(-5, 4), "-1.25"),
        (Fraction(1, 3), "0.333333333333"),
        (Fraction(2, 3), "0.666666666667"),
        (Fraction(1, 10**13), "0"),
        (Fraction(-1, 10**13), "0"),
    ],
)
def test_a_decimal_is_written_as_short_as_possible(value: Fraction | Decimal | int, text: str) -> None:
    assert money.decimal_string(value) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=12, min_value=-(10**9), max_value=10**9))
def test_twelve_decimals_survive_being_written(value: Decimal) -> None:
    assert Decimal(money.decimal_string(value)) == value


def test_a_unit_amount_is_whole_or_absent() -> None:
    assert money.whole_units(Fraction(2000)) == 2000
    assert money.whole_units(Fraction(1, 2)) is None
