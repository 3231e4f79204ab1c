"""What can be told from a card's number, security code and expiry alone.

Source: docs.stripe.com/testing, docs.stripe.com/error-codes
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

EXPIRES_IN_YEARS = 4
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

BRAND_RANGES: tuple[tuple[str, int, int], ...] = (
    ("visa", 4, 4),
    ("amex", 34, 34),
    ("amex", 37, 37),
    ("mastercard", 51, 55),
    ("mastercard", 2221, 2720),
    ("discover", 6011, 6011),
    ("discover", 644, 649),
    ("discover", 65, 65),
    ("diners", 300, 305),
    ("diners", 36, 36),
    ("diners", 38, 39),
    ("jcb", 3528, 3589),
    ("unionpay", 62, 62),
    ("unionpay", 81, 81),
)
"""Brand by leading digits: the first and last prefix of each range, both of one length."""


def brand_of(number: str) -> str:
    """The brand in the API's words, by the leading digits; `unknown` for a local brand such as Carnet."""
    for brand, first, last in BRAND_RANGES:
        prefix = number[: len(str(first))]
        if prefix and first <= int(prefix) <= last:
            return brand
    return "unknown"


def luhn(number: str) -> bool:
    """Whether the last digit of a run of digits is its check digit."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + doubled) % 10 == 0


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def number_problem(number: str) -> str | None:
    """The error code of a number that cannot be a card's, or None."""
    if not _is_digits(number) or not 12 <= len(number) <= 19:
        return "invalid_number"
    return None if luhn(number) else "incorrect_number"


def cvc_problem(cvc: str, brand: str) -> str | None:
    """`invalid_cvc` unless it has three digits, or four on American Express, which knows both."""
    lengths = (3, 4) if brand == "amex" else (3,)
    return None if _is_digits(cvc) and len(cvc) in lengths else "invalid_cvc"


def full_year(year: int) -> int:
    """An expiry year as four digits: 34 is 2034."""
    return 2000 + year if 0 <= year < 100 else year


def expiry_problem(month: int, year: int, now: int) -> str | None:
    """The error code of an expiry that is no month or has passed at `now`, or None. A card is good to its month's end.

    A year more than 50 ahead, as 95 for 1995, is taken for a mistake.
    """
    if not 1 <= month <= 12:
        return "invalid_expiry_month"
    today, expires = _day(now), full_year(year)
    if not today.year <= expires <= today.year + 50:
        return "invalid_expiry_year"
    return "invalid_expiry_month" if (expires, month) < (today.year, today.month) else None


def last_month_begins(month: int, year: int) -> int:
    """The moment at which the last month of a card begins."""
    return (datetime(year, month, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


def is_expired(month: int, year: int, now: int) -> bool:
    """Whether the month that a card is good to has ended at `now`."""
    today = _day(now)
    return (year, month) < (today.year, today.month)


def expiry(now: int) -> tuple[int, int]:
    """Month and year of expiry for a card that is made from an id: well ahead of `now`."""
    return 12, _day(now).year + EXPIRES_IN_YEARS


def _day(now: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=now)


def fingerprint(account: str, number: str) -> str:
    """Sixteen characters that are the same for one number within one account, and tell nothing about it."""
    value = int.from_bytes(sha256(f"{account}:{number}".encode()).digest(), "big")
    letters = []
    for _ in range(16):
        value, index = divmod(value, len(BASE62))
        letters.append(BASE62[index])
    return "".join(letters)
