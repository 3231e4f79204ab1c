"""Prorations: what is given back and what is owed when an item changes inside its period.

Source: docs.stripe.com/billing/subscriptions/prorations
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from mock_server.billing.calendar import Period, day_words
from mock_server.billing.money import round_half_up

Behavior = Literal["create_prorations", "always_invoice", "none"]


@dataclass(frozen=True, slots=True)
class Part:
    """One side of a change: what is (or was) paid for an item over `period`.

    amount: minor units for the whole quantity and the whole period.  period: where the amount was itself a proration
    (flexible billing mode credits the original debit), the rest of the period that it paid for.  until: when it ends,
    where that is before the period does.
    """

    product: str
    amount: int
    period: Period
    quantity: int = 1
    price: str = ""
    until: int | None = None

    @property
    def end(self) -> int:
        return self.period.end if self.until is None else self.until


@dataclass(frozen=True, slots=True)
class Proration:
    """One pending line: signed minor units for the time from the change to the period's end."""

    kind: Literal["credit", "debit"]
    amount: int
    description: str
    period: Period
    part: Part


def unused_share(amount: int, period: Period, at: int, until: int | None = None) -> int:
    """The part of `amount`, which pays for `period`, that pays for the time from `at` to its end, or to `until`.

    amount: minor units, signed.  at: Unix seconds inside the period, its end included.
    Rounds half away from zero.  ValueError outside the period.
    """
    end = period.end if until is None else until
    if not period.start <= at <= end <= period.end:
        raise ValueError(f"{at} to {end} is outside the period from {period.start} to {period.end}")
    if period.seconds == 0:
        return 0
    return round_half_up(Fraction(amount * (end - at), period.seconds))


def change_lines(old: Part | None, new: Part | None, at: int) -> tuple[Proration, ...]:
    """The credit for `old` and the debit for `new` when one replaces the other at `at`, each rounded by itself.

    None stands for nothing: an item that is added has no old side, one that is removed no new side. Two equal sides
    give no lines. A new side that starts its own period (a reset anchor) is billed in full by `lines`, not here.
    """
    if old == new:
        return ()
    credit = (_line("credit", old, at),) if old else ()
    debit = (_line("debit", new, at),) if new else ()
    return credit + debit


def _line(kind: Literal["credit", "debit"], part: Part, at: int) -> Proration:
    share = unused_share(part.amount, part.period, at, part.until)
    opening, amount = ("Unused", -share) if kind == "credit" else ("Remaining", share)
    what = part.product if part.quantity == 1 else f"{part.quantity} × {part.product}"
    return Proration(kind, amount, f"{opening} time on {what} after {day_words(at)}", Period(at, part.end), part)
