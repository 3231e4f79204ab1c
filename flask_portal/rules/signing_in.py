"""Who is meant by an email address that several customers share.

Source: docs.stripe.com/customer-management/activate-no-code-customer-portal
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

MOST_CUSTOMERS = 10
"""The newest ones with one address that are looked at."""

_OVER = frozenset({"canceled", "incomplete", "incomplete_expired"})


def is_live(subscription: Mapping[str, Any]) -> bool:
    """Whether it gives, or may soon give again, what it is for; one whose first payment is missing has not begun."""
    return subscription["status"] not in _OVER


def chosen(
    customers: Iterable[Mapping[str, Any]], subscriptions_of: Callable[[str], Iterable[Mapping[str, Any]]]
) -> str | None:
    """The newest customer with a live subscription, else the newest; None when there is none.

    customers: as Stripe serves them, in any order. subscriptions_of: those of one customer (`cus_...`).
    """
    newest = sorted(customers, key=lambda customer: customer["created"], reverse=True)[:MOST_CUSTOMERS]
    if len(newest) > 1:
        for customer in newest:
            if any(is_live(each) for each in subscriptions_of(customer["id"])):
                return str(customer["id"])
    return str(newest[0]["id"]) if newest else None
