"""The lines of an invoice: what each item of a subscription costs for a period, and how that is described.

Source: docs.stripe.com/api/invoices/line_item
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from mock_server.billing.calendar import Interval, Period, Span, day_words
from mock_server.billing.money import display, round_half_up
from mock_server.billing.tiers import Tier, TierPart, TiersMode, parts

BillingMode = Literal["classic", "flexible"]


@dataclass(frozen=True, slots=True)
class Transform:
    """A price's `transform_quantity`: quantities are sold in packages of `divide_by`."""

    divide_by: int
    round: Literal["up", "down"]

    def packages(self, quantity: int) -> int:
        """How many packages `quantity` makes, a begun one counted or not."""
        return -(-quantity // self.divide_by) if self.round == "up" else quantity // self.divide_by


@dataclass(frozen=True, slots=True)
class Rate:
    """What a unit costs, in minor units: one amount, or tiers with their mode."""

    unit_amount: Fraction = Fraction(0)
    transform: Transform | None = None
    tiers: tuple[Tier, ...] = ()
    tiers_mode: TiersMode = "graduated"

    def amount(self, quantity: int) -> int:
        """The price of `quantity` units for a whole interval, as its lines add up to."""
        if not self.tiers:
            return amount_of(self.unit_amount, quantity, self.transform)
        return sum(round_half_up(part.amount) for part in parts(self.tiers, self.tiers_mode, quantity))


@dataclass(frozen=True, slots=True)
class Bought:
    """An item as it is billed. `key` is the caller's own name for it, handed back on its lines."""

    key: str
    product: str
    currency: str
    interval: Interval
    rate: Rate
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an invoice, in minor units; `unit_amount` is None where no single amount applies."""

    key: str
    amount: int
    description: str
    period: Period
    quantity: int
    unit_amount: Fraction | None


def amount_of(unit_amount: Fraction, quantity: int, transform: Transform | None = None) -> int:
    """What `quantity` units cost, rounded once.

    unit_amount: minor units, possibly with a fraction; with `transform` it is the price of one package.
    """
    return round_half_up(unit_amount * (transform.packages(quantity) if transform else quantity))


def of_period(bought: Sequence[Bought], spans: Sequence[Span]) -> tuple[Line, ...]:
    """The lines for each item's own span, in the order of the items; a stub costs its share of the interval.

    A graduated price gives one line for each tier that the quantity reaches.
    """
    return tuple(line for item, span in zip(bought, spans, strict=True) for line in _lines_of(item, span))


def of_trial(bought: Sequence[Bought], period: Period, billing_mode: BillingMode = "flexible") -> tuple[Line, ...]:
    """One line of nothing for each item that is tried out during `period`."""
    return tuple(
        Line(item.key, 0, describe_trial(item.quantity, item.product, billing_mode), period, item.quantity, Fraction(0))
        for item in bought
    )


def _lines_of(item: Bought, span: Span) -> Iterator[Line]:
    if item.rate.tiers:
        for part in parts(item.rate.tiers, item.rate.tiers_mode, item.quantity):
            yield _tier_line(item, part, span)
        return
    full = amount_of(item.rate.unit_amount, item.quantity, item.rate.transform)
    words = describe(item.quantity, item.product, item.rate.unit_amount, item.currency, item.interval)
    yield _line(item, Fraction(full), words, span, item.quantity, item.rate.unit_amount)


def _tier_line(item: Bought, part: TierPart, span: Span) -> Line:
    price = _rhythm(part.unit_amount, item.currency, item.interval)
    flat = f", {display(part.flat_amount, item.currency)} flat" if part.flat_amount else ""
    words = f"{part.quantity} × {item.product} (Tier {part.number} at {price}{flat})"
    return _line(item, part.amount, words, span, part.quantity, None if part.flat_amount else part.unit_amount)


def _line(item: Bought, full: Fraction, words: str, span: Span, quantity: int, unit: Fraction | None) -> Line:
    if not span.is_stub:
        return Line(item.key, round_half_up(full), words, span.period, quantity, unit)
    description = describe_stub(item.quantity, item.product, span.period)
    return Line(item.key, round_half_up(full * span.share), description, span.period, quantity, None)


def describe(quantity: int, product: str, unit_amount: Fraction, currency: str, interval: Interval) -> str:
    """The quantity, the product and its price in brackets, as in `Pro (at $20.00 / month)`."""
    return f"{quantity} × {product} (at {_rhythm(unit_amount, currency, interval)})"


def describe_trial(quantity: int, product: str, billing_mode: BillingMode = "flexible") -> str:
    """What is free, with its quantity; classic subscriptions name only the product."""
    return f"Trial period for {product}" if billing_mode == "classic" else f"Free trial for {quantity} × {product}"


def describe_stub(quantity: int, product: str, period: Period) -> str:
    """`Time on Pro from 05 Jan 2026 until 01 Feb 2026`: a part of an interval, up to the anchor."""
    what = product if quantity == 1 else f"{quantity} × {product}"
    return f"Time on {what} from {day_words(period.start)} until {day_words(period.end)}"


def _rhythm(unit_amount: Fraction, currency: str, interval: Interval) -> str:
    return f"{display(unit_amount, currency)} / {interval.words}"
