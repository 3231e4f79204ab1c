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


@dataclass(frozen=True, slots=True)
class Quote:
    """What a customer is shown before a change, and what is charged when it is made.

    at: Unix seconds; the moment by which used and unused time is reckoned.
    currency: that of all amounts.
    today: the preview of the invoice that the change makes at once; None when it makes none.
    coming: the preview of the invoice after that; None when none is in sight.
    coming_at: Unix seconds; when that is made.
    """

    at: int
    currency: str
    today: Body | None
    coming: Body | None
    coming_at: int | None

    @classmethod
    def at_once(cls, view: SubscriptionView, at: int, upcoming: Body, recurring: Body | None) -> Quote:
        """For a change that is made now.  upcoming: the next invoice. recurring: the next one that repeats.

        An invoice that is made before the present period is over is made by the change itself.
        """
        ends = view.period_end
        if ends is not None and upcoming["created"] < ends:
            return cls(at, view.currency, upcoming, recurring, None if recurring is None else recurring["created"])
        return cls(at, view.currency, None, upcoming, upcoming["created"])

    @classmethod
    def later(cls, view: SubscriptionView, at: int, recurring: Body) -> Quote:
        """For a change that waits for the end of the period."""
        return cls(at, view.currency, None, recurring, view.period_end)

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
        if self.today is None:
            return int(self.coming["amount_due"])
        return max(0, int(self.coming["total"]) + self._balance_after_today())

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
