"""A payment method as the portal's pages see it.

Source: docs.stripe.com/api/payment_methods/object
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from flask_portal.rules.subscriptions import SubscriptionView

Expiry = Literal["ok", "expiring", "expired"]

SUPPORTED = frozenset(
    {
        "acss_debit",
        "amazon_pay",
        "au_becs_debit",
        "bacs_debit",
        "boleto",
        "card",
        "cashapp",
        "custom",
        "link",
        "nz_bank_account",
        "paypal",
        "sepa_debit",
        "us_bank_account",
    }
)
"""The types that a portal manages. Source: docs.stripe.com/customer-management"""


@dataclass(frozen=True, slots=True)
class MethodView:
    """type: Stripe's word. brand: of a card, such as `visa`; of a bank account the bank's name, where it is known.

    last4, exp_month, exp_year, email: None where the type has none.
    wallet: where a card is kept, such as `apple_pay`.  name: of whom it is, as it was given with the method.
    """

    id: str
    type: str
    brand: str | None
    last4: str | None
    exp_month: int | None
    exp_year: int | None
    email: str | None
    wallet: str | None = None
    name: str | None = None

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> MethodView:
        details = body.get(body["type"]) or {}
        return cls(
            id=body["id"],
            type=body["type"],
            brand=details.get("brand") or details.get("bank_name") or details.get("display_name"),
            last4=details.get("last4"),
            exp_month=details.get("exp_month"),
            exp_year=details.get("exp_year"),
            email=details.get("email") or details.get("payer_email"),
            wallet=(details.get("wallet") or {}).get("type"),
            name=(body.get("billing_details") or {}).get("name"),
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


def can_pay(view: MethodView, today: date) -> bool:
    """Whether it can be charged when the customer asks for it. A voucher is paid by the customer, somewhere else."""
    if view.type not in SUPPORTED or view.type == "boleto":
        return False
    return expiry(view, today.year, today.month) != "expired"


def paid_with(id: str, subscriptions: Iterable[SubscriptionView]) -> tuple[SubscriptionView, ...]:
    """The live subscriptions that are charged to a method by themselves."""
    return tuple(view for view in charged(subscriptions) if view.method_id == id)


def charged(subscriptions: Iterable[SubscriptionView]) -> tuple[SubscriptionView, ...]:
    """The live subscriptions that need a payment method."""
    return tuple(view for view in subscriptions if view.is_live and view.collection_method == "charge_automatically")


def overriding(id: str, subscriptions: Iterable[SubscriptionView]) -> tuple[SubscriptionView, ...]:
    """The live subscriptions that have another method of their own, which would win over `id` as the default."""
    return tuple(view for view in charged(subscriptions) if view.has_own_method and view.method_id != id)
