"""What a change costs, today and next, as Stripe's previews of its invoices say. Pure; money is minor units, signed.

Source: docs.stripe.com/api/invoices/create_preview, docs.stripe.com/billing/subscriptions/prorations
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_portal.rules.subscriptions import SubscriptionView

Body = Mapping[str, Any]

HOLDS_SECONDS = 30 * 60
"""How long a quote may be accepted."""

CLOCKS_DIFFER_SECONDS = 10 * 60
"""So much Stripe's clock may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What a customer is shown before a change, and what is charged when it is made.

    at: Unix seconds; the moment by which used and unused time is reckoned.
    currency: that of all amounts.
    today: the preview of the invoice that the change makes at once; None when it makes none.
    coming: the preview of the invoice after that; None when none is in sight.
    coming_at: Unix seconds; when that is made.
    balance: the customer's, before the coming invoice; None where that knows it by itself.
    """

    at: int
    currency: str
    today: Body | None
    coming: Body | None
    coming_at: int | None
    balance: int | None = None

    @classmethod
    def at_once(cls, view: SubscriptionView, at: int, now: int, upcoming: Body, recurring: Body | None) -> Quote:
        """For a change that is made now.  upcoming: the next invoice. recurring: the next one that repeats.

        An invoice of this moment, before the present period is over, is made by the change itself.
        """
        ends = now + CLOCKS_DIFFER_SECONDS if view.period_end is None else view.period_end
        if upcoming["created"] < min(ends, now + CLOCKS_DIFFER_SECONDS):
            return cls(at, view.currency, upcoming, recurring, None if recurring is None else recurring["created"])
        return cls(at, view.currency, None, upcoming, upcoming["created"])

    @classmethod
    def later(cls, view: SubscriptionView, at: int, recurring: Body, balance: int) -> Quote:
        """For a change that waits for the end of the period.  balance: the customer's; a credit is negative."""
        return cls(at, view.currency, None, recurring, view.period_end, balance)

    @property
    def due_today(self) -> int:
        """What is charged when the change is made."""
        return 0 if self.today is None else int(self.today["amount_due"])

    @property
    def credit_today(self) -> int:
        """What the change leaves on the customer's account, for invoices to come."""
        return max(0, -self._balance_after_today() - max(0, -self._balance_before()))

    @property
    def due_next(self) -> int | None:
        """What is charged next, after that."""
        if self.coming is None:
            return None
        balance = self.balance if self.today is None else self._balance_after_today()
        if balance is None:
            return int(self.coming["amount_due"])
        # A preview of what repeats leaves the balance out.
        return max(0, int(self.coming["total"]) + balance)

    def _balance_before(self) -> int:
        return 0 if self.today is None else int(self.today["starting_balance"])

    def _balance_after_today(self) -> int:
        """The customer's balance, once today's invoice has been paid: a credit is negative."""
        if self.today is None:
            return 0
        return self._balance_before() + int(self.today["total"]) - int(self.today["amount_due"])

    def amounts(self) -> tuple[int, int | None]:
        """What must not have moved when the customer accepts."""
        return self.due_today, self.due_next
