"""The part of the walk that goes through Checkout."""

from __future__ import annotations

from typing import Any


def check_out(client: Any, price: str) -> None:
    """A session of each mode, one that expires, and a payment link."""
    once = {"currency": "eur", "unit_amount": 900, "product_data": {"name": "Ticket"}}
    back = {"success_url": "https://shop.example/done?session={CHECKOUT_SESSION_ID}"}
    coupon = client.coupons.create({"percent_off": 10}).id
    options = {
        "after_expiration": {"recovery": {"enabled": True}},
        "custom_fields": [{"key": "size", "label": {"type": "custom", "custom": "Size"}, "type": "text"}],
        "discounts": [{"coupon": coupon}],
        "invoice_creation": {"enabled": True},
        "tax_id_collection": {"enabled": True},
    }
    made = client.checkout.sessions.create(
        {**back, **options, "mode": "payment", "line_items": [{"price_data": once, "quantity": 2}]}
    )
    client.checkout.sessions.update(made.id, {"metadata": {"order": "7"}})
    client.checkout.sessions.line_items.list(made.id, {"expand": ["data.price.product"]})
    client.checkout.sessions.expire(made.id)
    lines = [{"price": price, "quantity": 1}]
    client.checkout.sessions.create(
        {**back, "mode": "subscription", "line_items": lines, "expand": ["line_items", "customer"]}
    )
    client.checkout.sessions.create({**back, "mode": "setup", "currency": "eur"})
    client.checkout.sessions.list({"status": "open"})
    link = client.payment_links.create(
        {"line_items": lines, "restrictions": {"completed_sessions": {"limit": 2}}, "expand": ["line_items"]}
    )
    client.payment_links.update(link.id, {"active": False})
    client.payment_links.retrieve(link.id)
    client.payment_links.line_items.list(link.id)
    client.payment_links.list()
