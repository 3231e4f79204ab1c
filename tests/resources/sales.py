"""What tests of subscriptions and invoices begin with: something to sell, and somebody who pays."""

from __future__ import annotations

from typing import Any

import stripe

DAY = 86_400
HOUR = 3_600


def price(shop: stripe.StripeClient, amount: int = 2000, name: str = "Gold", **sent: Any) -> str:
    """The id of a monthly price in US dollars of a new product, unless `sent` says otherwise."""
    product = shop.v1.products.create({"name": name}).id
    params: Any = {"product": product, "currency": "usd", "recurring": {"interval": "month"}}
    unit = {} if "tiers" in sent else {"unit_amount": amount}
    return shop.v1.prices.create(params | unit | sent).id


def payer(shop: stripe.StripeClient, card: str | None = "pm_card_visa", **sent: Any) -> str:
    """The id of a new customer who pays by this card."""
    params: Any = {"email": "jenny@example.com", **sent}
    if card is not None:
        params |= {"payment_method": card, "invoice_settings": {"default_payment_method": card}}
    return shop.v1.customers.create(params).id


def subscribe(shop: stripe.StripeClient, customer: str, *prices: str, **sent: Any) -> stripe.Subscription:
    """A new subscription to these prices."""
    params: Any = {"customer": customer, "items": [{"price": one} for one in prices], **sent}
    return shop.v1.subscriptions.create(params)


def change(shop: stripe.StripeClient, subscription: stripe.Subscription, **sent: Any) -> stripe.Subscription:
    """The subscription after an update."""
    params: Any = sent
    return shop.v1.subscriptions.update(subscription.id, params)


def item_of(subscription: stripe.Subscription, number: int = 0) -> stripe.SubscriptionItem:
    """One of its items."""
    found: stripe.SubscriptionItem = subscription["items"].data[number]
    return found


def invoice_of(shop: stripe.StripeClient, subscription: stripe.Subscription) -> stripe.Invoice:
    """Its latest invoice, as it is now."""
    now = shop.v1.subscriptions.retrieve(subscription.id)
    return shop.v1.invoices.retrieve(str(now.latest_invoice))


def lines_of(invoice: stripe.Invoice) -> list[tuple[int, str | None]]:
    """Amount and words of each line."""
    return [(line.amount, line.description) for line in invoice.lines.data]


def intent_of(shop: stripe.StripeClient, invoice: stripe.Invoice) -> stripe.PaymentIntent:
    """The intent that is to pay it, or has."""
    payments = shop.v1.invoice_payments.list({"invoice": invoice.id}).data
    return shop.v1.payment_intents.retrieve(str(payments[0].payment.payment_intent))
