"""Invoice payments."""

from __future__ import annotations

from typing import Any

import stripe

from .sales import intent_of, invoice_of, payer, price, subscribe


def test_a_paid_invoice_names_the_intent_that_paid_it(shop: stripe.StripeClient) -> None:
    invoice = invoice_of(shop, subscribe(shop, payer(shop), price(shop)))
    (payment,) = shop.v1.invoice_payments.list({"invoice": invoice.id}).data
    assert (payment.status, payment.amount_paid, payment.amount_requested) == ("paid", 2000, 2000)
    assert payment.status_transitions.paid_at is not None
    shown = shop.v1.invoice_payments.retrieve(payment.id, {"expand": ["payment.payment_intent", "invoice"]})
    assert isinstance(shown.payment.payment_intent, stripe.PaymentIntent)
    assert isinstance(shown.invoice, stripe.Invoice)


def test_an_invoice_of_nothing_has_no_payment(shop: stripe.StripeClient) -> None:
    invoice = invoice_of(shop, subscribe(shop, payer(shop), price(shop), trial_period_days=5))
    assert shop.v1.invoice_payments.list({"invoice": invoice.id}).data == []


def test_the_invoice_of_an_intent_is_found(shop: stripe.StripeClient) -> None:
    invoice = invoice_of(shop, subscribe(shop, payer(shop), price(shop)))
    subscribe(shop, payer(shop), price(shop))
    wanted: Any = {"payment": {"type": "payment_intent", "payment_intent": intent_of(shop, invoice).id}}
    assert [one.invoice for one in shop.v1.invoice_payments.list(wanted).data] == [invoice.id]
    assert shop.v1.invoice_payments.list({"status": "open"}).data == []
