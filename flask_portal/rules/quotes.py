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

    at: Unix seconds; the moment by which used and unused time is reckoned; None where nothing is prorated.
    currency: that of all amounts.
    today: the preview of the invoice that the change makes at once; None when it makes none.
    coming: the preview of the invoice after that; None when none is in sight.
    coming_at: Unix seconds; when that is made.
    balance: the customer's, before the coming invoice; None where that knows it by itself.
    """

    at: int | None
    currency: str
    today: Body | None
    coming: Body | None
    coming_at: int | None
    balance: int | None = None

    @classmethod
    def at_once(
        cls, view: SubscriptionView, at: int | None, now: int | None, upcoming: Body, recurring: Body | None
    ) -> Quote:
        """For a change that is made now.  upcoming: the next invoice. recurring: the next one that repeats.

        at: the moment of proration that was asked for; None where that was left to Stripe.
        now: the subscription's present moment; None where it is not known.
        """
        moment = proration_date(upcoming) if at is None else at
        if _is_of_now(view, now, upcoming, recurring):
            return cls(
                moment, view.currency, upcoming, recurring, None if recurring is None else int(recurring["created"])
            )
        return cls(moment, view.currency, None, upcoming, upcoming["created"])

    @classmethod
    def later(cls, view: SubscriptionView, recurring: Body, balance: int) -> Quote:
        """For a change that waits for the end of the period.  balance: the customer's; a credit is negative."""
        return cls(None, view.currency, None, recurring, view.period_end, balance)

    @classmethod
    def given(cls, view: SubscriptionView, held: Body) -> Quote:
        """For a change that waits, as it was quoted before."""
        nothing: dict[str, Any] = {"subtotal": 0, "total_discount_amounts": [], "total_taxes": []}
        known = {"amount_due": held["next"], "currency": view.currency, "total": held["next"]}
        coming = {**nothing, **known, "lines": {"data": [], "has_more": False}}
        return cls(None, view.currency, None, coming, view.period_end)

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


def _is_of_now(view: SubscriptionView, now: int | None, upcoming: Body, recurring: Body | None) -> bool:
    """Whether an invoice is made by the change itself: it is one of this moment, before the present period is over."""
    created = upcoming["created"]
    if view.period_end is not None and created >= view.period_end:
        return False
    if now is not None:
        return bool(created < now + CLOCKS_DIFFER_SECONDS)
    return recurring is None or bool(created < recurring["created"])


def proration_date(preview: Body) -> int | None:
    """The moment by which Stripe has reckoned used and unused time; None where it has prorated nothing."""
    details = (preview.get("parent") or {}).get("subscription_details") or {}
    told = details.get("subscription_proration_date")
    if told is not None:
        return int(told)
    starts = [line["period"]["start"] for line in preview["lines"]["data"] if is_proration(line)]
    return max(starts, default=None)


def is_proration(line: Body) -> bool:
    """Whether a line of an invoice is for a part of a period, because of a change in it."""
    parent = line.get("parent") or {}
    details = parent.get("subscription_item_details") or parent.get("invoice_item_details") or {}
    return bool(details.get("proration"))
