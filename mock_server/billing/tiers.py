"""Tiered prices: what a quantity costs, tier by tier.

Source: docs.stripe.com/products-prices/pricing-models
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

TiersMode = Literal["graduated", "volume"]


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of a tiered price, in minor units; `up_to` is None for the last, endless one."""

    up_to: int | None
    unit_amount: Fraction = Fraction(0)
    flat_amount: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class TierPart:
    """The part of a quantity that one tier prices; `number` counts tiers from 1."""

    number: int
    quantity: int
    unit_amount: Fraction
    flat_amount: Fraction

    @property
    def amount(self) -> Fraction:
        return self.unit_amount * self.quantity + self.flat_amount


def parts(tiers: Sequence[Tier], mode: TiersMode, quantity: int) -> tuple[TierPart, ...]:
    """How `quantity` falls into `tiers`.

    volume: everything at the tier that the quantity reaches.  graduated: each tier for its own part; a quantity of 0
    still owes the first tier's flat amount.  ValueError when no tier is endless and the quantity lies beyond the last.
    """
    _check(tiers, quantity)
    return (_reached(tiers, quantity),) if mode == "volume" else tuple(_split(tiers, quantity))


def _check(tiers: Sequence[Tier], quantity: int) -> None:
    last = tiers[-1].up_to if tiers else 0
    if last is not None and quantity > last:
        raise ValueError(f"no tier holds a quantity of {quantity}")


def _reached(tiers: Sequence[Tier], quantity: int) -> TierPart:
    number = next(n for n, tier in enumerate(tiers, 1) if tier.up_to is None or quantity <= tier.up_to)
    tier = tiers[number - 1]
    return TierPart(number, quantity, tier.unit_amount, tier.flat_amount)


def _split(tiers: Sequence[Tier], quantity: int) -> Iterator[TierPart]:
    below = 0
    for number, tier in enumerate(tiers, 1):
        if number > 1 and quantity <= below:
            return
        top = quantity if tier.up_to is None else min(quantity, tier.up_to)
        yield TierPart(number, top - below, tier.unit_amount, tier.flat_amount)
        below = top
