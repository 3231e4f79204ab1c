"""Tax on the lines of an invoice, rounded line by line.

Source: docs.stripe.com/billing/taxes/tax-rates, docs.stripe.com/tax/calculating
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from mock_server.billing.discounts import spread
from mock_server.billing.money import round_half_up

Relief = Literal["customer_exempt", "reverse_charge"]
WEIGHT = 10**4
"""Percentages have at most four decimals."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A tax rate. percentage: of 100.  inclusive: whether amounts contain the tax already."""

    id: str
    percentage: Fraction
    inclusive: bool


@dataclass(frozen=True, slots=True)
class Tax:
    """What one rate makes of one line. amount, taxable: minor units, of the sign of the line."""

    rate: Rate
    amount: int
    taxable: int


def contained(amount: int, rates: Sequence[Rate]) -> int:
    """The tax that `amount` contains, by all inclusive rates together."""
    if not rates:
        return 0
    whole = sum((rate.percentage for rate in rates if rate.inclusive), Fraction(0))
    return round_half_up(amount * whole / (100 + whole))


def of_line(net: int, rates: Sequence[Rate], relief: Relief | None = None) -> tuple[Tax, ...]:
    """What each rate makes of a line that costs `net` after discounts, in the order of the rates.

    Inclusive rates share what the amount contains, to the cent; exclusive ones are added to what remains without it.
    With a relief nothing is due: the line of an exempt customer is not taxable at all, that of a reverse charge is
    taxed by the customer.
    """
    if not rates:
        return ()
    if relief is not None:
        return tuple(Tax(rate, 0, net if relief == "reverse_charge" else 0) for rate in rates)
    inside = contained(net, rates)
    return tuple(_of_line(net - inside, inside, rates))


def _of_line(base: int, inside: int, rates: Sequence[Rate]) -> Iterator[Tax]:
    weights = [int(rate.percentage * WEIGHT) if rate.inclusive else 0 for rate in rates]
    sign = -1 if inside < 0 else 1
    shares = spread(abs(inside), weights)
    for rate, share in zip(rates, shares, strict=True):
        added = round_half_up(base * rate.percentage / 100)
        yield Tax(rate, sign * share if rate.inclusive else added, base)
