"""The totals of an invoice, and what it does to the customer's balance.

Source: docs.stripe.com/billing/customer/balance
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from mock_server.billing.money import minimum_charge


@dataclass(frozen=True, slots=True)
class BalanceEntry:
    """A customer balance transaction to write: a negative amount is credit, a positive one debt."""

    type: Literal["applied_to_invoice", "invoice_too_small"]
    amount: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The amounts of an invoice in minor units.

    starting_balance, ending_balance: the customer's balance before and after; negative is credit.
    entries: the balance transactions that lead from one to the other, in order.
    """

    subtotal: int
    discount: int
    exclusive_tax: int
    shipping: int
    total: int
    starting_balance: int
    amount_due: int
    ending_balance: int
    entries: tuple[BalanceEntry, ...]

    @property
    def total_excluding_tax(self) -> int:
        return self.total - self.exclusive_tax


def of(
    amounts: Sequence[int],
    *,
    currency: str,
    discounts: Sequence[int] = (),
    starting_balance: int = 0,
    exclusive_tax: int = 0,
    shipping: int = 0,
    carry_small: bool = True,
) -> Totals:
    """The totals of lines that cost `amounts`, less `discounts` (positive numbers).

    A negative total becomes credit on the customer's balance. What remains to pay below the currency's minimum charge
    is carried over on the balance, except with `carry_small=False` (customers with a cash balance).
    """
    subtotal, off = sum(amounts), sum(discounts)
    total = subtotal - off + exclusive_tax + shipping
    open_amount = total + starting_balance
    due = open_amount if open_amount > 0 and not (carry_small and open_amount < minimum_charge(currency)) else 0
    entries = tuple(_entries(total, starting_balance, due))
    ending = starting_balance + sum(entry.amount for entry in entries)
    return Totals(subtotal, off, exclusive_tax, shipping, total, starting_balance, due, ending, entries)


def _entries(total: int, starting_balance: int, due: int) -> Iterator[BalanceEntry]:
    """What settling an invoice does to the balance. One of nothing that leaves nothing to pay touches no balance."""
    open_amount = total + starting_balance
    if due == 0 and total == 0:
        return
    applied = total if open_amount <= 0 else -starting_balance
    if applied:
        yield BalanceEntry("applied_to_invoice", applied)
    if due == 0 and open_amount > 0:
        yield BalanceEntry("invoice_too_small", open_amount)
