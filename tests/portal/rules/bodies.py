"""Objects as Stripe serves them, with as much in them as the rules look at."""

from __future__ import annotations

from typing import Any

from flask_portal.rules.subscriptions import SubscriptionView

CUSTOMER = {"id": "cus_1", "invoice_settings": {"default_payment_method": "pm_default"}}
NAMES = {"prod_1": "Magazine", "prod_2": "Archive"}

# 2027-03-01 00:00 UTC
PERIOD_END = 1_803_859_200


def price(product: str = "prod_1", **fields: Any) -> dict[str, Any]:
    usual = {
        "id": f"price_{product}",
        "product": product,
        "currency": "usd",
        "nickname": None,
        "billing_scheme": "per_unit",
        "unit_amount": 2900,
        "unit_amount_decimal": "2900",
        "transform_quantity": None,
        "tax_behavior": "unspecified",
        "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"},
    }
    return usual | fields


def every(interval: str, count: int = 1, usage: str = "licensed") -> dict[str, Any]:
    return {"interval": interval, "interval_count": count, "usage_type": usage}


def item(product: str = "prod_1", quantity: int | None = 1, end: int = PERIOD_END, **fields: Any) -> dict[str, Any]:
    body = {"id": f"si_{product}", "price": price(product, **fields), "current_period_end": end, "discounts": []}
    return body | ({} if quantity is None else {"quantity": quantity})


def subscription(*items: dict[str, Any], **fields: Any) -> dict[str, Any]:
    usual = {
        "id": "sub_1",
        "customer": "cus_1",
        "status": "active",
        "currency": "usd",
        "collection_method": "charge_automatically",
        "items": {"data": list(items or [item()])},
        "automatic_tax": {"enabled": False},
        "cancel_at": None,
        "cancel_at_period_end": False,
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "discounts": [],
        "ended_at": None,
        "schedule": None,
        "trial_end": None,
    }
    return usual | fields


def view(*items: dict[str, Any], **fields: Any) -> SubscriptionView:
    return SubscriptionView.of(subscription(*items, **fields), CUSTOMER, NAMES)


def card(id: str = "pm_default", year: int | None = 2030, month: int | None = 12, **fields: Any) -> dict[str, Any]:
    shown = {"brand": "visa", "last4": "4242", "exp_month": month, "exp_year": year}
    return {"id": id, "type": "card", "card": shown} | fields


def invoice(**fields: Any) -> dict[str, Any]:
    usual = {
        "id": "in_1",
        "status": "open",
        "amount_remaining": 1250,
        "currency": "usd",
        "created": 100,
        "attempted": True,
        "collection_method": "charge_automatically",
        "parent": {"subscription_details": {"subscription": "sub_1"}},
    }
    return usual | fields
