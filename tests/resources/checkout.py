"""What tests of Checkout begin with: a session, and what is sold in it."""

from __future__ import annotations

from typing import Any

import stripe

SUCCESS = "https://shop.example/done?session={CHECKOUT_SESSION_ID}"


def line(amount: int = 2000, name: str = "Book", quantity: int = 1, **sent: Any) -> dict[str, Any]:
    """A line that is paid once, in US dollars unless `sent` says otherwise."""
    data = {"currency": "usd", "unit_amount": amount, "product_data": {"name": name}, **sent}
    return {"price_data": data, "quantity": quantity}


def monthly(amount: int = 1500, name: str = "Pro", quantity: int = 1) -> dict[str, Any]:
    """A line that is paid every month."""
    return line(amount, name, quantity, recurring={"interval": "month"})


def session(shop: stripe.StripeClient, *lines: dict[str, Any], **sent: Any) -> stripe.checkout.Session:
    """A new session that takes a payment, unless `sent` says otherwise."""
    bought = {"line_items": list(lines)} if lines else {}
    params: Any = {"mode": "payment", "success_url": SUCCESS, **bought, **sent}
    return shop.v1.checkout.sessions.create(params)


def amounts(made: stripe.checkout.Session) -> tuple[int | None, int | None, int, int]:
    """Subtotal, total, discount and tax."""
    details = made.total_details
    assert details is not None
    return made.amount_subtotal, made.amount_total, details.amount_discount, details.amount_tax
