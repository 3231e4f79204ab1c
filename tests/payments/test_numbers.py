"""Numbers, security codes and expiry dates as they are typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.payments import numbers

NOW = 1_782_000_000
"""21 June 2026."""


@pytest.mark.parametrize(
    ("number", "brand"),
    [
        ("4242424242424242", "visa"),
        ("5555555555554444", "mastercard"),
        ("2223003122003222", "mastercard"),
        ("378282246310005", "amex"),
        ("6011111111111117", "discover"),
        ("6555900000604105", "discover"),
        ("3056930009020004", "diners"),
        ("36227206271667", "diners"),
        ("3566002020360505", "jcb"),
        ("6200000000000005", "unionpay"),
        ("5062210000000009", "unknown"),
        ("", "unknown"),
    ],
)
def test_the_leading_digits_tell_the_brand(number: str, brand: str) -> None:
    assert numbers.brand_of(number) == brand


@given(st.integers(0, 10**17).map(str), st.integers(1, 9))
def test_a_wrong_digit_is_always_noticed(digits: str, change: int) -> None:
    right = next(digits + str(check) for check in range(10) if numbers.luhn(digits + str(check)))
    wrong = right[:-1] + str((int(right[-1]) + change) % 10)
    assert not numbers.luhn(wrong)


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("4242424242424242", None),
        ("4242424242424241", "incorrect_number"),
        ("4242-4242-4242-4242", "invalid_number"),
        ("4242", "invalid_number"),
        ("4" * 20, "invalid_number"),
        ("٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", "invalid_number"),
    ],
)
def test_a_number_is_judged_by_form_and_check_digit(number: str, problem: str | None) -> None:
    assert numbers.number_problem(number) == problem


@pytest.mark.parametrize(
    ("cvc", "brand", "problem"),
    [
        ("123", "visa", None),
        ("99", "visa", "invalid_cvc"),
        ("1234", "visa", "invalid_cvc"),
        ("1234", "amex", None),
        ("123", "amex", None),
        ("12a", "visa", "invalid_cvc"),
    ],
)
def test_a_security_code_has_three_digits_or_four_on_amex(cvc: str, brand: str, problem: str | None) -> None:
    assert numbers.cvc_problem(cvc, brand) == problem


@pytest.mark.parametrize(
    ("month", "year", "problem"),
    [
        (12, 2034, None),
        (12, 34, None),
        (6, 2026, None),
        (5, 2026, "invalid_expiry_month"),
        (13, 2034, "invalid_expiry_month"),
        (0, 2034, "invalid_expiry_month"),
        (12, 2025, "invalid_expiry_year"),
        (12, 95, "invalid_expiry_year"),
    ],
)
def test_a_card_is_good_to_the_end_of_its_month(month: int, year: int, problem: str | None) -> None:
    assert numbers.expiry_problem(month, year, NOW) == problem


def test_a_card_from_an_id_expires_well_ahead() -> None:
    month, year = numbers.expiry(NOW)
    assert (month, year) == (12, 2030)
    assert numbers.expiry_problem(month, year, NOW) is None


def test_a_fingerprint_is_the_same_for_a_number_within_an_account_only() -> None:
    mark = numbers.fingerprint("acct_1", "4242424242424242")
    assert len(mark) == 16
    assert mark == numbers.fingerprint("acct_1", "4242424242424242")
    assert mark != numbers.fingerprint("acct_2", "4242424242424242")
    assert mark != numbers.fingerprint("acct_1", "5555555555554444")
