"""Money: integer minor units, one place that rounds, and amounts in words.

Source: docs.stripe.com/currencies
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

MAX_DECIMALS = 12

ZERO_DECIMAL = frozenset(
    {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"}
)
THREE_DECIMAL = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
WHOLE_ONLY = frozenset({"isk", "ugx"})
"""Currencies without coins whose amounts are nevertheless sent with two decimals, which must be `00`."""

MINIMUM_CHARGE = {
    "aed": 200, "ars": 50, "aud": 50, "brl": 50, "cad": 50, "chf": 50, "cop": 50, "czk": 1500, "dkk": 250, "eur": 50,
    "gbp": 30, "hkd": 400, "huf": 17500, "idr": 50, "ils": 50, "inr": 50, "jpy": 50, "krw": 50, "mxn": 1000, "myr": 200,
    "nok": 300, "nzd": 50, "php": 50, "pln": 200, "ron": 200, "rub": 50, "sek": 300, "sgd": 50, "thb": 1000, "usd": 50,
    "zar": 50,
}  # fmt: skip

SYMBOLS = {
    "aud": "A$", "brl": "R$", "cad": "CA$", "cny": "CN¥", "eur": "€", "gbp": "£", "hkd": "HK$", "ils": "₪", "inr": "₹",
    "jpy": "¥", "krw": "₩", "mxn": "MX$", "nzd": "NZ$", "php": "₱", "twd": "NT$", "usd": "$", "vnd": "₫",
}  # fmt: skip


def round_half_up(value: Fraction) -> int:
    """The nearest integer; a half goes away from zero, so that a credit mirrors its debit."""
    above, below = value.numerator, value.denominator
    rounded = (2 * abs(above) + below) // (2 * below)
    return -rounded if above < 0 else rounded


def exponent(currency: str) -> int:
    """How many decimals an amount of `currency` carries: 0, 2 or 3."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def charge_step(currency: str) -> int:
    """Charged amounts are multiples of this: 10 with three decimals, 100 for ISK and UGX, otherwise 1."""
    if currency in THREE_DECIMAL:
        return 10
    return 100 if currency in WHOLE_ONLY else 1


def charged_amount(amount: int, currency: str) -> int:
    """`amount` in minor units, brought to the nearest amount that can be charged in `currency`."""
    step = charge_step(currency)
    if step == 1:
        return amount
    return step * round_half_up(Fraction(amount, step))


def minimum_charge(currency: str) -> int:
    """The smallest amount that can be charged, in minor units.

    Stripe converts the minimum of the settlement currency for currencies outside its table. There are no exchange
    rates offline, so those take half of their main unit, or 50 units where there are no decimals.
    """
    listed = MINIMUM_CHARGE.get(currency)
    if listed is not None:
        return listed
    return max(500 if currency in THREE_DECIMAL else 50, charge_step(currency))


def display(amount: int | Fraction, currency: str) -> str:
    """`$20.00`, `€1,000.00`, `¥500` or `CHF 20.00`: an amount as descriptions and messages show it.

    amount: minor units; a fraction of one keeps its further decimals (half a cent is `$0.005`).
    """
    places = exponent(currency)
    sign, digits = "-" if amount < 0 else "", decimal_string(abs(Fraction(amount)) / 10**places)
    whole, _, rest = digits.partition(".")
    rest = rest.ljust(places, "0")
    symbol = SYMBOLS.get(currency, f"{currency.upper()} ")
    return f"{sign}{symbol}{int(whole):,}" + (f".{rest}" if rest else "")


def decimal_string(value: Fraction | Decimal | int) -> str:
    """The shortest plain decimal, such as `2000` or `0.5`, rounded to at most 12 decimals."""
    exact = Fraction(value)
    if exact.denominator == 1:
        return str(exact.numerator)
    scaled = round_half_up(exact * 10**MAX_DECIMALS)
    whole, rest = divmod(abs(scaled), 10**MAX_DECIMALS)
    decimals = f"{rest:0{MAX_DECIMALS}}".rstrip("0")
    return ("-" if scaled < 0 else "") + str(whole) + (f".{decimals}" if decimals else "")


def whole_units(value: Fraction) -> int | None:
    """`value` as an integer, or None when it has a fraction: a price's `unit_amount` beside its decimal."""
    return value.numerator if value.denominator == 1 else None
