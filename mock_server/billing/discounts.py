"""Discounts: how coupons reduce the lines of an invoice.

Source: docs.stripe.com/billing/subscriptions/coupons
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from mock_server.billing.money import round_half_up


@dataclass(frozen=True, slots=True)
class Discount:
    """An applied coupon: a percentage (of 100), or an amount in minor units of the invoice's currency.

    products: the products that it is restricted to (`applies_to`), or None for all.
    """

    id: str
    percent_off: Fraction | None = None
    amount_off: int | None = None
    products: frozenset[str] | None = None

    def worth(self, base: int) -> int:
        """What it takes off `base`, never more than `base`."""
        if self.percent_off is not None:
            return round_half_up(base * self.percent_off / 100)
        return min(self.amount_off or 0, base)


@dataclass(frozen=True, slots=True)
class Discountable:
    """A line as discounts see it: its amount in minor units, and the discounts of its own item, in order."""

    amount: int
    product: str | None = None
    discountable: bool = True
    own: tuple[Discount, ...] = ()

    def takes(self, discount: Discount) -> bool:
        """Whether the discount is meant for this line. Credits are never discounted."""
        meant = discount.products is None or self.product in discount.products
        return self.discountable and self.amount >= 0 and meant


@dataclass(frozen=True, slots=True)
class Reduction:
    """An entry of `discount_amounts`: what one discount takes off, in minor units, not negative."""

    discount: str
    amount: int


def apply(lines: Sequence[Discountable], discounts: Sequence[Discount]) -> tuple[tuple[Reduction, ...], ...]:
    """What every discount takes off every line; one tuple for each line, in the order of application.

    An item's own discounts come first, then those of the invoice, each on what is left. A discount over several lines
    is rounded once and spread in proportion to what is left of them, so no cent is lost and no line falls below 0.
    """
    left = [line.amount for line in lines]
    taken: list[list[Reduction]] = [[] for _ in lines]
    for index, line in enumerate(lines):
        for discount in line.own:
            _take(discount, [index], lines, left, taken)
    for discount in discounts:
        _take(discount, range(len(lines)), lines, left, taken)
    return tuple(tuple(reductions) for reductions in taken)


def _take(
    discount: Discount,
    candidates: Sequence[int],
    lines: Sequence[Discountable],
    left: list[int],
    taken: list[list[Reduction]],
) -> None:
    """Take one discount off the candidates that it is meant for, and note it on `left` and `taken`."""
    hit = [index for index in candidates if lines[index].takes(discount)]
    weights = [left[index] for index in hit]
    for index, amount in zip(hit, spread(discount.worth(sum(weights)), weights), strict=True):
        left[index] -= amount
        taken[index].append(Reduction(discount.id, amount))


def spread(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """`total` in whole units, shared in proportion to `weights`; the shares add up to it.

    Units that remain go to the largest fractions, the earlier one first. Weights are not negative; where they add up
    to nothing, so do the shares.
    """
    whole = sum(weights)
    if whole == 0:
        return (0,) * len(weights)
    shares = [total * weight // whole for weight in weights]
    by_fraction = sorted(range(len(weights)), key=lambda index: -(total * weights[index] % whole))
    for index in by_fraction[: total - sum(shares)]:
        shares[index] += 1
    return tuple(shares)


def sums(per_line: Sequence[Sequence[Reduction]]) -> tuple[Reduction, ...]:
    """The invoice's `total_discount_amounts`: each discount once, in the order in which they were met."""
    totals: dict[str, int] = {}
    for reductions in per_line:
        for reduction in reductions:
            totals[reduction.discount] = totals.get(reduction.discount, 0) + reduction.amount
    return tuple(Reduction(discount, amount) for discount, amount in totals.items())
