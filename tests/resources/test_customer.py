"""Customers: what is on record about those who pay."""

from __future__ import annotations

import pytest
import stripe

from .sales import payer, price, subscribe


def test_settings_keep_all_their_keys_after_an_update(shop: stripe.StripeClient) -> None:
    customer = shop.v1.customers.create({})
    changed = shop.v1.customers.update(
        customer.id, {"invoice_settings": {"rendering_options": {"amount_tax_display": "exclude_tax"}}}
    )
    assert changed.invoice_settings is not None
    assert changed.invoice_settings.to_dict() == {
        "custom_fields": None,
        "default_payment_method": None,
        "footer": None,
        "rendering_options": {"amount_tax_display": "exclude_tax", "template": None},
    }


def test_the_sequence_of_invoices_does_not_go_back(shop: stripe.StripeClient) -> None:
    """One invoice has number 1, so the next one is 2 at least."""
    customer = payer(shop)
    subscribe(shop, customer, price(shop))
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.v1.customers.update(customer, {"next_invoice_sequence": 1})
    assert refusal.value.param == "next_invoice_sequence"


def test_the_sequence_of_invoices_can_skip_numbers(shop: stripe.StripeClient) -> None:
    customer = payer(shop)
    assert shop.v1.customers.update(customer, {"next_invoice_sequence": 7}).next_invoice_sequence == 7
