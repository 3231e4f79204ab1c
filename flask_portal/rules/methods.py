"""A payment method as the portal's pages see it.

Source: docs.stripe.com/api/payment_methods/object
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Expiry = Literal["ok", "expiring", "expired"]


@dataclass(frozen=True, slots=True)
class MethodView:
    """type: Stripe's word. brand: of a card, such as `visa`; of a bank account the bank's name, where it is known.

    last4, exp_month, exp_year, email: None where the type has none.
    """

    id: str
    type: str
    brand: str | None
    last4: str | None
    exp_month: int | None
    exp_year: int | None
    email: str | None

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> MethodView:
        details = body.get(body["type"]) or {}
        return cls(
            id=body["id"],
            type=body["type"],
            brand=details.get("brand") or details.get("bank_name"),
            last4=details.get("last4"),
            exp_month=details.get("exp_month"),
            exp_year=details.get("exp_year"),
            email=details.get("email") or details.get("payer_email"),
        )


def expiry(view: MethodView, year: int, month: int) -> Expiry:
    """How a card stands in a given month: it is good until that month ends, and `expiring` from the month before.

    year, month: today's.  A method that never expires is `ok`.
    """
    if view.exp_year is None or view.exp_month is None:
        return "ok"
    months_left = (view.exp_year - year) * 12 + view.exp_month - month
    if months_left < 0:
        return "expired"
    return "expiring" if months_left <= 1 else "ok"
